// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/pickle_builder.h"

#include <algorithm>

#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

// Hundred times what the largest training checkpoints hold.
constexpr size_t kMaxValues = 4'000'000, kMaxItems = 8'000'000, kMaxTensors = 500'000;

constexpr const char* kNeverRuns = "Diagonal never runs what a checkpoint holds, and PyTorch writes no such files";

/// The first eight bytes; those that _codecs.encode made of a text are its characters below U+0100.
size_t decode(const PickleValue& value, uint8_t (&bytes)[8]) {
    size_t size = 0;
    for (size_t i = 0; i < value.text.size(); ++i) {
        if (size == 8) return 0;
        auto byte = static_cast<uint8_t>(value.text[i]);
        if (value.integer == 1 && byte >= 0x80) {
            if ((byte & 0xFC) != 0xC0 || i + 1 == value.text.size()) return 0;
            byte = static_cast<uint8_t>(byte << 6 | (value.text[++i] & 0x3F));
        }
        bytes[size++] = byte;
    }
    return size;
}

}  // namespace

Error PickleBuilder::malformed(const std::string& problem) const {
    return Error(m_file, "its pickle is malformed at byte " + std::to_string(m_position) + ": " + problem,
                 "The file is damaged, or no tool of PyTorch wrote it: get it again");
}

PickleId PickleBuilder::make(PickleKind kind) {
    if (m_result.m_values.size() == kMaxValues) throw malformed("it holds too many values");
    auto& value = m_result.m_values.emplace_back();
    value.kind = kind;
    return static_cast<PickleId>(m_result.m_values.size() - 1);
}

PickleId PickleBuilder::makeItems(PickleKind kind, std::vector<PickleId> items) {
    const PickleId id = make(kind);
    countItems(items.size());
    at(id).place = static_cast<uint32_t>(m_result.m_items.size());
    m_result.m_items.push_back(std::move(items));
    return id;
}

/// Lists can be copied into others again and again; this keeps their sum in bounds.
void PickleBuilder::countItems(size_t count) {
    if (count > kMaxItems - m_itemCount) throw malformed("its lists are too long");
    m_itemCount += count;
}

void PickleBuilder::append(PickleId target, PickleKind kind, const std::vector<PickleId>& values) {
    if (kindOf(target) != kind) throw malformed("items are added to what is no list or dict");
    if (kind == PickleKind::Dict && values.size() % 2 != 0) throw malformed("a key has no value");
    countItems(values.size());
    auto& list = items(target);
    list.insert(list.end(), values.begin(), values.end());
}

PickleId PickleBuilder::global(std::string_view module, std::string_view name) {
    std::string full(module.substr(0, 4096));
    full += '.';
    full += name.substr(0, 4096);
    const auto found = findGlobal(full);
    if (!found) throw refusedGlobal(full, m_file);
    const PickleId id = make(PickleKind::Global);
    at(id).place = static_cast<uint32_t>(m_globals.size());
    at(id).text = name;
    m_globals.push_back(*found);
    return id;
}

PickleId PickleBuilder::call(PickleId function, PickleId arguments, bool isNew) {
    if (kindOf(function) != PickleKind::Global || kindOf(arguments) != PickleKind::Tuple)
        throw Error(m_file, "the file wants to call something that is no known function", kNeverRuns);
    const PickleGlobal known = m_globals[at(function).place];
    // The values move when new ones are made. Nothing known has more arguments.
    const std::vector<PickleId> given(items(arguments).begin(),
                                      items(arguments).begin() + std::min<ptrdiff_t>(std::ssize(items(arguments)), 8));
    const auto argument = [&](size_t i) {
        if (i >= given.size()) throw malformed("an argument of " + inQuotes(at(function).text) + " is missing");
        return given[i];
    };
    switch (known.role) {
        case GlobalRole::Mapping: {
            const PickleId dict = makeItems(PickleKind::Dict);
            if (!given.empty()) fill(dict, given[0]);
            return dict;
        }
        case GlobalRole::FirstArgument:
            return given.empty() ? makeItems(PickleKind::Tuple) : given[0];
        case GlobalRole::Parameter:
            if (kindOf(argument(0)) != PickleKind::Tensor) throw malformed("a parameter is no tensor");
            return given[0];
        case GlobalRole::Tensor:
            return tensor(argument(0), argument(1), argument(2), argument(3), {});
        case GlobalRole::TensorOfType:
            return tensor(argument(0), argument(1), argument(2), argument(3), argument(6));
        case GlobalRole::FromType:
            return fromType(argument(0), argument(2));
        case GlobalRole::Attributes:
            if (!isNew) break;
            return makeItems(PickleKind::Object);
        case GlobalRole::Encode: {
            const PickleId bytes = make(PickleKind::Bytes);
            if (kindOf(argument(0)) != PickleKind::Text) throw malformed("what is encoded is no text");
            at(bytes).text = at(given[0]).text;
            at(bytes).integer = 1;
            return bytes;
        }
        case GlobalRole::NumpyScalar:
            return numpyScalar(argument(0), argument(1));
        case GlobalRole::NumpyDtype: {
            const PickleId type = make(PickleKind::Other);
            if (kindOf(argument(0)) == PickleKind::Text) at(type).text = at(given[0]).text;
            return type;
        }
        case GlobalRole::Harmless:
            return make(PickleKind::Other);
        case GlobalRole::StorageType:
        case GlobalRole::Dtype:
            break;
    }
    throw Error(m_file, "the file wants to call " + inQuotes(at(function).text) + ", which is no function", kNeverRuns);
}

