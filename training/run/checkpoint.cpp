// SPDX-License-Identifier: Apache-2.0
#include "training/run/checkpoint.h"

#include <fcntl.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/state_dict.h"
#include "training/optimizers/generator_state.h"
#include "training/run/run_folder.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kOptimizerFile = "optimizer.safetensors";
constexpr const char* kStateFile = "state.json";
constexpr const char* kPartial = ".partial";
constexpr int kFormat = 3;
constexpr int kPrefixed = 3;  ///< since then the text tower's tensors are "text."

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
    // An older folder changes places with the new one in one step, or, where the file system cannot, steps aside.
    const fs::path old = target.parent_path() / ("." + target.filename().string() + ".old");
    const bool replaces = fs::exists(target, error);
    if (!replaces || ::renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) != 0) {
        if (replaces) fs::rename(target, old, error);
        error.clear();
        fs::rename(partial, target, error);
        if (error) {
            std::error_code ignored;
            if (replaces) fs::rename(old, target, ignored);
            fs::remove_all(partial, ignored);
            throw Error(displayName(target), "cannot be renamed into place: " + error.message());
        }
    }
    syncFolder(target.parent_path());
    if (replaces) {
        fs::remove_all(partial, error);
        fs::remove_all(old, error);
    }
}

template <typename State, typename Visit>
void visitState(State& state, Visit&& visit) {
    visit("step", state.step);
    visit("samples", state.samples);
    visit("seconds", state.seconds);
    visit("data_offset", state.dataOffset);
    visit("skipped", state.skipped);
    visit("skipped_in_a_row", state.skippedInARow);
    visit("roll_backs", state.rollBacks);
    visit("micro_batch", state.microBatch);
    visit("stage", state.stage);
    visit("best_step", state.bestStep);
    visit("best_value", state.bestValue);
    visit("plateau_best", state.plateau.best);
    visit("plateau_waited", state.plateau.waited);
    visit("plateau_share", state.plateau.share);
    visit("validation_is_due", state.validationIsDue);
    visit("save_is_due", state.saveIsDue);
    visit("data", state.data);
    visit("validation", state.validation);
}

/// What a checkpoint holds, for as long as its tensors stand.
struct Contents {
    ModelBundle bundle;
    std::map<std::string, torch::Tensor> weights;
    NamedParameters optimizer;  ///< and generators
    TrainingState state;
};

/// The model is what the checkpoint's shall be.
Contents contentsOf(const ModelBundle& bundle, const TrainStep& step, const TrainingState& state) {
    Contents contents{bundle, bundle.model->stateDict(), step.state(), state};
    contents.optimizer.emplace_back("generator/cpu", generatorState(torch::kCPU));
    if (!step.device().is_cpu()) contents.optimizer.emplace_back("generator/device", generatorState(step.device()));
    return contents;
}

/// "exp_avg/text_projection" of older checkpoints is now "exp_avg/text.text_projection".
std::string prefixed(const std::string& name) {
    const size_t begin = name.rfind('/') + 1;  // of none: 0
    for (const char* old : {"transformer.", "token_embedding.", "positional_embedding", "ln_final.", "text_projection"})
        if (name.compare(begin, std::string_view(old).size(), old) == 0)
            return name.substr(0, begin) + "text." + name.substr(begin);
    return name;
}

Tensors optimizerTensors(const fs::path& checkpoint) {
    Tensors tensors = readStateDict({checkpoint / kOptimizerFile}).tensors;
    if (readJson(checkpoint / kStateFile).value("format", 1) >= kPrefixed) return tensors;
    Tensors renamed;
    for (const auto& [name, tensor] : tensors)
        renamed.emplace(prefixed(name), tensor);
    return renamed;
}

void write(const fs::path& run, const Contents& contents) {
    makeFolder(run / "checkpoints");
    writeFolder(checkpointFolder(run, contents.state.step), [&](const fs::path& folder) {
        saveModelFolder(folder, contents.bundle, contents.weights);
        writeSafetensors(folder / kOptimizerFile, contents.optimizer);
        nlohmann::ordered_json json = {{"format", kFormat}};
        visitState(contents.state, [&](const char* key, const auto& value) { json[key] = value; });
        writeFile(folder / kStateFile, json.dump(2) + "\n");
        writeFile(folder / "DONE", "");
    });
}

}  // namespace

