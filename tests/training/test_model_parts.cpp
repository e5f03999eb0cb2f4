// SPDX-License-Identifier: Apache-2.0
// Heads and towers by their parameters' names: which learn, and at which rate.
#include <QtTest>

#include "engine/base/libtorch.h"
#include "tests/registry.h"
#include "training/optimizers/adamw.h"
#include "training/optimizers/model_parts.h"

using namespace diagonal;

class TestModelParts : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void headsAreKnownByTheirNames_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("head");
        QTest::addColumn<bool>("own");
        const auto row = [](const char* name, bool head, bool own) {
            QTest::newRow(name) << QString::fromLatin1(name) << head << own;
        };
        row("visual.proj", true, false);
        row("visual.proj.lora_A", true, false);
        row("visual.attn_pool.kv.weight", true, false);
        row("visual.attnpool.c_proj.weight", true, false);
        row("text.text_projection", true, false);
        row("visual.head.proj.weight", true, true);
        row("text.proj.0.weight", true, true);
        row("visual.conv1.weight", false, false);
        row("visual.layer4.0.conv1.weight", false, false);
        row("text.transformer.resblocks.0.attn.in_proj_weight", false, false);
        row("text.transformer.layer.0.attention.q_lin.weight", false, false);
        row("logit_scale", false, false);
    }

    void headsAreKnownByTheirNames() {
        QFETCH(QString, name);
        QFETCH(bool, head);
        QFETCH(bool, own);
        QCOMPARE(isHead(name.toStdString()), head);
        QCOMPARE(isOwnHead(name.toStdString()), own);
    }

    void lockedTowersKeepWhatTheyAreAndHeadsOfTheirOwnLearn() {
        QVERIFY(!learns("visual.conv1.weight", true, false, false));
        QVERIFY(!learns("visual.proj", true, false, false));
        QVERIFY(learns("visual.head.proj.weight", true, true, true));
        QVERIFY(learns("visual.conv1.weight", false, true, true));
        QVERIFY(!learns("text.token_embedding.weight", false, true, false));
        QVERIFY(!learns("text.text_projection", false, true, false));
        QVERIFY(learns("text.proj.0.weight", true, true, true));
        QVERIFY(learns("logit_scale", true, true, false));
        QVERIFY(!learns("logit_scale", false, false, true));
    }

    /// AdamW's first step is the rate, whatever the gradient.
    void eachPartHasItsRate() {
        NamedParameters parameters;
        for (const char* name : {"visual.conv1.weight", "visual.head.proj.weight", "text.layer.weight",
                                 "text.proj.0.weight", "logit_scale"}) {
            parameters.emplace_back(name, torch::ones({3}, torch::requires_grad()));
            parameters.back().second.mutable_grad() = torch::full({3}, 0.5F);
        }
        AdamWOptions options;
        options.epsilon = 1e-12;
        options.imageRate = 0.1;
        options.textRate = 0.01;
        options.headRate = 2;
        AdamW(parameters, options).step(1e-3);
        const std::map<std::string, double> expected = {{"visual.conv1.weight", 1e-4},
                                                        {"visual.head.proj.weight", 2e-3},
                                                        {"text.layer.weight", 1e-5},
                                                        {"text.proj.0.weight", 2e-3},
                                                        {"logit_scale", 1e-3}};
        for (const auto& [name, parameter] : parameters) {
            const double moved = (1 - parameter.detach()).abs().mean().item<double>();
            QVERIFY2(std::abs(moved - expected.at(name)) < 1e-6, name.c_str());
        }
    }
};

DIAGONAL_TEST(TestModelParts);
#include "test_model_parts.moc"
