// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/loaded_weights.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/relevance.h"
#include "engine/parts/timm_vit.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
using torch::Tensor;

namespace {

const std::string kVits = paths::source("tests/parity/data/vits/");

/// The towers of tests/parity/make_vit_golden.py.
constexpr const char* kVitNames[] = {"clipa",       "layer-scale",      "clip-token", "mci-token",
                                     "plain-avg",   "plain-avg-linear", "gap-mlp",    "eva-token",
                                     "eva02-token", "eva02-post-token", "pe-map",     "pe-no-class-map"};

Vit tinyVit() {
    Vit vit;
    vit.blocks = {.width = 32, .layers = 2, .heads = 2, .hidden = 64, .epsilon = 1e-6};
    vit.patchSize = 4;
    vit.patchBias = true;
    vit.normsFirst = false;
    vit.projection = Vit::Projection::Linear;
    return vit;
}

Vit perceptionVit(bool classToken) {
    Vit vit = tinyVit();
    vit.blocks.epsilon = 1e-5;
    vit.patchBias = false;
    vit.normsFirst = true;
    vit.classToken = vit.classPosition = classToken;
    vit.pool = Vit::Pool::Map;
    vit.poolHeads = 4;
    vit.poolHidden = 96;
    vit.rotary = RotaryGrid{.reference = 3, .offset = classToken ? 1.0 : 0.0, .columnFirst = true};
    return vit;
}

Vit vitOf(const std::string& name) {
    Vit vit = tinyVit();
    if (name == "clip-token") {
        vit.blocks.epsilon = 1e-5;
        vit.blocks.activation = Activation::QuickGelu;
        vit.patchBias = false;
        vit.normsFirst = true;
    } else if (name == "mci-token") {
        vit.patchSize = 16;
        vit.stem = true;
        vit.patchBias = vit.classPosition = false;
    } else if (name.starts_with("plain")) {
        vit.pool = Vit::Pool::Average;
        vit.normsPooled = name == "plain-avg";
        if (!vit.normsPooled) vit.projection = Vit::Projection::None;
    } else if (name == "gap-mlp") {
        vit.blocks.activation = Activation::GeluTanh;
        vit.classToken = vit.classPosition = false;
        vit.pool = Vit::Pool::Average;
        vit.projection = Vit::Projection::None;
    } else if (name.starts_with("eva")) {
        vit.blocks.keyBias = false;
        if (name == "eva02-post-token") vit.blocks.norms = Norms::BeforeSum;
        if (name == "eva02-token") {
            vit.blocks.gated = vit.blocks.attentionNorm = true;
            vit.rotary = RotaryGrid{.reference = 3};
        }
    } else {
        vit = perceptionVit(name == "pe-map");
    }
    return vit;
}

ClipConfig configOf(const std::string& name) {
    nlohmann::json text = {{"context_length", 8}, {"vocab_size", 24}, {"width", 8}, {"heads", 2}, {"layers", 1}};
    nlohmann::json vision = {{"image_size", 16}, {"layers", 2},     {"width", 32},
                             {"head_width", 16}, {"patch_size", 4}, {"mlp_ratio", 2.0}};
    if (name == "clipa") {
        vision.update({{"no_ln_pre", true}, {"pool_type", "avg"}, {"final_ln_after_pool", true}});
        text.update({{"pool_type", "last"}, {"no_causal_mask", true}});
    } else if (name == "layer-scale") {
        vision["ls_init_value"] = 0.1;
        text.update({{"width", 12}, {"proj_type", "none"}});
    } else if (name == "clip-token") {
        text.update({{"no_causal_mask", true}, {"layers", 2}});
    }
    ClipConfig config =
        clipConfigFromJson({{"embed_dim", 12}, {"vision_cfg", vision}, {"text_cfg", text}}, "golden", {});
    if (name == "clipa" || name == "layer-scale") return config;
    config.imageSize = name == "mci-token" ? 64 : 16;
    config.vision = TimmVitConfig{"golden", vitOf(name)};
    if (name == "plain-avg-linear") config.imageHead.kind = "linear";
    if (name == "gap-mlp") config.imageHead.kind = "mlp";
    return config;
}

struct Golden {
    Tensors stored;  ///< under open_clip's names
    Tensors values;
    std::shared_ptr<DualEncoder> model;
};

Golden goldenVit(const std::string& name) {
    Golden golden;
    StateDict state = readStateDict({kVits + name + ".safetensors"});
    for (auto& [key, tensor] : std::exchange(state.tensors, {}))
        (key.starts_with("golden.") ? golden.values[key.substr(7)] : golden.stored[key]) = tensor;
    Tensors theirs = golden.stored;
    state.tensors = openClipLayout().toOurs(theirs);
    LoadedWeights weights(std::move(state), Loading::Writable, name);
    golden.model = std::make_shared<DualEncoder>(configOf(name), weights);
    weights.finish();
    golden.model->eval();
    return golden;
}

double difference(const Tensor& ours, const Tensor& theirs) {
    return ((ours - theirs).abs().max() / theirs.abs().max()).item<double>();
}

}  // namespace

