// SPDX-License-Identifier: Apache-2.0
// Times the parts of training with LibTorch alone and prints one JSON object; see usage().

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/model/layers.h"
#include "tests/ops/device_checks.h"
#include "training/losses/loss.h"
#include "training/optimizers/autocast.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;

namespace {

constexpr int64_t kTextLength = 16;

struct Options {
    std::string task = "train", architecture = "demo", device = "auto", precision = "fp32";
    int64_t batchSize = 128;
    int repeat = 10, threads = 0;
};

[[noreturn]] void usage() {
    std::fputs(
        "usage: diagonal-bench --task check [--device auto|cpu|cuda:N]\n"
        "       diagonal-bench --task image|text|loss|train [--model demo|ViT-B-32|RN50] [--batch-size N]\n"
        "                      [--repeat N] [--device auto|cpu|cuda:N] [--precision fp32|bf16] [--threads N]\n"
        "check compares the device with the CPU; exit code 1 where it differs. The others print JSON: seconds of each "
        "repetition after two for warming up, and what ran.\n",
        stderr);
    std::exit(2);
}

Options parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        if (i + 1 >= argc) usage();
        const std::string value = argv[i + 1];
        if (name == "--task") {
            options.task = value;
        } else if (name == "--model") {
            options.architecture = value;
        } else if (name == "--device") {
            options.device = value;
        } else if (name == "--precision") {
            options.precision = value;
        } else if (name == "--batch-size") {
            options.batchSize = std::atoll(value.c_str());
        } else if (name == "--repeat") {
            options.repeat = std::atoi(value.c_str());
        } else if (name == "--threads") {
            options.threads = std::atoi(value.c_str());
        } else {
            usage();
        }
    }
    const bool known = options.precision == "fp32" || options.precision == "bf16";
    if (!known || options.batchSize < 2 || options.repeat < 1) usage();
    return options;
}

ClipConfig configOf(const std::string& name) {
    ClipConfig config;
    if (name == "demo") {
        config.embedDim = 128;
        config.imageSize = 64;
        config.vision = ResNetConfig{.layers = {1, 1, 1, 1}, .width = 16, .headWidth = 64};
        config.text = {.contextLength = 32, .vocabularySize = 512, .width = 128, .heads = 4, .layers = 2};
    } else if (name == "RN50") {
        config.embedDim = 1024;
        config.vision = ResNetConfig{};
    } else if (name == "ViT-B-32") {
        config.vision = VitConfig{};
    } else {
        usage();
    }
    return config;
}

/// What one repetition does.
std::function<void()> makeTask(const Options& options, const torch::Device& device) {
    const auto config = configOf(options.architecture);
    const bool bf16 = options.precision == "bf16";
    const int64_t n = options.batchSize, size = config.imageSize;
    const auto pixels = torch::randint(0, 256, {n, size, size, 3}, torch::kByte);
    const auto ids = torch::randint(1, config.text.vocabularySize - 2, {n, kTextLength}, torch::kLong);
    const auto ends = torch::full({n}, kTextLength - 1, torch::kLong);
    if (options.task == "loss") {
        const auto features = [&] { return normalizedRows(torch::randn({n, 512})).to(device).set_requires_grad(true); };
        auto image = features(), text = features();
        auto scale = torch::full({}, 2.66F).to(device).set_requires_grad(true);
        const std::shared_ptr<Loss> loss = makeLoss("contrastive");
        return [=]() mutable {
            image.mutable_grad().reset();
            text.mutable_grad().reset();
            (*loss)({image, text, scale}).total.backward();
        };
    }
    auto model = std::make_shared<ClipModel>(config);
    model->to(device);
    TrainStepOptions stepOptions;
    if (bf16) stepOptions.autocast = torch::kBFloat16;
    if (options.task == "train") {
        auto step = std::make_shared<TrainStep>(model, stepOptions);
        return [=] { step->run({pixels, ids, ends}, 1e-4); };
    }
    model->eval();
    if (options.task == "image") {
        const ImageNormalizer normalize(device, stepOptions.mean, stepOptions.std);
        return [=] {
            const torch::NoGradGuard noGrad;
            const auto images = normalize(pixels);
            const AutocastScope autocast(device, stepOptions.autocast);
            model->encodeImage(images);
        };
    }
    if (options.task == "text") {
        return [=] {
            const torch::NoGradGuard noGrad;
            const AutocastScope autocast(device, stepOptions.autocast);
            model->encodeText(ids.to(device), ends.to(device));
        };
    }
    usage();
}

/// A line a check: passed or not, the difference and what is allowed, the seconds.
int runChecks(const torch::Device& device) {
    int failed = 0;
    for (const DeviceCheck& check : deviceChecks()) {
        const auto start = std::chrono::steady_clock::now();
        std::string detail;
        bool passed = false;
        try {
            const double difference = check.difference(device);
            passed = difference <= check.tolerance;
            char text[64];
            std::snprintf(text, sizeof text, "%.1e of %.0e", difference, check.tolerance);
            detail = text;
        } catch (const std::exception& error) {
            detail = std::string(error.what()).substr(0, std::string_view(error.what()).find('\n'));
        }
        failed += passed ? 0 : 1;
        std::printf("%s  %-52s %s  (%.1f s)\n", passed ? "ok  " : "FAIL", check.name.c_str(), detail.c_str(),
                    std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        std::fflush(stdout);
    }
    return failed == 0 ? 0 : 1;
}

int run(int argc, char** argv) {
    const auto options = parse(argc, argv);
    setThreads(options.threads);
    const torch::Device device(resolveDevice(options.device));
    if (options.task == "check") return runChecks(device);
    torch::manual_seed(1);
    const auto task = makeTask(options, device);
    // Waits for a GPU by fetching a number it has computed.
    const auto wait = [&] { torch::ones({}, torch::TensorOptions().device(device)).item<float>(); };
    std::string seconds;
    for (int i = -2; i < options.repeat; ++i) {
        wait();
        const auto start = std::chrono::steady_clock::now();
        task();
        wait();
        const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (i >= 0) seconds += (i == 0 ? "" : ", ") + std::to_string(spent);
    }
    std::printf(
        "{\"task\": \"%s\", \"model\": \"%s\", \"seconds\": [%s], \"batch_size\": %lld, \"threads\": %d, "
        "\"device\": \"%s\", \"precision\": \"%s\", \"peak_memory_bytes\": %lld}\n",
        options.task.c_str(), options.architecture.c_str(), seconds.c_str(), static_cast<long long>(options.batchSize),
        threads(), device.str().c_str(), options.precision.c_str(), static_cast<long long>(peakMemoryBytes()));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    loadCuda();
    try {
        return run(argc, argv);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
