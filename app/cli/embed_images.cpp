// SPDX-License-Identifier: Apache-2.0
#include "app/cli/embed_images.h"

#include <algorithm>
#include <limits>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"

namespace diagonal::cli {

EmbeddedImages embedFiles(Session& session, const std::vector<std::string>& inputs, bool normalized) {
    ImageFiles images = gatherImages(inputs);
    EmbeddedImages result;
    result.failures = std::move(images.failures);
    result.embeddings.dim = session.info().embedDim;
    const auto dim = static_cast<size_t>(result.embeddings.dim);
    result.embeddings.values.assign(images.files.size() * dim, std::numeric_limits<float>::quiet_NaN());
    result.readable.assign(images.files.size(), false);
    ProgressLine progress("images");
    session.embedImages(
        images.files, normalized,
        [&](const std::vector<ImageEmbedding>& batch) {
            for (const auto& image : batch) {
                if (!image.error.empty()) {
                    reportUnreadable(images.files[image.index], image.error);
                    result.failures.push_back({images.files[image.index], image.error});
                    continue;
                }
                result.readable[image.index] = true;
                std::copy(image.values.begin(), image.values.end(),
                          result.embeddings.values.begin() + static_cast<std::ptrdiff_t>(image.index * dim));
            }
        },
        progress.job());
    reportCache(session);
    result.files = std::move(images.files);
    return result;
}

Embeddings embedLines(Session& session, const std::vector<std::string>& texts, bool normalized) {
    ProgressLine progress("texts");
    std::vector<size_t> truncated;
    Embeddings embeddings = session.embedTexts(texts, normalized, &truncated, progress.job());
    if (!truncated.empty())
        console().note("Note: " + std::to_string(truncated.size()) + " of " + std::to_string(texts.size()) +
                       " texts are longer than the model's " + std::to_string(session.info().contextLength) +
                       " tokens and were cut at the end, the first: “" + shorten(texts[truncated.front()], 60) + "”.");
    return embeddings;
}

void writeFailures(const std::string& target, const std::vector<FileFailure>& failures) {
    const std::filesystem::path file = target + ".errors.csv";
    if (failures.empty()) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
        return;
    }
    CsvNames names;
    for (const auto& failure : failures)
        names.prepare(failure.path);
    std::string text = "path,error" + names.head("path_bytes") + "\r\n";
    for (const auto& failure : failures)
        text += names.cell(failure.path) + "," + csvText(failure.reason) + names.end(failure.path) + "\r\n";
    writeFile(file, text);
}

}  // namespace diagonal::cli
