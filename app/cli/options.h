// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "engine/checkpoint/model_hints.h"
#include "engine/inference/session.h"

namespace diagonal::cli {

/// With a subject or without: "--format: “jsn” is not one of table, json. Did you mean “json”?"
std::string notOneOf(const std::string& subject, const std::string& given, const std::vector<std::string>& names);

/// An option that takes one of a few names.
template <typename T>
CLI::Option* addChoice(CLI::App* command, const std::string& option, T& value,
                       std::vector<std::pair<std::string, T>> choices, const std::string& help) {
    std::vector<std::string> names;
    for (const auto& [name, meaning] : choices)
        names.push_back(name);
    return command
        ->add_option_function<std::string>(
            option,
            [&value, choices, option, names](const std::string& given) {
                const auto found = std::ranges::find(choices, given, &std::pair<std::string, T>::first);
                if (found == choices.end()) throw CLI::ValidationError(notOneOf(option, given, names));
                value = found->second;
            },
            help)
        ->option_text("NAME")
        ->type_name(CLI::detail::join(names, "|"));  // what completion.cpp reads
}

/// The name nearest to what was typed, empty when none is near.
std::string nearest(const std::string& typed, const std::vector<std::string>& names);

/// --device, --precision, --threads, --batch-size of the commands that compute.
struct ComputeOptions {
    std::string device = "auto", precision = "auto";
    int threads = 0;
    int batchSize = 32;
};

/// --model and what it runs on.
struct ModelOptions : ComputeOptions {
    ModelOptions() { batchSize = 0; }  // what suits the device

    std::string model = "demo";
    ModelHints hints;
    int imageSize = 0;      ///< 0: the model's own
    bool useCache = false;  ///< of image embeddings
};

void addQuiet(CLI::App* command);
void addThreads(CLI::App* command, int& threads);
void addDevice(CLI::App* command, std::string& device);
void addPrecision(CLI::App* command, std::string& precision);
void addBatchSize(CLI::App* command, int& batchSize);
/// The four of them.
void addCompute(CLI::App* command, ComputeOptions& options);
void addHints(CLI::App* command, ModelHints& hints);
void addModel(CLI::App* command, ModelOptions& options);
/// Has the command use the cache of image embeddings, and gives it --no-cache.
void addCacheOption(CLI::App* command, ModelOptions& options);
CLI::Option* addFormat(CLI::App* command, Format& format, std::initializer_list<Format> allowed);

/// Finds the devices and sets the threads; before anything that computes.
void prepareDevice(const ComputeOptions& options);

/// Where --model lies; downloads a model of the hub, with a progress line, where it is not on this computer.
std::filesystem::path locateModel(const std::string& model);

/// Opens the model, says what it knows when that is not everything.
std::shared_ptr<Session> openSession(const ModelOptions& options);
/// What openSession opens a model with.
SessionOptions sessionOptions(const ModelOptions& options);

/// Says what went wrong with the session's cache, if anything.
void reportCache(const Session& session);

}  // namespace diagonal::cli
