// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/evaluation/captioned_pictures.h"

namespace diagonal {

enum class EvaluationPart : uint8_t { Train, Validation, Test };

/// Pictures with labels, captions or both: what models are evaluated on.
struct EvaluationData {
    std::string name;                   ///< of the data set, for results
    CaptionedPictures pictures;         ///< may have pictures without a caption
    std::vector<std::string> classes;   ///< names, as prompts say them; empty without labels
    std::vector<int> labels;            ///< of each picture, -1 for none; empty without classes
    std::vector<EvaluationPart> parts;  ///< of each picture; empty where the data does not say
    std::vector<std::string> notes;     ///< sentences about what was left out or assumed

    size_t size() const { return pictures.size(); }
    bool hasLabels() const { return !classes.empty(); }
    /// Pictures that have a label and are of this part.
    std::vector<size_t> labelled(EvaluationPart part) const;
};

/// Only these pictures, in this order, with their captions.
EvaluationData only(EvaluationData data, const std::vector<size_t>& pictures);

/// At most `limit` pictures, by a hash of their names; 0: all.
EvaluationData drawData(EvaluationData data, size_t limit);

/// Gives each picture a part where the data has none: of each class, by a hash of the pictures' names, two fifths are
/// the test pictures, and the others train; a class of one picture is tested.
void drawParts(EvaluationData& data);

/// One of `of` pictures of each class, drawn as drawParts does; the others are left in `pictures`. Both ascending.
std::vector<size_t> drawShare(const EvaluationData& data, std::vector<size_t>& pictures, size_t of);

/// Where no picture is a test picture, those of the validation split are, without any those that train; with a note.
void settleTested(EvaluationData& data);

/// Adds pictures to learn from, which train or validate as they say; of those that were there only the ones that are
/// evaluated stay. Test pictures among them, and those of a class that the data has none of, are left out with a note:
/// classes go by their names. Throws Error where none is left.
void addTraining(EvaluationData& data, EvaluationData training);

/// Other words for classes, from lines "name<TAB>words": what prompts then say of a class. Throws Error for a name
/// that no class has, and for a class that is renamed twice; two classes with the same words are noted.
void renameClasses(EvaluationData& data, const std::vector<std::string>& lines, const std::string& file);

}  // namespace diagonal
