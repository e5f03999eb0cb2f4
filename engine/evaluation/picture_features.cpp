// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/picture_features.h"

#include <cmath>

namespace diagonal {

namespace {

PictureFeatures embedFiles(Session& session, const CaptionedPictures& pictures, const JobContext& job) {
    PictureFeatures result;
    session.embedImages(
        pictures.files, true,
        [&](const std::vector<ImageEmbedding>& batch) {
            for (const ImageEmbedding& image : batch) {
                if (image.isKnown) ++result.known;
                if (!image.isFinite) {
                    result.rows.insert(result.rows.end(), static_cast<size_t>(session.info().embedDim), NAN);
                } else if (!image.error.empty()) {
                    result.unreadable.push_back({pictures.files[image.index], image.error});
                    continue;
                } else {
                    result.rows.insert(result.rows.end(), image.values.begin(), image.values.end());
                }
                result.numbers.push_back(image.index);
            }
        },
        job);
    return result;
}

/// Pictures that lie in shards or are drawn: they pass no cache.
PictureFeatures embedDecoded(Session& session, const CaptionedPictures& pictures, const JobContext& job) {
    PictureFeatures result;
    const auto batch = static_cast<size_t>(session.options().batchSize);
    std::vector<Image> images;
    const auto flush = [&] {
        const Embeddings rows = session.embedPictures(images, true, job);
        result.rows.insert(result.rows.end(), rows.values.begin(), rows.values.end());
        images.clear();
    };
    for (size_t i = 0; i < pictures.size(); ++i) {
        job.throwIfStopped();
        try {
            images.push_back(resizeAndCrop(pictures.decode(i), session.preprocess()));
            result.numbers.push_back(i);
        } catch (const Error& error) {
            result.unreadable.push_back({pictures.names[i], error.problem()});
        }
        if (images.size() == batch) flush();
        job.progress(static_cast<int64_t>(i + 1), 0);
    }
    if (!images.empty()) flush();
    return result;
}

}  // namespace

PictureFeatures embedCaptioned(Session& session, const CaptionedPictures& pictures, const JobContext& job) {
    return pictures.files.empty() ? embedDecoded(session, pictures, job) : embedFiles(session, pictures, job);
}

}  // namespace diagonal
