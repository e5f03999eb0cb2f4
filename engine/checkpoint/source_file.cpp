// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/checkpoint/config_from_tensors.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/model_source.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/image_towers/timm_pictures.h"
#include "engine/parts/timm_vit.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

struct Origin {
    bool torchScript, numbers, halves, huggingFace, chineseClip;
    std::string fileName;
};

/// What names of files and folders tell: those under which the models of open_clip's list are published.
struct NameHint {
    const char* part;
    bool quick;
};
constexpr NameHint kNameHints[] = {
    {"quickgelu", true}, {"altogether", false}, {"39b", false},        {"metaclip", true},    {"fullcc", true},
    {"dfn", true},       {"openai", true},      {"yfcc15m", true},     {"cc12m", true},       {"laion", false},
    {"datacomp", false}, {"commonpool", false}, {"b32_400m.pt", true}, {"b16_400m.pt", true}, {"l14_400m.pt", true},
};

/// Of a commit, in a cache of Hugging Face's: it has no meaning.
bool isHash(const std::string& name) {
    return name.size() == 40 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// The hint in a file's name, else that in the nearest of the folders that a cache of Hugging Face's puts around it.
std::optional<bool> isQuickByName(const fs::path& file) {
    fs::path part = fs::absolute(file);
    for (int i = 0; i < 4 && part.has_relative_path(); ++i, part = part.parent_path()) {
        const std::string name = lowered(part.filename().string());
        if (isHash(name)) continue;
        for (const NameHint& hint : kNameHints)
            if (name.find(hint.part) != std::string::npos) return hint.quick;
    }
    return std::nullopt;
}

/// No shape tells which GELU a model was trained with; its origin does, as far as it is known. Throws Error where
/// models of this architecture are published with both.
void decideActivation(ModelSource& source, const Origin& origin) {
    ClipConfig& clip = source.clip;
    if (clip.vision.is<SiglipVitConfig>()) {
        if (origin.huggingFace) clip.imageActivation = clip.textActivation = Activation::GeluTanh;
        source.activationFrom = origin.huggingFace ? "Hugging Face's default for SigLIP" : "open_clip's preset";
        return;
    }
    if (clip.vision.is<TimmVitConfig>()) {
        source.activationFrom = "timm's tower";
        return;
    }
    if (origin.chineseClip) {
        clip.imageActivation = Activation::QuickGelu;
        source.activationFrom = "Chinese-CLIP's image towers, which are OpenAI's";
        return;
    }
    const Activation ofText = clip.textActivation;
    const bool openAi = origin.torchScript || origin.numbers || origin.halves;
    const auto named = isQuickByName(source.path);
    clip.imageActivation = clip.textActivation = Activation::QuickGelu;
    const std::string quickPreset = presetOf(clip);
    const bool quick = openAi || origin.huggingFace || named.value_or(false);
    if (!quick) clip.imageActivation = clip.textActivation = Activation::Gelu;
    if (clip.text.kind == "bert") clip.textActivation = ofText;
    if (!quick && !named && !quickPreset.empty())
        if (const std::string preset = presetOf(clip); !preset.empty())
            throw Error(source.configFile,
                        "may have been trained with GELU or with QuickGELU, which no tensor tells; the wrong one gives "
                        "wrong features",
                        "Give --architecture " + preset + " (LAION, DataComp) or --architecture " + quickPreset +
                            " (OpenAI, MetaCLIP, DFN)");
    source.activationFrom = origin.halves        ? "weights in float16 beside float32 norms, as OpenAI stores them"
                            : openAi             ? "OpenAI's form, whose models all have QuickGELU"
                            : origin.huggingFace ? "Hugging Face's default, as no config.json is here"
                            : named              ? "the file's name"
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
    refusePart(file);
    StateDict state = readModelState({file});
    const Layout& layout = findLayout(state.tensors, source.configFile);
    const Origin origin = {
        state.container == "TorchScript archive",
        state.tensors.contains("input_resolution") && state.tensors.contains("vocab_size"),
        typeOf(state, "visual.conv1.weight") == torch::kHalf && typeOf(state, "ln_final.weight") == torch::kFloat,
        layout.isHuggingFaces(),
        &layout == &chineseClipLayout(),
        file.filename().string()};
    const bool isTutorials = &layout == &tutorialLayout();
    source.format = formatOf(origin, state.container, layout.name());
    source.state = inOurNames(std::move(state), source.configFile);
    std::string named = hints.architecture, from = "--architecture " + named;
    const fs::path description = fs::path(file).replace_extension(".json");
    if (std::error_code error; named.empty() && fs::is_regular_file(description, error)) {
        named = description.string();
        from = displayName(description.filename());
    }
    if (named.empty()) {
        const bool isOpenAis = origin.torchScript || origin.numbers;
        const ReadConfig read =
            configFromTensors(source.state.tensors, source.configFile, origin.chineseClip || isTutorials || isOpenAis);
        source.clip = read.clip;
        if (!read.isPreset && !isOpenAis && !isTutorials)
            source.notes.push_back(
                "no known architecture has these shapes: its heads of attention are taken to be 64 wide, as OpenAI's; "
                "--architecture, or a JSON file beside it, says otherwise");
        decideActivation(source, origin);
    } else {
        source.clip = architecture(named);
        source.activationFrom = from;
    }
    const bool siglip = source.clip.vision.is<SiglipVitConfig>();
    source.preprocess = preprocessFor(source.clip);
    if (isTutorials) {
        source.preprocess.resizeMode = ResizeMode::Squash;
        source.preprocess.interpolation = Interpolation::Bilinear;
        source.preprocess.mean = kImageNetMean;  // whatever the tower
        source.preprocess.std = kImageNetDeviation;
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
