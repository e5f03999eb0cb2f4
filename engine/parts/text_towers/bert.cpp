// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/text_towers/bert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/half_weights.h"
#include "engine/parts/head.h"
#include "engine/parts/shapes.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/text_tower.h"
#include "engine/parts/text_towers/hub_text_config.h"
#include "engine/parts/text_towers/packed_texts.h"
#include "engine/parts/transformer.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;
using torch::Tensor;
using Form = TensorRule::Form;

namespace {

constexpr double kInitDeviation = 0.02;

/// What transformers calls one of BERT's family, and the words of its config.json. All have the same blocks.
struct Dialect {
    const char* type;  ///< model_type
    const char *width, *layers, *heads, *hidden, *activation;
    int padId, vocabulary;
    bool skipsPadding;  ///< positions are counted from behind padId, and padding has none
    bool hasTypes;
};

constexpr std::array<Dialect, 4> kDialects = {{
    {"bert", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", 0, 30522,
     false, true},
    {"distilbert", "dim", "n_layers", "n_heads", "hidden_dim", "activation", 0, 30522, false, false},
    {"roberta", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", 1, 50265,
     true, true},
    {"xlm-roberta", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", 1,
     30522, true, true},
}};

const Dialect* dialectOf(const std::string& type) {
    const auto found =
        std::find_if(kDialects.begin(), kDialects.end(), [&](const auto& one) { return type == one.type; });
    return found == kDialects.end() ? nullptr : &*found;
}

struct PoolingName {
    Pooling pooling;
    const char* name;  ///< open_clip's hf_pooler_type
};
constexpr PoolingName kPoolings[] = {{Pooling::Mean, "mean_pooler"},
                                     {Pooling::Max, "max_pooler"},
                                     {Pooling::Pooler, "cls_pooler"},
                                     {Pooling::First, "cls_last_hidden_state_pooler"}};

/// BERT (Devlin et al., 2018) and its kin: learned positions and token types, a norm behind each sum, all tokens see
/// each other. Without dropout.
class Bert : public TextTower {
  public:
    Bert(const Scope& scope, const ClipConfig& config) : m_config(config.text) {
        const TextConfig& text = config.text;
        const Init init = Init::normal(kInitDeviation);
        const auto embedding = register_module("token_embedding", std::make_shared<torch::nn::Module>());
        m_embedding = embedding->register_parameter(
            "weight", (scope / "token_embedding").take("weight", {text.vocabularySize, text.width}, init));
        m_positions = register_parameter("positional_embedding",
                                         scope.take("positional_embedding", {text.positionRows, text.width}, init));
        if (text.tokenTypes > 0)
            m_types = register_parameter("token_type_embedding",
                                         scope.take("token_type_embedding", {text.tokenTypes, text.width}, init));
        m_norm = addChild<LayerNorm>(*this, scope, "ln_embedding", text.width, text.epsilon);
        m_transformer = addChild<Transformer>(
            *this, scope, "transformer",
            TransformerConfig{text.width, text.layers, text.heads, hiddenWidth(text.width, text.mlpRatio),
                              config.textActivation, text.epsilon, true, Norms::AfterSum});
        if (text.pooling == Pooling::Pooler)
            m_pooler = addChild<Linear>(*this, scope, "pooler", text.width, text.width, init);
        if (const HeadKind* head = headKind(config.textHead.kind))
            m_head = register_module(
                "proj", head->build(scope / "proj", {text.width, config.embedDim, false, config.textHead}));
    }

    Tensor forward(const Tensor& ids, const Tensor& lengths) override {
        const Texts texts = withoutPadding(ids, lengths);
        Tensor pooled = ids.device().is_cpu() ? encodePacked(texts) : encode(texts);
        if (m_pooler) pooled = torch::tanh((*m_pooler)(pooled));
        return m_head ? m_head->forward(pooled) : pooled;
    }

    void setGradCheckpointing(bool on) override { m_transformer->setGradCheckpointing(on); }

  private:
    bool poolsFirst() const { return m_config.pooling == Pooling::First || m_config.pooling == Pooling::Pooler; }

