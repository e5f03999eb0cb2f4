// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/layout.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/hub_type.h"

namespace diagonal {

namespace {

/// How models that are not CLIP betray themselves.
struct Stranger {
    const char* sign;  ///< part of a tensor's name
    const char* what;
};

constexpr Stranger kStrangers[] = {
    {"text.transformer.encoder.block.", "a CLIP model with the text encoder mT5"},
    {"text.transformer.shared.", "a CLIP model with a text encoder for translation (mT5, NLLB)"},
    {"text.transformer.embed_tokens.", "a CLIP model with a text encoder for translation (mT5, NLLB)"},
    {"visual.trunk.stages.", "a CLIP model with a ConvNeXt or ViTamin image tower"},
    {"visual.trunk.layers.", "a CLIP model with a Swin image tower"},
    {"visual.trunk.", "a CLIP model with an image tower of timm that is not known here"},
    {"visual.blocks.", "an EVA CLIP model under its authors' names; open_clip's form of it can be read"},
    {"visual.", "a CLIP model of a kind that is not known here"},
    {"text_model.embeddings.word_embeddings.", "AltCLIP, or only the text tower of Chinese-CLIP"},
    {"bert.embeddings.", "a BERT model, a text tower alone: --text-weights takes it"},
    {"image_tower.", "a model of another family (TinyCLIP, MobileCLIP in its authors' form)"},
    {"Qformer.", "a BLIP-2 model"},
    {"text_encoder.cls.", "a BLIP model"},
    {"class_predictor.", "an OWL model, which finds objects"},
    {"model.diffusion_model.", "a Stable Diffusion model"},
    {"text_model.embeddings.", "only the text tower of a CLIP model"},
    {"vision_model.embeddings.", "only the image tower of a CLIP model"},
    {"vision_model.", "an image and text model that is neither CLIP nor SigLIP"},
    {"lora_", "a LoRA adapter, not a whole model"},
    {"exp_avg", "an optimizer's state, not a model"},
    {"embed_tokens.", "a language model"},
    {"transformer.wte.", "a language model (GPT-2)"},
    {"encoder.layer.", "a BERT or ViT encoder"},
    {"blocks.", "an image model of timm (ViT)"},
    {"layer4.", "an image classifier (ResNet)"},
    {"embeddings", "a file of embeddings, not a model"},
};

Error notClip(const Tensors& tensors, const std::string& file) {
    const std::string remedy =
        "Diagonal reads models of OpenAI and open_clip, and CLIP, SigLIP, MetaCLIP 2 and Chinese-CLIP of Hugging Face";
    if (tensors.empty()) return {file, "holds no tensors", remedy};
    for (const auto& stranger : kStrangers) {
        for (const auto& [name, tensor] : tensors) {
            if (name.find(stranger.sign) != std::string::npos)
                return {file, std::string("is no CLIP model that can be read here: it seems to be ") + stranger.what,
                        remedy};
        }
    }
    return {file, "is no CLIP model: its first tensor is called \"" + tensors.begin()->first + "\"", remedy};
}

}  // namespace

const Layout* layoutOf(const Tensors& tensors) {
    for (const Layout* layout : {&openClipLayout(), &tutorialLayout(), &chineseClipLayout()})
        if (layout->matches(tensors)) return layout;
    for (const HubType* type : hubTypes())
        if (type->matches(tensors)) return &type->layout();
    return nullptr;
}

const Layout& findLayout(const Tensors& tensors, const std::string& file) {
    if (const Layout* layout = layoutOf(tensors)) return *layout;
    throw notClip(tensors, file);
}

}  // namespace diagonal
