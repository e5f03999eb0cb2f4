// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/torch_state_dict.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/formats/averages.h"
#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

constexpr size_t kMaxDepth = 64, kMaxAttributes = 1'000'000, kMaxName = 1000, kMaxTensorDimensions = 64,
                 kMaxMetadata = 1000;

class Collector {
  public:
    Collector(const Pickle& pickle, const FindStorage& findStorage, uint64_t fileSize, const std::string& file,
              CheckpointIndex& index)
        : m_pickle(pickle), m_findStorage(findStorage), m_fileSize(fileSize), m_file(file), m_index(index) {}

    void run() {
        const PickleId root = m_pickle.root();
        switch (kindOf(root)) {
            case PickleKind::Dict:
                takeDict(stateDict(root));
                break;
            case PickleKind::Object:
                takeAttributes(root, "", 0);
                break;
            case PickleKind::Tensor:
                throw noStateDict("it holds a single tensor without a name");
            case PickleKind::List:
                throw noStateDict("it holds a list");
            case PickleKind::Tuple:
                throw noStateDict("it holds a tuple");
            default:
                throw noStateDict("it holds a single value");
        }
        takeMetadata(root);
        if (m_index.tensors.empty()) throw noStateDict("it holds no tensors");
    }

  private:
    PickleKind kindOf(PickleId id) const { return m_pickle.value(id).kind; }
    Error noStateDict(const std::string& found) const {
        return Error(m_file, "this PyTorch file has no state dict: " + found,
                     "Save one where the file was made: torch.save(model.state_dict(), \"model.pt\")");
    }
    Error wrong(const std::string& tensor, const std::string& problem) const {
        return Error(m_file, "tensor " + inQuotes(tensor) + " " + problem, "The file is damaged: get it again");
    }

    bool hasTensors(PickleId dict) const {
        const auto& items = m_pickle.items(dict);
        for (size_t i = 1; i < items.size(); i += 2)
            if (kindOf(items[i]) == PickleKind::Tensor) return true;
        return false;
    }

    /// A dict with tensors in the file, and the keys that lead there: "state_dict", "ema.module".
    struct Candidate {
        std::string path;
        PickleId dict;
    };

    /// Optimizers hold averages of gradients, which are no weights.
    static bool isOfTraining(std::string_view key) {
        for (const std::string_view part : {"optim", "scheduler", "scaler", "rng", "callback", "loops"})
            if (key.find(part) != std::string_view::npos) return true;
        return false;
    }

    void findDicts(PickleId dict, const std::string& path, size_t depth, std::vector<Candidate>& found) const {
        constexpr size_t kDeepest = 3, kMostDicts = 32;
        const auto& items = m_pickle.items(dict);
        if (hasTensors(dict)) {
            found.push_back({path, dict});
            return;
        }
        for (size_t i = 0; i + 1 < items.size() && depth < kDeepest && found.size() < kMostDicts; i += 2) {
            if (kindOf(items[i]) != PickleKind::Text || kindOf(items[i + 1]) != PickleKind::Dict) continue;
            const std::string_view key = m_pickle.value(items[i]).text;
            if (key.size() > kMaxName || !isPlainText(key) || isOfTraining(key)) continue;
            findDicts(items[i + 1], path.empty() ? std::string(key) : path + "." + std::string(key), depth + 1, found);
        }
    }

