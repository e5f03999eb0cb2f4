// SPDX-License-Identifier: Apache-2.0
#include "training/data/captioned_dataset.h"

namespace diagonal {

CaptionedPictures captionedPictures(const std::shared_ptr<const Dataset>& dataset, size_t limit) {
    std::vector<std::string> names;
    names.reserve(dataset->size());
    for (size_t i = 0; i < dataset->size(); ++i)
        names.push_back(dataset->name(i));
    const std::vector<size_t> drawn = drawByHash(names, limit);
    CaptionedPictures pictures;
    for (const size_t i : drawn) {
        for (size_t k = 0; k < dataset->captionCount(i); ++k) {
            pictures.captions.emplace_back(dataset->caption(i, k));
            pictures.pictureOfCaption.push_back(static_cast<int64_t>(pictures.names.size()));
        }
        pictures.names.push_back(std::move(names[i]));
        if (auto file = dataset->file(i); !file.empty()) pictures.files.push_back(std::move(file));
    }
    if (pictures.files.size() == pictures.size()) return pictures;
    pictures.files.clear();
    pictures.decode = [dataset, drawn](size_t i) { return dataset->image(drawn[i]); };
    return pictures;
}

}  // namespace diagonal
