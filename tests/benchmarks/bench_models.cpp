// SPDX-License-Identifier: Apache-2.0
#include <ATen/DeviceAccelerator.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <future>

#include "engine/base/device.h"
#include "engine/base/device_transfer.h"
#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"
#include "tests/benchmarks/bench.h"
#include "tests/benchmarks/flop_counter.h"
#include "training/losses/loss.h"
#include "training/optimizers/autocast.h"
#include "training/optimizers/fast_math.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;

namespace {

using torch::Tensor;

constexpr int64_t kTextLength = 16, kLabels = 1000, kLossWidth = 512;

ClipConfig configOf(const std::string& name) {
    ClipConfig config;
    if (name == "demo") {
        config.embedDim = 128;
        config.imageSize = 64;
        config.vision = ModifiedResNetConfig{.layers = {1, 1, 1, 1}, .width = 16, .headWidth = 64};
        config.text = {.contextLength = 32, .vocabularySize = 512, .width = 128, .heads = 4, .layers = 2};
    } else if (name == "RN50") {
        config.embedDim = 1024;
        config.vision = ModifiedResNetConfig{};
    } else if (name == "ViT-B-32") {
        config.vision = VitConfig{};
    } else {
        usage();
    }
    return config;
}

/// Batches from a file of packed pictures, uint8 [pictures, size, size, 3]: random ones, gathered by a thread of their
/// own while the last batch is in use, into memory that a GPU reads directly.
class PackedPixels {
  public:
    PackedPixels(const std::string& file, int64_t size, int64_t batch, bool pinned) : m_batch(batch), m_pinned(pinned) {
        const auto bytes = static_cast<int64_t>(std::filesystem::file_size(file));
        const int64_t pictures = bytes / (size * size * 3);
        if (pictures < 1) throw Error(file, "holds no picture of " + std::to_string(size) + " pixels a side");
        m_pictures = torch::from_file(file, /*shared=*/true, pictures * size * size * 3, torch::kByte)
                         .view({pictures, size, size, 3});
        gather();
    }

    Tensor next() {
        Tensor batch = m_next.get();
        gather();
        return batch;
    }

  private:
    void gather() {
        const Tensor rows = torch::randint(m_pictures.size(0), {m_batch}, torch::kLong);
        m_next = std::async(std::launch::async, [this, rows] {
            auto shape = m_pictures.sizes().vec();
            shape[0] = m_batch;
            Tensor out = torch::empty(shape, torch::TensorOptions(torch::kByte).pinned_memory(m_pinned));
            return torch::index_select_out(out, m_pictures, 0, rows);
        });
    }

