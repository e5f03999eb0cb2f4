// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_result.h"

#include <algorithm>

namespace diagonal {

const Metric* TaskResult::metric(const std::string& wanted) const {
    const auto found = std::ranges::find(metrics, wanted, &Metric::name);
    return found == metrics.end() ? nullptr : &*found;
}

std::string nameOf(EvaluationTask task) {
    switch (task) {
        case EvaluationTask::ZeroShot:
            return "zero-shot";
        case EvaluationTask::Retrieval:
            return "retrieval";
        case EvaluationTask::LinearProbe:
            return "linear-probe";
        case EvaluationTask::FewShot:
            return "few-shot";
        case EvaluationTask::NearestNeighbours:
            return "knn";
        case EvaluationTask::WordOrder:
            return "word-order";
        case EvaluationTask::Templates:
            return "templates";
        case EvaluationTask::Robustness:
            break;
    }
    return "robustness";
}

std::string benchmarkName(EvaluationTask task) {
    switch (task) {
        case EvaluationTask::Retrieval:
            return "zeroshot_retrieval";
        case EvaluationTask::LinearProbe:
        case EvaluationTask::FewShot:
            return "linear_probe";
        case EvaluationTask::NearestNeighbours:
            return "knn";
        case EvaluationTask::WordOrder:
            return "image_caption_selection";
        default:
            return "zeroshot_classification";
    }
}

}  // namespace diagonal
