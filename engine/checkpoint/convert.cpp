// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/convert.h"

#include <ATen/CPUGeneratorImpl.h>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/base/new_folder.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/hub_type.h"
#include "engine/checkpoint/hugging_face_config.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/formats/torch_writer.h"
#include "engine/parts/text_towers/hub_text_config.h"
#include "engine/parts/timm_siglip.h"

namespace diagonal {

namespace fs = std::filesystem;
using torch::Tensor;

namespace {

using Notes = std::vector<std::string>;

fs::path writeOpenClip(const ModelBundle& bundle, const fs::path& folder, Notes& notes) {
    const ClipConfig& clip = bundle.model->config();
    saveModelFolder(folder, bundle);
    if (clip.text.isCbow()) notes.emplace_back("open_clip has no CBOW text tower: only Diagonal reads this folder");
    if (const auto* siglip = clip.vision.as<SiglipVitConfig>()) {
        const auto timm = siglipOfTimm(timmNameOf(*siglip, clip.imageSize));
        if (!timm)
            notes.emplace_back("timm has no image tower of this size: only Diagonal reads this folder");
        else if (timm->activation != clip.imageActivation)
            notes.emplace_back("open_clip computes this image tower with " + nameOf(timm->activation) +
                               ", the model was made for " + nameOf(clip.imageActivation) +
                               ": features differ slightly there");
    }
    if (clip.imageHead.kind == "residual" || clip.textHead.kind == "residual")
        notes.emplace_back("open_clip has no residual heads: only Diagonal reads this folder");
    else if (clip.text.hubName == kHubFolder)
        notes.emplace_back("open_clip finds the text tower's configuration, " + std::string(kHubFolder) +
                           "/config.json, when it runs in this folder");
    else if (!clip.text.hubName.empty())
        notes.emplace_back("open_clip fetches the configuration of the text tower " + clip.text.hubName +
                           " from Hugging Face; without a network, name a folder that holds it in hf_model_name");
    if (bundle.preprocess.edge > 0)
        notes.emplace_back("open_clip leaves no margin around the crop, as this model does: features differ there");
    if (bundle.preprocess.floorCrop && bundle.preprocess.resizeMode == ResizeMode::Shortest)
        notes.emplace_back("open_clip rounds the centre crop otherwise: one pixel aside in some pictures");
    return folder;
}

fs::path writeHuggingFace(const ModelBundle& bundle, const fs::path& folder, Notes& notes) {
    const ClipConfig& clip = bundle.model->config();
    const HubType& type = hubTypeToWrite(clip);
    nlohmann::json root = type.write(clip);
    if (clip.text.isClips()) {
        const std::vector<int64_t> nothing = bundle.tokenizer->encode("");
        root["text_config"].update({{"bos_token_id", nothing.front()}, {"eos_token_id", nothing.back()}});
    }
    const std::string config = root.dump(2) + "\n";
    const std::string processor = toHuggingFace(bundle.preprocess, type).dump(2) + "\n";
    const Tensors tensors = type.layout().toTheirs(bundle.model->stateDict());
    fs::create_directories(folder);
    bundle.tokenizer->save(folder);
    writeSafetensors(folder / "model.safetensors", {tensors.begin(), tensors.end()}, {{"format", "pt"}});
    writeFile(folder / "preprocessor_config.json", processor);
    writeFile(folder / "config.json", config);
    if (!bundle.preprocess.floorCrop && bundle.preprocess.resizeMode == ResizeMode::Shortest)
        notes.emplace_back("Hugging Face rounds the centre crop otherwise: one pixel aside in some pictures");
    if (bundle.preprocess.resizeMode == ResizeMode::Shortest)
        notes.emplace_back("transformers resizes with torchvision unless told use_fast=False: pixels differ slightly");
    return folder;
}

/// OpenAI's code knows one kind of each: heads of 64, QuickGELU, a causal transformer.
void requireOpenAis(const ClipConfig& clip) {
    std::string reason;
    const auto* vit = clip.vision.as<VitConfig>();
    const auto* net = clip.vision.as<ModifiedResNetConfig>();
    if (clip.vision.is<SiglipVitConfig>())
        reason = "a SigLIP model";
    else if (clip.logitBias)
        reason = "the bias of the sigmoid loss, without which probabilities are others";
    else if (vit == nullptr && net == nullptr)
        reason = "this image tower: " + clip.vision.describe();
    else if (clip.text.isCbow())
        reason = "a CBOW text tower";
    else if (clip.text.pooling == Pooling::End)
        reason = "MetaCLIP 2's end-of-text token";
    else if ((vit != nullptr && !vit->isPlain()) || !clip.text.isClips())
        reason = "these towers: its images have a norm before the blocks and a class token, its texts a causal mask";
    else if (clip.imageActivation != Activation::QuickGelu || clip.textActivation != Activation::QuickGelu)
        reason = "GELU: it would compute QuickGELU, and wrong features";
    else if ((vit != nullptr && (vit->headWidth != 64 || hiddenWidth(vit->width, vit->mlpRatio) != 4 * vit->width)) ||
             (net != nullptr && net->headWidth != 64))
        reason = "this image tower: its heads are 64 wide, its MLPs four times the width";
    else if (clip.text.width != 64 * clip.text.heads ||
             hiddenWidth(clip.text.width, clip.text.mlpRatio) != 4 * clip.text.width)
        reason = "this text tower: its heads are 64 wide, its MLPs four times the width";
    if (!reason.empty())
        throw Error("convert", "OpenAI's form has no place for " + reason,
                    hubTypeFor(clip) == nullptr ? "Convert to open_clip" : "Convert to open_clip or hf");
}

fs::path writeOpenAi(const ModelBundle& bundle, const fs::path& folder, Notes& notes) {
    const ClipConfig& clip = bundle.model->config();
    requireOpenAis(clip);
    Tensors tensors = openClipLayout().toTheirs(bundle.model->stateDict());
    for (auto& [name, tensor] : tensors)
        tensor = tensor.detach().contiguous();
    tensors["input_resolution"] = torch::tensor(clip.imageSize, torch::kLong);
    tensors["context_length"] = torch::tensor(clip.text.contextLength, torch::kLong);
    tensors["vocab_size"] = torch::tensor(clip.text.vocabularySize, torch::kLong);
    std::vector<TensorBytes> bytes;
    for (const auto& [name, tensor] : tensors)
        bytes.push_back({name,
                         tensor.scalar_type() == torch::kLong ? Dtype::I64 : Dtype::F32,
                         tensor.sizes().vec(),
                         {static_cast<const uint8_t*>(tensor.const_data_ptr()), tensor.nbytes()}});
    fs::create_directories(folder);
    if (!hasClipVocabulary(bundle)) {
        bundle.tokenizer->save(folder);
        notes.emplace_back("OpenAI's code has only CLIP's vocabulary: this model's own lies beside the weights");
    }
    writeTorchFile(folder / "model.pt", bytes);
    return folder / "model.pt";
}

/// The logits of the built-in batch: four images of noise and four sentences, always the same.
Tensor logits(const ModelBundle& bundle) {
    const c10::InferenceMode inference;
    auto generator = at::detail::createCPUGenerator(20210226);
    const int64_t size = bundle.model->config().imageSize;
    const Tensor images = torch::randn({4, 3, size, size}, generator);
    const std::vector<std::string> texts = {"a photo of a dog", "two red circles", "a diagram of a neural network",
                                            "people on a beach at sunset, seen from far away"};
    const TokenBatch tokens = bundle.tokenizer->tokenize(texts);
    const Tensor ids = torch::tensor(tokens.ids, torch::kLong).view({tokens.count, tokens.length});
    const Tensor cosines = bundle.model->encodeImage(images).matmul(
        bundle.model->encodeText(ids, torch::tensor(tokens.lengths, torch::kLong)).t());
    const Tensor scaled = bundle.model->logitScale().exp() * cosines;
    return bundle.model->logitBias().defined() ? scaled + bundle.model->logitBias() : scaled;
}

}  // namespace

Conversion convertModel(const fs::path& model, ModelForm form, const fs::path& folder, const JobContext& job,
                        const ModelHints& hints) {
    constexpr int kSteps = 4;
    requireNew(folder);
    job.progress(0, kSteps);
    const ModelBundle source = loadModel(model, {.writable = false, .imageSize = {}, .hints = hints, .job = {}});
    job.throwIfStopped();
    job.progress(1, kSteps);
    NewFolder unfinished(folder);
    Conversion result;
    try {
        switch (form) {
            case ModelForm::OpenClip:
                result.path = writeOpenClip(source, unfinished.path(), result.notes);
                break;
            case ModelForm::HuggingFace:
                result.path = writeHuggingFace(source, unfinished.path(), result.notes);
                break;
            case ModelForm::OpenAi:
                result.path = writeOpenAi(source, unfinished.path(), result.notes);
                break;
        }
    } catch (const fs::filesystem_error& error) {
        throw Error(displayName(folder), "cannot be written: " + error.code().message());
    }
    job.throwIfStopped();
    job.progress(2, kSteps);
    const Tensor before = logits(source);
    job.throwIfStopped();
    job.progress(3, kSteps);
    const Tensor after = logits(loadModel(result.path));
    result.largestLogit = before.abs().max().item<double>();
    result.largestLogitDifference = (before - after).abs().max().item<double>();
    // Bits are copied: what is left are sums in another order.
    constexpr double kTolerance = 1e-3;
    if (!(result.largestLogitDifference <= kTolerance * std::max(1.0, result.largestLogit)))
        throw Error("convert",
                    "the model would compute otherwise in that form: logits differ by " +
                        std::to_string(result.largestLogitDifference),
                    "Convert to open_clip");
    // The folder, or a file in it.
    const bool isFolder = result.path == unfinished.path();
    result.path = isFolder ? unfinished.target() : unfinished.target() / result.path.filename();
    unfinished.commit();
    job.progress(kSteps, kSteps);
    return result;
}

}  // namespace diagonal
