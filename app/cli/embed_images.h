// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/image/image_files.h"
#include "engine/inference/session.h"

namespace diagonal::cli {

/// Embeddings of images in input order. A file that cannot be read is listed on stderr and in failures; its row is NaN.
struct EmbeddedImages {
    std::vector<std::filesystem::path> files;
    Embeddings embeddings;
    std::vector<FileFailure> failures;
    std::vector<bool> readable;  ///< for each of files
};

EmbeddedImages embedFiles(Session& session, const std::vector<std::string>& inputs, bool normalized);

/// Embeddings of texts; says which were longer than the model's context.
Embeddings embedLines(Session& session, const std::vector<std::string>& texts, bool normalized);

/// Writes TARGET.errors.csv (path,error) beside a result whose form has no room for errors; none when all went well.
void writeFailures(const std::string& target, const std::vector<FileFailure>& failures);

}  // namespace diagonal::cli
