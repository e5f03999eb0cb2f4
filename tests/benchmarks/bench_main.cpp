// SPDX-License-Identifier: Apache-2.0
// Checks and times the model, the loss, training and single operations with LibTorch alone; see usage().

#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "tests/benchmarks/bench.h"

using namespace diagonal;

void usage() {
    std::fputs(
        "usage: diagonal-bench check [--device auto|cpu|cuda:N]\n"
        "       diagonal-bench world [--device …]\n"
        "       diagonal-bench ops [--filter NAME] [--batch-size N] [--precision fp32|bf16] [--device …]\n"
        "       diagonal-bench image|text|label|loss|train [--model demo|ViT-B-32|RN50] [--batch-size N]\n"
        "                      [--micro-batch N] [--savers on|off] [--loss contrastive|soft|sigmoid]\n"
        "                      [--repeat N] [--pixels FILE] [--precision fp32|bf16] [--threads N] [--device …]\n"
        "check compares the device with the CPU; exit code 1 where it differs. world: one process alone exchanges "
        "with\n"
        "itself, over NCCL on a GPU. ops times each operation of that "
        "table,\n"
        "forward and with gradients. The others print JSON: seconds of each repetition after two for warming up, the\n"
        "FLOPs of one, and what ran. label: pixels to probabilities of 1,000 labels. train --pixels: batches are "
        "drawn\n"
        "from FILE, bytes of packed pictures in the model's size, while a step runs; else all steps have one batch.\n",
        stderr);
    std::exit(2);
}

namespace {

BenchOptions parse(int argc, char** argv) {
    if (argc < 2 || argc % 2 != 0) usage();
    BenchOptions options;
    options.task = argv[1];
    for (int i = 2; i < argc; i += 2) {
        const std::string name = argv[i], value = argv[i + 1];
        if (name == "--model") {
            options.architecture = value;
        } else if (name == "--device") {
            options.device = value;
        } else if (name == "--precision") {
            options.precision = value;
        } else if (name == "--filter") {
            options.filter = value;
        } else if (name == "--pixels") {
            options.pixels = value;
        } else if (name == "--loss") {
            options.loss = value;
        } else if (name == "--savers" && (value == "on" || value == "off")) {
            options.savers = value == "on";
        } else if (name == "--micro-batch") {
            options.microBatch = std::atoll(value.c_str());
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

}  // namespace

int main(int argc, char** argv) {
    const BenchOptions options = parse(argc, argv);
    loadCuda();
    try {
        setThreads(options.threads);
        const torch::Device device(resolveDevice(options.device));
        torch::manual_seed(1);
        if (options.task == "check") return runChecks(options, device);
        if (options.task == "world") return runWorld(device);
        if (options.task == "ops") return runOperations(options, device);
        return runModels(options, device);
    } catch (const c10::Error& error) {
        std::fprintf(stderr, "%s\n", error.what_without_backtrace());
        return 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
