// SPDX-License-Identifier: Apache-2.0
#include "training/run/options.h"

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "engine/base/device.h"
#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "training/data/caption_keys.h"
#include "training/run/option_list.h"
#include "training/run/stages.h"

namespace diagonal {

namespace {

struct OptionWriter {
    nlohmann::json& json;

    template <typename Value>
    void operator()(const OptionInfo& info, const Value& value) const {
        json[info.key] = value;
    }
    void operator()(const OptionInfo& info, const std::filesystem::path& value) const {
        json[info.key] = value.string();
    }
};

struct OptionReader {
    const nlohmann::json& json;
    const std::string& source;
    std::set<std::string>& known;

    template <typename Value>
    void operator()(const OptionInfo& info, Value& value) const {
        const std::string& key = info.key;
        known.insert(key);
        const auto found = json.find(key);
        if (found == json.end()) return;
        if constexpr (std::is_same_v<Value, bool>) {
            require(found->is_boolean(), key, "true or false");
            value = found->template get<bool>();
        } else if constexpr (std::is_floating_point_v<Value>) {
            require(found->is_number(), key, "a number");
            value = found->template get<double>();
        } else if constexpr (std::is_unsigned_v<Value>) {
            require(found->is_number_unsigned(), key, "a whole number, 0 or more");
            value = found->template get<Value>();
        } else if constexpr (std::is_integral_v<Value>) {
            require(found->is_number_integer(), key, "a whole number");
            const auto wide = found->template get<int64_t>();
            require(std::in_range<Value>(wide), key, "a smaller number");
            value = static_cast<Value>(wide);
        } else {
            require(found->is_string(), key, "a text in quotes");
            value = found->template get<std::string>();
        }
    }

    void require(bool holds, const std::string& key, const std::string& wanted) const {
        if (!holds) throw Error(source, "the value of \"" + key + "\" must be " + wanted);
    }
};

std::string shown(double value) {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.precision(10);
    out << value;
    return out.str();
}

/// JSON has no other bytes.
void requireText(const OptionInfo& info, const std::string& text) {
    if (!isUtf8(text))
        throw Error(info.flag(), "“" + displayName(text) + "” is no UTF-8, and the run's own files could not hold it",
                    "Rename it, or make a link to it with another name.");
}

/// Range of a number, choices of a text.
struct Checker {
    const std::string& only;  ///< empty: all

