// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "engine/base/file.h"
#include "engine/image/image.h"
#include "engine/inference/embedding_cache.h"
#include "engine/inference/label_cache.h"
#include "engine/inference/session.h"
#include "engine/inference/zero_shot.h"
#include "tests/engine/tiny_model.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

double cosine(std::span<const float> a, std::span<const float> b) {
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

double length(std::span<const float> a) {
    double square = 0;
    for (const float value : a)
        square += value * value;
    return std::sqrt(square);
}

}  // namespace

class TestSession : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string m_model;
    std::vector<fs::path> m_images;
    std::shared_ptr<Session> m_session;

    fs::path write(const std::string& name, const std::string& bytes) {
        const fs::path path = fs::path(m_folder.path().toStdString()) / name;
        writeFile(path, bytes);
        return path;
    }
    std::shared_ptr<Session> open(int batchSize, const std::string& precision = "fp32") {
        return Session::open(m_model, {.device = "cpu", .precision = precision, .batchSize = batchSize});
    }

  private Q_SLOTS:
    void initTestCase() {
        m_model = (m_folder.path() + "/model").toStdString();
        writeTinyModel(m_model);
        for (unsigned i = 0; i < 40; ++i)
            m_images.push_back(write("image" + std::to_string(i) + ".ppm", ppm(i, 30 + static_cast<int>(i), 50)));
        m_session = open(8);
    }

    void saysWhatItIs() {
        QCOMPARE(m_session->info().embedDim, 24);
        QCOMPARE(m_session->info().imageSize, 32);
        QVERIFY(m_session->info().parameters > 1000);
        const auto session = Session::open(m_model, {.device = "cpu"});
        QCOMPARE(session->options().device, std::string("cpu"));
        QCOMPARE(session->options().precision, std::string("fp32"));
    }

    void unknownOptionsAreRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, open(8, "fp8"));
        QVERIFY_THROWS_EXCEPTION(Error, open(-1));
        QVERIFY_THROWS_EXCEPTION(Error, Session::open(m_model, {.device = "tpu"}));
        QVERIFY_THROWS_EXCEPTION(Error, Session::open(m_model + "-nowhere"));
    }

    void imagesArriveInOrderWithSizeAndUnitLength() {
        const auto all = embedAll(*m_session, m_images);
        QCOMPARE(all.size(), m_images.size());
        for (size_t i = 0; i < all.size(); ++i) {
            QCOMPARE(all[i].index, i);
            QVERIFY(all[i].error.empty());
            QCOMPARE(all[i].width, 30 + static_cast<int>(i));
            QCOMPARE(all[i].height, 50);
            QCOMPARE(all[i].values.size(), size_t{24});
            QVERIFY(std::abs(length(all[i].values) - 1) < 1e-5);
        }
    }

    void batchSizeDoesNotChangeEmbeddings() {
        const auto all = embedAll(*m_session, m_images, false);
        const auto one = open(1);
        for (const size_t i : {size_t{0}, size_t{4}, size_t{39}}) {
            const auto alone = embedAll(*one, {m_images[i]}, false);
            for (size_t j = 0; j < 24; ++j)
                QVERIFY(std::abs(alone[0].values[j] - all[i].values[j]) < 1e-5);
        }
    }

    void firstBatchIsSmall() {
        std::vector<size_t> sizes;
        open(32)->embedImages(m_images, true, [&](const auto& batch) { sizes.push_back(batch.size()); });
        QCOMPARE(sizes.front(), size_t{4});
        QCOMPARE(std::accumulate(sizes.begin(), sizes.end(), size_t{0}), m_images.size());
    }

    void badFilesAreNamedAndTheRestGoesOn() {
        const std::string good = ppm(1, 40, 40);
        std::vector<fs::path> files = {write("empty.png", ""),
                                       m_images[3],
                                       fs::path(m_folder.path().toStdString()) / "missing.jpg",
                                       write("text.jpg", "not an image at all"),
                                       write("cut.ppm", good.substr(0, 500)),
                                       m_images[5],
                                       fs::path(m_folder.path().toStdString())};
        const auto all = embedAll(*m_session, files);
        QCOMPARE(all.size(), files.size());
        for (size_t i = 0; i < files.size(); ++i) {
            const bool isGood = i == 1 || i == 5;
            QCOMPARE(all[i].index, i);
            QCOMPARE(all[i].error.empty(), isGood);
            QCOMPARE(all[i].values.empty(), !isGood);
        }
        const auto expected = embedAll(*m_session, {m_images[3], m_images[5]});
        QVERIFY(cosine(all[1].values, expected[0].values) > 1 - 1e-6);
        QVERIFY(cosine(all[5].values, expected[1].values) > 1 - 1e-6);
    }

    void onlyBadFilesIsNoFailure() {
        const std::vector<fs::path> files(9, fs::path(m_folder.path().toStdString()) / "missing.jpg");
        QCOMPARE(embedAll(*m_session, files).size(), size_t{9});
        QVERIFY(embedAll(*m_session, {}).empty());
    }

    void progressEndsAtAll() {
        std::vector<Progress> reports;
        JobContext job;
        job.report = [&](const Progress& progress) { reports.push_back(progress); };
        embedAll(*m_session, m_images, true, job);
        QCOMPARE(reports.back().done, static_cast<int64_t>(m_images.size()));
        QVERIFY(std::ranges::is_sorted(reports, {}, &Progress::done));
        const std::vector<std::string> texts = {"dog", "red"};
        m_session->embedTexts(texts, true, nullptr, job);
        QCOMPARE(reports.back().done, int64_t{2});
    }

    void cancelStopsAfterTheBatch() {
        std::stop_source source;
        JobContext job;
        job.stop = source.get_token();
        int batches = 0;
        const auto onBatch = [&](const auto&) {
            ++batches;
            source.request_stop();
        };
        QVERIFY_THROWS_EXCEPTION(Cancelled, m_session->embedImages(m_images, true, onBatch, job));
        QCOMPARE(batches, 1);
        QVERIFY_THROWS_EXCEPTION(Cancelled, m_session->embedImages(m_images, true, onBatch, job));
        QCOMPARE(batches, 1);
        const std::vector<std::string> texts = {"dog"};
        QVERIFY_THROWS_EXCEPTION(Cancelled, m_session->embedTexts(texts, true, nullptr, job));
    }

    void exceptionOfTheReceiverEndsTheWork() {
        for (int i = 0; i < 5; ++i)
            QVERIFY_THROWS_EXCEPTION(
                Error, m_session->embedImages(m_images, true, [](const auto&) { throw Error("disk", "is full"); }));
        QCOMPARE(embedAll(*m_session, m_images).size(), m_images.size());
    }

    void textsKeepTheirOrderWhateverTheirLength() {
        std::vector<std::string> texts;
        for (int i = 0; i < 60; ++i) {
            std::string text = i % 3 == 0 ? "" : "a red circle";
            for (int j = 0; j < i % 7; ++j)
                text += " dog " + std::to_string(i);
            texts.push_back(text);
        }
        const auto session = open(4);
        std::vector<size_t> truncated;
        const Embeddings all = session->embedTexts(texts, true, &truncated);
        QCOMPARE(all.count(), int64_t{60});
        QVERIFY(!truncated.empty());
        QVERIFY(std::ranges::is_sorted(truncated));
        for (size_t i = 0; i < texts.size(); ++i) {
            const Embeddings alone = session->embedTexts(std::span(&texts[i], 1));
            QVERIFY(cosine(alone.row(0), all.row(static_cast<int64_t>(i))) > 1 - 1e-5);
            QVERIFY(std::abs(length(alone.row(0)) - 1) < 1e-5);
        }
        QCOMPARE(session->embedTexts({}).count(), int64_t{0});
    }

    void oddTextsHaveFiniteEmbeddings() {
        std::string longText;
        while (longText.size() < 10'000)
            longText += "dog circle ";
        const std::vector<std::string> texts = {"", longText, "\xFF\xFE", std::string("a\0b", 3), "犬 🐕"};
        std::vector<size_t> truncated;
        const Embeddings rows = m_session->embedTexts(texts, true, &truncated);
        for (const float value : rows.values)
            QVERIFY(std::isfinite(value));
        QCOMPARE(truncated, std::vector<size_t>{1});
    }

    void lowPrecisionStaysClose_data() {
        QTest::addColumn<QString>("precision");
        QTest::newRow("bf16") << "bf16";
        QTest::newRow("fp16") << "fp16";
    }
    void lowPrecisionStaysClose() {
        QFETCH(QString, precision);
        const auto session = open(8, precision.toStdString());
        const auto low = embedAll(*session, m_images);
        const auto full = embedAll(*m_session, m_images);
        for (size_t i = 0; i < full.size(); ++i) {
            QVERIFY(cosine(low[i].values, full[i].values) > 0.99);
            QVERIFY(std::abs(length(low[i].values) - 1) < 1e-5);
        }
        const std::vector<std::string> texts = {"a red circle", "dog"};
        QVERIFY(cosine(session->embedTexts(texts).row(1), m_session->embedTexts(texts).row(1)) > 0.99);
        const std::string vit = (m_folder.path() + "/low-vit").toStdString();
        writeTinyModel(vit, true);
        const auto narrow = Session::open(vit, {.device = "cpu", .precision = precision.toStdString()});
        const auto wide = Session::open(vit, {.device = "cpu"});
        const auto expected = embedAll(*wide, m_images), found = embedAll(*narrow, m_images);
        for (size_t i = 0; i < expected.size(); ++i)
            QVERIFY(cosine(found[i].values, expected[i].values) > 0.99);
    }

    void eightBitsStayClose() {
        const std::string model = (m_folder.path() + "/vit8").toStdString();
        writeTinyModel(model, true);
        const auto full = Session::open(model, {.device = "cpu"});
        const auto low = Session::open(model, {.device = "cpu", .precision = "int8"});
        QVERIFY(low->identity() != full->identity());
        const auto expected = embedAll(*full, m_images), found = embedAll(*low, m_images);
        for (size_t i = 0; i < expected.size(); ++i) {
            QVERIFY(cosine(found[i].values, expected[i].values) > 0.99);
            QVERIFY(found[i].values != expected[i].values);
        }
        const std::vector<std::string> texts = {"a red circle", "dog"};
        QVERIFY(cosine(low->embedTexts(texts).row(1), full->embedTexts(texts).row(1)) > 0.99);
        // Maps of relevance go through the weights as they are.
        const auto map = low->relevance(m_images[0], full->embedTexts(texts));
        QCOMPARE(map.front().values, full->relevance(m_images[0], full->embedTexts(texts)).front().values);
    }

    void visionTransformerEmbedsAsWell() {
        const std::string model = (m_folder.path() + "/vit").toStdString();
        writeTinyModel(model, true);
        const auto session = Session::open(model, {.device = "cpu"});
        const auto all = embedAll(*session, m_images);
        QVERIFY(cosine(all[7].values, embedAll(*session, {m_images[7]})[0].values) > 1 - 1e-5);
    }

    void labelsWithoutTemplateAreUsedAsWritten() {
        const std::vector<std::string> labels = {"dog", "a red circle"};
        const Embeddings expected = m_session->embedTexts(labels);
        const Embeddings rows = embedLabels(*m_session, labels, {});
        QCOMPARE(rows.values, expected.values);
    }

    void ensembleIsTheNormalizedMeanOfItsPrompts() {
        const Embeddings rows = embedLabels(*m_session, {"dog", "circle"}, {"a photo of a {}", "the {} runs"});
        QCOMPARE(rows.count(), int64_t{2});
        const std::vector<std::string> prompts = {"a photo of a circle", "the circle runs"};
        const Embeddings parts = m_session->embedTexts(prompts);
        std::vector<float> sum;
        for (size_t i = 0; i < 24; ++i)
            sum.push_back(parts.row(0)[i] + parts.row(1)[i]);
        QVERIFY(cosine(rows.row(1), sum) > 1 - 1e-6);
        QVERIFY(std::abs(length(rows.row(1)) - 1) < 1e-5);
    }

    void knownLabelsAreNotEncodedAgain() {
        const auto session = Session::open(m_model, {.device = "cpu"});
        std::vector<int64_t> reports;
        const JobContext job{{}, [&](const Progress& progress) { reports.push_back(progress.done); }};
        const std::vector<std::string> templates = {"a {}", "the {}"};
        const Embeddings first = embedLabels(*session, {"dog", "cat"}, templates, job);
        QVERIFY(!reports.empty());
        reports.clear();
        const Embeddings again = embedLabels(*session, {"cat", "dog"}, templates, job);
        QVERIFY(reports.empty());
        QVERIFY(std::ranges::equal(first.row(0), again.row(1)) && std::ranges::equal(first.row(1), again.row(0)));
        // Other templates are other sentences.
        const Embeddings other = embedLabels(*session, {"cat"}, {"a {}"}, job);
        QVERIFY(!reports.empty());
        QVERIFY(!std::ranges::equal(other.row(0), again.row(0)));
    }

    void knownLabelsAreFoundInTheCacheOnTheDisk() {
        const QTemporaryDir folder;
        std::vector<float> values;
        for (int visit = 0; visit < 2; ++visit) {
            const auto cache = std::make_shared<EmbeddingCache>(folder.path().toStdString());
            const auto session = Session::open(m_model, {.device = "cpu", .cache = cache});
            bool computed = false;
            const JobContext job{{}, [&](const Progress&) { computed = true; }};
            const Embeddings rows = embedLabels(*session, {"dog", "cat"}, {"a {}", "the {}"}, job);
            QCOMPARE(computed, visit == 0);
            if (visit == 1) QCOMPARE(rows.values, values);
            values = rows.values;
        }
    }

    void picturesWithoutNumbersHaveAnErrorAndNoPlaceInTheCache() {
        const QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        writeModelWithoutNumbers(m_model, root / "model");
        const auto cache = std::make_shared<EmbeddingCache>(root / "cache");
        const auto session = Session::open((root / "model").string(), {.device = "cpu", .cache = cache});
        for (int visit = 0; visit < 2; ++visit) {
            for (const bool normalized : {true, false}) {
                const auto all = embedAll(*session, m_images, normalized);
                QCOMPARE(all.size(), m_images.size());
                for (const ImageEmbedding& one : all) {
                    QVERIFY(one.values.empty() && !one.isFinite);
                    QVERIFY2(one.error.starts_with("its embedding is not finite") &&
                                 one.error.find("holds NaN") != std::string::npos,
                             one.error.c_str());
                    QCOMPARE(one.height, 50);
                }
            }
        }
        QCOMPARE(cache->info().embeddings, int64_t{0});
        const Embeddings pictures =
            session->embedPictures(std::vector{resizeAndCrop(readImage(m_images[0]), session->preprocess())}, true);
        QVERIFY(std::ranges::all_of(pictures.values, [](float value) { return std::isnan(value); }));
        QVERIFY_THROWS_EXCEPTION(Error,
                                 session->relevance(m_images[0], session->embedTexts(std::vector<std::string>{"a"})));
    }

    void labelsWithoutNumbersAreRefusedAndNotKept() {
        const QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        writeModelWithoutWord(m_model, root / "model", "dog", "two blue squares");
        const auto cache = std::make_shared<EmbeddingCache>(root / "cache");
        const auto session = Session::open((root / "model").string(), {.device = "cpu", .cache = cache});
        const std::vector<std::string> texts = {"two blue squares", "dog"};
        const Embeddings rows = session->embedTexts(texts);
        QVERIFY(std::ranges::none_of(rows.row(0), [](float value) { return std::isnan(value); }));
        QVERIFY(std::ranges::all_of(rows.row(1), [](float value) { return std::isnan(value); }));
        for (int visit = 0; visit < 2; ++visit) {
            for (const auto& templates : {std::vector<std::string>{}, std::vector<std::string>{"{}", "two {}"}}) {
                try {
                    embedLabels(*session, texts, templates);
                    QFAIL("a label without numbers");
                } catch (const Error& error) {
                    QCOMPARE(error.subject(), std::string("label \"dog\""));
                    QVERIFY(error.problem().starts_with("its embedding is not finite"));
                }
            }
        }
        QCOMPARE(embedLabels(*session, {"two blue squares"}, {}).count(), int64_t{1});
        QVERIFY(cache->info().embeddings >= 1);
        QVERIFY(!session->labelCache().find({}, "dog"));
    }

    void longLabelsAreTold() {
        std::string endless = "red";
        for (int i = 0; i < 200; ++i)
            endless += " circle";
        std::vector<size_t> truncated;
        embedLabels(*m_session, {"dog", endless, "cat"}, {"a {}"}, {}, &truncated);
        QCOMPARE(truncated, std::vector<size_t>{1});
    }

    void emptyLabelsAndBadTemplatesAreRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, embedLabels(*m_session, {"dog", " "}, {}));
        QVERIFY_THROWS_EXCEPTION(Error, embedLabels(*m_session, {"dog"}, {"a photo"}));
        QCOMPARE(embedLabels(*m_session, {}, {}).count(), int64_t{0});
    }
};

DIAGONAL_TEST(TestSession);
#include "test_session.moc"
