// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "engine/base/error.h"
#include "engine/hub/caches.h"
#include "engine/hub/catalogue.h"
#include "engine/hub/hub.h"
#include "tests/double_quoted.h"
#include "tests/engine/hub_folders.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

const std::string kRevision(40, 'a'), kOther(40, 'b');

std::string snapshot(const std::string& repository, const std::string& revision) {
    return "huggingface/hub/models--" + repository + "/snapshots/" + revision + "/";
}

const HubModel* named(const std::vector<HubModel>& models, const std::string& name) {
    const auto found =
        std::find_if(models.begin(), models.end(), [&](const HubModel& model) { return model.about.name == name; });
    return found == models.end() ? nullptr : &*found;
}

}  // namespace

class TestHubFind : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { m_home = std::make_unique<FakeHome>(); }

    void theCatalogueIsSound() {
        const auto models = readCatalogue();
        QCOMPARE(std::count_if(models.begin(), models.end(), [](const auto& model) { return !model.url.empty(); }),
                 std::ptrdiff_t{9});
        QVERIFY(models.size() > 9);
        for (const auto& model : models) {
            QVERIFY2(!model.description.empty() && !model.licence.empty() && model.bytes > 0, model.name.c_str());
            // OpenAI has the hash in the address.
            if (!model.url.empty())
                QVERIFY2(model.url.find("/" + model.sha256 + "/") != std::string::npos, model.name.c_str());
        }
    }

    void namesAreKnownInEverySpelling_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("known");
        for (const char* name : {"ViT-B/32", "ViT-B-32", "vit-b-32", "RN50", "rn50x64", "ViT-L/14@336px",
                                 "ViT-L-14-336px", "ViT-L-14-336", "hf:laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
                                 "hf:some/thing", "hf-hub:some/thing", "https://huggingface.co/some/thing"})
            QTest::newRow(name) << name << true;
        for (const char* name :
             {"", "demo", "ViT-B/33", "my/model", "./RN50", "RN50.pt", "/tmp/x", "some/thing", "tiny"})
            QTest::newRow(name) << name << false;
    }

    void namesAreKnownInEverySpelling() {
        QFETCH(QString, name);
        QTEST(isHubName(name.toStdString()), "known");
    }

    void aPastedAddressIsARepository() {
        for (const char* name :
             {"hf:a-b/c.d", "https://huggingface.co/a-b/c.d", "https://huggingface.co/a-b/c.d/tree/main",
              "https://huggingface.co/a-b/c.d?library=open_clip", "hf-hub:a-b/c.d"})
            QCOMPARE(repositoryOf(name)->id(), std::string("a-b/c.d"));
    }

    void whatCanBeNoRepositoryIsRefused() {
        for (const char* name :
             {"hf:", "hf:gpt2", "hf:/x", "hf:a/", "hf:../x", "hf:a/..", "hf:a--b/c", "hf:a/b--c", "hf:a/.b", "hf:a/b c",
              "hf:a/b%2f", "hf:-a/b", "hf:a/b.git", "hf:ä/b", "https://huggingface.co/models"}) {
            QVERIFY_THROWS_EXCEPTION(Error, findModel(name));
            QVERIFY_THROWS_EXCEPTION(Error, removeModel(name));
        }
        QVERIFY_THROWS_EXCEPTION(Error, findModel("ViT-Z/99"));
    }

    void nothingIsFoundInAnEmptyHome() {
        QVERIFY(!findModel("ViT-B/32"));
        QVERIFY(!findModel("hf:some/thing"));
        for (const auto& model : hubModels()) {
            QVERIFY(model.path.empty() && model.where.empty());
            QVERIFY(!model.removable);
        }
    }

    void cachesAreSearchedInOrder() {
        const std::string timm = snapshot("timm--vit_base_patch32_clip_224.openai", kRevision);
        m_home->write(timm + "open_clip_model.safetensors", "x");
        QVERIFY(!findModel("ViT-B/32"));  // open_clip's weights alone do not say what they are
        const auto config = m_home->write(timm + "open_clip_config.json", "{}");
        QCOMPARE(findModel("ViT-B/32").value(), config.parent_path());
        QCOMPARE(named(hubModels(), "ViT-B/32")->where, std::string("open_clip's cache"));
        QVERIFY(!named(hubModels(), "hf:timm/vit_base_patch32_clip_224.openai"));

        const auto clip = m_home->write("clip/ViT-B-32.pt", "x");
        QCOMPARE(findModel("ViT-B-32").value(), clip);
        QCOMPARE(named(hubModels(), "ViT-B/32")->where, std::string("~/.cache/clip"));
        QVERIFY(!named(hubModels(), "ViT-B/32")->removable);

        const auto own = m_home->write("diagonal/models/ViT-B-32.pt", "x");
        QCOMPARE(findModel("vit-b/32").value(), own);
        QCOMPARE(named(hubModels(), "ViT-B/32")->where, std::string("Diagonal's cache"));
        QVERIFY(named(hubModels(), "ViT-B/32")->removable);
    }

    void theCatalogueDescribesNamesAndPaths() {
        const auto file = m_home->write("clip/RN50.pt", "x");
        QCOMPARE(catalogueModelOf(file.string())->name, std::string("RN50"));
        QCOMPARE(catalogueModelOf("rn50")->licence, std::string("MIT"));
        QCOMPARE(catalogueModelOf("hf:google/siglip2-base-patch16-224")->languages, std::string("109 languages"));
        QVERIFY(!catalogueModelOf("demo"));
        QVERIFY(!catalogueModelOf("hf:some/thing"));
        QVERIFY(!catalogueModelOf(m_home->path().string()));
        for (const auto& model : readCatalogue())
            QVERIFY2(
                !model.description.empty() && !model.licence.empty() && !model.languages.empty() && model.bytes > 0,
                model.name.c_str());
    }

    void theCacheOf336PixelsHasItsOwnFileName() {
        const auto clip = m_home->write("clip/ViT-L-14-336px.pt", "x");
        QCOMPARE(findModel("ViT-L/14@336px").value(), clip);
        QVERIFY(!findModel("ViT-L/14"));
    }

    void anEmptyFileIsNoModel() {
        m_home->write("clip/RN50.pt", "");
        QVERIFY(!findModel("RN50"));
    }

    void refsMainChoosesTheSnapshot() {
        const auto first =
            m_home->write(snapshot("some--thing", kRevision) + "config.json", doubleQuoted("{'model_type':'clip'}"));
        m_home->write(snapshot("some--thing", kRevision) + "model.safetensors", "x");
        const auto second =
            m_home->write(snapshot("some--thing", kOther) + "config.json", doubleQuoted("{'model_type':'clip'}"));
        m_home->write(snapshot("some--thing", kOther) + "model.safetensors", "x");
        fs::last_write_time(first.parent_path(), fs::file_time_type::clock::now() - std::chrono::hours(1));
        QCOMPARE(findModel("hf:some/thing").value(), second.parent_path());  // the newest
        m_home->write("huggingface/hub/models--some--thing/refs/main", kRevision + "\n");
        QCOMPARE(findModel("hf:some/thing").value(), first.parent_path());
        // What refs/main names is not complete: the other will do.
        fs::remove(first.parent_path() / "model.safetensors");
        QCOMPARE(findModel("hf:some/thing").value(), second.parent_path());
        m_home->write("huggingface/hub/models--some--thing/refs/main", "../../../../../elsewhere");
        QCOMPARE(findModel("hf:some/thing").value(), second.parent_path());
    }

    void aSnapshotCountsOnlyWithItsWeights_data() {
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<bool>("whole");
        QTest::newRow("configuration alone") << QStringList{"config.json"} << false;
        QTest::newRow("weights alone") << QStringList{"model.safetensors"} << false;
        QTest::newRow("safetensors") << QStringList{"config.json", "model.safetensors"} << true;
        QTest::newRow("PyTorch") << QStringList{"config.json", "pytorch_model.bin"} << true;
        QTest::newRow("open_clip") << QStringList{"open_clip_config.json", "open_clip_model.safetensors"} << true;
        QTest::newRow("open_clip PyTorch")
            << QStringList{"open_clip_config.json", "open_clip_pytorch_model.bin"} << true;
        QTest::newRow("open_clip without weights")
            << QStringList{"open_clip_config.json", "model.safetensors"} << false;
        QTest::newRow("all shards") << QStringList{"config.json", "model.safetensors.index.json", "one.safetensors",
                                                   "two.safetensors"}
                                    << true;
        QTest::newRow("a shard is missing")
            << QStringList{"config.json", "model.safetensors.index.json", "two.safetensors"} << false;
    }

    void aSnapshotCountsOnlyWithItsWeights() {
        QFETCH(QStringList, files);
        for (const auto& file : files) {
            const std::string content =
                file == "config.json" ? doubleQuoted("{'model_type':'siglip'}")
                : file.endsWith("index.json")
                    ? doubleQuoted("{'weight_map':{'a':'one.safetensors','b':'two.safetensors'}}")
                    : "x";
            m_home->write(snapshot("some--thing", kRevision) + file.toStdString(), content);
        }
        QTEST(findModel("hf:some/thing").has_value(), "whole");
    }

    void hostileIndexesAreNoModels() {
        for (const std::string& index : {std::string("[]"), std::string("{"), doubleQuoted("{'weight_map':3}"),
                                         doubleQuoted("{'weight_map':{}}"), doubleQuoted("{'weight_map':{'a':1}}"),
                                         doubleQuoted("{'weight_map':{'a':'../../../../../clip/RN50.pt'}}")}) {
            m_home->write("clip/RN50.pt", "x");
            m_home->write(snapshot("some--thing", kRevision) + "config.json", doubleQuoted("{'model_type':'clip'}"));
            m_home->write(snapshot("some--thing", kRevision) + "model.safetensors.index.json", index);
            QVERIFY2(!findModel("hf:some/thing"), index.c_str());
        }
    }

    void theListHasOtherClipModelsAndNothingElse() {
        const auto put = [&](const std::string& folder, const std::string& config) {
            m_home->write(folder + "config.json", config);
            m_home->write(folder + "model.safetensors", "12345");
        };
        put(snapshot("some--siglip", kRevision), doubleQuoted("{'model_type':'siglip'}"));
        put(snapshot("some--bert", kRevision), doubleQuoted("{'model_type':'bert'}"));
        put(snapshot("some--odd", kRevision), doubleQuoted("{'model_type':['clip']}"));
        put(snapshot("timm--tower", kRevision), doubleQuoted("{'architecture':'vit'}"));
        put("diagonal/models/own--clip/", doubleQuoted("{'model_type':'clip'}"));
        put("diagonal/models/own--clip2.part/" + kRevision + "/", doubleQuoted("{'model_type':'clip'}"));
        m_home->write("diagonal/models/.own--clip.lock", "");
        const auto models = hubModels();
        QCOMPARE(models.size(), readCatalogue().size() + 2);
        QCOMPARE(models[models.size() - 2].about.name, std::string("hf:own/clip"));
        QVERIFY(models[models.size() - 2].removable);
        QCOMPARE(models.back().about.name, std::string("hf:some/siglip"));
        QCOMPARE(models.back().about.bytes, uint64_t{5 + 23});
        QCOMPARE(models.back().where, std::string("Hugging Face's cache"));
        QVERIFY(!models.back().removable);
    }

    void foldersMoveWithTheEnvironment() {
        qputenv("DIAGONAL_CACHE", "~/mine");
        QCOMPARE(modelCache(), m_home->path() / "mine");
        qunsetenv("DIAGONAL_CACHE");
        qputenv("XDG_CACHE_HOME", "/xdg");
        QCOMPARE(modelCache(), fs::path("/xdg/diagonal/models"));
        QCOMPARE(huggingFaceCache(), fs::path("/xdg/huggingface/hub"));
        qputenv("HF_HOME", "/home-of-hf");
        QCOMPARE(huggingFaceCache(), fs::path("/home-of-hf/hub"));
        qputenv("HF_HUB_CACHE", "/hub");
        QCOMPARE(huggingFaceCache(), fs::path("/hub"));
    }

    void theTokenIsFoundAndCannotCarryAHeader() {
        QCOMPARE(huggingFaceToken(), std::string());
        m_home->write("huggingface/token", "hf_file\n");
        QCOMPARE(huggingFaceToken(), std::string("hf_file"));
        qputenv("HF_TOKEN", "hf_mine");
        QCOMPARE(huggingFaceToken(), std::string("hf_mine"));
        qputenv("HF_TOKEN", "hf\r\nX-Evil: 1");
        QCOMPARE(huggingFaceToken(), std::string());
    }

    void removingTakesOnlyWhatIsDiagonals() {
        const auto own = m_home->write("diagonal/models/RN50.pt", "x");
        const auto part = m_home->write("diagonal/models/RN50.pt.part", "x");
        const auto clip = m_home->write("clip/RN50.pt", "x");
        removeModel("RN50");
        QVERIFY(!fs::exists(own) && !fs::exists(part));
        QVERIFY(fs::exists(clip));
        QVERIFY_THROWS_EXCEPTION(Error, removeModel("RN50"));
        QVERIFY(fs::exists(clip));
        m_home->write("diagonal/models/some--thing/config.json", "{}");
        m_home->write("diagonal/models/some--thing.part/x/config.json", "{}");
        removeModel("hf:some/thing");
        QVERIFY(!fs::exists(m_home->models() / "some--thing") && !fs::exists(m_home->models() / "some--thing.part"));
        QVERIFY_THROWS_EXCEPTION(Error, removeModel("hf:some/thing"));
    }

    void hostileCataloguesAreRefused_data() {
        QTest::addColumn<std::string>("model");
        const std::string hash(64, 'a');
        const auto file = [&](const std::string& name, const std::string& url, const std::string& sha256) {
            return doubleQuoted("{'name':'" + name + "','url':'" + url + "','sha256':'" + sha256 + "'}");
        };
        QTest::newRow("not an object") << std::string("3");
        QTest::newRow("no name") << file("", "https://x/a.pt", hash);
        QTest::newRow("a name with a line end") << file("a\\nb", "https://x/a.pt", hash);
        QTest::newRow("a local file") << file("a", "file:///etc/a.pt", hash);
        QTest::newRow("no file name") << file("a", "https://x/", hash);
        QTest::newRow("upwards") << file("a", "https://x/..", hash);
        QTest::newRow("a hidden file") << file("a", "https://x/.pt", hash);
        QTest::newRow("a query") << file("a", "https://x/y?a.pt", hash);
        QTest::newRow("no hash") << file("a", "https://x/a.pt", "");
        QTest::newRow("a hash in capitals") << file("a", "https://x/a.pt", std::string(64, 'A'));
        QTest::newRow("a short hash") << file("a", "https://x/a.pt", std::string(63, 'a'));
        QTest::newRow("a url that is a number") << doubleQuoted("{'name':'a','url':1}");
        QTest::newRow("hf: without owner") << doubleQuoted("{'name':'hf:x'}");
        QTest::newRow("hf: upwards") << doubleQuoted("{'name':'hf:../x'}");
        QTest::newRow("open_clip upwards")
            << doubleQuoted("{'name':'a','url':'https://x/a.pt','open_clip':'../x','sha256':'" + hash + "'}");
        QTest::newRow("bytes below zero") << doubleQuoted("{'name':'hf:a/b','bytes':-1}");
        QTest::newRow("bytes beyond all") << doubleQuoted("{'name':'hf:a/b','bytes':1e300}");
        QTest::newRow("twice") << doubleQuoted("{'name':'hf:a/b'},{'name':'hf:a/b'}");
    }

    void hostileCataloguesAreRefused() {
        QFETCH(std::string, model);
        m_home->setCatalogue("{\"models\":[" + model + "]}");
        QVERIFY_THROWS_EXCEPTION(Error, hubModels());
    }

    void brokenCataloguesAreRefused() {
        for (const std::string& text :
             {std::string(), std::string("[]"), std::string("{"), doubleQuoted("{'models':{}}"),
              std::string(2 << 20, ' '), std::string(100000, '[')}) {
            m_home->setCatalogue(text);
            QVERIFY_THROWS_EXCEPTION(Error, hubModels());
        }
        qputenv("DIAGONAL_CATALOGUE", "/nowhere/catalogue.json");
        QVERIFY_THROWS_EXCEPTION(Error, hubModels());
    }

  private:
    std::unique_ptr<FakeHome> m_home;
};

DIAGONAL_TEST(TestHubFind);
#include "test_hub_find.moc"