TrainingState readTrainingState(const fs::path& checkpoint) {
    const auto file = checkpoint / kStateFile;
    TrainingState state;
    try {
        const auto json = nlohmann::json::parse(readText(file, 1 << 20));
        if (json.value("format", kFormat) > kFormat)
            throw Error(displayName(file), "was written by a newer Diagonal", "Resume the run with that one.");
        state.step = json.at("step").get<int64_t>();
        visitState(state, [&]<typename Value>(const char* key, Value& value) { value = json.value(key, value); });
    } catch (const nlohmann::json::exception&) {
        throw Error(displayName(file), "is damaged", "Remove this checkpoint's folder to resume from the one before.");
    }
    return state;
}

void saveCheckpoint(const fs::path& run, const ModelBundle& bundle, TrainStep& step, const TrainingState& state) {
    const AveragedScope averaged(step.average());
    write(run, contentsOf(bundle, step, state));
}

std::future<void> saveCheckpointAside(const fs::path& run, const ModelBundle& bundle, TrainStep& step,
                                      const TrainingState& state) {
    const AveragedScope averaged(step.average());
    Contents contents = contentsOf(bundle, step, state);
    const auto copy = [](torch::Tensor& tensor) {
        tensor = tensor.detach().to(torch::kCPU, tensor.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
    };
    for (auto& [name, tensor] : contents.weights)
        copy(tensor);
    for (auto& [name, tensor] : contents.optimizer)
        copy(tensor);
    return std::async(std::launch::async, [run, contents = std::move(contents)] { write(run, contents); });
}

std::string problemOf(const fs::path& checkpoint) {
    try {
        readTrainingState(checkpoint);
        loadModel(checkpoint);
        readStateDict({checkpoint / kOptimizerFile});
        return {};
    } catch (const Error& error) {
        return error.what();
    }
}

TrainingState loadCheckpoint(const fs::path& checkpoint, DualEncoder& model, TrainStep& step) {
    const TrainingState state = readTrainingState(checkpoint);
    const AveragedScope averaged(step.average());
    {
        const torch::NoGradGuard noGrad;
        const auto saved = loadModel(checkpoint).model->stateDict();
        for (auto& [name, weight] : model.stateDict()) {
            const auto found = saved.find(name);
            if (found == saved.end() || found->second.sizes() != weight.sizes())
                throw Error(displayName(checkpoint), "holds no weights " + name + " that fit the model",
                            "Remove this checkpoint's folder to resume from the one before.");
            if (!model.isAdapted(name)) weight.copy_(found->second);  // that one learns by its low-rank term alone
        }
    }
    const auto tensors = optimizerTensors(checkpoint);
    step.load(tensors, displayName(checkpoint / kOptimizerFile));
    if (const auto found = tensors.find("generator/cpu"); found != tensors.end())
        setGeneratorState(torch::kCPU, found->second);
    if (const auto found = tensors.find("generator/device"); found != tensors.end() && !step.device().is_cpu())
        setGeneratorState(step.device(), found->second);
    return state;
}

void pruneCheckpoints(const fs::path& run, int keep, int64_t best) {
    std::error_code ignored;
    auto steps = finishedCheckpoints(run);
    while (steps.size() > static_cast<size_t>(keep)) {
        if (steps.front() != best) {
            // DONE goes first: a removal that is cut short leaves no checkpoint that only looks whole.
            const auto folder = checkpointFolder(run, steps.front());
            fs::remove(folder / "DONE", ignored);
            fs::remove_all(folder, ignored);
        }
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

uint64_t checkpointBytes(const DualEncoder& model, const TrainOptions& options, size_t images) {
    constexpr uint64_t kFloat = sizeof(float), kHalf = 2;
    const uint64_t moments = 2 * (options.adamStates == "bf16" ? kHalf : kFloat);
    const uint64_t average = options.emaDecay > 0 ? kFloat : 0;
    uint64_t bytes = 1 << 20;  // tokenizer, configuration, generators
    for (const auto& parameter : model.parameters())
        bytes += static_cast<uint64_t>(parameter.numel()) * (model.isAdapted() ? kFloat : kFloat + moments + average);
    for (const auto& [name, factor] : model.lowRankFactors())
        bytes += static_cast<uint64_t>(factor.numel()) * (kFloat + moments + average);
    if (options.loss == "fastclip") bytes += 2 * kFloat * images;
    return bytes;
}

}  // namespace diagonal
