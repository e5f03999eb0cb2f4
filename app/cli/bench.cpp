// SPDX-License-Identifier: Apache-2.0
#include <ATen/DeviceAccelerator.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>

#include "app/cli/bench_data.h"
#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/signals.h"
#include "engine/base/device.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/packed_weight.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "training/data/scenes.h"
#include "training/losses/loss.h"
#include "training/optimizers/train_step.h"

namespace diagonal::cli {

namespace {

enum class Task { Image, Text, Load, Preprocess, Data, Loss, Train };

struct BenchOptions : ModelOptions {
    BenchOptions() { batchSize = 32; }

    Task task = Task::Image;
    int repeat = 5;
    uint64_t seed = 1;
    std::string texts;
    std::vector<std::string> images;
    DataBenchOptions data;
};

/// What is measured: one repetition, and how many samples it handles.
struct Measured {
    std::function<void()> repetition;
    int64_t samples = 0;
};

struct Setup {
    BenchOptions options;
    torch::Device device = torch::kCPU;
    torch::ScalarType type = torch::kFloat32;
    std::string precision;
};

Setup prepare(const BenchOptions& options) {
    prepareDevice(options);
    Setup setup;
    setup.options = options;
    setup.options.device = resolveDevice(options.device);
    setup.device = torch::Device(setup.options.device);
    setup.precision = options.precision != "auto" ? options.precision : setup.device.is_cuda() ? "bf16" : "fp32";
    if (setup.precision == "bf16") setup.type = torch::kBFloat16;
    if (setup.precision == "fp16") setup.type = torch::kFloat16;
    if (setup.precision == "int8" && (setup.device.is_cuda() || options.task == Task::Train))
        throw UsageError("--precision int8: is for images and texts on a CPU.");
    torch::manual_seed(options.seed);
    return setup;
}

/// A model folder with its weights, or an architecture with random ones (and then without a tokenizer).
ModelBundle openModel(const std::string& name, bool writable = false) {
    if (!isArchitecture(name)) return loadModel(resolveModel(name), {.writable = writable});
    ModelBundle bundle;
    const ClipConfig config = architecture(name);
    bundle.model = std::make_shared<DualEncoder>(config);
    bundle.preprocess.width = bundle.preprocess.height = config.imageSize;
    return bundle;
}

/// What an image and a text pass before the model; of an architecture only the size.
ModelBundle openInputs(const std::string& name) {
    if (!isArchitecture(name) || name == "demo") return loadModel(resolveModel(name));
    ModelBundle bundle;
    bundle.preprocess.width = bundle.preprocess.height = architecture(name).imageSize;
    return bundle;
}

std::vector<std::string> benchTexts(const BenchOptions& options) {
    if (!options.texts.empty()) return readLines(options.texts, "texts");
    const auto scenes = makeScenes({.count = static_cast<size_t>(options.batchSize), .seed = options.seed});
    std::vector<std::string> texts;
    for (size_t i = 0; i < scenes->size(); ++i)
        texts.emplace_back(scenes->caption(i, 0));
    return texts;
}

/// Ids and lengths of texts as tensors. Architectures have no tokenizer of their own: one is trained on the texts.
std::pair<torch::Tensor, torch::Tensor> tokens(const ModelBundle& bundle, std::span<const std::string> texts,
                                               const torch::Device& device) {
    const TextConfig& config = bundle.model->config().text;
    auto tokenizer = bundle.tokenizer;
    if (!tokenizer)
        tokenizer = trainSentencePieceTokenizer({texts.begin(), texts.end()}, std::min(config.vocabularySize - 2, 4096),
                                                config.contextLength);
    const TokenBatch batch = tokenizer->tokenize(texts);
    return {torch::tensor(batch.ids).view({batch.count, batch.length}).to(device),
            torch::tensor(batch.lengths).to(device)};
}

Measured measureImage(const Setup& setup) {
    auto bundle = openModel(setup.options.model);
    bundle.model->to(setup.device, setup.type);
    if (setup.device.is_cpu()) packWeights(*bundle.model, setup.precision);
    bundle.model->eval();
    const int64_t size = bundle.model->config().imageSize;
    const auto pixels =
        torch::randn({setup.options.batchSize, 3, size, size}, torch::TensorOptions().device(setup.device))
            .to(setup.type)
            .contiguous(torch::MemoryFormat::ChannelsLast);
    return {[model = bundle.model, pixels] { model->encodeImage(pixels); }, setup.options.batchSize};
}

Measured measureText(const Setup& setup) {
    auto bundle = openModel(setup.options.model);
    bundle.model->to(setup.device, setup.type);
    if (setup.device.is_cpu()) packWeights(*bundle.model, setup.precision);
    bundle.model->eval();
    const auto texts = benchTexts(setup.options);
    const auto batch = static_cast<size_t>(setup.options.batchSize);
    std::vector<std::pair<torch::Tensor, torch::Tensor>> batches;
    for (size_t i = 0; i < texts.size(); i += batch)
        batches.push_back(tokens(bundle, std::span(texts).subspan(i, std::min(batch, texts.size() - i)), setup.device));
    return {[model = bundle.model, batches] {
                for (const auto& [ids, lengths] : batches)
                    model->encodeText(ids, lengths);
            },
            static_cast<int64_t>(texts.size())};
}

Measured measureLoad(const Setup& setup) {
    const auto folder = resolveModel(setup.options.model);
    return {[folder, device = setup.device] {
                const auto bundle = loadModel(folder);
                bundle.model->to(device);
            },
            1};
}

Measured measurePreprocess(const Setup& setup) {
    const PreprocessConfig config = openInputs(setup.options.model).preprocess;
    auto out = std::make_shared<std::vector<float>>(static_cast<size_t>(3) * config.width * config.height);
    const auto one = [config, out](const Image& image) {
        normalize(resizeAndCrop(image, config), config, out->data());
    };
    if (!setup.options.images.empty()) {
        const auto files = gatherImages(setup.options.images).files;
        return {[files, one] {
                    for (const auto& file : files)
                        one(readImage(file));
                },
                static_cast<int64_t>(files.size())};
    }
    Image image{640, 480, std::vector<uint8_t>(640 * 480 * 3)};
    uint32_t state = static_cast<uint32_t>(setup.options.seed) | 1U;
    for (auto& value : image.rgb)
        value = static_cast<uint8_t>((state = state * 1664525U + 1013904223U) >> 24);
    return {[image, one, count = setup.options.batchSize] {
                for (int i = 0; i < count; ++i)
                    one(image);
            },
            setup.options.batchSize};
}

Measured measureData(const Setup& setup) {
    const ModelBundle inputs = openInputs(setup.options.model);
    const DataEpoch epoch =
        dataEpoch(setup.options.data, inputs.preprocess, inputs.tokenizer, setup.options.batchSize, setup.options.seed);
    return {epoch.run, epoch.images};
}

Measured measureLoss(const Setup& setup) {
    const auto features = [&] {
        const auto values = torch::randn({setup.options.batchSize, 512}, torch::TensorOptions().device(setup.device));
        return (values / values.norm(2, 1, true)).to(setup.type).detach().requires_grad_(true);
    };
    const std::shared_ptr<Loss> loss = makeLoss("contrastive");
    const auto scale = torch::full({}, 2.6592, torch::TensorOptions().device(setup.device)).requires_grad_(true);
    return {[image = features(), text = features(), loss, scale] {
                (*loss)({image, text, scale}).total.backward();
                for (const auto& one : {image, text, scale})
                    one.mutable_grad() = torch::Tensor();
            },
            setup.options.batchSize};
}

Measured measureTrain(const Setup& setup) {
    auto bundle = openModel(setup.options.model, true);
    bundle.model->to(setup.device);
    auto texts = benchTexts(setup.options);
    for (size_t i = 0; texts.size() < static_cast<size_t>(setup.options.batchSize); ++i)
        texts.push_back(texts[i]);
    texts.resize(static_cast<size_t>(setup.options.batchSize));
    const int64_t size = bundle.model->config().imageSize;
    const auto pixels = torch::randint(0, 256, {setup.options.batchSize, size, size, 3}, torch::kUInt8);
    const auto [ids, lengths] = tokens(bundle, texts, setup.device);
    TrainStepOptions options;
    if (setup.type != torch::kFloat32) options.autocast = setup.type;
    options.mean = bundle.preprocess.mean;
    options.std = bundle.preprocess.std;
    const auto step = std::make_shared<TrainStep>(bundle.model, options);
    return {[step, pixels, ids = ids, lengths = lengths] {
                step->run({pixels, ids, lengths}, 1e-5);
            },
            setup.options.batchSize};
}

void synchronize(const torch::Device& device) {
    if (device.is_cuda()) at::accelerator::synchronizeDevice(device.index());
}

/// Of the computer's memory, or of the GPU's where the work is done there.
int64_t peakBytes(const torch::Device& device) {
    if (!device.is_cuda()) return peakMemoryBytes();
    return at::accelerator::getDeviceStats(device.index()).allocated_bytes[0].peak;
}

int runBench(const BenchOptions& options) {
    const Setup setup = prepare(options);
    const bool learns = options.task == Task::Loss || options.task == Task::Train;
    const torch::AutoGradMode gradients(learns);
    using Measure = Measured (*)(const Setup&);
    static constexpr Measure kMeasures[] = {measureImage, measureText, measureLoad, measurePreprocess,
                                            measureData,  measureLoss, measureTrain};
    const Measured measured = kMeasures[static_cast<int>(options.task)](setup);

    ProgressLine progress("repetitions");
    std::vector<double> seconds;
    for (int i = 0; i <= options.repeat; ++i) {
        if (stopToken().stop_requested()) throw Cancelled();
        synchronize(setup.device);
        const auto start = std::chrono::steady_clock::now();
        measured.repetition();
        synchronize(setup.device);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        if (i > 0) seconds.push_back(taken.count());  // the first one warms up
        progress.show({i, options.repeat});
    }
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    static constexpr const char* kNames[] = {"image", "text", "load", "preprocess", "data", "loss", "train"};
    Output output;
    output.write(dump({{"task", kNames[static_cast<int>(options.task)]},
                       {"model", options.model},
                       {"seconds", seconds},
                       {"samples", measured.samples},
                       {"samples_per_second", static_cast<double>(measured.samples) / sorted[sorted.size() / 2]},
                       {"batch_size", options.batchSize},
                       {"threads", threads()},
                       {"device", setup.options.device},
                       {"precision", setup.precision},
                       {"peak_memory_bytes", peakBytes(setup.device)}},
                      2) +
                 "\n");
    output.finish();
    return kDone;
}

}  // namespace

void addBench(CLI::App& app, Program& program) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command = app.add_subcommand(
        "bench",
        "Measure how fast this computer runs a model.\n\nPrints JSON: seconds of each repetition (one before "
        "them, to warm up, is left out), samples_per_second\nfrom their median, threads, device, precision, "
        "peak_memory_bytes (on a GPU: of its memory).");
    addChoice<Task>(command, "--task", options->task,
                    {{"image", Task::Image},
                     {"text", Task::Text},
                     {"load", Task::Load},
                     {"preprocess", Task::Preprocess},
                     {"data", Task::Data},
                     {"loss", Task::Loss},
                     {"train", Task::Train}},
                    "image and text: encode; load: open the model; preprocess: resize and crop; data: load "
                    "--train-data; loss: forward and backward on random [batch, 512] features; train: one optimizer "
                    "step (default: image)");
    command->add_option("--repeat", options->repeat, "Repetitions (default: 5)")
        ->option_text("N")
        ->check(CLI::Range(1, 1000000));
    command
        ->add_option("--texts", options->texts,
                     "text: encode all lines of this file; train: use them as captions (default: captions of scenes)")
        ->option_text("FILE");
    command
        ->add_option("--images", options->images,
                     "preprocess: decode and prepare these (default: a picture of 640 x 480 pixels in memory)")
        ->option_text("PATH...");
    command->add_option("--seed", options->seed, "Of random weights and pixels (default: 1)")->option_text("N");
    addDataBench(command, options->data);
    addModel(command, *options);
    command->get_option("--model")->description(
        "A model folder, a run folder, or an architecture with random weights (ViT-B-32, tiny, …) (default: demo)");
    command->footer(
        "  diagonal-cli bench --task image --model ViT-B-32 --batch-size 16\n"
        "  diagonal-cli bench --task text --model my-clip --texts captions.txt\n"
        "  diagonal-cli bench --task data --model ViT-B-32 --train-data photos.csv --batch-size 64 --workers 4\n"
        "  diagonal-cli bench --task train --model small --batch-size 64 --precision bf16");
    runs(command, program, options, runBench);
}

}  // namespace diagonal::cli
