// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "tests/registry.h"
#include "tests/training/run_recorder.h"
#include "training/run/run_folder.h"
#include "training/trainer/trainer.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

/// A tower of timm with a head of its own, and a small text tower.
constexpr const char* kHeadedModel = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 32, "timm_model_name": "resnet18", "timm_pool": "avg", "timm_proj": "residual"},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";
constexpr const char* kPlainModel = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";

using ViewedState = std::map<std::string, torch::Tensor>;

double farthestOf(const ViewedState& a, const ViewedState& b, const std::string& prefix) {
    double most = 0;
    for (const auto& [name, tensor] : a)
        if (name.starts_with(prefix) && tensor.is_floating_point())
            most = std::max(most, (tensor - b.at(name)).abs().max().item<double>());
    return most;
}

/// The length of the difference of all tensors with that prefix.
double distanceOf(const ViewedState& a, const ViewedState& b, const std::string& prefix) {
    double sum = 0;
    for (const auto& [name, tensor] : a)
        if (name.starts_with(prefix) && tensor.is_floating_point())
            sum += (tensor - b.at(name)).square().sum().item<double>();
    return std::sqrt(sum);
}

}  // namespace

class TestImageViews : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_root;
    int m_count = 0;

    TrainOptions locked(const char* model = "headed") const {
        TrainOptions options;
        options.trainData = "scenes:count=96,seed=1,size=32";
        options.validationData = "scenes:count=32,split=validation,size=32";
        options.model = (m_root / (std::string(model) + ".json")).string();
        options.output = m_root / "run";
        options.steps = 8;
        options.batchSize = 32;
        options.warmup = 2;
        options.saveEvery = 4;
        options.validateEvery = 4;
        options.vocabularySize = 128;
        options.threads = 1;
        options.device = "cpu";
        options.precision = "fp32";
        options.lockImage = true;
        options.imageViews = 3;
        return options;
    }

    static ViewedState weightsIn(const fs::path& folder) { return loadModel(folder).model->stateDict(); }

  private Q_SLOTS:
    void init() {
        m_root = fs::path(m_temporary.path().toStdString()) / std::to_string(m_count++);
        fs::create_directories(m_root);
        std::ofstream(m_root / "headed.json") << kHeadedModel;
        std::ofstream(m_root / "plain.json") << kPlainModel;
    }

    void theHeadLearnsAndTheTowerStays_data() {
        QTest::addColumn<std::string>("model");
        QTest::newRow("with a head") << std::string("headed");
        QTest::newRow("that projects itself") << std::string("plain");
    }
    void theHeadLearnsAndTheTowerStays() {
        QFETCH(std::string, model);
        TrainOptions options = locked(model.c_str());
        RunRecorder seen;
        QVERIFY(train(options, seen).finished);
        QVERIFY2(seen.says("features of 3 views of 96 pictures"), seen.messages.c_str());
        const ViewedState early = weightsIn(checkpointFolder(options.output, 4)),
                          last = weightsIn(options.output / "model");
        const bool headed = model == "headed";
        QCOMPARE(farthestOf(early, last, headed ? "visual.trunk." : "visual."), 0.0);
        if (headed) QVERIFY(farthestOf(early, last, "visual.head.") > 1e-5);
        QVERIFY(farthestOf(early, last, "text.") > 1e-5);
    }

    /// Without augmentation there is one view, and to learn from its features is to learn from the pictures.
    void featuresStandForPictures_data() {
        QTest::addColumn<std::string>("model");
        QTest::newRow("with a head") << std::string("headed");
        QTest::newRow("that projects itself") << std::string("plain");
    }
    void featuresStandForPictures() {
        QFETCH(std::string, model);
        TrainOptions options = locked(model.c_str());
        options.augment = false;
        options.imageViews = 0;
        RunRecorder seen;
        QVERIFY(train(options, seen).finished);
        const ViewedState pictures = weightsIn(options.output / "model");
        options.output = m_root / "features";
        options.imageViews = 1;
        QVERIFY(train(options, seen).finished);
        const ViewedState features = weightsIn(options.output / "model");
        const ViewedState early = weightsIn(checkpointFolder(m_root / "run", 4));
        for (const char* part : {"visual.head.", "text."})
            if (model == "headed" || part[0] == 't')
                QVERIFY(distanceOf(pictures, features, part) < distanceOf(pictures, early, part) / 4);
    }

    void aStoppedRunGoesOnAsIfItHadNot() {
        TrainOptions options = locked();
        RunRecorder seen;
        QVERIFY(train(options, seen).finished);
        const ViewedState whole = weightsIn(options.output / "model");
        options.output = m_root / "halves";
        RunRecorder stopping;
        stopping.stopAt = 4;
        QVERIFY(!train(options, stopping, stopping.stop.get_token()).finished);
        QVERIFY(resume(options.output, seen).finished);
        const ViewedState halves = weightsIn(options.output / "model");
        QCOMPARE(farthestOf(whole, halves, ""), 0.0);
    }

    void aTowerThatLearnsHasNoFeaturesToKeep() {
        TrainOptions options = locked();
        options.lockImage = false;
        RunRecorder seen;
        QVERIFY_EXCEPTION_THROWN(train(options, seen), Error);
    }
};

DIAGONAL_TEST(TestImageViews);
#include "test_image_views.moc"
