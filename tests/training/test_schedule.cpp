// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/registry.h"
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
};

DIAGONAL_TEST(TestSchedule);
#include "test_schedule.moc"