    template <typename Value>
    void operator()(const OptionInfo& info, const Value& value) const {
        if (!only.empty() && info.key != only) return;
        if constexpr (std::is_same_v<Value, std::filesystem::path>) requireText(info, value.native());
        if constexpr (std::is_same_v<Value, std::string>) requireText(info, value);
        if constexpr (std::is_same_v<Value, std::string>) {
            const auto& choices = info.choices;
            const bool isInitial = info.key == "keep_best" && value.empty();
            if (choices.empty() || isInitial || std::ranges::find(choices, value) != choices.end()) return;
            throw Error(info.flag(), "“" + value + "” is not known", "Use " + joined(choices, " or ") + ".");
        } else if constexpr (std::is_arithmetic_v<Value> && !std::is_same_v<Value, bool>) {
            const auto number = static_cast<double>(value);
            if (number >= info.low && number <= info.high) return;
            const auto most = info.high == INFINITY ? " or more" : " to " + shown(info.high);
            throw Error(info.flag(), shown(number) + " is out of range", "Give " + shown(info.low) + most + ".");
        }
    }
};

void require(bool holds, const char* flag, const std::string& problem, const std::string& remedy) {
    if (!holds) throw Error(flag, problem, remedy);
}

void checkFastClip(const TrainOptions& options) {
    const TrainOptions initial;
    const bool isIt = options.loss == "fastclip";
    const auto ofIt = [&](bool isInitial, const char* flag) {
        require(isIt || isInitial, flag, "is of --loss fastclip alone", "Leave it out, or give --loss fastclip.");
    };
    ofIt(options.fastClipGamma == initial.fastClipGamma, "--fastclip-gamma");
    ofIt(options.fastClipRho == initial.fastClipRho, "--fastclip-rho");
    ofIt(options.gammaDecayEpochs == 0, "--gamma-decay-epochs");
    require(options.temperatureLearningRate == 0 || !options.fixTemperature, "--lr-tau",
            "--fix-temperature leaves nothing to learn at it", "Leave one of the two out.");
}

void checkMutual(const TrainOptions& options) {
    const bool isIt = options.loss == "mutual";
    const auto ofIt = [&](bool isInitial, const char* flag) {
        require(isIt || isInitial, flag, "is of --loss mutual alone", "Leave it out, or give --loss mutual.");
    };
    ofIt(options.targetTemperature == 0, "--target-temperature");
    ofIt(!options.targetGradient, "--target-gradient");
    require(options.targetTemperature == 0 || options.targetTemperature >= 1e-4, "--target-temperature",
            shown(options.targetTemperature) + " is out of range", "Give 0.0001 to 1000, or 0 for 1 / --temperature.");
    require(
        !isIt || !options.normalize || options.targetTemperature > 0, "--loss mutual",
        "similarities of unit-length embeddings, times the temperature, make all targets alike",
        "Give --no-normalize --temperature 1 --fix-temperature, as the tutorial does, or --target-temperature 0.05.");
}

void checkSchedule(const TrainOptions& options) {
    const TrainOptions initial;
    const auto ofPlateau = [&](bool isInitial, const char* flag) {
        require(options.schedule == "plateau" || isInitial, flag, "is of --lr-scheduler plateau alone",
                "Leave it out, or give --lr-scheduler plateau.");
    };
    ofPlateau(options.plateauPatience == initial.plateauPatience, "--plateau-patience");
    ofPlateau(options.plateauFactor == initial.plateauFactor, "--plateau-factor");
}

void checkObjective(const TrainOptions& options) {
    const bool hasFixedTargets = options.loss == "contrastive" || options.loss == "soft";
    require(hasFixedTargets || options.labelSmoothing == 0, "--label-smoothing",
            "the " + options.loss + " loss has no given probabilities to smooth",
            "Leave it out, or use --loss contrastive.");
    require(hasFixedTargets || options.loss == "mutual" || options.normalize, "--no-normalize",
            "the " + options.loss + " loss compares embeddings of unit length",
            "Leave it out, or use --loss contrastive.");
    checkFastClip(options);
    checkMutual(options);
    require(options.temperature == 0 || options.temperature >= 1e-4, "--temperature",
            shown(options.temperature) + " is out of range", "Give 0.0001 to 100, or 0 for the model's own.");
    require(options.temperature == 0 || options.fixTemperature || options.temperature >= options.minTemperature,
            "--temperature",
            shown(options.temperature) + " is below --min-temperature " + shown(options.minTemperature),
            "Raise it, or lower --min-temperature.");
    require(options.distillTemperature == 0 || options.distillTemperature >= 1e-4, "--distill-temperature",
            shown(options.distillTemperature) + " is out of range", "Give 0.0001 to 100, or 0 for the teachers' own.");
    require(options.distillTemperature == 0 || options.distillWeight > 0, "--distill-temperature",
            "no share of the loss is the teachers'", "Give --distill-weight too, or leave it out.");
    require(!options.lockImage || options.imageLearningRate == 0, "--image-lr", "the image tower is locked",
            "Leave it out, or leave --lock-image out.");
    require(!options.lockText || options.textLearningRate == 0, "--text-lr", "the text tower is locked",
            "Leave it out, or leave --lock-text out.");
    require(!options.lockImage || options.patchDropout == 0, "--patch-dropout",
            "the image tower is locked: dropping patches would only blur what it says",
            "Leave it out, or leave --lock-image out.");
    require(options.spikeFactor == 0 || options.spikeFactor > 1, "--spike-factor",
            shown(options.spikeFactor) + " would leave usual batches out",
            "Give more than 1, or 0 to keep every batch.");
}

void checkTuning(const TrainOptions& options) {
    require(options.loraRank > 0 || options.loraAlpha == 0, "--lora-alpha", "there are no low-rank terms",
            "Give --lora-rank too, or leave it out.");
    require(options.loraRank > 0 || options.loraTargets == "all", "--lora-targets", "there are no low-rank terms",
            "Give --lora-rank too, or leave it out.");
    require(options.loraRank == 0 || !options.lockImage || !options.lockText, "--lora-rank",
            "both towers are locked: no matrix is left to learn", "Unlock one of them, or leave it out.");
    require(options.loraRank == 0 || options.textStorage != "bf16", "--text-storage bf16",
            "with --lora-rank the text tower's weights stand still", "Leave one of the two out.");
    require(!options.lockImage || options.imageLayerDecay == 0, "--image-layer-decay", "the image tower is locked",
            "Leave it out, or leave --lock-image out.");
    require(!options.lockText || options.textLayerDecay == 0, "--text-layer-decay", "the text tower is locked",
            "Leave it out, or leave --lock-text out.");
    require(options.imageViews == 0 || options.lockImage, "--image-views",
            "the image tower learns: its features change with each step", "Give --lock-image too, or leave it out.");
    const auto stages = parseStages(options.stages, options.patchDropout);
    require(!options.lockImage || stages.empty(), "--stages",
            "the image tower is locked: smaller pictures would only blur what it says",
            "Leave it out, or leave --lock-image out.");
}

}  // namespace

nlohmann::json toJson(const TrainOptions& options) {
    nlohmann::json json = nlohmann::json::object();
    visitOptions(options, OptionWriter{json});
    return json;
}

TrainOptions trainOptionsFromJson(const nlohmann::json& json, const std::string& source) {
    if (!json.is_object()) throw Error(source, "is not a JSON object of training options");
    TrainOptions options;
    std::set<std::string> known;
    nlohmann::json renamed;
    const auto textWeights = json.find("text_weights");
    const bool isOld = textWeights != json.end() && !json.contains("text_storage") &&
                       (*textWeights == "fp32" || *textWeights == "bf16");
    if (isOld) {  // text_storage had that name
        renamed = json;
        renamed["text_storage"] = *textWeights;
        renamed.erase("text_weights");
    }
    visitOptions(options, OptionReader{isOld ? renamed : json, source, known});
    for (const auto& [key, value] : json.items())
        if (!known.contains(key))
            throw Error(source, "\"" + key + "\" is no training option",
                        "Remove it, or correct its spelling: `train --help` lists the options.");
    return options;
}

void checkOptions(const TrainOptions& options) {
    require(!options.trainData.empty(), "--train-data", "is needed, and is missing",
            "Give a folder or a file, or scenes: for a first try");
    require(!options.output.empty(), "--out", "is needed, and is missing", "It names the new run folder.");
    require(!options.model.empty(), "--model", "no architecture and no model to fine-tune is given",
            "Try --model tiny.");
    visitOptions(options, Checker{{}});
    require(options.epochs != 0 || options.steps != 0, "--steps", "the length of training is not given",
            "Give --epochs or --steps.");
    require(options.epochs == 0 || options.steps == 0, "--steps", "--epochs and --steps both say how long to train",
            "Give one of them.");
    require(options.microBatch <= options.batchSize, "--micro-batch",
            std::to_string(options.microBatch) + " is more than --batch-size " + std::to_string(options.batchSize),
            "Give less, or leave it out.");
    require(isDeviceName(options.device), "--device", "“" + options.device + "” is not a device",
            "Use auto, cpu, cuda or cuda:N.");
    require(CaptionKeys::from(options.captionKey).probabilities.empty() || options.captions == "random",
            "--caption-key", "probabilities say how captions are drawn, and --captions turn draws none",
            "Add --captions random, or leave the probabilities out.");
    std::error_code unused;
    require(options.tokenizer == "captions" || options.tokenizer == "clip" ||
                std::filesystem::exists(options.tokenizer, unused),
            "--tokenizer", "“" + options.tokenizer + "” is neither captions nor clip, and no file or folder",
            "Give one of the two, or a tokenizer's folder or file.");
    for (const auto& [flag, path] :
         {std::pair("--image-weights", options.imageWeights), {"--text-weights", options.textWeights}})
        require(path != "fp32" && path != "bf16", flag, "names pretrained weights",
                "Store the text tower's in bf16 by --text-storage bf16.");
    checkObjective(options);
    checkSchedule(options);
    checkTuning(options);
}

const std::vector<std::string>& bestMetrics() {
    static const std::vector<std::string> metrics = {
        "val/loss",
        "val/image_to_text_R@1",
        "val/image_to_text_R@5",
        "val/image_to_text_R@10",
        "val/text_to_image_R@1",
        "val/text_to_image_R@5",
        "val/text_to_image_R@10",
        "val/zero_shot_top1",
    };
    return metrics;
}

std::string OptionInfo::flag() const {
    std::string name = "--" + key;
    std::ranges::replace(name, '_', '-');
    return name;
}

const std::vector<OptionInfo>& optionInfos() {
    static const std::vector<OptionInfo> infos = [] {
        std::vector<OptionInfo> list;
        const TrainOptions options;
        visitOptions(options, [&list](const OptionInfo& info, const auto&) { list.push_back(info); });
        return list;
    }();
    return infos;
}

const OptionInfo& optionInfo(const std::string& key) {
    const auto found = std::ranges::find(optionInfos(), key, &OptionInfo::key);
    assert(found != optionInfos().end());
    return *found;
}

void setOption(TrainOptions& options, const std::string& key, const nlohmann::json& value) {
    std::set<std::string> known;
    TrainOptions changed = options;
    const std::string flag = optionInfo(key).flag();
    visitOptions(changed, OptionReader{{{key, value}}, flag, known});
    visitOptions(std::as_const(changed), Checker{key});
    options = std::move(changed);
}

}  // namespace diagonal
