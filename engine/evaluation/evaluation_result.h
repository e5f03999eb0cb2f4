// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/evaluation/answers.h"
#include "engine/evaluation/recall.h"
#include "engine/evaluation/resampling.h"
#include "engine/image/image_files.h"

// What an evaluation found, for windows, files and tables: no tensors.

namespace diagonal {

enum class EvaluationTask {
    ZeroShot,
    Retrieval,
    LinearProbe,
    FewShot,
    NearestNeighbours,
    WordOrder,
    Templates,
    Robustness
};

/// A figure with its 95 % interval and what it was in each resample: those of two models on the same pictures are
/// paired.
struct Metric {
    std::string name;  ///< CLIP_benchmark's, where it has one: "acc1", "image_retrieval_recall@5"
    double value = 0;  ///< NaN where it is not defined
    Interval ci95{};
    std::vector<double> draws{};
    bool lowerIsBetter = false;
};

/// One bar of a reliability diagram.
struct ReliabilityBin {
    double low = 0, high = 0;  ///< of confidence
    size_t count = 0;
    double confidence = 0;  ///< mean; 0 without pictures
    double accuracy = 0;
    Interval ci95{};  ///< of the accuracy
};

/// How far a model's probabilities are what they say, with its own temperature and with a fitted one.
struct Calibration {
    double temperature = 0, fittedTemperature = 0;
    std::string fittedOn;  ///< "400 pictures of the training split"
    size_t pictures = 0;   ///< measured on
    double ece = 0, fittedEce = 0, logLoss = 0, fittedLogLoss = 0;
    std::vector<ReliabilityBin> bins, fittedBins;

    /// Whether the fitted temperature is to be kept: a worse ECE than with the model's own is no help.
    bool isBetter() const { return fittedEce <= ece; }
};

/// What was tried on the way to C.
struct TriedC {
    double c = 0;
    double accuracy = 0;  ///< on the validation pictures
    int passes = 0;
};

/// So many labelled pictures a class.
struct FewShotPoint {
    int shots = 0;
    double mean = 0, deviation = 0;  ///< over seeds, of the accuracy 0..1; the sample's deviation
    double c = 0;
    std::vector<double> accuracies{};          ///< one a seed
    std::vector<std::vector<uint8_t>> hits{};  ///< of each seed whether each test picture was right; empty once counted
    size_t shortClasses = 0;                   ///< classes with fewer pictures than that: all that they have are used
};

struct FewShotCurve {
    std::vector<FewShotPoint> points;
    double zeroShot = 0;  ///< accuracy of the first prompt set on the same pictures; NaN where there is none
    /// Labelled pictures a class that are as good, by the points for which each class has as many; infinite where the
    /// curve stays below.
    double shotsWorth = 0;
};

/// One template, and what adding it brought. Accuracies are shares, 0..1.
struct TemplateScore {
    size_t number = 0;       ///< of the template, in the order given
    double alone = 0;        ///< accuracy of this template alone
    double withEarlier = 0;  ///< of the ensemble of it and all before it
};

struct TemplateChoice {
    std::vector<TemplateScore> inOrder;  ///< as given: growing ensembles
    std::vector<TemplateScore> greedy;   ///< each next is the one that helps most; ends where none helps any more
    std::vector<std::string> templates;  ///< by number
    std::string chosenOn;                ///< "400 pictures of the training split"
};

/// A picture whose label both the zero-shot classifier and the probe, which has not seen it, contradict with one voice.
struct SuspectedLabel {
    size_t picture = 0;  ///< in the data
    int label = 0, answer = 0;
    double zeroShot = 0, probe = 0;  ///< probabilities of the answer
};

struct WordOrderExample {
    size_t picture = 0;
    std::string caption, swapped;
    double cosine = 0, swappedCosine = 0;
};

struct WordOrder {
    size_t nounPairs = 0, adjectivePairs = 0;
    std::vector<WordOrderExample> examples;  ///< where the swapped caption won, by how far; some
};

/// One row of results: a task with one prompt set.
struct TaskResult {
    EvaluationTask task = EvaluationTask::ZeroShot;
    std::string prompts;  ///< name of the prompt set; empty where the task takes none
    std::string variant;  ///< of robustness "gaussian_noise_3"; else empty
    size_t items = 0;     ///< pictures that were evaluated
    std::vector<Metric> metrics;
    std::vector<std::string> notes;  ///< sentences about what was done or left out

    std::vector<size_t> pictures;  ///< of each item, in the data
    Answers answers;               ///< of classifiers, item by item; of few-shot those of the most shots' first seed
    RetrievalRanks ranks;          ///< of retrieval
    std::optional<Calibration> calibration;
    double c = 0;               ///< of the linear probe
    std::vector<TriedC> tried;  ///< of the linear probe
    std::optional<FewShotCurve> fewShot;
    std::optional<TemplateChoice> templates;
    std::vector<SuspectedLabel> suspected;
    std::optional<WordOrder> wordOrder;

    /// Null where it has no such metric.
    const Metric* metric(const std::string& name) const;
};

struct FailedTask {
    EvaluationTask task = EvaluationTask::ZeroShot;
    std::string prompts, reason;
    std::string subject{}, problem{}, remedy{};  ///< parts of the reason; without them it is the whole
};

/// All of one model.
struct ModelEvaluation {
    std::string model;         ///< as it was asked for
    std::string name;          ///< for people
    std::string architecture;  ///< "ViT-B-32"
    std::filesystem::path path;
    std::string identity;  ///< as modelIdentity has it
    std::string device, precision;
    double temperature = 0;
    std::string error;  ///< why there is nothing at all, else empty
    std::vector<TaskResult> results;
    std::vector<FailedTask> failed;
    std::vector<FileFailure> unreadable;  ///< left out
    size_t pictures = 0, notFinite = 0;   ///< read; without an embedding: they count as misses
    size_t known = 0;                     ///< of them, from the cache
    size_t truncated = 0;                 ///< texts longer than the model's context
    double seconds = 0;
};

/// "zero-shot", as the command line has it; "zeroshot_classification", as CLIP_benchmark has it.
std::string nameOf(EvaluationTask task);
std::string benchmarkName(EvaluationTask task);

}  // namespace diagonal
