// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <QCryptographicHash>
#include <filesystem>
#include <memory>

#include "tests/cli/program.h"
#include "tests/engine/http_server.h"
#include "tests/engine/hub_folders.h"
#include "tests/registry.h"

namespace fs = std::filesystem;

/// models list, get and remove, against a server on this computer.
class TestModels : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { m_home = std::make_unique<FakeHome>(); }

    void theListShowsNameSizePlaceAndUse() {
        m_home->write("clip/RN50.pt", "x");
        const Finished run = runCli({"models", "list"});
        EXIT_CODE(run, 0);
        QVERIFY(run.out.starts_with("NAME"));
        const auto lines = QString::fromStdString(run.out).split('\n');
        const auto line = [&](const QString& name) {
            for (const auto& one : lines)
                if (one.startsWith(name + ' ')) return one;
            return QString();
        };
        QVERIFY2(line("ViT-B/32").contains("354 MB"), run.out.c_str());
        QVERIFY2(line("RN50").contains("~/.cache/clip"), run.out.c_str());
        QVERIFY2(line("hf:google/siglip2-base-patch16-224").contains("languages"), run.out.c_str());
    }

    void theListAsJsonHasEverything() {
        const auto file = m_home->write("diagonal/models/RN50.pt", "x");
        const Finished run = runCli({"models", "list", "--format", "json"});
        EXIT_CODE(run, 0);
        size_t here = 0;
        for (const auto& model : run.json()) {
            for (const char* key : {"name", "description", "licence", "bytes", "path", "where", "removable"})
                QVERIFY2(model.contains(key), key);
            if (model["path"].is_null()) continue;
            ++here;
            QCOMPARE(model["name"].get<std::string>(), std::string("RN50"));
            QCOMPARE(model["path"].get<std::string>(), file.string());
            QVERIFY(model["removable"].get<bool>());
        }
        QCOMPARE(here, size_t{1});
    }

    void getPrintsThePathAndRemoveTakesItAway() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        setCatalogue(server);
        const fs::path file = m_home->models() / "ViT-B-32.pt";
        for (const bool again : {false, true}) {
            const Finished run = runCli({"models", "get", "ViT-B-32"});
            EXIT_CODE(run, 0);
            QCOMPARE(run.out, file.string() + "\n");
            QCOMPARE(run.says("Getting ViT-B-32"), !again);
        }
        QVERIFY(contentOf(file) == m_file);
        QCOMPARE(server.requests().size(), size_t{1});
        EXIT_CODE(runCli({"models", "remove", "ViT-B/32"}), 0);
        QVERIFY(!fs::exists(file));
        const Finished gone = runCli({"models", "remove", "ViT-B/32"});
        EXIT_CODE(gone, 1);
        QVERIFY(gone.says("not on this computer"));
    }

    void ctrlCKeepsThePartAndGetGoesOn() {
        std::atomic<bool> stall = true;
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            if (stall) answer.stallAfter = 200000;
            return answer;
        });
        setCatalogue(server);
        const fs::path part = m_home->models() / "ViT-B-32.pt.part";
        QProcess process;
        process.start(programFile(), {"models", "get", "ViT-B/32"});
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(part) && fs::file_size(part) == 200000, 60000);
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
        QVERIFY(process.waitForFinished(60000));
        const QByteArray said = process.readAllStandardError();
        QCOMPARE(process.exitCode(), 130);
        QVERIFY2(said.contains("models get ViT-B/32"), said.constData());
        QCOMPARE(fs::file_size(part), uintmax_t{200000});
        stall = false;
        EXIT_CODE(runCli({"models", "get", "ViT-B/32"}), 0);
        QVERIFY(contentOf(m_home->models() / "ViT-B-32.pt") == m_file);
        QCOMPARE(server.requests().back().from(), size_t{200000});
    }

    void failuresSayWhatToDo() {
        const Finished unknown = runCli({"models", "get", "ViT-X/99"});
        EXIT_CODE(unknown, 1);
        QVERIFY2(unknown.says("ViT-B/32") && unknown.says("hf:owner/name"), unknown.err.c_str());
        qputenv("HF_HUB_OFFLINE", "1");
        const Finished offline = runCli({"models", "get", "hf:some/thing"});
        EXIT_CODE(offline, 1);
        QVERIFY2(offline.says("HF_HUB_OFFLINE") && offline.says("by hand"), offline.err.c_str());
    }

    void otherProgramsFilesAreNotRemoved() {
        const auto file = m_home->write("clip/RN50.pt", "x");
        const Finished run = runCli({"models", "remove", "RN50"});
        EXIT_CODE(run, 1);
        QVERIFY2(run.says("~/.cache/clip"), run.err.c_str());
        QVERIFY(fs::exists(file));
    }

  private:
    void setCatalogue(const HttpServer& server) const {
        const QByteArray hash = QCryptographicHash::hash(QByteArray::fromStdString(m_file), QCryptographicHash::Sha256);
        const nlohmann::json model = {
            {"name", "ViT-B/32"}, {"url", server.url("/ViT-B-32.pt")}, {"sha256", hash.toHex().toStdString()}};
        m_home->setCatalogue(nlohmann::json({{"models", {model}}}).dump());
    }

    const std::string m_file = std::string(400000, 'w') + "the end";
    std::unique_ptr<FakeHome> m_home;
};

DIAGONAL_TEST(TestModels);
#include "test_models.moc"
