// SPDX-License-Identifier: Apache-2.0
#include "training/run/checkpoint.h"

#include <fcntl.h>
#include <torch/torch.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/state_dict.h"
#include "training/run/run_folder.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kOptimizerFile = "optimizer.safetensors";
constexpr const char* kStateFile = "state.json";
constexpr const char* kPartial = ".partial";

void syncFolder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

void makeFolder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(displayName(folder), "cannot be created: " + error.message());
}

/// Fills a folder beside `target` and renames it into place; removes it when `fill` throws.
template <typename Fill>
void writeFolder(const fs::path& target, Fill&& fill) {
    const fs::path partial = target.parent_path() / ("." + target.filename().string() + kPartial);
    std::error_code error;
    fs::remove_all(partial, error);
    try {
        makeFolder(partial);
        fill(partial);
    } catch (...) {
        fs::remove_all(partial, error);
        throw;
    }
    syncFolder(partial);
    const fs::path old = target.parent_path() / ("." + target.filename().string() + ".old");
    const bool replaces = fs::exists(target, error);
    if (replaces) fs::rename(target, old, error);
    error.clear();
    fs::rename(partial, target, error);
    if (error) throw Error(displayName(target), "cannot be renamed into place: " + error.message());
    syncFolder(target.parent_path());
    if (replaces) fs::remove_all(old, error);
}

torch::Tensor generatorState(const torch::Device& device) {
    return at::globalContext().defaultGenerator(device).get_state();
}

void setGeneratorState(const torch::Device& device, const torch::Tensor& state) {
    auto generator = at::globalContext().defaultGenerator(device);
    generator.set_state(state.clone());
}

}  // namespace

void saveCheckpoint(const fs::path& run, const ModelBundle& bundle, const AdamW& optimizer,
                    const TrainingState& state) {
    makeFolder(run / "checkpoints");
    writeFolder(checkpointFolder(run, state.step), [&](const fs::path& folder) {
        saveModelFolder(folder, bundle);
        auto tensors = optimizer.state();
        tensors.emplace_back("generator/cpu", generatorState(torch::kCPU));
        const auto device = bundle.model->logitScale().device();
        if (!device.is_cpu()) tensors.emplace_back("generator/device", generatorState(device));
        writeSafetensors(folder / kOptimizerFile, tensors);
        const nlohmann::ordered_json json = {
            {"format", 1}, {"step", state.step}, {"samples", state.samples}, {"seconds", state.seconds}};
        writeFile(folder / kStateFile, json.dump(2) + "\n");
        writeFile(folder / "DONE", "");
    });
}

TrainingState loadCheckpoint(const fs::path& checkpoint, AdamW& optimizer, const torch::Device& device) {
    const auto file = checkpoint / kStateFile;
    TrainingState state;
    try {
        const auto json = nlohmann::json::parse(readText(file, 1 << 20));
        state = {json.at("step").get<int64_t>(), json.at("samples").get<int64_t>(), json.at("seconds").get<double>()};
    } catch (const nlohmann::json::exception&) {
        throw Error(displayName(file), "is damaged", "Remove this checkpoint's folder to resume from the one before.");
    }
    const auto tensors = readStateDict({checkpoint / kOptimizerFile}).tensors;
    optimizer.load(tensors, displayName(checkpoint / kOptimizerFile));
    if (const auto found = tensors.find("generator/cpu"); found != tensors.end())
        setGeneratorState(torch::kCPU, found->second);
    if (const auto found = tensors.find("generator/device"); found != tensors.end() && !device.is_cpu())
        setGeneratorState(device, found->second);
    return state;
}

void pruneCheckpoints(const fs::path& run, int keep) {
    std::error_code ignored;
    auto steps = finishedCheckpoints(run);
    while (steps.size() > static_cast<size_t>(keep)) {
        // DONE goes first: a removal that is cut short leaves no checkpoint that only looks whole.
        const auto folder = checkpointFolder(run, steps.front());
        fs::remove(folder / "DONE", ignored);
        fs::remove_all(folder, ignored);
        steps.erase(steps.begin());
    }
    std::vector<fs::path> leftOvers;
    for (const auto& entry : fs::directory_iterator(run / "checkpoints", ignored))
        if (entry.path().filename().string().starts_with(".step-")) leftOvers.push_back(entry.path());
    for (const auto& path : leftOvers)
        fs::remove_all(path, ignored);
}

void replaceModelFolder(const fs::path& folder, const ModelBundle& bundle) {
    writeFolder(folder, [&](const fs::path& partial) { saveModelFolder(partial, bundle); });
}

uint64_t checkpointBytes(const ClipModel& model) {
    uint64_t bytes = 1 << 20;  // tokenizer, configuration, generators
    for (const auto& parameter : model.parameters())
        bytes += 3 * static_cast<uint64_t>(parameter.numel()) * sizeof(float);  // weight and two moments
    return bytes;
}

}  // namespace diagonal
