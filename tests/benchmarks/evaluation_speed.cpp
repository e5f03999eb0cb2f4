// SPDX-License-Identifier: Apache-2.0
// Times evaluations on features: diagonal-evaluation-speed probe FILE.safetensors | retrieval IMAGES CAPTIONS-AN-IMAGE.
// FILE: "train", "validation", "test" [n, d] and "NAME_labels" (tests/benchmarks/compare_probe.py makes it). Prints
// JSON.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/evaluation/probe.h"
#include "engine/evaluation/retrieval.h"

using namespace diagonal;

namespace {

using Clock = std::chrono::steady_clock;

double secondsFrom(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

int64_t peakBytes() {
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return int64_t{usage.ru_maxrss} * 1024;
}

LabelledFeatures partOf(const StateDict& file, const std::string& name) {
    const auto labels = file.tensors.at(name + "_labels").to(torch::kInt).contiguous();
    return {file.tensors.at(name).clone(),
            {labels.const_data_ptr<int>(), labels.const_data_ptr<int>() + labels.numel()}};
}

void timeProbe(const std::string& path) {
    const StateDict file = readStateDict({path});
    const LabelledFeatures train = partOf(file, "train"), validation = partOf(file, "validation"),
                           test = partOf(file, "test");
    const int classes = 1 + *std::max_element(train.labels.begin(), train.labels.end());
    const auto start = Clock::now();
    const LinearProbe probe = sweepC(train, validation, classes);
    nlohmann::ordered_json json = {{"seconds", secondsFrom(start)},
                                   {"c", probe.c},
                                   {"accuracy", accuracyOf(test.features, test.labels, probe.classifier)},
                                   {"converged", probe.isConverged}};
    for (const TriedC& one : probe.tried)
        json["tried"].push_back({{"c", one.c}, {"accuracy", one.accuracy}, {"passes", one.passes}});
    std::puts(json.dump().c_str());
}

void timeRetrieval(int64_t images, int64_t captions) {
    const auto unit = [](const torch::Tensor& rows) { return rows / rows.norm(2, 1, true); };
    const auto x = unit(torch::randn({images, 512}));
    const auto y = unit(x.repeat_interleave(captions, 0) + 0.25 * torch::randn({images * captions, 512}));
    std::vector<int64_t> owners;
    for (int64_t i = 0; i < images * captions; ++i)
        owners.push_back(i / captions);
    const int64_t before = peakBytes();
    const auto start = Clock::now();
    const RetrievalRecall recall = retrievalRecall(x, y, owners);
    const nlohmann::ordered_json json = {{"seconds", secondsFrom(start)},
                                         {"peak_bytes", peakBytes()},
                                         {"peak_bytes_before", before},
                                         {"image_retrieval_recall@1", recall.textToImage.at1},
                                         {"text_retrieval_recall@1", recall.imageToText.at1}};
    std::puts(json.dump().c_str());
}

}  // namespace

int main(int count, char** arguments) {
    const torch::NoGradGuard noGrad;
    const std::string what = count > 1 ? arguments[1] : "";
    if (what == "probe" && count == 3)
        timeProbe(arguments[2]);
    else if (what == "retrieval" && count == 4)
        timeRetrieval(std::atoll(arguments[2]), std::atoll(arguments[3]));
    else
        return std::puts("diagonal-evaluation-speed probe FILE.safetensors | retrieval IMAGES CAPTIONS-AN-IMAGE"), 2;
    return 0;
}
