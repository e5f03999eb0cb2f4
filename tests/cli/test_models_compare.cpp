// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "tests/cli/program.h"
#include "tests/registry.h"

/// models compare: recall of models on a person's own captioned pictures.
class TestModelsCompare : public QObject {
    Q_OBJECT

  private:
    QString at(const QString& name) const { return m_folder.filePath(name); }

    /// Plain pictures of different colours, 0.ppm to 11.ppm.
    QStringList pictures() const {
        QStringList files;
        for (int i = 0; i < kPictures; ++i) {
            files << at(QStringLiteral("%1.ppm").arg(i, 2, 10, QLatin1Char('0')));
            QByteArray bytes = "P6\n40 30\n255\n";
            for (int pixel = 0; pixel < 40 * 30; ++pixel)
                for (const int value : {20 * i, pixel % 40 < 20 ? 255 - 20 * i : 0, i % 2 == 0 ? 200 : 30})
                    bytes += static_cast<char>(value);
            writeBytes(files.back(), bytes);
        }
        return files;
    }
    void writeCaptions(int count) const {
        QByteArray text;
        for (int i = 0; i < count; ++i)
            text += QByteArray("a ") + kColours[i % 4] + ' ' + kShapes[i / 4] + '\n';
        writeBytes(at("captions.txt"), text);
    }
    QStringList compare(const QStringList& models, const QStringList& more = {}) const {
        return QStringList{"models", "compare"} + models + more + QStringList{"--threads", "1", "--device", "cpu"};
    }
    QStringList own() const {
        return QStringList{"--images"} + pictures() + QStringList{"--texts", at("captions.txt")};
    }
    /// Rows of a CSV of embeddings, without their names.
    std::vector<std::vector<double>> embedded(const QStringList& inputs) const {
        const Finished run =
            runCli(QStringList{"embed"} + inputs + QStringList{"--out", at("rows.csv"), "--threads", "1"});
        if (run.code != 0) return {};
        std::vector<std::vector<double>> rows;
        for (const QByteArray& line : bytesOf(at("rows.csv")).split('\n').mid(1)) {
            if (line.trimmed().isEmpty()) continue;
            rows.emplace_back();
            for (const QByteArray& cell : line.split(',').mid(1))
                rows.back().push_back(cell.toDouble());
        }
        return rows;
    }

    static constexpr int kPictures = 12;
    // The demo model knows these words: no two captions are equal to it.
    static constexpr const char* kColours[] = {"red", "blue", "green", "yellow"};
    static constexpr const char* kShapes[] = {"circle", "square", "triangle"};
    QTemporaryDir m_folder;

  private Q_SLOTS:
    /// Ranks counted one by one from what `embed` writes.
    void recallIsThatOfTheEmbeddings() {
        writeCaptions(kPictures);
        const Finished run = runCli(compare({"demo"}, own() + QStringList{"--format", "json"}));
        EXIT_CODE(run, 0);
        const auto model = run.json().at(0);
        const auto images = embedded(pictures()), texts = embedded({"--texts", at("captions.txt")});
        QCOMPARE(images.size(), size_t{kPictures});
        QCOMPARE(texts.size(), size_t{kPictures});
        const auto cosine = [&](size_t image, size_t text) {
            double sum = 0;
            for (size_t k = 0; k < images[image].size(); ++k)
                sum += images[image][k] * texts[text][k];
            return sum;
        };
        double toImage[3] = {}, toText[3] = {};
        constexpr int kPlaces[] = {1, 5, 10};
        for (size_t i = 0; i < kPictures; ++i) {
            int better = 0, betterTexts = 0;
            for (size_t j = 0; j < kPictures; ++j) {
                better += cosine(j, i) > cosine(i, i) ? 1 : 0;
                betterTexts += cosine(i, j) > cosine(i, i) ? 1 : 0;
            }
            for (int k = 0; k < 3; ++k) {
                toImage[k] += better < kPlaces[k] ? 1.0 / kPictures : 0;
                toText[k] += betterTexts < kPlaces[k] ? 1.0 / kPictures : 0;
            }
        }
        double mean = 0;
        for (int k = 0; k < 3; ++k) {
            const std::string place = std::to_string(kPlaces[k]);
            QVERIFY(std::abs(model["text_to_image_R@" + place].get<double>() - toImage[k]) < 1e-9);
            QVERIFY(std::abs(model["image_to_text_R@" + place].get<double>() - toText[k]) < 1e-9);
            mean += (toImage[k] + toText[k]) / 6;
        }
        QVERIFY(std::abs(model["mean_recall"].get<double>() - mean) < 1e-9);
        QVERIFY(model["ms_per_image"].get<double>() > 0 && model["ms_per_text"].get<double>() > 0);
        QVERIFY(model["peak_memory_bytes"].is_null() || model["peak_memory_bytes"].get<int64_t>() >= 0);
        QVERIFY(model["pareto_front"].get<bool>());
        QVERIFY(model["error"].is_null());
        QCOMPARE(model["pictures"].get<int>(), kPictures);
        QCOMPARE(model["embed_dim"].get<int>(), 128);
    }

