// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/torch_writer.h"

#include <algorithm>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/formats/bytes.h"
#include "engine/formats/zip_writer.h"

namespace diagonal {

namespace {

const char* storageName(Dtype dtype) {
    switch (dtype) {
        case Dtype::F64:
            return "DoubleStorage";
        case Dtype::F32:
            return "FloatStorage";
        case Dtype::F16:
            return "HalfStorage";
        case Dtype::BF16:
            return "BFloat16Storage";
        case Dtype::I64:
            return "LongStorage";
        case Dtype::I32:
            return "IntStorage";
        case Dtype::I16:
            return "ShortStorage";
        case Dtype::I8:
            return "CharStorage";
        case Dtype::U8:
            return "ByteStorage";
        case Dtype::Bool:
            break;
    }
    return "BoolStorage";
}

/// Writes pickle of protocol 2, as torch.save does.
class Pickler {
  public:
    std::string bytes = "\x80\x02";

    void text(const std::string& text) {
        bytes += 'X';
        number<uint32_t>(text.size());
        bytes += text;
    }
    void integer(int64_t value) {
        if (value >= 0 && value <= INT32_MAX) {
            bytes += 'J';
            number<uint32_t>(static_cast<uint64_t>(value));
        } else {
            bytes += "\x8A\x08";
            number<uint64_t>(static_cast<uint64_t>(value));
        }
    }
    void tuple(const std::vector<int64_t>& values) {
        bytes += '(';
        for (const int64_t value : values)
            integer(value);
        bytes += 't';
    }

  private:
    template <typename Number>
    void number(uint64_t value) {
        const auto narrow = static_cast<Number>(value);
        bytes.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
    }
};

/// Contiguous strides, and the number of elements as if no dimension were empty.
std::vector<int64_t> contiguousStrides(const std::vector<int64_t>& shape) {
    std::vector<int64_t> strides(shape.size());
    int64_t stride = 1;
    for (size_t i = shape.size(); i-- > 0;) {
        strides[i] = stride;
        stride *= std::max<int64_t>(shape[i], 1);
    }
    return strides;
}

/// OrderedDict([(name, _rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())), …])
std::string pickleOf(const std::vector<TensorBytes>& tensors) {
    Pickler pickle;
    pickle.bytes += "ccollections\nOrderedDict\n)R(";
    for (size_t i = 0; i < tensors.size(); ++i) {
        const TensorBytes& tensor = tensors[i];
        pickle.text(tensor.name);
        pickle.bytes += "ctorch._utils\n_rebuild_tensor_v2\n((";
        pickle.text("storage");
        pickle.bytes += std::string("ctorch\n") + storageName(tensor.dtype) + "\n";
        pickle.text(std::to_string(i));
        pickle.text("cpu");
        pickle.integer(static_cast<int64_t>(tensor.bytes.size() / byteSize(tensor.dtype)));
        pickle.bytes += "tQ";
        pickle.integer(0);
        pickle.tuple(tensor.shape);
        pickle.tuple(contiguousStrides(tensor.shape));
        pickle.bytes +=
            "\x89"
            "ccollections\nOrderedDict\n)RtR";
    }
    pickle.bytes += "u.";
    return pickle.bytes;
}

void check(const std::vector<TensorBytes>& tensors, const std::string& file) {
    std::unordered_set<std::string_view> names;
    for (const auto& tensor : tensors) {
        uint64_t bytes = byteSize(tensor.dtype);
        for (const int64_t size : tensor.shape) {
            if (size < 0 || __builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes))
                throw Error(file, "tensor " + inQuotes(tensor.name) + " has an impossible shape");
        }
        if (bytes != tensor.bytes.size())
            throw Error(file, "tensor " + inQuotes(tensor.name) + " has more or fewer bytes than its shape needs");
        if (!names.insert(tensor.name).second) throw Error(file, "two tensors have the name " + inQuotes(tensor.name));
    }
}

}  // namespace

void writeTorchFile(const std::filesystem::path& path, const std::vector<TensorBytes>& tensors) {
    check(tensors, displayName(path));
    AtomicFile file(path);
    ZipWriter zip(file);
    zip.add("archive/data.pkl", pickleOf(tensors));
    zip.add("archive/byteorder", "little");
    for (size_t i = 0; i < tensors.size(); ++i)
        zip.add("archive/data/" + std::to_string(i), tensors[i].bytes);
    zip.add("archive/version", "3\n");
    zip.finish();
    file.commit();
}

}  // namespace diagonal
