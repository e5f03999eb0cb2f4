// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/parts/tensor_rules.h"

namespace diagonal {

/// The shapes of a state dict in our names. Those that no model has are refused, so that all arithmetic on the others
/// is safe.
class Shapes {
  public:
    /// file: named by errors.
    Shapes(const Tensors& tensors, std::string file) : m_tensors(tensors), m_file(std::move(file)) {}

    bool has(const std::string& name) const { return m_tensors.contains(name); }
    /// Of a tensor with that many dimensions. Throws Error where it is missing, or has others.
    int size(const std::string& name, int64_t dimension, int64_t dimensions) const;
    /// Blocks "PREFIX.0." to "PREFIX.N.": N + 1. Throws Error where there is none.
    int layers(const std::string& prefix) const;
    /// The side of a square of so many cells. `what` names them.
    int side(int count, const char* what) const;

    /// Heads of attention, which no shape tells: 64 wide, as OpenAI's. Where models of such a width are known to have
    /// others, that is in doubt.
    int usualHeads(int width) const;

    /// Remembers what several towers of the same shapes differ in, as the end of "FILE does not tell ...".
    void doubt(std::string what) const { m_doubts.push_back(std::move(what)); }
    const std::vector<std::string>& doubts() const { return m_doubts; }

  private:
    const Tensors& m_tensors;
    std::string m_file;
    mutable std::vector<std::string> m_doubts;
};

}  // namespace diagonal