    /// Texts without what nothing sees: padding, also where a text itself spells it, which transformers takes for
    /// padding too.
    struct Texts {
        Tensor ids;        ///< int64 [n, length], those that are seen first
        Tensor positions;  ///< int64 [n, length], of the tokens, from 0
        Tensor lengths;    ///< int64 [n]
    };

    Texts withoutPadding(const Tensor& ids, const Tensor& lengths) const {
        const Tensor places = torch::arange(ids.size(1), ids.options());
        const Tensor hidden = (ids == m_config.padId).logical_or(places.unsqueeze(0) >= lengths.unsqueeze(1));
        const Tensor order = hidden.to(torch::kInt).argsort(/*stable=*/true, 1, /*descending=*/false);
        // RoBERTa counts only what is no padding.
        const Tensor positions = m_config.positionOffset > 0 ? places.expand_as(ids) : order;
        return {ids.gather(1, order), positions, hidden.logical_not().sum(1).clamp_min(1)};
    }

    /// positions: int64, of the tokens in their texts
    Tensor embedded(const Tensor& ids, const Tensor& positions) const {
        Tensor x = embeddingRows(m_embedding, ids, type()) +
                   embeddingRows(m_positions, positions + m_config.positionOffset, type());
        if (m_types.defined()) x = x + widenedTo(type(), m_types)[0];
        return (*m_norm)(x);
    }

    /// One batch with padding, which nothing sees.
    Tensor encode(const Texts& texts) const {
        const Tensor places = torch::arange(texts.ids.size(1), texts.ids.options());
        const Tensor counts = places.unsqueeze(0) < texts.lengths.unsqueeze(1);  // bool [n, length]
        const Tensor x = embedded(texts.ids, texts.positions);
        if (poolsFirst()) return m_transformer->forwardPooled(x, torch::zeros_like(texts.lengths), false, counts);
        const Tensor all = m_transformer->forward(x, false, counts);
        const Tensor masked = counts.unsqueeze(2);
        if (m_config.pooling == Pooling::Max)
            return all.masked_fill(masked.logical_not(), -std::numeric_limits<float>::infinity()).amax(1);
        return (all * masked).sum(1) / texts.lengths.unsqueeze(1);
    }

    Tensor encodePacked(const Texts& texts) const {
        const PackedTexts packed = packTexts(texts.lengths, texts.ids.size(1));
        const Tensor x = embedded(texts.ids.flatten().index_select(0, packed.places),
                                  texts.positions.flatten().index_select(0, packed.places));
        const Tensor back = packed.order.argsort();
        if (poolsFirst()) return m_transformer->forwardFirst(x, packed.packing).index_select(0, back);
        const Tensor all = m_transformer->forwardPacked(x, packed.packing);
        std::vector<Tensor> pooled;
        int64_t begin = 0;
        for (const auto& [count, length] : packed.packing) {
            const Tensor tokens = all.narrow(0, begin, count * length).view({count, length, -1});
            pooled.push_back(m_config.pooling == Pooling::Max ? tokens.amax(1) : tokens.mean(1));
            begin += count * length;
        }
        return torch::cat(pooled).index_select(0, back);
    }

    torch::ScalarType type() const { return m_norm->weight.scalar_type(); }