class TestVits : public QObject {
    Q_OBJECT

    static void addNames() {
        QTest::addColumn<QString>("name");
        for (const char* name : kVitNames)
            QTest::newRow(name) << name;
    }

  private Q_SLOTS:
    void featuresEqualTheReferences_data() { addNames(); }
    void featuresEqualTheReferences() {
        QFETCH(QString, name);
        Golden golden = goldenVit(name.toStdString());
        const torch::NoGradGuard noGrad;
        const Tensor images = golden.values["images"].to(torch::kFloat);
        const double image = difference(golden.model->encodeImage(images, false), golden.values["image_features"]);
        QVERIFY2(image < 2e-5, qPrintable(QString("images differ by %1").arg(image)));
        const Tensor ends = golden.model->config().text.fillsContext ? torch::full_like(golden.values["ends"], 8)
                                                                     : golden.values["ends"] + 1;
        const double text =
            difference(golden.model->encodeText(golden.values["ids"], ends, false), golden.values["text_features"]);
        QVERIFY2(text < 2e-5, qPrintable(QString("texts differ by %1").arg(text)));
        const ClipConfig& config = golden.model->config();
        const int64_t head = config.imageHead.kind == "linear" ? 2 * 32 * 12
                             : config.imageHead.kind == "mlp"  ? 2 * (32 * 24 + 24 * 12)
                                                               : 0;
        QCOMPARE(config.vision.flops(config) + head, golden.values["flops"].item<int64_t>());
    }

    void tensorsAreWrittenUnderTheirNames_data() { addNames(); }
    void tensorsAreWrittenUnderTheirNames() {
        QFETCH(QString, name);
        const Golden golden = goldenVit(name.toStdString());
        const Tensors written = openClipLayout().toTheirs(golden.model->stateDict());
        QCOMPARE(written.size(), golden.stored.size());
        for (const auto& [key, tensor] : golden.stored) {
            QVERIFY2(written.contains(key), key.c_str());
            QVERIFY2(torch::equal(written.at(key).detach().to(torch::kFloat), tensor.to(torch::kFloat)), key.c_str());
        }
    }

    void relevanceFollowsTheSameFeatures_data() { addNames(); }
    void relevanceFollowsTheSameFeatures() {
        QFETCH(QString, name);
        Golden golden = goldenVit(name.toStdString());
        const Tensor images = golden.values["images"].to(torch::kFloat);
        ImageTrace trace;
        const Tensor traced = golden.model->imageTower().forwardTraced(images, trace).detach();
        QVERIFY(difference(traced, golden.values["image_features"]) < 2e-5);
        const Tensor texts = torch::randn({2, 12});
        const Tensor grids = relevanceGrids(golden.model->imageTower(), images.narrow(0, 0, 1), texts, 10);
        QCOMPARE(grids.sizes().vec(), (std::vector<int64_t>{2, 4, 4}));
        QVERIFY((grids >= -1e-6).all().item<bool>());
        QVERIFY(grids.max().item<double>() > 0);
    }

