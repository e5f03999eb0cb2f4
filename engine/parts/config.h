// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace diagonal {

enum class Activation {
    Gelu,       ///< exact, by erf
    QuickGelu,  ///< x * sigmoid(1.702 x): OpenAI's models
    GeluTanh,   ///< the tanh approximation: SigLIP in Hugging Face's form
};

/// "GELU", "QuickGELU", "GELU (tanh)".
std::string nameOf(Activation activation);

/// open_clip's vision_cfg of a VisionTransformer: class token, norm before the blocks, projection.
struct VitConfig {
    int layers = 12;
    int width = 768;
    int headWidth = 64;
    double mlpRatio = 4.0;
    int patchSize = 32;

    bool operator==(const VitConfig&) const = default;
};

/// SigLIP's image tower: no class token, attention-pool head, no projection.
struct SiglipVitConfig {
    int layers = 12;
    int width = 768;
    int heads = 12;
    double mlpRatio = 4.0;
    int patchSize = 16;

    bool operator==(const SiglipVitConfig&) const = default;
};

/// open_clip's vision_cfg of a ModifiedResNet: "layers" is a list of four.
struct ResNetConfig {
    std::vector<int> layers = {3, 4, 6, 3};
    int width = 64;
    int headWidth = 64;

    bool operator==(const ResNetConfig&) const = default;
};

/// open_clip's text_cfg. The defaults are CLIP's; SigLIP's differ in causal, poolLast, projectionBias, epsilon.
struct TextConfig {
    int contextLength = 77;
    int vocabularySize = 49408;
    int width = 512;
    int heads = 8;
    int layers = 12;  ///< 0: CBOW, the mean of the token embeddings, projected
    double mlpRatio = 4.0;
    bool causal = true;
    bool poolLast = false;  ///< at the last position of the context, else at the end-of-text token
    bool projectionBias = false;
    double epsilon = 1e-5;  ///< of the layer norms

    bool isCbow() const { return layers == 0; }
    bool operator==(const TextConfig&) const = default;
};

/// open_clip's model_cfg.
struct ClipConfig {
    int embedDim = 512;
    Activation imageActivation = Activation::Gelu;
    Activation textActivation = Activation::Gelu;
    int imageSize = 224;
    std::variant<VitConfig, SiglipVitConfig, ResNetConfig> vision;
    TextConfig text;
    bool logitBias = false;  ///< SigLIP: logits = scale * cosine + bias

    bool operator==(const ClipConfig&) const = default;
};

/// Width of an MLP's hidden layer.
int hiddenWidth(int width, double mlpRatio);

/// Side of a square grid of patches, or of a ResNet's last feature map.
int gridSize(const ClipConfig& config);

}  // namespace diagonal
