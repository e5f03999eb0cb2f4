// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/relevance.h"

#include <QTemporaryDir>
#include <QTest>
#include <numeric>

#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/image/png.h"
#include "engine/inference/session.h"
#include "engine/inference/zero_shot.h"
#include "tests/engine/tiny_model.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

const fs::path kData = fs::path(paths::source("tests/parity/data"));

Image plain(int width, int height, std::array<uint8_t, 3> colour) {
    Image image{width, height, {}};
    for (int i = 0; i < width * height; ++i)
        image.rgb.insert(image.rgb.end(), colour.begin(), colour.end());
    return image;
}

void fill(Image& image, int left, int top, int side, std::array<uint8_t, 3> colour) {
    for (int y = top; y < top + side; ++y)
        for (int x = left; x < left + side; ++x)
            std::copy_n(colour.begin(), 3, image.rgb.begin() + (y * image.width + x) * 3);
}

/// The mean of the cells whose centre lies in the box, and of the others.
std::pair<double, double> insideAndOutside(const RelevanceMap& map, const PixelRect& box) {
    double sums[2] = {0, 0};
    int counts[2] = {0, 0};
    for (int row = 0; row < map.rows; ++row)
        for (int column = 0; column < map.columns; ++column) {
            const double x = map.area.x + map.area.width * (column + 0.5) / map.columns;
            const double y = map.area.y + map.area.height * (row + 0.5) / map.rows;
            const bool inside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
            sums[inside ? 0 : 1] += map.values[static_cast<size_t>(row * map.columns + column)];
            ++counts[inside ? 0 : 1];
        }
    return {sums[0] / counts[0], sums[1] / counts[1]};
}

RelevanceMap smallMap() {
    return {2, 3, {0, 0.2F, 0.4F, 0.6F, 0.8F, 1}, 30, 20, {0, 0, 30, 20}};
}

}  // namespace

class TestRelevance : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    fs::path picture(const std::string& name, const Image& image) const {
        const fs::path file = fs::path(m_folder.path().toStdString()) / name;
        const auto bytes = encodePng(image);
        writeFile(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        return file;
    }
    fs::path tinyModel(bool vit) const {
        const fs::path folder = fs::path(m_folder.path().toStdString()) / (vit ? "vit" : "resnet");
        if (!fs::exists(folder)) writeTinyModel(folder, vit);
        return folder;
    }