/// dict(source), of another dict or of pairs.
void PickleBuilder::fill(PickleId dict, PickleId source) {
    const PickleKind kind = kindOf(source);
    if (kind == PickleKind::Dict) {
        const auto values = items(source);
        return append(dict, PickleKind::Dict, values);
    }
    if (kind != PickleKind::List && kind != PickleKind::Tuple) throw malformed("a dict is made of what is no list");
    countItems(items(source).size());
    for (const PickleId pair : std::vector<PickleId>(items(source))) {
        const PickleKind pairKind = kindOf(pair);
        if ((pairKind != PickleKind::List && pairKind != PickleKind::Tuple) || items(pair).size() != 2)
            throw malformed("a dict is made of what are no pairs");
        append(dict, PickleKind::Dict, std::vector<PickleId>(items(pair)));
    }
}

PickleId PickleBuilder::tensor(PickleId storage, PickleId offset, PickleId shape, PickleId strides,
                               std::optional<PickleId> dtype) {
    if (kindOf(storage) != PickleKind::Storage || kindOf(offset) != PickleKind::Int ||
        kindOf(shape) != PickleKind::Tuple || kindOf(strides) != PickleKind::Tuple)
        throw malformed("a tensor is made of the wrong things");
    if (m_result.m_tensors.size() == kMaxTensors) throw malformed("it holds too many tensors");
    PickleTensor tensor{storage, offset, shape, strides, m_result.storage(storage).dtype};
    if (dtype) {
        if (kindOf(*dtype) != PickleKind::Global || m_globals[at(*dtype).place].role != GlobalRole::Dtype)
            throw malformed("a tensor has a type that is none");
        tensor.dtype = m_globals[at(*dtype).place].dtype;
    }
    const PickleId id = make(PickleKind::Tensor);
    at(id).place = static_cast<uint32_t>(m_result.m_tensors.size());
    m_result.m_tensors.push_back(tensor);
    return id;
}

PickleId PickleBuilder::fromType(PickleId function, PickleId arguments) {
    const bool rebuilds =
        kindOf(function) == PickleKind::Global && (m_globals[at(function).place].role == GlobalRole::Tensor ||
                                                   m_globals[at(function).place].role == GlobalRole::TensorOfType);
    if (!rebuilds) throw malformed("a tensor is made by what makes none");
    return call(function, arguments, false);
}

PickleId PickleBuilder::storage(PickleId key) {
    const auto wrong = [&] { return malformed("it refers to what is no storage"); };
    if (kindOf(key) != PickleKind::Tuple) throw wrong();
    const auto& parts = items(key);  // "storage", type, key, device, count; of old files also a view
    if (parts.size() < 5 || parts.size() > 6 || !m_result.isText(parts[0], "storage") ||
        kindOf(parts[1]) != PickleKind::Global || m_globals[at(parts[1]).place].role != GlobalRole::StorageType ||
        kindOf(parts[2]) != PickleKind::Text || kindOf(parts[4]) != PickleKind::Int || at(parts[4]).integer < 0)
        throw wrong();
    if (parts.size() == 6 && kindOf(parts[5]) != PickleKind::None)
        throw Error(m_file, "its tensors share memory in a way that only the first versions of PyTorch wrote",
                    "Load and save it with a newer PyTorch");
    if (m_result.m_storages.size() == kMaxTensors) throw malformed("it holds too many tensors");
    const PickleGlobal& type = m_globals[at(parts[1]).place];
    const PickleStorage storage{at(parts[2]).text, static_cast<uint64_t>(at(parts[4]).integer), type.elementSize,
                                type.dtype};
    const PickleId id = make(PickleKind::Storage);
    at(id).place = static_cast<uint32_t>(m_result.m_storages.size());
    m_result.m_storages.push_back(storage);
    return id;
}

void PickleBuilder::build(PickleId target, PickleId state) {
    const PickleKind kind = kindOf(target);
    if (kind == PickleKind::Object) {
        if (kindOf(state) == PickleKind::Dict) at(target).place = at(state).place;
    } else if (kind == PickleKind::Other) {
        const bool bigEndian =
            kindOf(state) == PickleKind::Tuple && items(state).size() > 1 && m_result.isText(items(state)[1], ">");
        if (bigEndian) at(target).text = {};
    } else if (kind != PickleKind::Dict) {
        throw malformed("something is given a state that has none");
    }
}

/// np.float64(…) and the like become numbers.
PickleId PickleBuilder::numpyScalar(PickleId type, PickleId content) {
    const std::string_view name = kindOf(type) == PickleKind::Other ? at(type).text : std::string_view();
    uint8_t bytes[8] = {};
    const size_t size = kindOf(content) == PickleKind::Bytes ? decode(at(content), bytes) : 0;
    double number = 0;
    int64_t integer = 0;
    if (name == "f8" && size == 8) {
        number = loadNumber<double>(bytes);
    } else if (name == "f4" && size == 4) {
        number = static_cast<double>(loadNumber<float>(bytes));
    } else if (name == "i8" && size == 8) {
        integer = loadNumber<int64_t>(bytes);
    } else if (name == "i4" && size == 4) {
        integer = loadNumber<int32_t>(bytes);
    } else {
        return make(PickleKind::Other);
    }
    const PickleId id = make(name[0] == 'f' ? PickleKind::Float : PickleKind::Int);
    at(id).number = number;
    at(id).integer = integer;
    return id;
}

}  // namespace diagonal
