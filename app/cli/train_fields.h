// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "training/run/option_info.h"
#include "training/run/options.h"

namespace diagonal::cli {

/// A flag for every option of a run.
class TrainFields {
  public:
    void addTo(CLI::App* command);
    /// Sets what was given on the command line. Throws UsageError.
    void apply(TrainOptions& options) const;
    /// A flag that was given and that a resumed run cannot change, or empty.
    std::string anyFixed() const;
    bool isGiven(const std::string& key) const;

  private:
    std::vector<std::pair<const OptionInfo*, CLI::Option*>> m_fields;
};

}  // namespace diagonal::cli
