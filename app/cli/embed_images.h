// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/image/image_files.h"
#include "engine/inference/session.h"

namespace diagonal::cli {

/// Embeds images a batch after the other; what cannot be read is listed on stderr, and in the result after what
/// `images` has already.
std::vector<FileFailure> embedFiles(Session& session, const ImageFiles& images, bool normalized,
                                    const std::function<void(const ImageEmbedding&)>& onImage);

/// Embeddings of images in input order. A file that cannot be read is listed on stderr and in failures; its row is NaN.
struct EmbeddedImages {
    PathArray files;
    Embeddings embeddings;
    std::vector<FileFailure> failures;
};

EmbeddedImages embedFiles(Session& session, const std::vector<std::string>& inputs, bool normalized);

/// Says how many of so many texts the model's context has cut.
std::string noteOfTruncated(size_t truncated, size_t texts, const ModelInfo& model, const std::string& first);

/// Embeddings of texts; says which were longer than the model's context, and which have none: their rows are NaN.
struct EmbeddedLines {
    Embeddings embeddings;
    size_t failures = 0;  ///< rows of NaN
};

EmbeddedLines embedLines(Session& session, const std::vector<std::string>& texts, bool normalized);

}  // namespace diagonal::cli
