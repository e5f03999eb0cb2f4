// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include "engine/base/error.h"
#include "engine/checkpoint/config_from_tensors.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/model_source.h"
#include "engine/checkpoint/presets.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

struct Origin {
    bool torchScript, numbers, halves, huggingFace, chineseClip;
    std::string fileName;
};

/// No shape tells which GELU a model was trained with; its origin does, as far as it is known.
void decideActivation(ModelSource& source, const Origin& origin) {
    ClipConfig& clip = source.clip;
    if (clip.vision.is<SiglipVitConfig>()) {
        if (origin.huggingFace) clip.imageActivation = clip.textActivation = Activation::GeluTanh;
        source.activationFrom = origin.huggingFace ? "Hugging Face's default for SigLIP" : "open_clip's preset";
        return;
    }
    const Activation ofText = clip.textActivation;
    if (origin.chineseClip) {
        clip.imageActivation = Activation::QuickGelu;
        source.activationFrom = "Chinese-CLIP's image towers, which are OpenAI's";
        return;
    }
    const bool openAi = origin.torchScript || origin.numbers || origin.halves;
    const bool quick = openAi || origin.huggingFace || origin.fileName.find("quickgelu") != std::string::npos;
    clip.imageActivation = clip.textActivation = quick ? Activation::QuickGelu : Activation::Gelu;
    if (clip.text.kind == "bert") clip.textActivation = ofText;
    source.activationFrom = origin.halves        ? "weights in float16 beside float32 norms, as OpenAI stores them"
                            : openAi             ? "OpenAI's form, whose models all have QuickGELU"
                            : origin.huggingFace ? "Hugging Face's default, as no config.json is here"
                            : quick              ? "the file's name"
                                                 : "open_clip's default; --architecture says otherwise";
}

std::optional<torch::ScalarType> typeOf(const StateDict& state, const std::string& name) {
    const auto found = state.tensors.find(name);
    return found == state.tensors.end() ? std::nullopt : std::optional(found->second.scalar_type());
}

std::string formatOf(const Origin& origin, const std::string& container, const std::string& layout) {
    if (origin.torchScript) return "OpenAI TorchScript archive";
    if (origin.numbers) return "OpenAI state dict (" + container + ")";
    return layout + " state dict (" + container + ")";
}

}  // namespace

ModelSource openWeightsFile(const fs::path& file, const ModelHints& hints) {
    ModelSource source;
    source.path = file;
    source.weights = {file};
    source.configFile = displayName(file);
    StateDict state = readStateDict({file});
    const Layout& layout = findLayout(state.tensors, source.configFile);
    const Origin origin = {
        state.container == "TorchScript archive",
        state.tensors.contains("input_resolution") && state.tensors.contains("vocab_size"),
        typeOf(state, "visual.conv1.weight") == torch::kHalf && typeOf(state, "ln_final.weight") == torch::kFloat,
        layout.isHuggingFaces(),
        &layout == &chineseClipLayout(),
        file.filename().string()};
    source.format = formatOf(origin, state.container, layout.name());
    source.state = inOurNames(std::move(state), source.configFile);
    if (hints.architecture.empty()) {
        source.clip = configFromTensors(source.state.tensors, source.configFile);
        decideActivation(source, origin);
    } else {
        source.clip = architecture(hints.architecture);
        source.activationFrom = "--architecture " + hints.architecture;
    }
    const bool siglip = source.clip.vision.is<SiglipVitConfig>();
    source.preprocess.width = source.preprocess.height = source.clip.imageSize;
    if (&layout == &tutorialLayout()) {
        source.preprocess = preprocessFor(source.clip);
        source.preprocess.resizeMode = ResizeMode::Squash;
        source.preprocess.interpolation = Interpolation::Bilinear;
    } else if (origin.chineseClip) {
        source.preprocess.resizeMode = ResizeMode::Squash;
    } else if (siglip) {
        source.preprocess.resizeMode = ResizeMode::Squash;
        source.preprocess.mean = source.preprocess.std = {0.5F, 0.5F, 0.5F};
    }
    source.cleaning = origin.huggingFace                ? TextCleaning::HuggingFace
                      : siglip                          ? TextCleaning::Canonicalize
                      : source.clip.text.kind == "bert" ? TextCleaning::Whitespace
                                                        : TextCleaning::Lower;
    // A vocabulary other than CLIP's must lie beside the weights.
    if (source.clip.text.vocabularySize != TokenizerConfig().vocabularySize)
        source.tokenizerFolder = fs::absolute(file).parent_path();
    return source;
}

}  // namespace diagonal
