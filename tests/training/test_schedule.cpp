// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "training/optimizers/plateau.h"
#include "training/optimizers/schedule.h"

using namespace diagonal;

class TestSchedule : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    /// Values of open_clip_train.scheduler.cosine_lr(base 5e-4, warm-up 4, 20 steps).
    void equalsOpenClipsCosine_data() {
        QTest::addColumn<int>("step");
        QTest::addColumn<double>("expected");
        QTest::newRow("first") << 0 << 0.000125;
        QTest::newRow("last of the warm-up") << 3 << 0.0005;
        QTest::newRow("first of the cosine") << 4 << 0.0005;
        QTest::newRow("middle") << 12 << 0.00025;
        QTest::newRow("last") << 19 << 4.803679899192393e-06;
    }

    void equalsOpenClipsCosine() {
        QFETCH(int, step);
        QFETCH(double, expected);
        QVERIFY(std::abs(Schedule{5e-4, 4, 20}.at(step) - expected) < 1e-15);
    }

    void withoutWarmUpStartsAtTheBase() { QCOMPARE((Schedule{1e-3, 0, 10}.at(0)), 1e-3); }

    void aWarmUpLongerThanTheRunOnlyRises() { QCOMPARE((Schedule{1e-3, 100, 10}.at(9)), 1e-4); }

    /// Random sequences of losses, see make_plateau_golden.py.
    void aPlateauIsThatOfTorch() {
        const auto asked = qEnvironmentVariable("DIAGONAL_PLATEAU").toStdString();
        const std::filesystem::path file =
            asked.empty() ? paths::source("tests/parity/data/plateau_golden.json") : asked;
        const auto sequences = nlohmann::json::parse(readText(file, 1 << 30));
        int falls = 0, rates = 0;
        for (const auto& one : sequences) {
            const auto rate = one.at("rate").get<double>();
            Plateau plateau;
            for (size_t i = 0; i < one.at("losses").size(); ++i, ++rates) {
                falls += plateau.take(one["losses"][i].get<double>(), one.at("patience").get<int64_t>(),
                                      one.at("factor").get<double>(), rate)
                             ? 1
                             : 0;
                const auto expected = one.at("rates")[i].get<double>();
                QVERIFY(std::abs(rate * plateau.share - expected) <= 1e-12 * expected);
            }
        }
        QVERIFY(falls > 20);
        if (!asked.empty()) qInfo("%zu sequences, %d rates, %d falls", sequences.size(), rates, falls);
    }

    void otherLossesBeginAnew() {
        Plateau plateau;
        plateau.take(1, 0, 0.5, 1e-3);
        QVERIFY(plateau.take(2, 0, 0.5, 1e-3));
        plateau.forgetLosses();
        QVERIFY(!plateau.take(3, 0, 0.5, 1e-3));
        QCOMPARE(plateau.share, 0.5);
    }
};

DIAGONAL_TEST(TestSchedule);
#include "test_schedule.moc"
