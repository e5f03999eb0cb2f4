// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/base/memory_meter.h"
#include "engine/evaluation/model_score.h"
#include "engine/evaluation/retrieval.h"
#include "engine/inference/embedding_cache.h"
#include "tests/engine/tiny_model.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

namespace fs = std::filesystem;

void writeText(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

/// What a choice between models is made by: captioned pictures, scores, the Pareto front.
class TestModelScore : public QObject {
    Q_OBJECT

  private:
    fs::path at(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }
    /// Pictures 0.ppm to (count - 1).ppm.
    std::vector<fs::path> pictures(size_t count) const {
        std::vector<fs::path> files;
        for (size_t i = 0; i < count; ++i) {
            files.push_back(at("pictures/" + std::to_string(i) + ".ppm"));
            writeText(files.back(), ppm(static_cast<unsigned>(i), 40, 30));
        }
        return files;
    }
    CaptionedPictures captioned(size_t count) const {
        const char* texts[] = {"a red circle", "two blue squares", "a photo of a dog", "the dog runs on the beach"};
        std::string lines;
        for (size_t i = 0; i < 2 * count; ++i)
            lines += std::to_string(i / 2) + ".ppm\t" + texts[i % 4] + " " + std::to_string(i) + "\n";
        writeText(at("pictures/captions.txt"), lines);
        return pairCaptions(pictures(count), at("pictures/captions.txt"));
    }

    QTemporaryDir m_folder;

  private Q_SLOTS:
    void lineIBelongsToPictureI() {
        writeText(at("by-order.txt"),
                  "\xEF\xBB\xBF"
                  "first\r\n  second \nthird\n\n\n");
        const CaptionedPictures paired = pairCaptions(pictures(3), at("by-order.txt"));
        QCOMPARE(paired.captions, (std::vector<std::string>{"first", "second", "third"}));
        QCOMPARE(paired.pictureOfCaption, (std::vector<int64_t>{0, 1, 2}));
    }

    void linesMayNameTheirPicture() {
        writeText(at("by-name.txt"), "2.ppm\tthe last\npictures/0.ppm\tthe first\n\n2.ppm\t again\n" +
                                         at("pictures/1.ppm").string() + "\tbetween\n");
        const CaptionedPictures paired = pairCaptions(pictures(3), at("by-name.txt"));
        QCOMPARE(paired.captions, (std::vector<std::string>{"the last", "the first", "again", "between"}));
        QCOMPARE(paired.pictureOfCaption, (std::vector<int64_t>{2, 0, 2, 1}));
    }

    void whatDoesNotFitIsRefused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("reason");
        QTest::newRow("too few") << QByteArray("a\nb\n") << "2 lines for 3 pictures";
        QTest::newRow("too many") << QByteArray("a\nb\nc\nd") << "4 lines for 3 pictures";
        QTest::newRow("a gap") << QByteArray("a\n\nc\n") << "line 2: is empty, so";
        QTest::newRow("none") << QByteArray("\n \n") << "no caption is in there";
        QTest::newRow("not text") << QByteArray("a\0b", 3) << "not a text file";
        QTest::newRow("some tabs") << QByteArray("0.ppm\ta\nb\n2.ppm\tc\n") << "line 2: there is no tab";
        QTest::newRow("unknown")
            << QByteArray("0.ppm\ta\n1.ppm\tb\n2.ppm\tc\n7.ppm\td\n8.ppm\te\n")
            << "2 lines name no picture that was given, or more than one; the first is “7.ppm” in line 4";
        QTest::newRow("left out") << QByteArray("0.ppm\ta\n0.ppm\tb\n") << "2 pictures of 3 have no line";
        QTest::newRow("no caption") << QByteArray("0.ppm\ta\n1.ppm\t\n2.ppm\tc\n") << "line 2: there is no caption";
        QTest::newRow("no picture") << QByteArray("0.ppm\ta\n\tb\n2.ppm\tc\n") << "line 2: there is no picture";
    }

    void whatDoesNotFitIsRefused() {
        QFETCH(QByteArray, text);
        QFETCH(QString, reason);
        writeText(at("wrong.txt"), text.toStdString());
        try {
            pairCaptions(pictures(3), at("wrong.txt"));
            QFAIL("nothing was refused");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(reason), error.what());
            QVERIFY2(QString(error.what()).contains("wrong.txt"), error.what());
        }
    }

    void aNameThatTwoPicturesHaveTellsNone() {
        writeText(at("a/x.ppm"), ppm(1, 8, 8));
        writeText(at("b/x.ppm"), ppm(2, 8, 8));
        writeText(at("names.txt"), "x.ppm\tone\nx.ppm\ttwo\n");
        QVERIFY_THROWS_EXCEPTION(Error, pairCaptions({at("a/x.ppm"), at("b/x.ppm")}, at("names.txt")));
        writeText(at("names.txt"), "b/x.ppm\tone\na/x.ppm\ttwo\n");
        QCOMPARE(pairCaptions({at("a/x.ppm"), at("b/x.ppm")}, at("names.txt")).pictureOfCaption,
                 (std::vector<int64_t>{1, 0}));
    }

    void theSamePicturesAreDrawnWhereverTheyLie() {
        std::vector<std::string> names;
        for (int i = 0; i < 100; ++i)
            names.push_back("here/" + std::to_string(i) + ".jpg");
        const auto drawn = [](const std::vector<std::string>& all, size_t limit) {
            std::vector<std::string> files;
            for (const size_t i : drawByHash(all, limit))
                files.push_back(fs::path(all[i]).filename().string());
            std::ranges::sort(files);
            return files;
        };
        const auto chosen = drawn(names, 20);
        QCOMPARE(chosen.size(), size_t{20});
        for (auto& name : names)
            name.replace(0, 4, "elsewhere");
        std::ranges::reverse(names);
        QCOMPARE(drawn(names, 20), chosen);
        QVERIFY(std::ranges::includes(drawn(names, 40), chosen));
        QCOMPARE(drawn(names, 0).size(), size_t{100});
        QCOMPARE(drawn(names, 500).size(), size_t{100});
    }

    void aDrawnPictureKeepsItsCaptions() {
        const CaptionedPictures all = captioned(9), some = drawPictures(all, 4);
        QCOMPARE(some.size(), size_t{4});
        QCOMPARE(some.captions.size(), size_t{8});
        for (size_t k = 0; k < some.captions.size(); ++k) {
            const auto caption = std::ranges::find(all.captions, some.captions[k]) - all.captions.begin();
            const auto before = static_cast<size_t>(all.pictureOfCaption[static_cast<size_t>(caption)]);
            QCOMPARE(some.files[static_cast<size_t>(some.pictureOfCaption[k])], all.files[before]);
        }
    }

    void theFrontHoldsWhatNothingBeats() {
        const std::vector<Tradeoff> choices = {{0.5, 1}, {0.6, 2}, {0.55, 3}, {0.6, 2}, {0.4, 1}, {0.9, 50}};
        QCOMPARE(paretoFront(choices), (std::vector<bool>{true, true, false, true, false, true}));
        QVERIFY(paretoFront({}).empty());
        QCOMPARE(paretoFront(std::vector<Tradeoff>{{0, 0}}), std::vector<bool>{true});
    }

    /// Sorted by time, the front is where the best recall so far rises.
    void theFrontIsThatOfASweep() {
        std::mt19937 random(5);
        std::uniform_real_distribution<double> unit(0, 1);
        for (int round = 0; round < 500; ++round) {
            std::vector<Tradeoff> choices(1 + static_cast<size_t>(round) % 23);
            for (auto& choice : choices)
                choice = {unit(random), unit(random)};
            const auto front = paretoFront(choices);
            std::vector<size_t> order(choices.size());
            std::iota(order.begin(), order.end(), size_t{0});
            std::ranges::sort(order, {}, [&](size_t i) { return choices[i].seconds; });
            double best = -1;
            for (const size_t i : order) {
                QCOMPARE(bool(front[i]), choices[i].recall > best);
                best = std::max(best, choices[i].recall);
            }
        }
    }

    void aScoreIsThatOfTheEmbeddings() {
        writeTinyModel(at("model"), true);
        CaptionedPictures pictures = captioned(12);
        writeText(pictures.files[3], "no picture");
        std::vector<int64_t> reports;
        const ModelScore score = scoreModel(at("model").string(), {.device = "cpu"}, pictures,
                                            {{}, [&](const Progress& progress) {
                                                 QCOMPARE(progress.total, int64_t{12 + 24});
                                                 reports.push_back(progress.done);
                                             }});
        QCOMPARE(score.pictures, size_t{11});
        QCOMPARE(score.captions, size_t{22});
        QCOMPARE(score.unreadable.size(), size_t{1});
        QCOMPARE(score.unreadable.front().path, pictures.files[3]);
        QVERIFY(score.imageSeconds > 0 && score.textSeconds > 0);
        QVERIFY(score.memoryBytes && *score.memoryBytes >= 0);
        QCOMPARE(score.info.embedDim, 24);
        QVERIFY(score.bytes > 1000);
        QVERIFY(std::ranges::is_sorted(reports));

        const auto session = Session::open(at("model").string(), {.device = "cpu"});
        std::vector<float> rows;
        for (const auto& image : embedAll(*session, pictures.files))
            rows.insert(rows.end(), image.values.begin(), image.values.end());
        std::vector<std::string> captions;
        std::vector<int64_t> owners;
        for (size_t k = 0; k < pictures.captions.size(); ++k) {
            const int64_t owner = pictures.pictureOfCaption[k];
            if (owner == 3) continue;
            captions.push_back(pictures.captions[k]);
            owners.push_back(owner > 3 ? owner - 1 : owner);
        }
        const Embeddings texts = session->embedTexts(captions);
        const auto recall =
            retrievalRecall(torch::tensor(rows).view({-1, 24}), torch::tensor(texts.values).view({-1, 24}), owners);
        QCOMPARE(score.recall.textToImage.at5, recall.textToImage.at5);
        QCOMPARE(score.recall.imageToText.at1, recall.imageToText.at1);
        QCOMPARE(score.recall.mean(), recall.mean());
    }

    void picturesOfACacheAreTimedAllTheSame() {
        writeTinyModel(at("model"), true);
        const CaptionedPictures pictures = captioned(6);
        const auto cache = std::make_shared<EmbeddingCache>(at("cache"));
        const ModelScore first = scoreModel(at("model").string(), {.device = "cpu", .cache = cache}, pictures);
        QCOMPARE(cache->info().embeddings, int64_t{6});
        const ModelScore again = scoreModel(at("model").string(), {.device = "cpu", .cache = cache}, pictures);
        QCOMPARE(again.recall.mean(), first.recall.mean());
        QVERIFY(again.imageSeconds > 0);
    }

    /// They are no reason to leave a picture out: a model that has no numbers is not better for it.
    void whatIsNoNumberIsAMiss() {
        writeTinyModel(at("model"), true);
        writeModelWithoutNumbers(at("model"), at("broken"));
        CaptionedPictures pictures = captioned(6);
        for (const bool hasFiles : {true, false}) {
            if (!hasFiles) {
                pictures.decode = [files = pictures.files](size_t i) { return readImage(files[i]); };
                pictures.files.clear();
            }
            const ModelScore score = scoreModel(at("broken").string(), {.device = "cpu"}, pictures);
            QCOMPARE(score.recall.mean(), 0.0);
            QCOMPARE(score.pictures, size_t{6});
            QCOMPARE(score.notFinite, size_t{6});
            QVERIFY(score.unreadable.empty());
        }
    }

    void picturesWithoutFilesAreDecoded() {
        writeTinyModel(at("model"), true);
        const CaptionedPictures files = captioned(5);
        CaptionedPictures decoded = files;
        decoded.files.clear();
        decoded.decode = [&](size_t i) {
            if (i == 2) throw Error(files.names[i], "is gone");
            return readImage(files.files[i]);
        };
        const ModelScore score = scoreModel(at("model").string(), {.device = "cpu", .batchSize = 2}, decoded);
        QCOMPARE(score.pictures, size_t{4});
        QCOMPARE(score.unreadable.front().reason, std::string("is gone"));
        fs::remove(files.files[2]);
        const ModelScore same = scoreModel(at("model").string(), {.device = "cpu"}, files);
        QCOMPARE(score.recall.mean(), same.recall.mean());
    }

    void memoryIsTheMostBeyondWhatWasInUse() {
        constexpr int64_t kBytes = int64_t{64} << 20;
        for (int round = 0; round < 3; ++round) {
            const MemoryMeter meter("cpu");
            torch::ones({kBytes}, torch::kByte);
            QVERIFY(meter.peakBytes().has_value());
            QVERIFY(*meter.peakBytes() > kBytes * 9 / 10);
            QVERIFY(*meter.peakBytes() < kBytes * 3 / 2);
        }
    }

    void noReadablePictureIsAnError() {
        writeTinyModel(at("model"), true);
        CaptionedPictures pictures = captioned(2);
        for (const auto& file : pictures.files)
            writeText(file, "");
        QVERIFY_THROWS_EXCEPTION(Error, scoreModel(at("model").string(), {.device = "cpu"}, pictures));
    }

    void aStopIsHeard() {
        writeTinyModel(at("model"), true);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(
            Cancelled, scoreModel(at("model").string(), {.device = "cpu"}, captioned(2), {stop.get_token(), {}}));
    }
};

DIAGONAL_TEST(TestModelScore);
#include "test_model_score.moc"
