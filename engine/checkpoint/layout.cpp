// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/layout.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;
using Form = TensorRule::Form;

namespace {

/// How models that are not CLIP betray themselves.
struct Stranger {
    const char* sign;  ///< part of a tensor's name
    const char* what;
};

constexpr Stranger kStrangers[] = {
    {"text.transformer.embeddings.", "a CLIP model with a Hugging Face text encoder (XLM-RoBERTa or the like)"},
    {"text.transformer.encoder.", "a CLIP model with a Hugging Face text encoder (mT5 or the like)"},
    {"text_decoder.", "a CoCa model"},
    {"visual.trunk.stages.", "a CLIP model with a ConvNeXt or ViTamin image tower"},
    {"visual.trunk.layers.", "a CLIP model with a Swin image tower"},
    {"visual.trunk.", "a CLIP model with an image tower of timm that is not SigLIP's"},
    {"visual.blocks.", "an EVA CLIP model"},
    {"visual.", "a CLIP model of a kind that is not known here"},
    {"bert.embeddings.", "a Chinese-CLIP or BERT model"},
    {"model.diffusion_model.", "a Stable Diffusion model"},
    {"text_model.embeddings.", "only the text tower of a CLIP model"},
    {"vision_model.embeddings.", "only the image tower of a CLIP model"},
    {"vision_model.", "an image and text model that is neither CLIP nor SigLIP"},
    {"lora_", "a LoRA adapter, not a whole model"},
    {"exp_avg", "an optimizer's state, not a model"},
    {"model.embed_tokens.", "a language model"},
    {"transformer.wte.", "a language model (GPT-2)"},
    {"encoder.layer.", "a BERT or ViT encoder"},
    {"blocks.", "an image model of timm (ViT)"},
    {"layer4.", "an image classifier (ResNet)"},
    {"embeddings", "a file of embeddings, not a model"},
};

Error notClip(const Tensors& tensors, const std::string& file) {
    const std::string remedy =
        "Diagonal reads CLIP (ViT, ResNet) and SigLIP models of OpenAI, open_clip and Hugging Face";
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

class OpenClipLayout : public Layout {
  public:
    std::string name() const override { return "open_clip"; }
    bool matches(const Tensors& theirs) const override {
        return theirs.contains("token_embedding.weight") && theirs.contains("visual.conv1.weight");
    }
    Tensors toOurs(Tensors& theirs) const override {
        // OpenAI's archives keep three numbers beside the weights; their shapes tell the same.
        for (const char* number : {"input_resolution", "context_length", "vocab_size", "attn_mask"})
            theirs.erase(number);
        return std::exchange(theirs, {});
    }
    Tensors toTheirs(const Tensors& ours) const override { return ours; }
};

Tensor fromTheirs(const TensorRule& rule, const std::vector<Tensor>& parts, bool& fits) {
    const Tensor& first = parts.front();
    switch (rule.form) {
        case Form::Transposed:
            fits = first.dim() == 2;
            return fits ? first.t() : first;
        case Form::Unsqueezed:
            if (first.dim() == 0) return first;  // a scalar may stand without its dimension
            fits = first.size(0) == 1;
            return fits ? first.squeeze(0) : first;
        case Form::Stacked:
            for (const Tensor& part : parts)
                fits = fits && part.dim() == first.dim() && part.dim() > 0 &&
                       part.scalar_type() == first.scalar_type() && part.sizes().slice(1) == first.sizes().slice(1);
            return fits ? torch::cat(parts) : first;
        case Form::Same:
            break;
    }
    return first;
}

}  // namespace

const Layout& openClipLayout() {
    static const OpenClipLayout layout;
    return layout;
}

const Layout& findLayout(const Tensors& tensors, const std::string& file) {
    for (const Layout* layout :
         {&openClipLayout(), &openClipSiglipLayout(), &huggingFaceClipLayout(), &huggingFaceSiglipLayout()}) {
        if (layout->matches(tensors)) return *layout;
    }
    throw notClip(tensors, file);
}

int countLayers(const Tensors& tensors, const std::string& prefix) {
    int count = 0;
    for (auto entry = tensors.lower_bound(prefix + "."); entry != tensors.end(); ++entry) {
        const std::string& name = entry->first;
        if (!name.starts_with(prefix + ".")) break;
        int number = -1;
        std::from_chars(name.data() + prefix.size() + 1, name.data() + name.size(), number);
        count = std::max(count, std::min(number, 9999) + 1);
    }
    return count;
}

void addWeightAndBias(std::vector<TensorRule>& rules, const std::string& ours, const std::string& theirs) {
    for (const char* part : {".weight", ".bias"})
        rules.push_back({ours + part, {theirs + part}});
}

Tensors applyRules(const std::vector<TensorRule>& rules, Tensors& theirs) {
    Tensors ours;
    for (const auto& rule : rules) {
        std::vector<Tensor> parts;
        for (const auto& name : rule.theirs) {
            const auto found = theirs.find(name);
            if (found != theirs.end()) parts.push_back(found->second);
        }
        if (parts.size() != rule.theirs.size()) continue;
        bool fits = true;
        Tensor tensor = fromTheirs(rule, parts, fits);
        if (!fits) continue;
        ours.emplace(rule.ours, std::move(tensor));
        for (const auto& name : rule.theirs)
            theirs.erase(name);
    }
    return ours;
}

Tensors applyRulesBackwards(const std::vector<TensorRule>& rules, const Tensors& ours) {
    Tensors theirs;
    for (const auto& rule : rules) {
        const auto found = ours.find(rule.ours);
        if (found == ours.end()) continue;
        const Tensor& tensor = found->second;
        if (rule.form == Form::Stacked) {
            std::vector<int> shares = rule.shares;
            if (shares.empty()) shares.assign(rule.theirs.size(), 1);
            const int64_t unit = tensor.size(0) / std::accumulate(shares.begin(), shares.end(), 0);
            int64_t row = 0;
            for (size_t i = 0; i < shares.size(); ++i) {
                theirs.emplace(rule.theirs[i], tensor.narrow(0, row, unit * shares[i]));
                row += unit * shares[i];
            }
        } else {
            theirs.emplace(rule.theirs.front(), rule.form == Form::Transposed   ? tensor.t()
                                                : rule.form == Form::Unsqueezed ? tensor.unsqueeze(0)
                                                                                : tensor);
        }
    }
    return theirs;
}

}  // namespace diagonal
