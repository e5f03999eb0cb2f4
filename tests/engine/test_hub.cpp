// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/hub/hub.h"
#include "engine/hub/hugging_face.h"
#include "engine/hub/sha256.h"
#include "tests/engine/http_server.h"
#include "tests/engine/hub_folders.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const std::string kCommit(40, 'c');

/// An entry of the hub's answer; large files have a hash.
json sibling(const std::string& name, const std::string& content, bool large) {
    json entry = {{"rfilename", name}, {"size", content.size()}, {"blobId", std::string(40, 'd')}};
    if (large) entry["lfs"] = {{"sha256", hashOf(content)}, {"size", content.size()}, {"pointerSize", 134}};
    return entry;
}

/// The hub with one model, some/thing.
struct FakeHub {
    std::map<std::string, std::string> files;
    std::function<TestAnswer(const TestRequest&, TestAnswer)> change = [](const auto&, TestAnswer answer) {
        return answer;
    };

    json listing() const {
        json answer = {{"id", "some/thing"}, {"sha", kCommit}, {"siblings", json::array()}};
        for (const auto& [name, content] : files)
            answer["siblings"].push_back(sibling(name, content, content.size() > 1000));
        return answer;
    }

    TestAnswer answer(const TestRequest& request) const {
        const std::string folder = "/some/thing/resolve/" + kCommit + "/";
        if (request.target == "/api/models/some/thing?blobs=true")
            return change(request, fileAnswer(request, listing().dump()));
        if (!request.target.starts_with(folder)) return failure(404);
        const auto file = files.find(request.target.substr(folder.size()));
        return change(request, file == files.end() ? failure(404) : fileAnswer(request, file->second));
    }
};

std::string answerWith(const json& siblings) {
    return json({{"sha", kCommit}, {"siblings", siblings}}).dump();
}

}  // namespace