    void linesMayNameTheirPictures() {
        pictures();
        writeBytes(at("captions.txt"), "00.ppm\ta red circle\n00.ppm\ta dot\n01.ppm\ta ring\n");
        const Finished run = runCli(compare(
            {"demo"}, {"--images", at("01.ppm"), at("00.ppm"), "--texts", at("captions.txt"), "--format", "json"}));
        EXIT_CODE(run, 0);
        QCOMPARE(run.json().at(0)["captions"].get<int>(), 3);
    }

    void aModelThatFailsDoesNotStopTheOthers() {
        writeCaptions(kPictures);
        const Finished run = runCli(compare({at("nowhere"), "demo"}, own() + QStringList{"--format", "json"}));
        EXIT_CODE(run, 3);
        QVERIFY2(run.says("nowhere: there is no such model"), run.err.c_str());
        const auto models = run.json();
        QCOMPARE(models.size(), size_t{2});
        QCOMPARE(models[0]["model"].get<std::string>(), std::string("demo"));
        QVERIFY(models[1]["mean_recall"].is_null());
        QVERIFY(models[1]["error"].get<std::string>().find("no such model") != std::string::npos);
        EXIT_CODE(runCli(compare({at("nowhere")}, own())), 1);
    }

    void theTableMarksTheFrontAndCountsWhatWasTried() {
        const Finished run = runCli(compare({"demo"}, {"--data", "scenes:count=200,seed=7", "--limit", "15"}));
        EXIT_CODE(run, 0);
        QVERIFY2(run.prints("*  demo") && run.prints("on 15 pictures"), run.out.c_str());
    }

    void anOutFileSetsTheFormat() {
        writeCaptions(kPictures);
        EXIT_CODE(runCli(compare({"demo"}, own() + QStringList{"--limit", "5", "--out", at("models.csv")})), 0);
        const auto lines = bytesOf(at("models.csv")).split('\n');
        QVERIFY(lines[0].startsWith("model,error,pareto_front,mean_recall,text_to_image_R@1,"));
        QVERIFY(lines[1].startsWith("demo,,true,"));
        QCOMPARE(lines[0].count(','), lines[1].count(','));
    }

    void anUnreadablePictureIsLeftOutAndTold() {
        writeCaptions(kPictures);
        const QStringList options = own();
        writeBytes(at("03.ppm"), "no picture");
        const Finished run = runCli(compare({"demo"}, options + QStringList{"--format", "json"}));
        EXIT_CODE(run, 3);
        QVERIFY2(run.says("03.ppm"), run.err.c_str());
        const auto model = run.json().at(0);
        QCOMPARE(model["unreadable"].get<int>(), 1);
        QCOMPARE(model["pictures"].get<int>(), kPictures - 1);
        QCOMPARE(model["captions"].get<int>(), kPictures - 1);
    }

    void whatDoesNotFitIsRefused() {
        writeCaptions(kPictures - 1);
        const Finished few = runCli(compare({"demo"}, own()));
        EXIT_CODE(few, 1);
        QVERIFY2(few.says("11 lines for 12 pictures"), few.err.c_str());
        const Finished gone =
            runCli(compare({"demo"}, {"--images", at("00.ppm"), at("gone.ppm"), "--texts", at("captions.txt")}));
        EXIT_CODE(gone, 1);
        QVERIFY2(gone.says("gone.ppm") && gone.says("wrong pictures"), gone.err.c_str());
        EXIT_CODE(runCli(compare({"demo"})), 2);
        EXIT_CODE(runCli(compare({"demo"}, {"--images", at("00.ppm")})), 2);
        EXIT_CODE(runCli(compare({"demo"}, {"--texts", at("captions.txt")})), 2);
        EXIT_CODE(runCli(compare({"demo"}, own() + QStringList{"--data", "scenes:count=20"})), 2);
        EXIT_CODE(runCli(compare({}, own())), 2);
        EXIT_CODE(runCli(compare({"demo"}, {"--data", at("nothing.csv")})), 1);
    }
};

DIAGONAL_TEST(TestModelsCompare);
#include "test_models_compare.moc"
