// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <fstream>
#include <map>
#include <set>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_from_tensors.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/cost.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/timm_vit.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// What open_clip's model of a preset holds (tests/parity/make_preset_shapes.py).
struct Preset {
    std::string name;
    int64_t parameters = 0, imageFlops = 0, textFlops = 0;
    std::map<std::string, std::string> shapes;  ///< "1536x512", "scalar"
};

/// "a.{0..11}.b 64" stands for twelve tensors.
void addTensors(const std::string& line, std::map<std::string, std::string>& shapes) {
    const size_t space = line.find(' '), open = line.find('{');
    const std::string name = line.substr(0, space), shape = line.substr(space + 1);
    if (open == std::string::npos) {
        shapes[name] = shape;
        return;
    }
    const size_t dots = name.find("..", open), close = name.find('}', open);
    const int first = std::stoi(name.substr(open + 1)), last = std::stoi(name.substr(dots + 2));
    for (int i = first; i <= last; ++i)
        shapes[name.substr(0, open) + std::to_string(i) + name.substr(close + 1)] = shape;
}

/// Only open_clip's presets: the list ends with Hugging Face's names.
const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = [] {
        std::ifstream file(paths::source("tests/parity/data/preset_shapes.txt"));
        std::vector<Preset> read;
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("== hf:")) break;
            if (line.starts_with("== ")) {
                read.push_back({line.substr(3), 0, 0, 0, {}});
            } else if (line.starts_with("parameters ")) {
                read.back().parameters = std::stoll(line.substr(11));
            } else if (line.starts_with("image-flops ")) {
                read.back().imageFlops = std::stoll(line.substr(12));
            } else if (line.starts_with("text-flops ")) {
                read.back().textFlops = std::stoll(line.substr(11));
            } else if (!line.starts_with("#")) {
                addTensors(line, read.back().shapes);
            }
        }
        return read;
    }();
    return all;
}

std::string shapeOf(const torch::Tensor& tensor) {
    std::string shape;
    for (const int64_t size : tensor.sizes())
        shape += (shape.empty() ? "" : "x") + std::to_string(size);
    return shape.empty() ? "scalar" : shape;
}

/// Names of open_clip's CustomTextCLIP for those of its CLIP.
Tensors underText(const Tensors& tensors) {
    Tensors prefixed;
    for (const auto& [name, tensor] : tensors)
        prefixed.emplace(name.starts_with("visual.") || name.starts_with("logit_") ? name : "text." + name, tensor);
    return prefixed;
}

}  // namespace

class TestPresets : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void theListHoldsThePublishedModels() {
        std::set<std::string> names;
        for (const Preset& preset : presets())
            names.insert(preset.name);
        for (const char* name : {"RN50", "RN101", "RN50x4", "RN50x16", "RN50x64", "ViT-B-32", "ViT-B-16", "ViT-L-14",
                                 "ViT-L-14-336", "ViT-H-14", "ViT-g-14", "ViT-bigG-14", "ViT-B-16-SigLIP",
                                 "ViT-SO400M-14-SigLIP-384", "ViT-SO400M-16-SigLIP2-384"})
            QVERIFY2(names.contains(name), name);
    }

    void tensorsHaveOpenClipsNamesAndShapes_data() {
        QTest::addColumn<int>("index");
        for (size_t i = 0; i < presets().size(); ++i)
            QTest::newRow(presets()[i].name.c_str()) << static_cast<int>(i);
    }
    void tensorsHaveOpenClipsNamesAndShapes() {
        QFETCH(int, index);
        const Preset& preset = presets()[static_cast<size_t>(index)];
        MetaWeights nothing;
        const DualEncoder model(architecture(preset.name), nothing);
        int64_t parameters = 0;
        for (const auto& parameter : model.parameters())
            parameters += parameter.numel();
        QCOMPARE(parameters, preset.parameters);

        const Cost cost = costOf(model.config());
        QCOMPARE(cost.parameters, preset.parameters);
        QCOMPARE(cost.imageFlops, preset.imageFlops);
        QCOMPARE(cost.textFlops, preset.textFlops);

        Tensors tensors = openClipLayout().toTheirs(model.stateDict());
        // What is written says by custom_text whether texts stand apart.
        if (preset.shapes.contains("text.ln_final.weight") && tensors.contains("ln_final.weight"))
            tensors = underText(tensors);
        for (const auto& [name, shape] : preset.shapes) {
            QVERIFY2(tensors.contains(name), ("missing: " + name).c_str());
            QVERIFY2(shapeOf(tensors.at(name)) == shape,
                     (name + " is " + shapeOf(tensors.at(name)) + ", not " + shape).c_str());
        }
        for (const auto& [name, tensor] : tensors)
            QVERIFY2(preset.shapes.contains(name), ("open_clip has no " + name).c_str());
    }

    /// At the preset's image size and at another: what no tensor tells comes from the preset.
    void aLoneFileIsRecognised_data() { tensorsHaveOpenClipsNamesAndShapes_data(); }
    void aLoneFileIsRecognised() {
        QFETCH(int, index);
        ClipConfig config = architecture(presets()[static_cast<size_t>(index)].name);
        if (!config.text.hubName.empty()) QSKIP("the pooling of BERT's family stands in no tensor");
        for (const int more : {0, 2}) {
            config.imageSize += more * config.vision.cell();
            MetaWeights nothing;
            Tensors theirs = openClipLayout().toTheirs(DualEncoder(config, nothing).stateDict());
            const ClipConfig found = configFromTensors(openClipLayout().toOurs(theirs), "file", false).clip;
            // Learned positions tell of how many patches they are; other towers take any size.
            if (!config.vision.positions().name.empty()) QCOMPARE(gridSize(found), gridSize(config));
            QCOMPARE(found.embedDim, config.embedDim);
            QCOMPARE(found.logitBias, config.logitBias);
            QVERIFY(found.text == config.text);
            if (const auto* timm = config.vision.as<TimmVitConfig>())
                QVERIFY(found.vision.is<TimmVitConfig>() && found.vision.as<TimmVitConfig>()->vit == timm->vit);
            else
                QVERIFY(found.vision == config.vision);
        }
    }
};

DIAGONAL_TEST(TestPresets);
#include "test_presets.moc"
