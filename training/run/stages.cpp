// SPDX-License-Identifier: Apache-2.0
#include "training/run/stages.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "engine/base/error.h"

namespace diagonal {

namespace {

std::vector<std::string_view> splitAt(std::string_view text, char mark) {
    std::vector<std::string_view> parts;
    for (size_t end = 0; end != std::string_view::npos;) {
        end = text.find(mark);
        parts.push_back(text.substr(0, end));
        if (end != std::string_view::npos) text.remove_prefix(end + 1);
    }
    return parts;
}

/// The whole text as a number, spaces around it aside.
template <typename Number>
std::optional<Number> numberOf(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return std::nullopt;
    text = text.substr(first, text.find_last_not_of(' ') + 1 - first);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

void require(bool holds, std::string_view stage, const std::string& problem, const std::string& remedy) {
    if (!holds) throw Error("--stages", "“" + std::string(stage) + "” " + problem, remedy);
}

}  // namespace

std::vector<Stage> parseStages(const std::string& text, double patchDropout) {
    constexpr int kLargestSize = 4096;
    constexpr double kMostDropout = 0.95, kRounding = 1e-3;
    const std::string form = "Write SHARE:SIZE or SHARE:SIZE:DROPOUT, such as 0.75:112:0.5,0.25:224.";
    std::vector<Stage> stages;
    if (text.empty()) return stages;
    double end = 0;
    for (const auto stage : splitAt(text, ',')) {
        const auto parts = splitAt(stage, ':');
        require(parts.size() == 2 || parts.size() == 3, stage, "is no stage", form);
        const auto share = numberOf<double>(parts[0]);
        const auto size = numberOf<int>(parts[1]);
        const auto dropout = parts.size() == 3 ? numberOf<double>(parts[2]) : std::optional(patchDropout);
        require(share && size && dropout, stage, "is no stage", form);
        require(*share > 0 && *share <= 1, stage, "has a share of the steps that is out of range",
                "Give more than 0, and 1 at most.");
        require(*size >= 1 && *size <= kLargestSize, stage, "has a size that is out of range",
                "Give 1 to 4096 pixels.");
        require(*dropout >= 0 && *dropout <= kMostDropout, stage, "leaves out a share of patches that is out of range",
                "Give 0 to 0.95.");
        end += *share;
        stages.push_back({end, *size, *dropout});
    }
    require(std::abs(end - 1) <= kRounding, text, "has shares that do not add up to 1", form);
    stages.back().end = 1;
    return stages;
}

int64_t endOf(const Stage& stage, int64_t totalSteps) {
    return std::llround(stage.end * static_cast<double>(totalSteps));
}

size_t stageAt(const std::vector<Stage>& stages, int64_t done, int64_t totalSteps) {
    size_t stage = 0;
    while (stage + 1 < stages.size() && done >= endOf(stages[stage], totalSteps))
        ++stage;
    return stage;
}

}  // namespace diagonal
