// SPDX-License-Identifier: Apache-2.0
#include "training/run/options.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "engine/base/error.h"

namespace diagonal {

namespace {

/// The one list of options and their keys; names follow open_clip's where it has one.
template <typename Options, typename Visit>
void visitOptions(Options& options, Visit&& visit) {
    visit("train_data", options.trainData);
    visit("val_data", options.validationData);
    visit("image_key", options.imageKey);
    visit("caption_key", options.captionKey);
    visit("model", options.model);
    visit("out", options.output);
    visit("epochs", options.epochs);
    visit("steps", options.steps);
    visit("batch_size", options.batchSize);
    visit("lr", options.learningRate);
    visit("beta1", options.beta1);
    visit("beta2", options.beta2);
    visit("eps", options.epsilon);
    visit("wd", options.weightDecay);
    visit("warmup", options.warmup);
    visit("grad_clip", options.gradientClip);
    visit("vocabulary_size", options.vocabularySize);
    visit("augment", options.augment);
    visit("save_every", options.saveEvery);
    visit("validate_every", options.validateEvery);
    visit("keep_checkpoints", options.keepCheckpoints);
    visit("workers", options.workers);
    visit("threads", options.threads);
    visit("device", options.device);
    visit("precision", options.precision);
    visit("seed", options.seed);
}

struct Writer {
    nlohmann::json& json;

    template <typename Value>
    void operator()(const char* key, const Value& value) const {
        json[key] = value;
    }
    void operator()(const char* key, const std::filesystem::path& value) const { json[key] = value.string(); }
};

struct Reader {
    const nlohmann::json& json;
    const std::string& source;
    std::set<std::string>& known;

    template <typename Value>
    void operator()(const char* key, Value& value) const {
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
    out << value;
    return out.str();
}

void requireRange(const std::string& option, double value, double low, double high) {
    if (value >= low && value <= high) return;
    const auto most = high == INFINITY ? " or more" : " to " + shown(high);
    throw Error(option, shown(value) + " is out of range", "Give " + shown(low) + most + ".");
}

}  // namespace

nlohmann::json toJson(const TrainOptions& options) {
    nlohmann::json json = nlohmann::json::object();
    visitOptions(options, Writer{json});
    return json;
}

TrainOptions trainOptionsFromJson(const nlohmann::json& json, const std::string& source) {
    if (!json.is_object()) throw Error(source, "is not a JSON object of training options");
    TrainOptions options;
    std::set<std::string> known;
    visitOptions(options, Reader{json, source, known});
    for (const auto& [key, value] : json.items())
        if (!known.contains(key))
            throw Error(source, "\"" + key + "\" is no training option",
                        "Remove it, or correct its spelling: `train --help` lists the options.");
    return options;
}

void checkOptions(const TrainOptions& options) {
    if (options.trainData.empty())
        throw Error("--train-data", "no training data given", "Give a folder, a file, or scenes:count=20000.");
    if (options.output.empty()) throw Error("--out", "no run folder given");
    if (options.model.empty()) throw Error("--model", "no architecture and no model to fine-tune given");
    if (options.epochs == 0 && options.steps == 0)
        throw Error("--steps", "the length of training is not given", "Give --epochs or --steps.");
    if (options.epochs != 0 && options.steps != 0)
        throw Error("--steps", "both --epochs and --steps are given", "Give one of them.");
    requireRange("--epochs", static_cast<double>(options.epochs), 0, 1e9);
    requireRange("--steps", static_cast<double>(options.steps), 0, 1e9);
    requireRange("--batch-size", options.batchSize, 2, 1 << 20);
    requireRange("--lr", options.learningRate, 1e-12, 10);
    requireRange("--beta1", options.beta1, 0, 0.999999);
    requireRange("--beta2", options.beta2, 0, 0.999999);
    requireRange("--eps", options.epsilon, 1e-16, 1);
    requireRange("--wd", options.weightDecay, 0, 10);
    requireRange("--warmup", static_cast<double>(options.warmup), 0, 1e9);
    requireRange("--grad-clip", options.gradientClip, 0, INFINITY);
    requireRange("--vocabulary-size", options.vocabularySize, 16, 1'000'000);
    requireRange("--save-every", static_cast<double>(options.saveEvery), 1, 1e9);
    requireRange("--validate-every", static_cast<double>(options.validateEvery), 1, 1e9);
    requireRange("--keep-checkpoints", options.keepCheckpoints, 1, 1e6);
    requireRange("--workers", options.workers, 1, 256);
    requireRange("--threads", options.threads, 0, 1024);
    if (options.precision != "auto" && options.precision != "fp32" && options.precision != "bf16")
        throw Error("--precision", options.precision + " is not known for training", "Use auto, fp32 or bf16.");
}

}  // namespace diagonal
