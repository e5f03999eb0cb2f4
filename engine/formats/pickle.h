// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/checkpoint_index.h"

namespace diagonal {

/// Place of a value in a Pickle. Values name each other by place, so that one that holds itself is harmless.
using PickleId = uint32_t;

enum class PickleKind : uint8_t {
    None,
    Bool,
    Int,
    Long,  ///< beyond 64 bits: text is its little-endian bytes
    Float,
    Text,
    Bytes,
    Tuple,
    List,
    Dict,     ///< items are key, value, key, value…
    Object,   ///< attributes of an object of TorchScript: items as of a Dict
    Storage,  ///< a PickleStorage
    Tensor,   ///< a PickleTensor
    Global,   ///< a name of the allow list
    Other,    ///< something harmless that has no use here
};

struct PickleValue {
    PickleKind kind = PickleKind::None;
    uint32_t place = 0;   ///< among the lists of items, storages or tensors
    int64_t integer = 0;  ///< of Bool and Int
    double number = 0;    ///< of Float
    std::string_view text;
};

/// The memory under tensors, which lies beside the pickle.
struct PickleStorage {
    std::string_view key;
    uint64_t count = 0;  ///< of elements
    uint32_t elementSize = 0;
    std::optional<Dtype> dtype;  ///< none: a type that no model here uses, such as complex numbers
};

/// A view of a storage, not yet checked against it.
struct PickleTensor {
    PickleId storage = 0, offset = 0, shape = 0, strides = 0;
    std::optional<Dtype> dtype;
};

/// A Python pickle (protocols 2 to 5, and what torch.save writes of 1), read by an interpreter that executes nothing:
/// it builds plain values, and knows a short list of names of torch, collections and numpy. Any other name is refused.
class Pickle {
  public:
    /// Reads the pickle at the begin of `bytes`, which must outlive it. Memory stays proportional to the bytes read.
    /// Throws Error, which names what was refused.
    Pickle(std::span<const uint8_t> bytes, const std::string& file);

    uint64_t size() const { return m_size; }  ///< bytes of the pickle
    PickleId root() const { return m_root; }
    const PickleValue& value(PickleId id) const { return m_values[id]; }
    /// Of a Tuple, List, Dict or Object.
    const std::vector<PickleId>& items(PickleId id) const { return m_items[m_values[id].place]; }
    const PickleStorage& storage(PickleId id) const { return m_storages[m_values[id].place]; }
    const PickleTensor& tensor(PickleId id) const { return m_tensors[m_values[id].place]; }
    const std::vector<PickleStorage>& storages() const { return m_storages; }

    bool isText(PickleId id, std::string_view text) const {
        return m_values[id].kind == PickleKind::Text && m_values[id].text == text;
    }

  private:
    friend class PickleInterpreter;
    friend class PickleBuilder;

    std::vector<PickleValue> m_values;
    std::vector<std::vector<PickleId>> m_items;
    std::vector<PickleStorage> m_storages;
    std::vector<PickleTensor> m_tensors;
    PickleId m_root = 0;
    uint64_t m_size = 0;
};

}  // namespace diagonal