    int64_t m_batch;
    bool m_pinned;
    Tensor m_pictures;
    std::future<Tensor> m_next;
};

std::function<void()> lossTask(int64_t pairs, const torch::Device& device) {
    const auto features = [&] {
        return normalizedRows(torch::randn({pairs, kLossWidth})).to(device).set_requires_grad(true);
    };
    auto image = features(), text = features();
    auto scale = torch::full({}, 2.66F).to(device).set_requires_grad(true);
    const std::shared_ptr<Loss> loss = makeLoss("contrastive");
    return [=]() mutable {
        image.mutable_grad().reset();
        text.mutable_grad().reset();
        (*loss)({image, text, scale}).total.backward();
    };
}

/// A step as a run takes it on this device: kernels channels-last, TF32 allowed, the batch sent from pinned memory on a
/// stream of its own.
std::function<void()> trainTask(const std::shared_ptr<DualEncoder>& model, const TrainStepOptions& options,
                                const torch::Device& device, const std::function<Tensor()>& pixels, const Tensor& ids,
                                const Tensor& lengths) {
    if (!device.is_cpu()) useChannelsLast(*model);
    const auto fastMath = std::make_shared<FastMath>(device);
    const auto step = std::make_shared<TrainStep>(model, options);
    const auto upload = std::make_shared<UploadStream>(device);
    return [=] {
        (void)fastMath;  // lives as long as the task
        const auto there = upload->upload({pixels(), ids, lengths});
        step->run({there[0], there[1], there[2]}, 1e-4);
    };
}

/// Of all tensors at once, since the program began.
int64_t devicePeakBytes(const torch::Device& device) {
    constexpr size_t kAll = static_cast<size_t>(at::CachingDeviceAllocator::StatType::AGGREGATE);
    return at::accelerator::getDeviceStats(std::max<c10::DeviceIndex>(0, device.index())).allocated_bytes[kAll].peak;
}

/// What one repetition does.
std::function<void()> makeTask(const BenchOptions& options, const torch::Device& device) {
    const int64_t n = options.batchSize;
    if (options.task == "loss") return lossTask(n, device);
    const auto config = configOf(options.architecture);
    const int64_t size = config.imageSize;
    const auto ids = torch::randint(1, config.text.vocabularySize - 2, {n, kTextLength}, torch::kLong);
    const auto lengths = torch::full({n}, kTextLength, torch::kLong);
    auto model = std::make_shared<DualEncoder>(config);
    model->to(device);
    TrainStepOptions stepOptions;
    stepOptions.loss = options.loss;
    stepOptions.microBatch = options.microBatch;
    if (options.loss == "sigmoid") model->addLogitBias(-10);
    if (options.savers) {
        model->setGradCheckpointing(true);
        stepOptions.adamW.halfStates = stepOptions.halfText = true;
    }
    if (options.isBf16()) stepOptions.autocast = torch::kBFloat16;
    if (options.task == "train" && !options.pixels.empty()) {
        auto source = std::make_shared<PackedPixels>(options.pixels, size, n, device.is_cuda());
        return trainTask(
            model, stepOptions, device, [source] { return source->next(); }, ids, lengths);
    }
    const auto pixels = torch::randint(0, 256, {n, size, size, 3}, torch::kByte);
    if (options.task == "train") {
        const Tensor pinned = hostTensor(pixels.sizes(), torch::kByte, device).copy_(pixels);
        return trainTask(
            model, stepOptions, device, [pinned] { return pinned; }, ids, lengths);
    }
    model->eval();
    const ImageNormalizer normalize(device, stepOptions.mean, stepOptions.std);
    const auto autocast = stepOptions.autocast;
    if (options.task == "image") {
        return [=] {
            const torch::NoGradGuard noGrad;
            const auto images = normalize(pixels);
            const AutocastScope scope(device, autocast);
            model->encodeImage(images);
        };
    }
    if (options.task == "text") {
        return [=] {
            const torch::NoGradGuard noGrad;
            const AutocastScope scope(device, autocast);
            model->encodeText(ids.to(device), lengths.to(device));
        };
    }
    if (options.task != "label") usage();
    // As an opened model computes: its weights are narrow, lengths are taken in float32.
    const auto type = options.isBf16() ? torch::kBFloat16 : torch::kFloat;
    model->to(type);
    const auto labels = normalizedRows(torch::randn({kLabels, config.embedDim})).to(device);
    return [=] {
        const torch::NoGradGuard noGrad;
        const auto features = model->encodeImage(normalize(pixels).to(type), false).to(torch::kFloat);
        const auto logits = model->logitScale().to(torch::kFloat).exp() * normalizedRows(features).mm(labels.t());
        logits.softmax(1).cpu();
    };
}

}  // namespace

int runModels(const BenchOptions& options, const torch::Device& device) {
    const auto task = makeTask(options, device);
    std::string seconds;
    int64_t flops = 0;
    for (int i = -2; i < options.repeat; ++i) {
        wait(device);
        if (i == -2) {
            const FlopCounter counter;
            task();
            wait(device);
            flops = counter.flops();
            continue;
        }
        const auto start = std::chrono::steady_clock::now();
        task();
        wait(device);
        if (i >= 0) seconds += (i == 0 ? "" : ", ") + std::to_string(secondsSince(start));
    }
    std::printf(
        "{\"task\": \"%s\", \"model\": \"%s\", \"seconds\": [%s], \"flops\": %lld, \"batch_size\": %lld, "
        "\"threads\": %d, \"device\": \"%s\", \"precision\": \"%s\", \"peak_memory_bytes\": %lld}\n",
        options.task.c_str(), options.architecture.c_str(), seconds.c_str(), static_cast<long long>(flops),
        static_cast<long long>(options.batchSize), threads(), device.str().c_str(), options.precision.c_str(),
        static_cast<long long>(device.is_cpu() ? peakMemoryBytes() : devicePeakBytes(device)));
    return 0;
}
