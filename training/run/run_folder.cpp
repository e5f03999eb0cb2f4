// SPDX-License-Identifier: Apache-2.0
#include "training/run/run_folder.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/run/metrics.h"
#include "training/run/probe.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

std::string stepName(int64_t step) {
    char name[32];
    std::snprintf(name, sizeof name, "step-%08lld", static_cast<long long>(step));
    return name;
}

}  // namespace

fs::path configFile(const fs::path& run) {
    return run / "config.json";
}

fs::path metricsFile(const fs::path& run) {
    return run / "metrics.jsonl";
}

fs::path checkpointFolder(const fs::path& run, int64_t step) {
    return run / "checkpoints" / stepName(step);
}

fs::path probeFile(const fs::path& run, int64_t step) {
    return run / "probe" / (stepName(step) + ".npy");
}

TrainOptions readRunOptions(const fs::path& run) {
    const auto file = configFile(run);
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored))
        throw Error(displayName(run), "is no run folder: it has no config.json", "Give the folder that --out named.");
    nlohmann::json json;
    try {
        json = nlohmann::json::parse(readText(file, 1 << 20));
    } catch (const nlohmann::json::exception&) {
        throw Error(displayName(file), "is not valid JSON", "Restore it, or start the run anew.");
    }
    auto options = trainOptionsFromJson(json, displayName(file));
    options.output = run;
    return options;
}

std::vector<int64_t> finishedCheckpoints(const fs::path& run) {
    std::vector<int64_t> steps;
    std::error_code ignored, none;
    for (fs::directory_iterator entries(run / "checkpoints", ignored), end; !ignored && entries != end;
         entries.increment(ignored)) {
        const auto& entry = *entries;
        const auto name = entry.path().filename().string();
        int64_t step = -1;
        if (!name.starts_with("step-")) continue;
        const char* last = name.data() + name.size();
        const auto parsed = std::from_chars(name.data() + 5, last, step);
        if (parsed.ec != std::errc() || parsed.ptr != last || step < 0) continue;
        if (fs::exists(entry.path() / "DONE", none)) steps.push_back(step);
    }
    std::sort(steps.begin(), steps.end());
    return steps;
}

RunRecord readRun(const fs::path& folder) {
    RunRecord record;
    record.folder = folder;
    record.options = readRunOptions(folder);
    readMetrics(metricsFile(folder), record.steps, record.validations);
    for (auto& validation : record.validations)
        readProbe(probeFile(folder, validation.step), validation);
    record.checkpoints = finishedCheckpoints(folder);
    std::error_code ignored;
    record.finished = fs::exists(folder / "model" / "open_clip_config.json", ignored);
    return record;
}

std::vector<fs::path> listRuns(const fs::path& parent) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
        const auto time = fs::last_write_time(configFile(entry.path()), ignored);
        if (fs::is_regular_file(configFile(entry.path()), ignored)) found.emplace_back(time, entry.path());
    }
    std::sort(found.begin(), found.end(), std::greater<>());
    std::vector<fs::path> runs;
    for (auto& [time, path] : found)
        runs.push_back(std::move(path));
    return runs;
}

}  // namespace diagonal