    TextConfig m_config;
    Tensor m_embedding, m_positions, m_types;
    std::shared_ptr<LayerNorm> m_norm;
    std::shared_ptr<Transformer> m_transformer;
    std::shared_ptr<Linear> m_pooler;
    std::shared_ptr<Head> m_head;
};

struct BlockNames {
    const char *blocks, *query, *key, *value, *out, *outNorm, *up, *down, *downNorm;
};
constexpr BlockNames kBertNames = {"encoder.layer.",       "attention.self.query",   "attention.self.key",
                                   "attention.self.value", "attention.output.dense", "attention.output.LayerNorm",
                                   "intermediate.dense",   "output.dense",           "output.LayerNorm"};
constexpr BlockNames kDistilNames = {"transformer.layer.", "attention.q_lin",   "attention.k_lin",
                                     "attention.v_lin",    "attention.out_lin", "sa_layer_norm",
                                     "ffn.lin1",           "ffn.lin2",          "output_layer_norm"};

TensorRules rulesFor(const BlockNames& names, const std::string& theirs, int layers) {
    TensorRules rules;
    const std::string ours = "text.", embeddings = theirs + "embeddings.";
    rules.push_back({ours + "token_embedding.weight", {embeddings + "word_embeddings.weight"}});
    rules.push_back({ours + "positional_embedding", {embeddings + "position_embeddings.weight"}});
    rules.push_back({ours + "token_type_embedding", {embeddings + "token_type_embeddings.weight"}});
    addWeightAndBias(rules, ours + "ln_embedding", embeddings + "LayerNorm");
    for (int i = 0; i < layers; ++i) {
        const std::string block = ours + "transformer.resblocks." + std::to_string(i);
        const std::string layer = theirs + names.blocks + std::to_string(i) + ".";
        for (const std::string part : {"weight", "bias"})
            rules.push_back(
                {block + ".attn.in_proj_" + part,
                 {layer + names.query + "." + part, layer + names.key + "." + part, layer + names.value + "." + part},
                 Form::Stacked});
        addWeightAndBias(rules, block + ".attn.out_proj", layer + names.out);
        addWeightAndBias(rules, block + ".ln_1", layer + names.outNorm);
        addWeightAndBias(rules, block + ".mlp.c_fc", layer + names.up);
        addWeightAndBias(rules, block + ".mlp.c_proj", layer + names.down);
        addWeightAndBias(rules, block + ".ln_2", layer + names.downNorm);
    }
    addWeightAndBias(rules, ours + "pooler", theirs + "pooler.dense");
    return rules;
}

/// Norms under the names of TensorFlow's BERT, and of the files that were made from it first, where they stand so.
TensorRules withOldNorms(TensorRules rules, const Tensors& theirs) {
    constexpr std::string_view kWeight = "LayerNorm.weight", kBias = "LayerNorm.bias";
    for (TensorRule& rule : rules) {
        std::string& name = rule.theirs.front();
        std::string old = name;
        if (name.ends_with(kWeight)) old.replace(name.size() - kWeight.size(), kWeight.size(), "LayerNorm.gamma");
        if (name.ends_with(kBias)) old.replace(name.size() - kBias.size(), kBias.size(), "LayerNorm.beta");
        if (theirs.contains(old)) name = old;
    }
    return rules;
}

/// Whether the name of the hub alone tells all numbers: a model may have another vocabulary than the one it began with.
bool isPublished(const ClipConfig& config) {
    const auto hub = publishedTextConfig(config.text.hubName);
    if (!hub) return false;
    ClipConfig known = config;
    readBertConfig(JsonReader(hub->json, hub->source, "config"), known);
    return known == config;
}

class BertKind : public TextKind {
  public:
    const char* name() const override { return "bert"; }

    bool parse(const JsonReader& text, const fs::path& folder, ClipConfig& config) const override {
        if (!text.has("hf_model_name")) return false;
        const std::string hubName = text.text("hf_model_name", "");
        const HubTextConfig hub = readHubTextConfig(hubName, folder, text);
        const JsonReader reader(hub.json, hub.source, "config");
        readBertConfig(reader, config);
        TextConfig& tower = config.text;
        tower.hubName = hubName;
        tower.contextLength =
            text.integer("context_length", std::min(77, tower.positionRows - tower.positionOffset), 3, 65536);
        if (tower.contextLength > tower.positionRows - tower.positionOffset)
            throw text.bad("context_length", "is more than the " +
                                                 std::to_string(tower.positionRows - tower.positionOffset) +
                                                 " positions of \"" + hubName + "\"");
        const bool asTheType = text.contains("hf_pooler_type") && !text.has("hf_pooler_type");
        const std::string pooling =
            text.text("hf_pooler_type", asTheType && tower.positionOffset == 0 ? "cls_pooler" : "mean_pooler");
        const auto* const found = std::find_if(std::begin(kPoolings), std::end(kPoolings),
                                               [&](const PoolingName& one) { return pooling == one.name; });
        if (found == std::end(kPoolings)) text.refuse("hf_pooler_type");
        tower.pooling = found->pooling;
        // transformers gives DistilBERT no pooler: open_clip then takes the first token as it is.
        if (tower.pooling == Pooling::Pooler && hub.json.value("model_type", "") == "distilbert")
            tower.pooling = Pooling::First;
        const std::string head =
            text.has("hf_proj_type") || !text.contains("hf_proj_type") ? text.text("hf_proj_type", "mlp") : "none";
        if (head != "none" && headKind(head) == nullptr) text.refuse("hf_proj_type");
        if (head == "none" && tower.width != config.embedDim)
            throw text.bad("hf_proj_type", "is none, and the tower is not as wide as embed_dim");
        if (head != "residual" && text.number("proj_dropout", 0, 0, 0.9) > 0) text.refuse("proj_dropout");
        config.textHead = {head, head == "residual", text.number("proj_dropout", head == "residual" ? 0.1 : 0, 0, 0.9)};
        return true;
    }

