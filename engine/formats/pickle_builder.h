// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"
#include "engine/formats/pickle.h"
#include "engine/formats/pickle_globals.h"

namespace diagonal {

/// Makes the values of a Pickle: what the names of the allow list stand for when a pickle calls them, and nothing else.
/// All functions throw Error.
class PickleBuilder {
  public:
    /// `position` is that of the reader, for errors.
    PickleBuilder(Pickle& result, const size_t& position, const std::string& file)
        : m_result(result), m_position(position), m_file(file) {}

    Error malformed(const std::string& problem) const;

    PickleId make(PickleKind kind);
    PickleId makeItems(PickleKind kind, std::vector<PickleId> items = {});
    PickleValue& at(PickleId id) { return m_result.m_values[id]; }
    /// Adds items to a list, or keys and values to a dict.
    void append(PickleId target, PickleKind kind, const std::vector<PickleId>& values);

    PickleId global(std::string_view module, std::string_view name);
    PickleId call(PickleId function, PickleId arguments, bool isNew);
    /// Gives an object its attributes. What else has a state (ordered dicts, types of numpy) does not need it.
    void build(PickleId target, PickleId state);
    /// The storage of a persistent id.
    PickleId storage(PickleId key);

  private:
    PickleKind kindOf(PickleId id) { return at(id).kind; }
    std::vector<PickleId>& items(PickleId id) { return m_result.m_items[at(id).place]; }
    void countItems(size_t count);
    void fill(PickleId dict, PickleId source);
    PickleId tensor(PickleId storage, PickleId offset, PickleId shape, PickleId strides, std::optional<PickleId> dtype);
    PickleId fromType(PickleId function, PickleId arguments);
    PickleId numpyScalar(PickleId type, PickleId content);

    Pickle& m_result;
    const size_t& m_position;
    const std::string& m_file;
    size_t m_itemCount = 0;
    std::vector<PickleGlobal> m_globals;
};

}  // namespace diagonal
