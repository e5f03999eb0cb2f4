// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/registry.h"

/// index LIBRARY import and export.
class TestIndexTransfer : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString at(const QString& name) const { return m_folder.filePath(name); }

  private Q_SLOTS:
    void embeddingsBecomeALibraryAndComeBack() {
        EXIT_CODE(
            runCli({"embed", "--data", "scenes:count=6,seed=1,split=train", "--out", at("e.npy"), "--threads", "1"}),
            0);
        const Finished in = runCli({"index", at("lib"), "import", at("e.npy"), "--model", "demo", "--fp32"});
        EXIT_CODE(in, 0);
        QVERIFY2(in.says("6 rows of 6 files"), in.err.c_str());
        const Finished out = runCli({"index", at("lib"), "export", at("back.npy")});
        EXIT_CODE(out, 0);
        const QByteArray before = bytesOf(at("e.npy")), after = bytesOf(at("back.npy"));
        QCOMPARE(after.size(), before.size());
        for (qsizetype i = 128; i + 4 <= before.size(); i += 4) {
            float a = 0, b = 0;
            std::memcpy(&a, before.constData() + i, 4);
            std::memcpy(&b, after.constData() + i, 4);
            QVERIFY(std::abs(a - b) < 1e-6F);
        }
        EXIT_CODE(runCli({"index", at("lib"), "import", at("e.npy")}), 1);
        EXIT_CODE(runCli({"index", at("lib"), "export", at("back.parquet")}), 2);
        EXIT_CODE(runCli({"index", at("nothing"), "export", at("x.npy")}), 1);
    }

    void aFileOfEmbedTellsItsModel() {
        EXIT_CODE(runCli({"embed", "--data", "scenes:count=6,seed=1,split=train", "--out", at("own.safetensors")}), 0);
        EXIT_CODE(runCli({"index", at("own"), "import", at("own.safetensors")}), 0);
        EXIT_CODE(runCli({"search", at("own"), "--text", "red circle", "--all"}), 0);
        // And on from an export.
        EXIT_CODE(runCli({"index", at("own"), "export", at("again.safetensors")}), 0);
        EXIT_CODE(runCli({"index", at("again"), "import", at("again.safetensors")}), 0);
        EXIT_CODE(runCli({"search", at("again"), "--text", "red circle", "--all"}), 0);
    }

    /// Files of an import have no format.
    void videosOfAnImportAreFoundByTheirType() {
        writeBytes(at("kinds.csv"), "path,time,e0,e1\na.jpg,,1,0\nb.jpg,,0,1\nc.mp4,0.5,0.6,0.8\nc.mp4,1.5,1,0.1\n");
        EXIT_CODE(runCli({"index", at("kinds"), "import", at("kinds.csv")}), 0);
        const auto found = [&](const QStringList& type) {
            const QStringList search = {"search", at("kinds"), "--like", "a.jpg",
                                        "--all",  "--format",  "jsonl",  "--type"};
            const Finished done = runCli(search + type);
            QStringList names;
            for (const auto& line : done.lines())
                names += QString::fromStdString(line.at("path").get<std::string>());
            names.sort();
            return names;
        };
        QCOMPARE(found({"video"}), QStringList{"c.mp4"});
        QCOMPARE(found({"video", "jpeg"}), QStringList{"c.mp4"});
        QCOMPARE(found({"picture"}), (QStringList{"a.jpg", "b.jpg"}));
        QCOMPARE(found({"picture", "mp4"}), (QStringList{"a.jpg", "b.jpg"}));
        QCOMPARE(found({"picture", "video", "jpeg"}), (QStringList{"a.jpg", "b.jpg", "c.mp4"}));
    }

    void rowsThatAreNoneAreListed() {
        writeBytes(at("n.csv"), "path,e0,e1\na,0,0\nb,1,0\n");
        const Finished in = runCli({"index", at("n"), "import", at("n.csv")});
        EXIT_CODE(in, 3);
        QVERIFY2(in.says("a: "), in.err.c_str());
    }
};

DIAGONAL_TEST(TestIndexTransfer);
#include "test_index_transfer.moc"