  private Q_SLOTS:
    // tests/parity/make_relevance_golden.py
    void gridsEqualTheReference_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("imageSize");
        QTest::newRow("ViT") << "vit"
                             << "open_clip-vit" << 0;
        QTest::newRow("ViT, larger images") << "vit-24"
                                            << "open_clip-vit" << 24;
        QTest::newRow("ResNet") << "resnet"
                                << "open_clip-resnet" << 0;
        QTest::newRow("SigLIP") << "siglip"
                                << "hf-siglip" << 0;
    }
    void gridsEqualTheReference() {
        QFETCH(QString, name);
        QFETCH(QString, model);
        QFETCH(int, imageSize);
        LoadOptions options;
        if (imageSize > 0) options.imageSize = imageSize;
        const ModelBundle bundle = loadModel(kData / "families" / model.toStdString(), options);
        auto golden = readStateDict({kData / "relevance.safetensors"}).tensors;
        const auto of = [&](const char* what) { return golden.at(name.toStdString() + what); };
        ImageTower& tower = bundle.model->imageTower();
        for (auto& parameter : tower.parameters())
            parameter.requires_grad_(false);
        const auto grids = relevanceGrids(tower, of(".image"), of(".texts"), bundle.info.logitScale);
        const auto expected = of(".grids");
        QVERIFY(grids.sizes() == expected.sizes());
        for (int64_t i = 0; i < grids.size(0); ++i) {
            const double largest = expected[i].max().item<double>();
            const double difference = (grids[i] - expected[i]).abs().max().item<double>();
            QVERIFY2(difference <= 1e-4 * largest, qPrintable(QString("%1 of %2").arg(difference).arg(largest)));
        }
    }

    void tracingChangesNoFeature() {
        for (const char* name : {"open_clip-vit", "open_clip-resnet", "hf-siglip"}) {
            const ModelBundle bundle = loadModel(kData / "families" / name);
            const int size = bundle.info.imageSize;
            const auto images = torch::randn({2, 3, size, size});
            ImageTrace trace;
            const auto traced = bundle.model->imageTower().forwardTraced(images, trace).detach();
            const torch::NoGradGuard noGrad;
            const auto plainly = bundle.model->imageTower().forward(images);
            QVERIFY(((traced - plainly).abs().max() / plainly.abs().max()).item<double>() < 1e-5);
        }
    }

    void theDemoModelLooksAtTheShape() {
        const auto session = Session::open("demo", {.device = "cpu"});
        Image scene = plain(128, 128, {235, 235, 235});
        fill(scene, 70, 64, 40, {220, 30, 30});
        const auto texts = embedLabels(*session, {"red square"}, {session->info().suggestedTemplate});
        const auto maps = session->relevance(picture("scene.png", scene), texts);
        QCOMPARE(maps.size(), size_t{1});
        QCOMPARE(*std::ranges::max_element(maps[0].values), 1.0F);
        const auto [inside, outside] = insideAndOutside(maps[0], {70, 64, 40, 40});
        QVERIFY2(inside > 2 * outside, qPrintable(QString("%1 inside, %2 outside").arg(inside).arg(outside)));
    }

    void theMapLiesOnTheCropOfThePicture() {
        const auto session = Session::open(tinyModel(true), {.device = "cpu"});
        const auto texts = session->embedTexts(std::vector<std::string>{"a red circle", "a photo of a dog"});
        Image noise = plain(100, 50, {20, 90, 160});
        fill(noise, 30, 10, 20, {250, 240, 10});
        const auto maps = session->relevance(picture("wide.png", noise), texts);
        QCOMPARE(maps.size(), size_t{2});
        QVERIFY(maps[0].values != maps[1].values);
        QCOMPARE(maps[0].rows, 4);
        QCOMPARE(maps[0].columns, 4);
        QCOMPARE(maps[0].imageWidth, 100);
        QCOMPARE(maps[0].imageHeight, 50);
        QCOMPARE(maps[0].area.x, 25.0);
        QCOMPARE(maps[0].area.y, 0.0);
        QCOMPARE(maps[0].area.width, 50.0);
        QCOMPARE(maps[0].area.height, 50.0);
    }

    void paddingLiesOutsideThePicture() {
        PreprocessConfig config;
        config.width = config.height = 32;
        config.resizeMode = ResizeMode::Longest;
        const PixelRect area = shownArea(64, 32, config);
        QCOMPARE(area.x, 0.0);
        QCOMPARE(area.y, -16.0);
        QCOMPARE(area.width, 64.0);
        QCOMPARE(area.height, 64.0);
        config.resizeMode = ResizeMode::Squash;
        QCOMPARE(shownArea(64, 32, config).height, 32.0);
        QCOMPARE(shownArea(32, 32, config).width, 32.0);
    }

    /// As in the window, where words and maps go between the batches of a long job.
    void aMapComesBetweenBatchesOfPictures() {
        const auto session = Session::open(tinyModel(false), {.device = "cpu"});
        const fs::path file = picture("between.png", plain(40, 40, {10, 200, 90}));
        const auto texts = session->embedTexts(std::vector<std::string>{"a red circle"});
        std::vector<float> between;
        session->embedImages(std::vector<fs::path>{file}, true, [&](const std::vector<ImageEmbedding>&) {
            between = session->relevance(file, texts).front().values;
        });
        QCOMPARE(between, session->relevance(file, texts).front().values);
    }

    void narrowWeightsGiveTheSameMapAndStayNarrow() {
        const auto wide = Session::open(tinyModel(false), {.device = "cpu", .precision = "fp32"});
        const auto narrow = Session::open(tinyModel(false), {.device = "cpu", .precision = "fp16"});
        Image scene = plain(40, 40, {10, 40, 90});
        fill(scene, 5, 5, 12, {200, 180, 10});
        const fs::path file = picture("small.png", scene);
        const auto texts = wide->embedTexts(std::vector<std::string>{"a red circle"});
        std::vector<float> before, after;
        const auto embed = [&](std::vector<float>& into) {
            narrow->embedImages(std::vector<fs::path>{file}, true,
                                [&](const std::vector<ImageEmbedding>& batch) { into = batch[0].values; });
        };
        embed(before);
        const auto map = narrow->relevance(file, texts).front();
        embed(after);
        QCOMPARE(after, before);
        QCOMPARE(map.rows, wide->relevance(file, texts).front().rows);
    }

    void filesThatCannotBeReadAreNamed() {
        const auto session = Session::open(tinyModel(false), {.device = "cpu"});
        const auto texts = session->embedTexts(std::vector<std::string>{"a red circle"});
        const fs::path file = fs::path(m_folder.path().toStdString()) / "empty.png";
        writeFile(file, "");
        QVERIFY_THROWS_EXCEPTION(Error, session->relevance(file, texts));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, session->relevance(file, {2, {1, 0}}));
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, session->relevance(file, texts, {stop.get_token(), {}}));
    }

    void mapsTurnAsPicturesDo() {
        const Image stored{3, 2, {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5}};
        RelevanceMap map = smallMap();
        map.values = {0, 1, 2, 3, 4, 5};
        map.area = {10, 0, 20, 20};
        const std::vector<std::vector<float>> expected = {{0, 1, 2, 3, 4, 5}, {2, 1, 0, 5, 4, 3}, {5, 4, 3, 2, 1, 0},
                                                          {3, 4, 5, 0, 1, 2}, {0, 3, 1, 4, 2, 5}, {3, 0, 4, 1, 5, 2},
                                                          {5, 2, 4, 1, 3, 0}, {2, 5, 1, 4, 0, 3}};
        for (int orientation = 1; orientation <= 8; ++orientation) {
            const RelevanceMap turned = upright(map, orientation);
            const Image image = upright(stored, orientation);
            QCOMPARE(turned.values, expected[static_cast<size_t>(orientation - 1)]);
            QCOMPARE(turned.columns, image.width);
            QCOMPARE(turned.rows, image.height);
            for (size_t i = 0; i < 6; ++i)
                QCOMPARE(static_cast<float>(image.rgb[3 * i]), turned.values[i]);
        }
        QCOMPARE(upright(map, 6).imageWidth, 20);
        QCOMPARE(upright(map, 6).area.y, 10.0);
        QCOMPARE(upright(map, 3).area.x, 0.0);
        QCOMPARE(upright(map, 8).area.y, 0.0);
    }

    void overlaysStayInTheArea() {
        RelevanceMap map = smallMap();
        map.area = {10, -5, 20, 30};
        const Image grey = plain(30, 20, {128, 128, 128});
        const Image drawn = drawRelevance(grey, map, 1);
        for (int y = 0; y < 20; ++y) {
            QCOMPARE(drawn.rgb[static_cast<size_t>((y * 30 + 9) * 3)], uint8_t{128});
            QVERIFY(drawn.rgb[static_cast<size_t>((y * 30 + 10) * 3)] != uint8_t{128});
        }
        QCOMPARE(drawRelevance(grey, map, 0).rgb, grey.rgb);
    }

    void relevantPartsAreMoreOpaque() {
        const RelevanceMap map = smallMap();
        const auto rgba = relevanceColours(map, 30, 20, {0, 0, 30, 20});
        QCOMPARE(rgba.size(), size_t{30 * 20 * 4});
        QVERIFY(rgba[3] > 0);
        QVERIFY(rgba[3] < 100);
        QCOMPARE(rgba.back(), uint8_t{255});
        // A part is the same pixels.
        const auto part = relevanceColours(map, 30, 20, {12, 8, 5, 1});
        QVERIFY(std::equal(part.begin(), part.end(), rgba.begin() + (8 * 30 + 12) * 4));
        QVERIFY(!map.isZero());
        QVERIFY(RelevanceMap({1, 1, {0}, 1, 1, {}}).isZero());
    }
};

DIAGONAL_TEST(TestRelevance);
#include "test_relevance.moc"
