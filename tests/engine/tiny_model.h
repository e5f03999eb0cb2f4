// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <random>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/inference/session.h"
#include "engine/text/sentencepiece_tokenizer.h"

namespace diagonal {

/// Writes a CLIP model of random weights (always the same): a ModifiedResNet or a ViT for 32 px, embeddings of 24.
inline void writeTinyModel(const std::filesystem::path& folder, bool vit = false) {
    torch::manual_seed(1);
    constexpr int kContext = 12;
    ModelBundle bundle;
    bundle.tokenizer = trainSentencePieceTokenizer(
        {"a red circle", "two blue squares", "a photo of a dog", "the dog runs on the beach", "three green stars"}, 120,
        kContext);
    ClipConfig config;
    config.embedDim = 24;
    config.imageSize = 32;
    if (vit)
        config.vision = VitConfig{.layers = 2, .width = 32, .headWidth = 16, .mlpRatio = 2, .patchSize = 8};
    else
        config.vision = ModifiedResNetConfig{.layers = {1, 1, 1, 1}, .width = 8, .headWidth = 32};
    config.text = {.contextLength = kContext,
                   .vocabularySize = bundle.tokenizer->vocabularySize(),
                   .width = 32,
                   .heads = 2,
                   .layers = 2,
                   .mlpRatio = 2};
    bundle.model = std::make_shared<DualEncoder>(config);
    bundle.preprocess.width = bundle.preprocess.height = config.imageSize;
    saveModelFolder(folder, bundle);
}

/// The model of `from` with an image tower whose numbers are none.
inline void writeModelWithoutNumbers(const std::filesystem::path& from, const std::filesystem::path& to) {
    const torch::NoGradGuard noGrad;
    ModelBundle bundle = loadModel(from, {.writable = true});
    bundle.model->imageTower().parameters().back().fill_(NAN);
    saveModelFolder(to, bundle);
}

/// The model of `from` that has no numbers for texts with the tokens that `word` has and `others` has not.
inline void writeModelWithoutWord(const std::filesystem::path& from, const std::filesystem::path& to,
                                  const std::string& word, const std::string& others) {
    const torch::NoGradGuard noGrad;
    ModelBundle bundle = loadModel(from, {.writable = true});
    const auto known = bundle.tokenizer->encode(others);
    for (const auto& item : bundle.model->named_parameters())
        if (item.key().find("token_embedding") != std::string::npos)
            for (const int64_t token : bundle.tokenizer->encode(word))
                if (std::ranges::find(known, token) == known.end()) item.value()[token].fill_(NAN);
    saveModelFolder(to, bundle);
}

/// A picture of its own for each seed, as PPM.
inline std::string ppm(unsigned seed, int width, int height) {
    std::mt19937 random(seed);
    std::string bytes = "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
    for (int i = 0; i < width * height * 3; ++i)
        bytes += static_cast<char>(random());
    return bytes;
}

inline std::vector<ImageEmbedding> embedAll(Session& session, const std::vector<std::filesystem::path>& files,
                                            bool normalized = true, const JobContext& job = {}) {
    std::vector<ImageEmbedding> all;
    session.embedImages(
        files, normalized,
        [&](std::vector<ImageEmbedding> batch) { std::ranges::move(batch, std::back_inserter(all)); }, job);
    return all;
}

}  // namespace diagonal
