// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <map>
#include <string>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "training/distributed/launch.h"

using namespace diagonal;

namespace {

using Variables = std::map<std::string, std::string>;

std::optional<Launch> launchWith(const Variables& variables) {
    return launchOf([&](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

}  // namespace

class TestLaunch : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aProcessAloneHasNoWorld() {
        QVERIFY(!launchWith({}));
        QVERIFY(!launchWith({{"WORLD_SIZE", "1"}, {"RANK", "0"}}));
        // A batch script of a job with eight tasks, in which srun has not been called.
        QVERIFY(!launchWith({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}, {"SLURM_JOB_ID", "12"}}));
    }

    void torchrun() {
        const auto launch = launchWith({{"RANK", "5"},
                                        {"WORLD_SIZE", "8"},
                                        {"LOCAL_RANK", "1"},
                                        {"LOCAL_WORLD_SIZE", "4"},
                                        {"MASTER_ADDR", "node7"},
                                        {"MASTER_PORT", "1234"},
                                        {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                        {"TORCHELASTIC_RESTART_COUNT", "2"}});
        QVERIFY(launch.has_value());
        QCOMPARE(launch->rank, 5);
        QCOMPARE(launch->size, 8);
        QCOMPARE(launch->localRank, 1);
        QCOMPARE(launch->localSize, 4);
        QCOMPARE(launch->address, std::string("node7"));
        QCOMPARE(launch->port, uint16_t{1234});
        QCOMPARE(launch->storePrefix, std::string("/worker/attempt_2"));
    }

    void slurm_data() {
        QTest::addColumn<QString>("nodes");
        QTest::addColumn<QString>("tasks");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("local");
        QTest::newRow("one") << "gpu7"
                             << "4"
                             << "gpu7" << 4;
        QTest::newRow("range") << "gpu[07-09,12]"
                               << "4(x4)"
                               << "gpu07" << 4;
        QTest::newRow("list") << "gpu[3,5]"
                              << "2(x2)"
                              << "gpu3" << 2;
        QTest::newRow("names") << "a1,b[2-3]"
                               << "3,2(x2)"
                               << "a1" << 3;
        QTest::newRow("one in brackets") << "n[001]"
                                         << "16"
                                         << "n001" << 16;
    }

    void slurm() {
        QFETCH(QString, nodes);
        QFETCH(QString, tasks);
        QFETCH(QString, host);
        QFETCH(int, local);
        const auto launch = launchWith({{"SLURM_PROCID", "3"},
                                        {"SLURM_STEP_NUM_TASKS", "16"},
                                        {"SLURM_LOCALID", "1"},
                                        {"SLURM_STEP_NODELIST", nodes.toStdString()},
                                        {"SLURM_STEP_TASKS_PER_NODE", tasks.toStdString()},
                                        {"SLURM_JOB_ID", "123456"},
                                        {"SLURM_STEP_ID", "2"}});
        QVERIFY(launch.has_value());
        QCOMPARE(launch->rank, 3);
        QCOMPARE(launch->localRank, 1);
        QCOMPARE(launch->localSize, local);
        QCOMPARE(launch->address, host.toStdString());
        QCOMPARE(launch->port, uint16_t{20000 + 3458});
    }

    void mpirun() {
        const auto launch = launchWith({{"OMPI_COMM_WORLD_RANK", "1"},
                                        {"OMPI_COMM_WORLD_SIZE", "2"},
                                        {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                                        {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}});
        QVERIFY(launch.has_value());
        QCOMPARE(launch->rank, 1);
        QCOMPARE(launch->address, std::string("127.0.0.1"));
        QCOMPARE(launchWith({{"PMI_RANK", "2"}, {"PMI_SIZE", "4"}})->rank, 2);
    }

    void whatMakesNoSenseIsRefused_data() {
        QTest::addColumn<QString>("variables");
        QTest::addColumn<QString>("subject");
        QTest::newRow("no rank") << "WORLD_SIZE=2"
                                 << "RANK";
        QTest::newRow("rank too large") << "WORLD_SIZE=2 RANK=2"
                                        << "RANK=2";
        QTest::newRow("negative") << "WORLD_SIZE=2 RANK=-1"
                                  << "RANK=-1";
        QTest::newRow("no number") << "WORLD_SIZE=two RANK=0"
                                   << "WORLD_SIZE=two";
        QTest::newRow("port") << "WORLD_SIZE=2 RANK=0 MASTER_PORT=99999"
                              << "MASTER_PORT=99999";
        QTest::newRow("several computers")
            << "OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE=2"
            << "MASTER_ADDR";
    }

    void whatMakesNoSenseIsRefused() {
        QFETCH(QString, variables);
        QFETCH(QString, subject);
        Variables set;
        for (const QString& one : variables.split(QLatin1Char(' ')))
            set[one.section(QLatin1Char('='), 0, 0).toStdString()] = one.section(QLatin1Char('='), 1).toStdString();
        try {
            launchWith(set);
            QFAIL("taken");
        } catch (const Error& error) {
            QCOMPARE(error.subject(), subject.toStdString());
        }
    }
};

DIAGONAL_TEST(TestLaunch);
#include "test_launch.moc"
