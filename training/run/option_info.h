// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace diagonal {

struct TrainOptions;

/// What is known of an option besides its value.
struct OptionInfo {
    std::string key;    ///< of config.json
    std::string group;  ///< heading in --help
    std::string value;  ///< what stands for the value in --help: "N", "STEPS"; empty for a switch
    std::string help;
    double low = 0, high = INFINITY;        ///< of a number, both allowed
    std::vector<std::string> choices = {};  ///< of a text; empty: any
    std::vector<std::string> aliases = {};  ///< other names of the flag: "-m", "--val-every"
    bool mayChange = false;  ///< when a run is resumed: what was trained before is not made another thing by it

    std::string flag() const;  ///< "--batch-size"
};

/// Every option of TrainOptions, in the order of --help.
const std::vector<OptionInfo>& optionInfos();
const OptionInfo& optionInfo(const std::string& key);

/// Sets the option with this key. Throws Error naming the flag when the value's type, range or choice is wrong.
void setOption(TrainOptions& options, const std::string& key, const nlohmann::json& value);

}  // namespace diagonal