class TestHub : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() {
        m_home = std::make_unique<FakeHome>();
        m_hub = {};
        m_hub.files = {{"config.json", "{\"model_type\":\"clip\"}"},
                       {"model.safetensors", m_weights},
                       {"vocab.json", "{}"},
                       {"README.md", "words"}};
    }

    void aModelOfTheCatalogueComesOnce() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_weights); });
        setCatalogue(server, hashOf(m_weights));
        const fs::path file = getModel("ViT-B-32");
        QCOMPARE(file, m_home->models() / "ViT-B-32.pt");
        QVERIFY(contentOf(file) == m_weights);
        QCOMPARE(getModel("vit-b/32"), file);
        QCOMPARE(server.requests().size(), size_t{1});
        removeModel("ViT-B/32");
        QVERIFY(!findModel("ViT-B/32"));
    }

    void aModelInAnotherCacheIsNotDownloaded() {
        const auto clip = m_home->write("clip/ViT-B-32.pt", "x");
        QCOMPARE(getModel("ViT-B/32"), clip);
    }

    void theCataloguesModelsNeverGetTheToken() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_weights); });
        setCatalogue(server, hashOf(m_weights));
        qputenv("HF_TOKEN", "hf_secret");
        getModel("ViT-B/32");
        QVERIFY(!server.requests()[0].has("authorization"));
    }

    void tooLittleRoomIsSaidBeforeAnythingIsAsked() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_weights); });
        setCatalogue(server, hashOf(m_weights), uint64_t{1} << 41);
        SAYS(errorOf([] { getModel("ViT-B/32"); }), "MB left");
        QVERIFY(server.requests().empty());
    }

    void offlineIsSaidPlainly() {
        qputenv("HF_HUB_OFFLINE", "1");
        for (const char* name : {"ViT-B/32", "hf:some/thing"}) {
            const std::string error = errorOf([&] { getModel(name); });
            SAYS(error, "HF_HUB_OFFLINE");
            SAYS(error, m_home->models().string());
        }
        const auto clip = m_home->write("clip/ViT-B-32.pt", "x");
        QCOMPARE(getModel("ViT-B/32"), clip);
    }

    void twoProcessesGetOneModelOnce() {
        std::atomic<int> waiting = 0;
        HttpServer server([&](const TestRequest& request) {
            while (waiting < 2)
                std::this_thread::yield();
            return fileAnswer(request, m_weights);
        });
        setCatalogue(server, hashOf(m_weights));
        int pipes[2];
        QCOMPARE(::pipe(pipes), 0);
        std::vector<pid_t> children;
        for (int i = 0; i < 2; ++i) {
            const pid_t child = ::fork();
            if (child == 0) {
                // The one that downloads hears nothing before its first byte; the one that waits reports that it does.
                bool told = false;
                JobContext job;
                job.report = [&](const Progress&) {
                    if (!std::exchange(told, true)) [[maybe_unused]]
                        const auto count = ::write(pipes[1], "x", 1);
                };
                const bool right = errorOf([&] { getModel("ViT-B/32", job); }).empty() &&
                                   contentOf(m_home->models() / "ViT-B-32.pt") == m_weights;
                ::_exit(right ? 0 : 1);
            }
            children.push_back(child);
        }
        char byte = 0;
        QCOMPARE(::read(pipes[0], &byte, 1), ssize_t{1});
        waiting = 2;
        for (const pid_t child : children) {
            int status = -1;
            QCOMPARE(::waitpid(child, &status, 0), child);
            QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        ::close(pipes[0]);
        ::close(pipes[1]);
        QCOMPARE(server.requests().size(), size_t{1});
    }

    void aRepositoryComesWhole() {
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        int64_t last = 0;
        JobContext job;
        job.report = [&](const Progress& progress) {
            QVERIFY(progress.done >= last);
            last = progress.done;
        };
        const fs::path folder = getModel("hf:some/thing", job);
        QCOMPARE(folder, m_home->models() / "some--thing");
        QVERIFY(contentOf(folder / "model.safetensors") == m_weights);
        QVERIFY(fs::exists(folder / "config.json") && fs::exists(folder / "vocab.json"));
        QVERIFY(!fs::exists(folder / "README.md"));
        QVERIFY(!fs::exists(m_home->models() / "some--thing.part"));
        QCOMPARE(getModel("https://huggingface.co/some/thing"), folder);
        QCOMPARE(server.requests().size(), size_t{4});
        QCOMPARE(last, static_cast<int64_t>(m_weights.size() + 2 + 21));
    }

    void aRepositoryIsGoneOnWith() {
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        const std::string staging = "diagonal/models/some--thing.part/";
        m_home->write(staging + kCommit + "/config.json", m_hub.files["config.json"]);
        m_home->write(staging + kCommit + "/model.safetensors.part", m_weights.substr(0, 40000));
        const auto old = m_home->write(staging + std::string(40, 'e') + "/model.safetensors", "of another commit");
        const fs::path folder = getModel("hf:some/thing");
        QVERIFY(contentOf(folder / "model.safetensors") == m_weights);
        QVERIFY(!fs::exists(old));
        for (const auto& request : server.requests()) {
            QVERIFY(!request.target.ends_with("/config.json"));
            if (request.target.ends_with(".safetensors")) QCOMPARE(request.from(), size_t{40000});
        }
    }

    void whatCameIsKeptWhenALaterFileFails() {
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        m_hub.change = [](const TestRequest& request, TestAnswer answer) {
            return request.target.ends_with(".safetensors") ? failure(404) : answer;
        };
        SAYS(errorOf([] { getModel("hf:some/thing"); }), "does not have it");
        QVERIFY(!fs::exists(m_home->models() / "some--thing"));
        QVERIFY(fs::exists(m_home->models() / "some--thing.part" / kCommit / "config.json"));
        QVERIFY(!findModel("hf:some/thing"));
        m_hub.change = [](const TestRequest&, TestAnswer answer) { return answer; };
        QVERIFY(fs::exists(getModel("hf:some/thing") / "model.safetensors"));
    }

    void weightsInHuggingFacesCacheAreNotDownloadedAgain() {
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        const std::string blobs = "huggingface/hub/models--some--thing/blobs/";
        m_home->write(blobs + hashOf(m_weights), m_weights);
        QVERIFY(contentOf(getModel("hf:some/thing") / "model.safetensors") == m_weights);
        for (const auto& request : server.requests())
            QVERIFY(!request.target.ends_with(".safetensors"));
        // Not what its name says: it comes from the hub.
        removeModel("hf:some/thing");
        std::string damaged = m_weights;
        damaged[7] = static_cast<char>(damaged[7] ^ 1);
        m_home->write(blobs + hashOf(m_weights), damaged);
        QVERIFY(contentOf(getModel("hf:some/thing") / "model.safetensors") == m_weights);
    }

    void theTokenGoesToTheHub() {
        HttpServer elsewhere([&](const TestRequest& request) { return fileAnswer(request, m_weights); });
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        m_home->write("huggingface/token", "hf_secret\n");
        m_hub.change = [&](const TestRequest& request, TestAnswer answer) {
            return request.target.ends_with(".safetensors") ? redirect(elsewhere.url("/cdn")) : answer;
        };
        QVERIFY(contentOf(getModel("hf:some/thing") / "model.safetensors") == m_weights);
        for (const auto& request : server.requests())
            QCOMPARE(request.headers.at("authorization"), std::string("Bearer hf_secret"));
        QVERIFY(!elsewhere.requests()[0].has("authorization"));
    }

    void aGatedModelSaysWhereToAccept() {
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        m_hub.change = [](const TestRequest& request, TestAnswer answer) {
            return request.target.ends_with(".safetensors") ? failure(401, {"X-Error-Code: GatedRepo"}) : answer;
        };
        const std::string error = errorOf([] { getModel("hf:some/thing"); });
        SAYS(error, "licence");
        SAYS(error, server.url("/some/thing"));
        SAYS(error, "HF_TOKEN");
    }

    void anUnknownRepositorySaysSo() {
        HttpServer server([&](const TestRequest&) { return failure(401, {"X-Error-Code: RepoNotFound"}); });
        useHub(server);
        SAYS(errorOf([] { getModel("hf:some/thing"); }), "Is the name right?");
    }

    void aModelThatIsNoClipCostsNoWeights() {
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        m_hub.files["config.json"] = "{\"model_type\":\"bert\"}";
        SAYS(errorOf([] { getModel("hf:some/thing"); }), "“bert”");
        for (const auto& request : server.requests())
            QVERIFY(!request.target.ends_with(".safetensors"));
    }

    void aDamagedSmallFileIsNoticed() {
        HttpServer server([&](const TestRequest& request) { return m_hub.answer(request); });
        useHub(server);
        m_hub.change = [](const TestRequest& request, TestAnswer answer) {
            if (request.target.ends_with("vocab.json")) answer.body += "x";
            return answer;
        };
        SAYS(errorOf([] { getModel("hf:some/thing"); }), "bytes, expected");
    }

    void anAnswerWithoutEndIsBounded() {
        HttpServer server([&](const TestRequest&) {
            TestAnswer answer;
            answer.body = std::string((16 << 20) + 1, ' ');
            return answer;
        });
        useHub(server);
        SAYS(errorOf([] { getModel("hf:some/thing"); }), "too much");
    }

    void anEndpointMustBeAWebAddress() {
        qputenv("HF_ENDPOINT", "file:///etc");
        SAYS(errorOf([] { getModel("hf:some/thing"); }), "HF_ENDPOINT");
    }

    void onlyTheNeededFilesAreChosen_data() {
        QTest::addColumn<QStringList>("there");
        QTest::addColumn<QStringList>("chosen");
        QTest::newRow("open_clip first") << QStringList{"config.json",
                                                        "model.safetensors",
                                                        "open_clip_config.json",
                                                        "open_clip_model.safetensors",
                                                        "open_clip_pytorch_model.bin",
                                                        "pytorch_model.bin",
                                                        "tokenizer.json"}
                                         << QStringList{"open_clip_config.json", "tokenizer.json",
                                                        "open_clip_model.safetensors"};
        QTest::newRow("open_clip in PyTorch's form")
            << QStringList{"open_clip_config.json", "open_clip_pytorch_model.bin", "pytorch_model.bin"}
            << QStringList{"open_clip_config.json", "open_clip_pytorch_model.bin"};
        QTest::newRow("Hugging Face") << QStringList{"config.json",       "flax_model.msgpack",
                                                     "model.safetensors", "preprocessor_config.json",
                                                     "pytorch_model.bin", "spiece.model",
                                                     "tf_model.h5"}
                                      << QStringList{"config.json", "spiece.model", "preprocessor_config.json",
                                                     "model.safetensors"};
        QTest::newRow("PyTorch's form") << QStringList{"config.json", "merges.txt", "pytorch_model.bin", "vocab.json"}
                                        << QStringList{"config.json", "vocab.json", "merges.txt", "pytorch_model.bin"};
        QTest::newRow("an open_clip configuration without weights")
            << QStringList{"config.json", "model.safetensors", "open_clip_config.json"}
            << QStringList{"config.json", "model.safetensors"};
        QTest::newRow("shards") << QStringList{"config.json", "model-00001-of-00002.safetensors",
                                               "model-00002-of-00002.safetensors", "model-x0002-of-00002.safetensors",
                                               "model.safetensors.index.json"}
                                << QStringList{"config.json", "model.safetensors.index.json",
                                               "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"};
        QTest::newRow("folders are left")
            << QStringList{"../config.json",         "/vocab.json",        "config.json", "model.safetensors",
                           "onnx/model.safetensors", "x/../tokenizer.json"}
            << QStringList{"config.json", "model.safetensors"};
        QTest::newRow("no configuration") << QStringList{"model.safetensors"} << QStringList{};
        QTest::newRow("no weights") << QStringList{"config.json", "tf_model.h5"} << QStringList{};
        QTest::newRow("configuration upwards") << QStringList{"../config.json", "model.safetensors"} << QStringList{};
        QTest::newRow("nothing") << QStringList{} << QStringList{};
    }

    void onlyTheNeededFilesAreChosen() {
        QFETCH(QStringList, there);
        QFETCH(QStringList, chosen);
        json siblings = json::array();
        for (const auto& name : there)
            siblings.push_back(sibling(name.toStdString(), "content", !name.endsWith(".json")));
        if (chosen.isEmpty()) {
            SAYS(errorOf([&] { chooseFiles(answerWith(siblings), "hf:x/y"); }), "no model that Diagonal can read");
            return;
        }
        QStringList names;
        for (const auto& file : chooseFiles(answerWith(siblings), "hf:x/y").files)
            names.append(QString::fromStdString(file.name));
        QCOMPARE(names, chosen);
    }

    void hostileAnswersAreRefused_data() {
        QTest::addColumn<std::string>("answer");
        const json config = sibling("config.json", "x", false), weights = sibling("model.safetensors", "x", true);
        const auto changed = [&](const std::string& key, const json& value) {
            json entry = weights;
            entry[key] = value;
            return answerWith({config, entry});
        };
        QTest::newRow("empty") << std::string();
        QTest::newRow("no JSON") << std::string("<html>");
        QTest::newRow("a list") << std::string("[]");
        QTest::newRow("deep") << std::string(1 << 20, '[');
        QTest::newRow("no files") << json({{"sha", kCommit}}).dump();
        QTest::newRow("files are a number") << json({{"sha", kCommit}, {"siblings", 1}}).dump();
        QTest::newRow("no commit") << json({{"siblings", {config, weights}}}).dump();
        QTest::newRow("a commit upwards") << json({{"sha", "../../x"}, {"siblings", {config, weights}}}).dump();
        QTest::newRow("entries are numbers") << answerWith({1, 2});
        QTest::newRow("a name is a list") << changed("rfilename", json::array());
        QTest::newRow("a size is a text") << changed("size", "1");
        QTest::newRow("a size below zero") << changed("size", -1);
        QTest::newRow("a size beyond all") << changed("size", uint64_t{1} << 60);
        QTest::newRow("weights without a hash") << changed("lfs", nullptr);
        QTest::newRow("a hash is a number") << changed("lfs", {{"sha256", 1}});
        QTest::newRow("a hash is a path") << changed("lfs", {{"sha256", "../x"}});
    }

    void hostileAnswersAreRefused() {
        QFETCH(std::string, answer);
        QVERIFY_THROWS_EXCEPTION(Error, chooseFiles(answer, "hf:x/y"));
    }

  private:
    void setCatalogue(const HttpServer& server, const std::string& sha256, uint64_t bytes = 0) const {
        const json model = {{"name", "ViT-B/32"}, {"description", "A test"},           {"licence", "MIT"},
                            {"bytes", bytes},     {"url", server.url("/ViT-B-32.pt")}, {"sha256", sha256}};
        m_home->setCatalogue(json({{"models", {model}}}).dump());
    }

    static void useHub(const HttpServer& server) { qputenv("HF_ENDPOINT", QByteArray::fromStdString(server.url("/"))); }

    const std::string m_weights = std::string(100000, 'w') + "the end";
    std::unique_ptr<FakeHome> m_home;
    FakeHub m_hub;
};

DIAGONAL_TEST(TestHub);
#include "test_hub.moc"
