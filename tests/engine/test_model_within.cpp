// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/model_within.h"
#include "engine/checkpoint/presets.h"
#include "engine/formats/averages.h"
#include "engine/parts/dual_encoder.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// A CLIP model's names and shapes, without memory, behind a prefix.
void addModel(Tensors& tensors, const std::string& prefix) {
    static const Tensors kModel = [] {
        MetaWeights nothing;
        return openClipLayout().toTheirs(DualEncoder(architecture("tiny"), nothing).stateDict());
    }();
    for (const auto& [name, tensor] : kModel)
        tensors.emplace(prefix + name, tensor);
}

size_t sizeOfModel() {
    Tensors model;
    addModel(model, "");
    return model.size();
}

}  // namespace

class TestModelWithin : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aModelIsFoundUnderAnyName_data() {
        QTest::addColumn<QByteArray>("prefix");
        for (const char* prefix : {"", "model.", "clip_model.", "base_model.model.", "net.student.clip.", "0."})
            QTest::newRow(prefix) << QByteArray(prefix);
    }
    void aModelIsFoundUnderAnyName() {
        QFETCH(QByteArray, prefix);
        Tensors tensors;
        addModel(tensors, prefix.toStdString());
        tensors.emplace("loss.labels", torch::arange(4));
        std::vector<std::string> notes;
        const Tensors found = modelWithin(tensors, "file", notes);
        QCOMPARE(found.size(), sizeOfModel());
        QVERIFY(layoutOf(found) != nullptr);
        QCOMPARE(notes, std::vector<std::string>{"left out: loss.*"});
    }

    void anAverageIsTakenWhereThereIsNothingElse() {
        for (const char* average : {"model_ema.", "ema_model.module.", "swa.model."}) {
            Tensors tensors;
            addModel(tensors, average);
            std::vector<std::string> notes;
            QCOMPARE(modelWithin(tensors, "file", notes).size(), sizeOfModel());
            QVERIFY(notes.size() == 1 && notes[0].find("an average") != std::string::npos);

            addModel(tensors, "model.");
            notes.clear();
            QCOMPARE(modelWithin(tensors, "file", notes).size(), sizeOfModel());
            QVERIFY(notes.size() == 1 && notes[0].starts_with("left out: "));

            addModel(tensors, "");
            std::erase_if(tensors, [](const auto& entry) { return entry.first.starts_with("model."); });
            notes.clear();
            QCOMPARE(modelWithin(tensors, "file", notes).size(), sizeOfModel());
            QCOMPARE(notes.size(), size_t{1});
        }
    }

    void anAveragedModelIsTaken() {
        for (const char* holder : {"", "model."}) {  // "module." is left out before
            Tensors tensors;
            addModel(tensors, holder);
            tensors.emplace(std::string(holder) + "n_averaged", torch::tensor(5));
            std::vector<std::string> notes;
            QCOMPARE(modelWithin(tensors, "file", notes).size(), sizeOfModel());
            QVERIFY(notes.size() == 1 && notes[0].find("an average") != std::string::npos);
        }
    }

    void factorsThatWereNotMergedAreNamed_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name :
             {"visual.conv1.base_layer.weight", "visual.ln_pre.lora_A.default.weight", "lora_B.visual",
              "visual.ln_pre.modules_to_save.default.weight", "visual.ln_pre.lora_magnitude_vector.default"})
            QTest::newRow(name) << QByteArray(name);
    }
    void factorsThatWereNotMergedAreNamed() {
        QFETCH(QByteArray, name);
        for (const char* prefix : {"", "base_model.model."}) {
            Tensors tensors;
            addModel(tensors, prefix);
            tensors.emplace(prefix + name.toStdString(), torch::zeros({1}));
            std::vector<std::string> notes;
            const std::string problem = errorOf([&] { modelWithin(tensors, "file", notes); });
            QVERIFY2(problem.find("merge_and_unload") != std::string::npos, problem.c_str());
        }
    }

    void severalModelsAreAskedFor() {
        Tensors tensors;
        addModel(tensors, "student.");
        addModel(tensors, "other.");
        std::vector<std::string> notes;
        const std::string problem = errorOf([&] { modelWithin(tensors, "file", notes); });
        QVERIFY2(problem.find("\"student.\"") != std::string::npos, problem.c_str());
    }

    void whatIsNoModelStaysAsItIs() {
        std::vector<std::string> notes;
        QCOMPARE(modelWithin({{"a.b.c.d.e.f.g", torch::zeros({1})}, {"x", torch::zeros({1})}}, "file", notes).size(),
                 size_t{2});
        QVERIFY(modelWithin({}, "file", notes).empty());
        QVERIFY(notes.empty());
    }

    void averagesAreToldByWholeWords() {
        for (const char* name : {"ema", "model_ema", "state_dict_ema.module", "EMA", "swa_model", "averaged_model"})
            QVERIFY2(isAverage(name), name);
        for (const char* name : {"state_dict", "schema", "emanuel", "cinema.model", "swan", "avgpool", ""})
            QVERIFY2(!isAverage(name), name);
    }
};

DIAGONAL_TEST(TestModelWithin);
#include "test_model_within.moc"