    /// The root itself, or what training tools call the weights in it. Of a model and its average the first.
    PickleId stateDict(PickleId root) const {
        std::vector<Candidate> found;
        findDicts(root, "", 0, found);
        const auto averages = std::stable_partition(found.begin(), found.end(),
                                                    [](const Candidate& one) { return !isAverage(one.path); });
        const auto models = static_cast<size_t>(averages - found.begin());
        // What tools call the weights themselves comes before what may lie beside them.
        size_t chosen = 0;
        for (const std::string_view key : {"module", "model", "model_state_dict", "state_dict"})
            for (size_t i = 0; i < models; ++i)
                if (found[i].path == key) chosen = i;
        if (found.empty() || (models == 0 && found.size() > 1)) throw noStateDict(entriesOf(root));
        const bool isKnown = found[chosen].path.empty() || found[chosen].path.find("state_dict") != std::string::npos ||
                             found[chosen].path.starts_with("mod");
        if (models > 1 && !isKnown) throw noStateDict("several of its entries could be one: " + entriesOf(root));
        if (models == 0) m_index.notes.push_back("the weights are an average: " + found[chosen].path);
        for (size_t i = 0; i < models; ++i)
            if (i != chosen) m_index.notes.push_back("left out: " + found[i].path);
        for (size_t i = models; i < found.size() && models > 0; ++i)
            m_index.notes.push_back("an average of the weights is there as well, and left out: " + found[i].path);
        return found[chosen].dict;
    }

    std::string entriesOf(PickleId root) const {
        const auto& items = m_pickle.items(root);
        std::string keys;
        for (size_t i = 0; i < std::min<size_t>(items.size(), 12); i += 2)
            if (kindOf(items[i]) == PickleKind::Text)
                keys += (keys.empty() ? "" : ", ") + inQuotes(m_pickle.value(items[i]).text);
        return keys.empty() ? "it is empty" : "its entries are " + keys;
    }

    void takeDict(PickleId dict) {
        const auto& items = m_pickle.items(dict);
        m_index.tensors.reserve(items.size() / 2);
        for (size_t i = 0; i < items.size(); i += 2) {
            if (kindOf(items[i + 1]) != PickleKind::Tensor) continue;
            if (kindOf(items[i]) != PickleKind::Text)
                throw Error(m_file, "a key of its state dict is no text, so that its tensor has no name",
                            "Save the state dict of the model alone: torch.save(model.state_dict(), \"model.pt\")");
            takeTensor(std::string(m_pickle.value(items[i]).text), items[i + 1]);
        }
    }

    /// The tensors of a TorchScript module and the modules in it. Modules may be shared; a bound on all steps keeps
    /// files from multiplying them.
    void takeAttributes(PickleId object, const std::string& prefix, size_t depth) {
        if (depth == kMaxDepth) throw wrong(prefix, "is nested too deeply");
        const auto& items = m_pickle.items(object);
        for (size_t i = 0; i + 1 < items.size(); i += 2) {
            if (++m_steps > kMaxAttributes) throw wrong(prefix, "is one of too many");
            const PickleKind kind = kindOf(items[i + 1]);
            if (kind != PickleKind::Tensor && kind != PickleKind::Object) continue;
            if (kindOf(items[i]) != PickleKind::Text) throw wrong(prefix, "has an attribute without a name");
            const auto key = m_pickle.value(items[i]).text;
            if (prefix.size() + key.size() > kMaxName) throw wrong(std::string(key), "has too long a name");
            std::string name = prefix;
            name += key;
            if (kind == PickleKind::Tensor) {
                takeTensor(std::move(name), items[i + 1]);
            } else {
                takeAttributes(items[i + 1], name + ".", depth + 1);
            }
        }
    }

    /// A tuple of whole numbers from 0 up.
    std::vector<int64_t> numbers(PickleId tuple, const std::string& name) const {
        const auto& items = m_pickle.items(tuple);
        if (items.size() > kMaxTensorDimensions) throw wrong(name, "has too many dimensions");
        std::vector<int64_t> result;
        result.reserve(items.size());
        for (const PickleId item : items) {
            const auto& value = m_pickle.value(item);
            if (value.kind != PickleKind::Int || value.integer < 0)
                throw wrong(name, "has an impossible shape or stride");
            result.push_back(value.integer);
        }
        return result;
    }

