// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace diagonal {

inline constexpr const char* kNotFiniteRemedy =
    "Its training failed, or the file is damaged: take an earlier checkpoint, or get it again";

/// For a model that gives features of no numbers: the first tensor of its files that holds NaN or infinity, "tensor
/// \"visual.proj\" of FILE holds NaN, as do 3 more"; empty where all numbers are finite. Reads all weights.
std::string tensorNotFinite(const std::vector<std::filesystem::path>& files);

/// Which of the files holds a tensor, by the end of its name: the first where none does.
std::filesystem::path fileOfTensor(const std::vector<std::filesystem::path>& files, const std::string& name);

}  // namespace diagonal
