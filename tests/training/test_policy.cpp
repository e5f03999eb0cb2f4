// SPDX-License-Identifier: Apache-2.0
#include "tests/registry.h"
#include "training/trainer/policy.h"

using namespace diagonal;

class TestPolicy : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void eachSituationHasItsAction_data() {
        QTest::addColumn<StepReport>("report");
        QTest::addColumn<NextAction>("expected");
        using enum StepOutcome;
        const auto row = [](const char* name, const StepReport& report, const NextAction& expected) {
            QTest::newRow(name) << report << expected;
        };
        const NextAction nothing;
        row("a usual step", {}, nothing);
        row("validation is due", {.validationIsDue = true}, {.validate = true});
        row("saving is due", {.saveIsDue = true}, {.save = true});
        row("the last step is measured, and saved by the end", {.isLast = true, .saveIsDue = true}, {.validate = true});
        row("what is due waits for a step after an overflow of fp16",
            {.outcome = Overflow, .validationIsDue = true, .saveIsDue = true}, nothing);
        for (const StepOutcome outcome : {NotFinite, Spike})
            row(outcome == Spike ? "a spike: what is due waits" : "no number: what is due waits",
                {.outcome = outcome,
                 .refusedInARow = 1,
                 .hasCheckpoint = true,
                 .validationIsDue = true,
                 .saveIsDue = true},
                nothing);
        row("two in a row", {.outcome = NotFinite, .refusedInARow = 2, .hasCheckpoint = true}, nothing);
        row("three in a row", {.outcome = NotFinite, .refusedInARow = 3, .hasCheckpoint = true}, {Recovery::RollBack});
        row("three spikes in a row", {.outcome = Spike, .refusedInARow = 3, .hasCheckpoint = true},
            {Recovery::RollBack});
        row("three spikes before the first checkpoint", {.outcome = Spike, .refusedInARow = 3},
            {Recovery::ForgetNorms});
        row("no numbers before the first checkpoint", {.outcome = NotFinite, .refusedInARow = 3}, {Recovery::GiveUp});
        row("after three times back", {.outcome = Spike, .refusedInARow = 3, .rollBacks = 3, .hasCheckpoint = true},
            {Recovery::GiveUp});
        row("the last batch is no number",
            {.outcome = NotFinite, .refusedInARow = 1, .hasCheckpoint = true, .isLast = true}, {Recovery::RollBack});
        row("the last batch is no number, without a checkpoint",
            {.outcome = NotFinite, .refusedInARow = 1, .isLast = true}, {Recovery::GiveUp});
        row("the last batch is a spike", {.outcome = Spike, .refusedInARow = 1, .hasCheckpoint = true, .isLast = true},
            {.validate = true});
    }

    void eachSituationHasItsAction() {
        QFETCH(StepReport, report);
        QFETCH(NextAction, expected);
        QVERIFY(nextAction(report) == expected);
    }

    void whatIsNoNumberIsNotSaved() {
        QVERIFY(maySave(StepOutcome::Updated, 0));
        QVERIFY(maySave(StepOutcome::Overflow, 0));
        QVERIFY(maySave(StepOutcome::Spike, 2));
        QVERIFY(!maySave(StepOutcome::Spike, 3));
        QVERIFY(!maySave(StepOutcome::NotFinite, 1));
    }

    /// A state that is refused is neither saved nor measured nor left as it is for ever, whatever else is so.
    void noRefusedStateIsKept() {
        using enum StepOutcome;
        for (const StepOutcome outcome : {NotFinite, Spike})
            for (int64_t refused = 1; refused < 6; ++refused)
                for (int64_t back = 0; back < 5; ++back)
                    for (int flags = 0; flags < 16; ++flags) {
                        const bool last = (flags & 1) != 0;
                        const NextAction next = nextAction(
                            {outcome, refused, back, (flags & 2) != 0, last, (flags & 4) != 0, (flags & 8) != 0});
                        QVERIFY(!next.save);
                        QVERIFY(!next.validate || (last && outcome == Spike));
                        if (refused >= 3) QVERIFY(next.recovery != Recovery::None);
                    }
    }
};

DIAGONAL_TEST(TestPolicy);
#include "test_policy.moc"