    void takeTensor(std::string name, PickleId id) {
        if (name.empty() || name.size() > kMaxName || !isPlainText(name)) throw wrong(name, "has an impossible name");
        if (!m_names.insert(name).second) throw wrong(name, "stands twice in the file");
        const PickleTensor& view = m_pickle.tensor(id);
        if (!view.dtype)
            throw Error(m_file, "tensor " + inQuotes(name) + " has numbers of a kind that no model here uses",
                        "Quantised and complex tensors are not read: save them as float32");
        const PickleStorage& storage = m_pickle.storage(view.storage);
        const StoragePlace place = m_findStorage(storage);
        StoredTensor tensor{std::move(name), *view.dtype, {}, {}, place.offset};
        tensor.shape = numbers(view.shape, tensor.name);
        tensor.strides = numbers(view.strides, tensor.name);
        if (tensor.shape.size() != tensor.strides.size()) throw wrong(tensor.name, "has not one stride a dimension");

        // The last element that the view reaches, and how many it has, without overflow.
        const auto elementSize = static_cast<int64_t>(byteSize(tensor.dtype));
        int64_t last = m_pickle.value(view.offset).integer, size = elementSize, step = 0;
        bool overflow = false, empty = false;
        for (size_t i = 0; i < tensor.shape.size(); ++i) {
            const int64_t length = tensor.shape[i];
            empty = empty || length == 0;
            overflow |= __builtin_mul_overflow(size, std::max<int64_t>(length, 1), &size);
            overflow |= __builtin_mul_overflow(std::max<int64_t>(length - 1, 0), tensor.strides[i], &step);
            overflow |= __builtin_add_overflow(last, step, &last);
        }
        int64_t end = 0;
        overflow |= __builtin_add_overflow(last, 1, &end) || __builtin_mul_overflow(end, elementSize, &end);
        if (overflow || m_pickle.value(view.offset).integer < 0)
            throw wrong(tensor.name, "has an impossible shape or stride");
        if (!empty) {
            if (static_cast<uint64_t>(end) > place.size) throw wrong(tensor.name, "reaches beyond its bytes");
            // A view may repeat elements, but a small file must not become a large model by that.
            if (static_cast<uint64_t>(size) > std::max<uint64_t>(m_fileSize, 1 << 20))
                throw wrong(tensor.name, "repeats its elements to more than the file holds");
            tensor.offset += static_cast<uint64_t>(m_pickle.value(view.offset).integer * elementSize);
        }
        m_index.tensors.push_back(std::move(tensor));
    }

    void takeMetadata(PickleId root) {
        const auto& items = m_pickle.items(root);
        for (size_t i = 0; i + 1 < items.size() && m_index.metadata.size() < kMaxMetadata; i += 2) {
            const auto &key = m_pickle.value(items[i]), &value = m_pickle.value(items[i + 1]);
            if (key.kind != PickleKind::Text || key.text.size() > kMaxName || !isPlainText(key.text)) continue;
            if (value.kind == PickleKind::Int) {
                m_index.metadata[std::string(key.text)] = std::to_string(value.integer);
            } else if (value.kind == PickleKind::Bool) {
                m_index.metadata[std::string(key.text)] = value.integer != 0 ? "true" : "false";
            } else if (value.kind == PickleKind::Float) {
                std::array<char, 32> digits{};
                const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value.number);
                if (error == std::errc()) m_index.metadata[std::string(key.text)] = std::string(digits.data(), end);
            } else if (value.kind == PickleKind::Text && value.text.size() <= kMaxName && isPlainText(value.text)) {
                m_index.metadata[std::string(key.text)] = value.text;
            }
        }
    }

    const Pickle& m_pickle;
    const FindStorage& m_findStorage;
    uint64_t m_fileSize;
    const std::string& m_file;
    CheckpointIndex& m_index;
    std::unordered_set<std::string> m_names;
    size_t m_steps = 0;
};

}  // namespace

void collectStateDict(const Pickle& pickle, const FindStorage& findStorage, uint64_t fileSize, const std::string& file,
                      CheckpointIndex& index) {
    Collector(pickle, findStorage, fileSize, file, index).run();
}

}  // namespace diagonal