    void write(const ClipConfig& config, json& text) const override {
        const TextConfig& tower = config.text;
        const auto* const pooling = std::find_if(std::begin(kPoolings), std::end(kPoolings),
                                                 [&](const PoolingName& one) { return tower.pooling == one.pooling; });
        text.update({{"hf_model_name", isPublished(config) ? tower.hubName : kHubFolder},
                     {"hf_model_pretrained", false},
                     {"hf_proj_type", config.textHead.kind == "none" ? json() : json(config.textHead.kind)},
                     {"hf_pooler_type", pooling->name},
                     {"context_length", tower.contextLength}});
        if (config.textHead.kind == "residual") text["proj_dropout"] = config.textHead.dropout;
    }

    bool fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        if (!shapes.has("text.ln_embedding.weight")) return false;
        const std::string blocks = "text.transformer.resblocks";
        TextConfig& text = config.text;
        text.kind = name();
        text.vocabularySize = shapes.size("text.token_embedding.weight", 0, 2);
        text.width = shapes.size("text.token_embedding.weight", 1, 2);
        text.positionRows = shapes.size("text.positional_embedding", 0, 2);
        text.tokenTypes = shapes.has("text.token_type_embedding") ? shapes.size("text.token_type_embedding", 0, 2) : 0;
        text.layers = shapes.layers(blocks);
        constexpr int kMiniLmWidth = 384, kMiniLmHeads = 12;
        text.heads = text.width == kMiniLmWidth ? kMiniLmHeads : shapes.usualHeads(text.width);
        text.mlpRatio = static_cast<double>(shapes.size(blocks + ".0.mlp.c_fc.weight", 0, 2)) / text.width;
        text.causal = false;
        // RoBERTa's tables have two rows more than a power of two.
        constexpr int kPaddingRows = 2;
        const bool isRoberta = text.positionRows % 16 == kPaddingRows;
        text.positionOffset = isRoberta ? kPaddingRows : 0;
        text.padId = isRoberta ? 1 : 0;
        text.epsilon = isRoberta ? 1e-5 : 1e-12;
        text.contextLength = std::min(77, text.positionRows - text.positionOffset);
        text.pooling = shapes.has("text.pooler.weight") ? Pooling::Pooler : isRoberta ? Pooling::Mean : Pooling::First;
        for (const HeadKind* head : headKinds())
            if (const auto spec = head->fromShapes(shapes, false, config.embedDim)) config.textHead = *spec;
        if (config.textHead.kind == "none") config.embedDim = text.width;
        return true;
    }

    TextConfig shapesOnly(TextConfig text) const override {
        text.heads = 1;
        text.contextLength = 1;
        text.epsilon = text.padId = text.positionOffset = 0;
        if (text.pooling != Pooling::Pooler) text.pooling = Pooling::First;
        text.hubName.clear();
        return text;
    }

    bool owns(const Tensors& tensors) const override {
        return tensors.contains("text.transformer.embeddings.word_embeddings.weight") ||
               tensors.contains("text.ln_embedding.weight");
    }

    TensorRules rules(const Tensors& tensors) const override {
        const std::string prefix = "text.transformer.";
        if (tensors.contains(prefix + "embeddings.word_embeddings.weight")) return bertRules(tensors, prefix);
        if (tensors.contains("text.ln_embedding.weight"))
            return rulesFor(tensors.contains("text.token_type_embedding") ? kBertNames : kDistilNames, prefix,
                            countLayers(tensors, "text.transformer.resblocks"));
        return {};
    }

    void prune(const ClipConfig& config, Tensors& ours) const override {
        if (config.text.pooling == Pooling::Pooler) return;
        ours.erase("text.pooler.weight");
        ours.erase("text.pooler.bias");
    }

