// SPDX-License-Identifier: Apache-2.0
#include "training/data/kinds.h"

#include "training/data/csv_dataset.h"
#include "training/data/flickr8k.h"
#include "training/data/scenes.h"

namespace diagonal {

const std::vector<DatasetKind>& datasetKinds() {
    // Asked in this order: Flickr8k's captions.txt is a CSV file too.
    static const std::vector<DatasetKind> kKinds = {
        {"scenes:", "generated scenes (scenes:count=20000,seed=1)", [](const auto&) { return false; }, openScenes},
        {"flickr8k:", "a Flickr8k or Flickr30k folder (flickr8k:FOLDER)", isFlickr8k, openFlickr8k},
        {"csv:", "a CSV or TSV file with a header and columns for image and caption (csv:FILE)", isCsv, openCsv},
    };
    return kKinds;
}

std::string datasetKindNames() {
    std::string names;
    const std::vector<DatasetKind>& kinds = datasetKinds();
    for (size_t i = 0; i < kinds.size(); ++i) {
        if (i > 0) names += i + 1 == kinds.size() ? ", or " : ", ";
        names += kinds[i].description;
    }
    return names;
}

}  // namespace diagonal
