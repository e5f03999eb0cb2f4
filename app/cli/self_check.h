// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace diagonal::cli {

struct CheckResult {
    std::string name;
    bool passed = false;
    std::string detail;
};

/// Runs a check: what it returns is the detail, what it throws the reason why it failed.
CheckResult check(const std::string& name, const std::function<std::string()>& what);

/// Opens the demo model on the CPU and has it label scenes. Throws Error when it is wrong about them.
std::string checkDemoModel();

/// Embeds the same scenes and texts on a device and on the CPU. Throws Error when they differ.
std::string checkAgainstCpu(const std::string& device);

}  // namespace diagonal::cli
