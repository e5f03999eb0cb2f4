// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace diagonal {

/// What a classifier answered, picture by picture; vectors are [pictures].
struct Answers {
    int classes = 0;
    std::vector<int> truth;              ///< 0 to classes - 1
    std::vector<int> predicted = {};     ///< the first of equal ones; -1 where no score is a number
    std::vector<uint8_t> isInTop5 = {};  ///< the truth is among the best five, of equal ones those with a lower number
    std::vector<float> confidence = {};  ///< probability of `predicted`, 0..1; 0 where there is none
    std::vector<float> ownProbability = {};  ///< of the truth
    std::vector<float> ownSurprise = {};     ///< -ln of it, in nats; finite

    size_t size() const { return truth.size(); }
    bool isRight(size_t i) const { return predicted[i] == truth[i]; }
};

/// Figures of answers, 0..1 but for the log loss. NaN: not defined.
struct ClassFigures {
    double top1 = 0;
    double top5 = 0;        ///< NaN with fewer than five classes, as CLIP_benchmark has it
    double meanRecall = 0;  ///< of the classes that have pictures: scikit-learn's balanced accuracy
    double worstRecall = 0;
    double macroF1 = 0;  ///< over classes that have pictures or answers
    double ece = 0;      ///< expected calibration error over 15 equally wide bins (Guo et al., 2017)
    double logLoss = 0;  ///< in nats

    static constexpr size_t kCount = 7;
    std::span<const double, kCount> values() const { return std::span<const double, kCount>(&top1, kCount); }
};

/// weights: how often each picture counts, empty: once.
ClassFigures figuresOf(const Answers& answers, std::span<const uint16_t> weights = {});

/// One class of a table.
struct ClassRow {
    size_t pictures = 0, answered = 0, right = 0;  ///< that are of it, were given to it, were rightly so

    double recall() const;     ///< NaN without pictures
    double precision() const;  ///< NaN without answers
};

std::vector<ClassRow> perClass(const Answers& answers);

struct ClassConfusion {
    int truth = 0, predicted = 0;
    size_t count = 0;
};

/// Pairs of label and answer that some picture has, in order, with their pictures; those without an answer are left
/// out. Never more than there are pictures, however many classes there are.
std::vector<ClassConfusion> confusions(const Answers& answers);

/// Pairs of classes that are taken for each other, most often first; at most `most`.
std::vector<ClassConfusion> mostConfused(const Answers& answers, size_t most);

/// Pictures of a class that were given another, the surest mistake first.
std::vector<size_t> mistakes(const Answers& answers, int truth, int predicted);

/// An order of the classes in which those that are confused stand together: each next one is the class most confused
/// with those before it.
std::vector<int> confusionOrder(const Answers& answers);

}  // namespace diagonal