    void checkpointingChangesNoGradient_data() { addNames(); }
    void checkpointingChangesNoGradient() {
        QFETCH(QString, name);
        std::vector<Tensor> gradients[2];
        for (const bool on : {false, true}) {
            Golden golden = goldenVit(name.toStdString());
            golden.model->setGradCheckpointing(on);
            golden.model->train();
            golden.model->encodeImage(golden.values["images"].to(torch::kFloat)).sum().backward();
            for (const auto& item : golden.model->named_parameters())
                if (item.key().starts_with("visual.")) gradients[on ? 1 : 0].push_back(item.value().grad());
        }
        for (size_t i = 0; i < gradients[0].size(); ++i) {
            QVERIFY(gradients[0][i].defined());
            QVERIFY(torch::equal(gradients[0][i], gradients[1][i]));
        }
    }

    /// With all patches left in, in whatever order, the features are the same: places and turns go with the patches.
    void patchesThatAreLeftKeepTheirPlaces_data() { addNames(); }
    void patchesThatAreLeftKeepTheirPlaces() {
        QFETCH(QString, name);
        if (name == "mci-token") return;  // batch norm takes the batch's statistics
        Golden golden = goldenVit(name.toStdString());
        const torch::NoGradGuard noGrad;
        golden.model->train();
        golden.model->setPatchDropout(1e-17);
        const Tensor images = golden.values["images"].to(torch::kFloat);
        QVERIFY(difference(golden.model->encodeImage(images, false), golden.values["image_features"]) < 2e-5);
        golden.model->setPatchDropout(0.5);
        QVERIFY(golden.model->encodeImage(images, false).isfinite().all().item<bool>());
    }

    void lowRankTermsLearn_data() { addNames(); }
    void lowRankTermsLearn() {
        QFETCH(QString, name);
        Golden golden = goldenVit(name.toStdString());
        golden.model->adapt({.rank = 2});
        QVERIFY(!golden.model->lowRankFactors().empty());
        golden.model->encodeImage(golden.values["images"].to(torch::kFloat)).sum().backward();
        for (const auto& [factor, tensor] : golden.model->lowRankFactors())
            if (factor.starts_with("visual.") && factor.ends_with("lora_B"))
                QVERIFY2(tensor.grad().defined() && tensor.grad().abs().max().item<double>() > 0, factor.c_str());
    }

    // tests/parity/make_timm_vits.py
    void timmsTowersHaveTimmsNumbers() {
        std::ifstream file(paths::source("tests/parity/data/timm_vits.json"));
        const auto all = nlohmann::json::parse(file);
        QCOMPARE(all.size(), timmVits().size());
        for (const TimmVit& tower : timmVits()) {
            const Vit& vit = tower.vit;
            QVERIFY2(all.contains(tower.name), tower.name.c_str());
            const char* kPools[] = {"token", "avg", "map"};
            const char* kActivations[] = {"GELU", "QuickGELU", "GELUTanh"};
            nlohmann::json ours = {
                {"image_size", tower.imageSize},
                {"layers", vit.blocks.layers},
                {"width", vit.blocks.width},
                {"heads", vit.blocks.heads},
                {"hidden", vit.blocks.hidden},
                {"patch", vit.patchSize},
                {"epsilon", vit.blocks.epsilon},
                {"pool", kPools[static_cast<int>(vit.pool)]},
                {"activation", vit.blocks.gated ? "SiLU" : kActivations[static_cast<int>(vit.blocks.activation)]},
                {"norm_pooled", vit.normsPooled},
                {"class_position", vit.classToken && vit.classPosition},
                {"post_norm", vit.blocks.norms == Norms::BeforeSum},
                {"pool_heads", vit.poolHeads},
                {"pool_hidden", vit.poolHidden}};
            if (vit.rotary) ours["rotary"] = {vit.rotary->reference, vit.rotary->offset, vit.rotary->columnFirst};
            QVERIFY2(ours == all[tower.name],
                     (tower.name + ": " + ours.dump() + " and timm's " + all[tower.name].dump()).c_str());
        }
    }
};

DIAGONAL_TEST(TestVits);
#include "test_vits.moc"
