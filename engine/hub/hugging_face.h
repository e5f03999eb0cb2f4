// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/hub/catalogue.h"

namespace diagonal {

/// A file of a repository that a model needs.
struct RepositoryFile {
    std::string name;
    uint64_t bytes = 0;
    std::string sha256;  ///< of large files; small ones have none
    bool weights = false;
};

/// What is to be downloaded: all from one commit, the small files first.
struct RepositoryListing {
    std::string commit;
    std::vector<RepositoryFile> files;
};

/// Picks from the hub's answer to /api/models/OWNER/NAME?blobs=true what a model needs: open_clip's configuration and
/// weights, else Hugging Face's, in one format; and the tokenizer's and preprocessor's files. Names that are not known,
/// with folders in them say, are never picked. Throws Error about `subject`.
RepositoryListing chooseFiles(const std::string& answer, const std::string& subject);

/// $HF_ENDPOINT, else https://huggingface.co. Throws Error when it is no web address.
std::string huggingFaceEndpoint();

}  // namespace diagonal