    std::shared_ptr<TextTower> build(const Scope& scope, const ClipConfig& config) const override {
        return std::make_shared<Bert>(scope, config);
    }
};

}  // namespace

TensorRules bertRules(const Tensors& theirs, const std::string& prefix) {
    if (const int layers = countLayers(theirs, prefix + "transformer.layer"); layers > 0)
        return withOldNorms(rulesFor(kDistilNames, prefix, layers), theirs);
    return withOldNorms(bertRules(prefix, countLayers(theirs, prefix + "encoder.layer")), theirs);
}

TensorRules bertRules(const std::string& prefix, int layers) {
    return rulesFor(kBertNames, prefix, layers);
}

void readBertConfig(const JsonReader& hub, ClipConfig& config) {
    const std::string type = hub.text("model_type", "");
    if (dialectOf(type) == nullptr) {
        std::string known;
        for (const auto& one : kDialects)
            known += (known.empty() ? "" : ", ") + std::string(one.type);
        throw hub.bad("model_type", type.empty() ? "is missing" : "is \"" + type + "\"; text towers can be " + known);
    }
    readBertNumbers(hub, type, config);
}

void readBertNumbers(const JsonReader& hub, const std::string& type, ClipConfig& config) {
    const Dialect* dialect = dialectOf(type);
    hub.refuse("position_embedding_type", "absolute");
    for (const char* key : {"is_decoder", "add_cross_attention"})
        hub.refuse(key);
    TextConfig& text = config.text;
    text.kind = "bert";
    text.width = hub.integer(dialect->width, 768, 1, 16384);
    text.layers = hub.integer(dialect->layers, type == "distilbert" ? 6 : 12, 1, 200);
    text.heads = hub.integer(dialect->heads, 12, 1, 1024);
    if (text.width % text.heads != 0) throw hub.bad(dialect->width, std::string("is no multiple of ") + dialect->heads);
    text.mlpRatio = static_cast<double>(hub.integer(dialect->hidden, 3072, 1, 1 << 20)) / text.width;
    text.vocabularySize = hub.integer("vocab_size", dialect->vocabulary, 4, 4'000'000);
    text.positionRows = hub.integer("max_position_embeddings", 512, 3, 65536);
    text.padId = hub.integer("pad_token_id", dialect->padId, 0, text.vocabularySize - 1);
    text.positionOffset = dialect->skipsPadding ? text.padId + 1 : 0;
    if (text.positionOffset + 3 > text.positionRows)
        throw hub.bad("max_position_embeddings", "leaves no position behind pad_token_id");
    text.tokenTypes = dialect->hasTypes ? hub.integer("type_vocab_size", 2, 1, 1024) : 0;
    // transformers has DistilBERT's as a constant.
    text.epsilon = type == "distilbert" ? 1e-12 : hub.number("layer_norm_eps", 1e-12, 1e-12, 1);
    text.causal = false;
    const std::string activation = hub.text(dialect->activation, "gelu");
    if (activation == "gelu")
        config.textActivation = Activation::Gelu;
    else if (activation == "gelu_new" || activation == "gelu_pytorch_tanh")
        config.textActivation = Activation::GeluTanh;
    else
        hub.refuse(dialect->activation);
}

json hubConfigOf(const ClipConfig& config) {
    const TextConfig& text = config.text;
    const Dialect& dialect = *dialectOf(text.tokenTypes == 0      ? "distilbert"
                                        : text.positionOffset > 0 ? "roberta"
                                                                  : "bert");
    return {{"model_type", dialect.type},
            {dialect.width, text.width},
            {dialect.layers, text.layers},
            {dialect.heads, text.heads},
            {dialect.hidden, hiddenWidth(text.width, text.mlpRatio)},
            {dialect.activation, config.textActivation == Activation::GeluTanh ? "gelu_new" : "gelu"},
            {"vocab_size", text.vocabularySize},
            {"max_position_embeddings", text.positionRows},
            {"type_vocab_size", std::max(1, text.tokenTypes)},
            {"layer_norm_eps", text.epsilon},
            {"pad_token_id", text.padId}};
}

const TextKind& bertKind() {
    static const BertKind kind;
    return kind;
}

}  // namespace diagonal
