// SPDX-License-Identifier: Apache-2.0
#include "app/cli/options.h"

#include <algorithm>
#include <numeric>

#include "app/cli/console.h"
#include "engine/base/device.h"
#include "engine/base/text.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/inference/embedding_cache.h"

namespace diagonal::cli {

namespace {

constexpr const char* kCommon = "Common options";

std::string checkDevice(const std::string& text) {
    if (isDeviceName(text)) return {};
    return "“" + text + "” is not a device. Use auto, cpu, cuda or cuda:N.";
}

size_t editDistance(const std::string& a, const std::string& b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::string nearest(const std::string& typed, const std::vector<std::string>& names) {
    std::string best;
    size_t least =
        typed.size() < 4 ? 2 : std::max<size_t>(3, typed.size() / 3 + 1);  // two letters swapped are two edits
    for (const auto& name : names) {
        const bool begins = typed.size() > 3 && name.starts_with(typed);
        const size_t distance = begins ? 1 : editDistance(typed, name);
        if (distance < least) {
            least = distance;
            best = name;
        }
    }
    return best;
}

std::string notOneOf(const std::string& subject, const std::string& given, const std::vector<std::string>& names) {
    std::string text = (subject.empty() ? "“" : subject + ": “") + given + "” is not one of " + joined(names) + ".";
    if (const std::string best = nearest(given, names); !best.empty()) text += " Did you mean “" + best + "”?";
    return text;
}

void addQuiet(CLI::App* command) {
    command->get_help_ptr()->group(kCommon);
    command
        ->add_flag_callback(
            "-q,--quiet", [] { console().setQuiet(true); }, "Print results and errors, nothing else")
        ->group(kCommon);
}

void addThreads(CLI::App* command, int& threads) {
    command->add_option("--threads", threads, "Threads to compute with (default: one a core)")
        ->option_text("N")
        ->check(CLI::Range(1, 4096))
        ->group(kCommon);
}

void addDevice(CLI::App* command, std::string& device) {
    command->add_option("--device", device, "auto, cpu, cuda or cuda:N (default: auto, a GPU where one works)")
        ->option_text("NAME")
        ->check(checkDevice)
        ->group(kCommon);
}

void addPrecision(CLI::App* command, std::string& precision) {
    addChoice<std::string>(command, "--precision", precision,
                           {{"auto", "auto"}, {"fp32", "fp32"}, {"bf16", "bf16"}, {"fp16", "fp16"}, {"int8", "int8"}},
                           "auto, fp32, bf16, fp16 or int8, on a CPU (default: auto, fp32 on a CPU)")
        ->group(kCommon);
}

void addBatchSize(CLI::App* command, int& batchSize) {
    command
        ->add_option("--batch-size", batchSize,
                     "Images or texts computed at once (default: " +
                         (batchSize == 0 ? "32, on a GPU 256" : std::to_string(batchSize)) + ")")
        ->option_text("N")
        ->check(CLI::Range(1, 65536))
        ->group(kCommon);
}

void addCompute(CLI::App* command, ComputeOptions& options) {
    addDevice(command, options.device);
    addPrecision(command, options.precision);
    addThreads(command, options.threads);
    addBatchSize(command, options.batchSize);
}

void addHints(CLI::App* command, ModelHints& hints) {
    command
        ->add_option(
            "--architecture", hints.architecture,
            "Of a lone file with weights: the open_clip name of its architecture (ViT-B-32-quickgelu, …), where "
            "the shapes do not tell all")
        ->option_text("NAME")
        ->group(kCommon);
    command
        ->add_option("--tokenizer", hints.tokenizer,
                     "In place of the model's own: a folder with a tokenizer's files, or one of them (vocab.txt, "
                     "tokenizer.json, spiece.model)")
        ->option_text("PATH")
        ->group(kCommon);
}

void addModel(CLI::App* command, ModelOptions& options) {
    command
        ->add_option(
            "-m,--model", options.model,
            "A model (a folder of open_clip or Hugging Face, a .pt or .safetensors file), a run folder, a name "
            "of “diagonal-cli models list” such as ViT-B/32 or hf:owner/name, or demo, the small model that "
            "comes with Diagonal (default: demo)")
        ->option_text("PATH|NAME");
    command
        ->add_option("--image-size", options.imageSize,
                     "Feed the model pictures of N x N pixels; positions are interpolated (default: the model's own)")
        ->option_text("N")
        ->check(CLI::Range(1, 4096))
        ->group(kCommon);
    addHints(command, options.hints);
    addCompute(command, options);
    addQuiet(command);
}

void addCacheOption(CLI::App* command, ModelOptions& options) {
    options.useCache = true;
    command
        ->add_flag_callback(
            "--no-cache", [&options] { options.useCache = false; },
            "Compute every picture anew, and keep nothing in the cache (see “diagonal-cli cache”)")
        ->group(kCommon);
}

CLI::Option* addFormat(CLI::App* command, Format& format, std::initializer_list<Format> allowed) {
    static const std::vector<std::pair<std::string, Format>> kNames = {
        {"table", Format::Table}, {"csv", Format::Csv}, {"json", Format::Json}, {"jsonl", Format::JsonLines}};
    std::vector<std::pair<std::string, Format>> names;
    std::string list, initial;
    for (const auto& [name, value] : kNames) {
        if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) continue;
        names.emplace_back(name, value);
        list += (list.empty() ? "" : ", ") + name;
        if (value == format) initial = name;
    }
    return addChoice(command, "--format", format, names, "How to print: " + list + " (default: " + initial + ")")
        ->option_text("FORMAT")
        ->group(kCommon);
}

void prepareDevice(const ComputeOptions& options) {
    loadCuda();
    setThreads(options.threads);
    if (options.device == "auto" && !gpuProblem().empty())
        console().note("Note: computed on the CPU, not on the GPU: " + gpuProblem() + ".");
}

std::filesystem::path locateModel(const std::string& model) {
    DownloadLine line(model);  // shows nothing where nothing is downloaded
    return resolveModel(model, line.job());
}

SessionOptions sessionOptions(const ModelOptions& options) {
    SessionOptions settings{options.device, options.precision, options.batchSize};
    if (options.imageSize > 0) settings.imageSize = options.imageSize;
    settings.hints = options.hints;
    const auto folder = options.useCache ? EmbeddingCache::defaultFolder() : std::filesystem::path();
    if (!folder.empty()) settings.cache = std::make_shared<EmbeddingCache>(folder);
    return settings;
}

std::shared_ptr<Session> openSession(const ModelOptions& options) {
    prepareDevice(options);
    auto session = Session::open(locateModel(options.model).string(), sessionOptions(options));
    const ModelInfo& info = session->info();
    for (const std::string& note : info.notes)
        console().note("Note: " + info.name + ": " + note + ".");
    if (!info.knows.empty()) {
        std::string text = "Note: " + info.name + " knows " + info.knows + " and nothing else.";
        if (options.model == "demo") text += " For other pictures open a CLIP model with --model.";
        console().note(text);
    }
    reportCache(*session);
    return session;
}

void reportCache(const Session& session) {
    if (!session.options().cache) return;
    for (const auto& message : session.options().cache->takeMessages())
        console().note("Note: " + message);
}

}  // namespace diagonal::cli
