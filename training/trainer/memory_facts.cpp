// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/memory_facts.h"

#include <ATen/DeviceAccelerator.h>

#include <algorithm>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

using Message = std::function<void(const std::string&)>;

/// Says where more is needed than is left.
void warnOfMemory(const TrainingSetup& setup, const MemoryEstimate& estimate, const Message& message) {
    // The weights are there already, on a CPU the program too.
    uint64_t there = 0;
    for (const MemoryPart& part : estimate.parts)
        if (part.key == "weights" || (!estimate.onGpu && part.key == "process")) there += part.bytes;
    const auto sharing = static_cast<uint64_t>(estimate.onGpu ? 1 : setup.world->localSize());
    const uint64_t needed = sharing * (estimate.onDevice() - std::min(there, estimate.onDevice()));
    const uint64_t left = freeMemory(setup.device);
    if (left == 0 || needed <= left) return;
    message("that is more than there is: " + memoryText(left) + " are free for another " + memoryText(needed) +
            "; --micro-batch, --grad-checkpointing, --precision bf16, --adam-states bf16 and --text-storage bf16 take "
            "less");
}

}  // namespace

MemoryFacts memoryFacts(const TrainingSetup& setup) {
    constexpr size_t kCaptions = 512;
    const Dataset& train = *setup.data.train;
    MemoryFacts facts;
    facts.model = setup.bundle.model->config();
    facts.half = setup.autocast.has_value();
    facts.processes = setup.world->size();
    facts.onGpu = !setup.device.is_cpu();
    facts.trainImages = static_cast<int64_t>(train.size());
    facts.validationImages = setup.data.validation ? static_cast<int64_t>(setup.data.validation->size()) : 0;
    facts.augments = train.supportsAugmentation();
    if (facts.model.text.fillsContext) {
        facts.captionTokens = facts.model.text.contextLength;
        return facts;
    }
    const size_t count = std::min(kCaptions, train.size());
    double sum = 0, longest = 0;
    for (size_t i = 0; i < count; ++i) {
        const size_t image = i * train.size() / count;
        const auto tokens = static_cast<double>(setup.bundle.tokenizer->encode(train.caption(image, 0)).size());
        const double used = std::min<double>(tokens, facts.model.text.contextLength);
        sum += used;
        longest = std::max(longest, used);
    }
    facts.captionTokens = facts.onGpu ? longest : sum / static_cast<double>(count);
    return facts;
}

uint64_t freeMemory(const torch::Device& device) {
    if (device.is_cpu()) return availableMemory();
    try {
        return at::accelerator::getMemoryInfo(device.index()).first;
    } catch (const c10::Error&) {  // not every device tells
        return 0;
    }
}

void sayMemory(const TrainingSetup& setup, const Message& message) {
    const MemoryEstimate estimate = estimateMemory(setup.options, memoryFacts(setup));
    message(describe(estimate) + (setup.world->isAlone() ? "" : ", in each process"));
    warnOfMemory(setup, estimate, message);
}

MemoryEstimate planMemory(const TrainOptions& options, const Message& message, const std::stop_token& stop,
                          const std::shared_ptr<World>& world) {
    checkOptions(options);
    setThreads(options.threads);
    const TrainingSetup setup = setUp(options, std::nullopt, message, stop, world);
    const MemoryEstimate estimate = estimateMemory(setup.options, memoryFacts(setup));
    warnOfMemory(setup, estimate, message);
    return estimate;
}

}  // namespace diagonal
