// SPDX-License-Identifier: Apache-2.0
#include "app/cli/embed_images.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"

namespace diagonal::cli {

std::vector<FileFailure> embedFiles(Session& session, const ImageFiles& images, bool normalized,
                                    const std::function<void(const ImageEmbedding&)>& onImage) {
    std::vector<FileFailure> failures = images.failures;
    ProgressLine progress("images");
    session.embedImages(
        images.files, normalized,
        [&](const std::vector<ImageEmbedding>& batch) {
            for (const auto& image : batch) {
                if (image.error.empty()) {
                    reportNote(images.files[image.index], image.note);
                    onImage(image);
                    continue;
                }
                reportUnreadable(images.files[image.index], image.error);
                failures.push_back({images.files[image.index], image.error});
            }
        },
        progress.job());
    reportCache(session);
    return failures;
}

EmbeddedImages embedFiles(Session& session, const std::vector<std::string>& inputs, bool normalized) {
    ImageFiles images = gatherImages(inputs);
    EmbeddedImages result;
    result.embeddings.dim = session.info().embedDim;
    const auto dim = static_cast<size_t>(result.embeddings.dim);
    result.embeddings.values.assign(images.files.size() * dim, std::numeric_limits<float>::quiet_NaN());
    result.failures = embedFiles(session, images, normalized, [&](const ImageEmbedding& image) {
        std::ranges::copy(image.values,
                          result.embeddings.values.begin() + static_cast<std::ptrdiff_t>(image.index * dim));
    });
    result.files = std::move(images.files);
    return result;
}

std::string noteOfTruncated(size_t truncated, size_t texts, const ModelInfo& model, const std::string& first) {
    return "Note: " + grouped(truncated) + " of " + counted(texts, "text") +
           (truncated == 1 ? " is longer than the model's " : " are longer than the model's ") +
           std::to_string(model.contextLength) + " tokens and " + (truncated == 1 ? "was" : "were") +
           " cut at the end" + (truncated == 1 ? ": “" : ", the first: “") + shorten(printable(first), 60) + "”.";
}

EmbeddedLines embedLines(Session& session, const std::vector<std::string>& texts, bool normalized) {
    ProgressLine progress("texts");
    std::vector<size_t> truncated;
    EmbeddedLines result{session.embedTexts(texts, normalized, &truncated, progress.job())};
    for (size_t i = 0; i < texts.size(); ++i) {
        if (!std::isnan(result.embeddings.row(static_cast<int64_t>(i)).front())) continue;
        ++result.failures;
        console().problem("text " + grouped(i + 1) + ", “" + shorten(printable(texts[i]), 60) +
                          "”: " + session.notFinite());
    }
    if (!truncated.empty())
        console().note(noteOfTruncated(truncated.size(), texts.size(), session.info(), texts[truncated.front()]));
    return result;
}

}  // namespace diagonal::cli
