// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/parts/image_spec.h"

namespace diagonal {

struct Vit;

enum class Activation {
    Gelu,       ///< exact, by erf
    QuickGelu,  ///< x * sigmoid(1.702 x): OpenAI's models
    GeluTanh,   ///< the tanh approximation: SigLIP in Hugging Face's form
};

/// "GELU", "QuickGELU", "GELU (tanh)".
std::string nameOf(Activation activation);

/// open_clip's vision_cfg of a VisionTransformer: class token, projection.
struct VitConfig {
    int layers = 12;
    int width = 768;
    int headWidth = 64;
    double mlpRatio = 4.0;
    int patchSize = 32;
    int poolQueries = 0;  ///< of CoCa's attentional pooling, 0: the class token is the feature
    int poolHeads = 8;
    bool normsFirst = true;    ///< a layer norm before the blocks; CLIPA has none
    bool averages = false;     ///< the feature is the mean of the patches', else the class token's
    bool normsPooled = false;  ///< the last layer norm follows the pooling
    double layerScale = 0;     ///< open_clip's ls_init_value; 0: there is none

    /// As OpenAI's are.
    bool isPlain() const { return normsFirst && !averages && !normsPooled && layerScale == 0 && poolQueries == 0; }
    Vit numbers(const ClipConfig& config) const;
    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return patchSize; }
    GridPositions positions() const { return {"positional_embedding", 1}; }
    int64_t flops(const ClipConfig& config) const;
    VitConfig shapesOnly() const;
    bool operator==(const VitConfig& other) const;
};

/// SigLIP's image tower: no class token, attention-pool head, no projection.
struct SiglipVitConfig {
    int layers = 12;
    int width = 768;
    int heads = 12;
    double mlpRatio = 4.0;
    int patchSize = 16;

    Vit numbers(const ClipConfig& config) const;
    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return patchSize; }
    GridPositions positions() const { return {"positional_embedding", 0}; }
    int64_t flops(const ClipConfig& config) const;
    SiglipVitConfig shapesOnly() const;
    bool operator==(const SiglipVitConfig& other) const;
};

/// open_clip's vision_cfg of a ModifiedResNet, OpenAI's: "layers" is a list of four.
struct ModifiedResNetConfig {
    std::vector<int> layers = {3, 4, 6, 3};
    int width = 64;
    int headWidth = 64;

    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return 32; }
    GridPositions positions() const { return {"attnpool.positional_embedding", 1}; }
    int smallestSize() const { return 32; }
    bool hasPatches() const { return false; }
    int64_t flops(const ClipConfig& config) const;
    ModifiedResNetConfig shapesOnly() const;
    bool operator==(const ModifiedResNetConfig&) const = default;
};

/// Which of a text's outputs are its feature.
enum class Pooling {
    Last,       ///< of the last token that counts: CLIP's end-of-text token, the last place of SigLIP's context
    LargestId,  ///< of the first token with the largest id: CLIP's end-of-text token, where padding counts as well
    End,        ///< of the first token endId: MetaCLIP 2
    First,      ///< of BERT's [CLS]
    Pooler,     ///< of BERT's [CLS], through a linear layer and tanh
    Mean,       ///< the mean of all tokens
    Max,        ///< the largest of each number over all tokens
};

/// A text tower. The defaults are those of open_clip's text_cfg, CLIP's.
struct TextConfig {
    std::string kind = "clip";  ///< of textKinds(): clip, cbow, bert, coca
    int contextLength = 77;
    int vocabularySize = 49408;
    int width = 512;
    int heads = 8;
    int layers = 12;  ///< 0: CBOW
    double mlpRatio = 4.0;
    bool causal = true;         ///< a token sees itself and those before it
    bool fillsContext = false;  ///< padding counts: each text is as long as the context
    Pooling pooling = Pooling::Last;
    int endId = 0;         ///< the end-of-text token, where pooling asks for it
    int padId = 0;         ///< what BERT's family and CoCa do not see, wherever in a text it stands
    bool projects = true;  ///< by a matrix to the embedding's width, which it has else
    bool projectionBias = false;
    double epsilon = 1e-5;     ///< of the layer norms
    int tokenTypes = 0;        ///< rows of BERT's table of token types, of which the first is used
    int positionRows = 0;      ///< of BERT's table of positions
    int positionOffset = 0;    ///< of those, the ones before that of the first token: RoBERTa's 2
    std::string hubName = {};  ///< open_clip's hf_model_name, empty for towers of its own

    bool isCbow() const { return kind == "cbow"; }
    /// OpenAI's: the output of the end-of-text token, which sees those before it, projected.
    bool isClips() const { return kind == "clip" && causal && !fillsContext && projects && !projectionBias; }
    bool operator==(const TextConfig&) const = default;
};

/// What projects a tower's features to the width of the embedding, apart from the tower.
struct HeadSpec {
    std::string kind = "none";  ///< of headKinds(): none (the tower projects itself, or needs it not), linear, mlp, …
    bool bias = false;          ///< of the last layer
    double dropout = 0;         ///< while training

    bool operator==(const HeadSpec&) const = default;
};

/// open_clip's model_cfg.
struct ClipConfig {
    int embedDim = 512;
    Activation imageActivation = Activation::Gelu;
    Activation textActivation = Activation::Gelu;
    int imageSize = 224;
    ImageSpec vision = VitConfig();
    HeadSpec imageHead;
    TextConfig text;
    HeadSpec textHead;
    bool logitBias = false;  ///< SigLIP: logits = scale * cosine + bias

    bool operator==(const ClipConfig&) const = default;
};

/// Width of an MLP's hidden layer.
int hiddenWidth(int width, double mlpRatio);

/// Of what the image tower makes before its own head, if it has one.
int featureWidth(const ClipConfig& config);

/// Side of a square grid of patches, or of a ResNet's last feature map.
int gridSize(const ClipConfig& config);

}  // namespace diagonal
