// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <cmath>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/box_reducer.h"
#include "engine/image/reduced.h"
#include "tests/engine/image_golden.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// Peak signal-to-noise ratio of two images of one size, in decibels.
double closeness(const Image& a, const Image& b) {
    double sum = 0;
    for (size_t i = 0; i < a.rgb.size(); ++i)
        sum += std::pow(a.rgb[i] - b.rgb[i], 2);
    return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.rgb.size()) / std::max(sum, 1e-9));
}

}  // namespace

class TestImageDecode : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void pixelsAreThoseOfPillow_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<quint32>("crc");
        for (const auto& item : golden::expected()["decoded"]) {
            const auto name = item["file"].get<std::string>();
            QTest::newRow(name.c_str()) << QString::fromStdString(name) << item["width"].get<int>()
                                        << item["height"].get<int>() << item["crc"].get<quint32>();
        }
    }
    void pixelsAreThoseOfPillow() {
        QFETCH(QString, file);
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(quint32, crc);
        const Image image = readImage(golden::folder() / "images" / file.toStdString());
        QCOMPARE(image.width, width);
        QCOMPARE(image.height, height);
        QCOMPARE(golden::crc(image.rgb), crc);
    }

    void headerTellsSizeAndFormatWithoutDecoding() {
        const auto bytes = readBytes(golden::folder() / "images" / "cmyk.jpg");
        const ImageHeader header = readImageHeader(std::span(bytes).first(bytes.size() / 2), "half");
        QCOMPARE(header.width, 37);
        QCOMPARE(header.height, 29);
        QCOMPARE(header.format, std::string("JPEG"));
    }

    void orientationIsReadAndNotApplied() {
        const auto bytes = readBytes(golden::folder() / "images" / "exif6.jpg");
        QCOMPARE(exifOrientation(bytes), 6);
        QCOMPARE(decodeImage(bytes, "exif6").width, 37);
        QCOMPARE(exifOrientation(readBytes(golden::folder() / "images" / "rgb0.jpg")), 1);
    }

    void orientationOfDamagedExifIsUpright() {
        const auto bytes = readBytes(golden::folder() / "images" / "exif6.jpg");
        for (size_t length = 0; length < std::min<size_t>(bytes.size(), 300); ++length) {
            const int orientation = exifOrientation(std::span(bytes).first(length));
            QVERIFY(orientation == 1 || orientation == 6);
        }
        for (size_t at = 0; at < std::min<size_t>(bytes.size(), 200); ++at) {
            auto damaged = bytes;
            damaged[at] = 0xFF;
            const int orientation = exifOrientation(damaged);
            QVERIFY(orientation >= 1 && orientation <= 8);
        }
    }

    void jpegIsDecodedSmallerWhereThatIsEnough_data() {
        QTest::addColumn<int>("enough");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::newRow("whole") << 0 << 37 << 29;
        QTest::newRow("more than there is") << 1000 << 37 << 29;
        QTest::newRow("just not half") << 16 << 37 << 29;
        QTest::newRow("half") << 15 << 19 << 15;
        QTest::newRow("quarter") << 8 << 10 << 8;
        QTest::newRow("eighth") << 4 << 5 << 4;
        QTest::newRow("one pixel") << 1 << 5 << 4;
    }
    void jpegIsDecodedSmallerWhereThatIsEnough() {
        QFETCH(int, enough);
        QFETCH(int, width);
        QFETCH(int, height);
        for (const char* name :
             {"rgb0", "rgb2", "progressive", "grey", "cmyk", "cmyk_progressive", "keep_rgb", "restart"}) {
            const auto file = golden::folder() / "images" / (std::string(name) + ".jpg");
            const Image image = readImage(file, enough), whole = readImage(file);
            QCOMPARE(image.width, width);
            QCOMPARE(image.height, height);
            const double near = closeness(image, resize(whole, width, height, Interpolation::Bilinear));
            QVERIFY2(near > 20, qPrintable(QString("%1: %2 dB").arg(name).arg(near)));  // a tiny noisy drawing
        }
    }

    /// In squares of three pixels, as they come from the file: what the whole picture gives.
    void picturesAreReducedWhileTheyAreRead() {
        int compared = 0;
        const auto compare = [&compared](const std::filesystem::path& file) {
            const auto bytes = readBytes(file);
            Image whole;
            try {
                whole = decodeImage(bytes, file.string());
            } catch (const Error&) {
                QVERIFY_THROWS_EXCEPTION(Error, decodeReduced(bytes, file.string(), 1));
                return;
            }
            const int enough = std::max(1, std::min(whole.width, whole.height) / 3);
            const int side = std::min(whole.width, whole.height) / enough;
            const Image small = decodeReduced(bytes, file.string(), enough);
            if (side < 2) return;
            BoxReducer boxes(whole.width, whole.height, side);
            for (int y = 0; y < whole.height; ++y)
                boxes.add(0, y, whole.rgb.data() + ptrdiff_t{3} * y * whole.width, whole.width);
            const Image expected = boxes.image();
            QCOMPARE(small.width, expected.width);
            QCOMPARE(small.height, expected.height);
            const double near = closeness(small, expected);
            // libwebp scales in its own way, and colours behind alpha by their alpha.
            const double least = file.filename() == "holes.webp" ? 0 : file.extension() == ".webp" ? 15 : 60;
            QVERIFY2(near > least, qPrintable(QString("%1: %2 dB").arg(file.c_str()).arg(near)));
            ++compared;
        };
        for (const auto& folder : {golden::folder() / "images", golden::folder() / "pictures"})
            for (const auto& entry : std::filesystem::directory_iterator(folder))
                if (const auto ending = entry.path().extension();
                    ending == ".png" || ending == ".webp" || ending == ".tif" || ending == ".tiff" || ending == ".gif")
                    compare(entry.path());
        QVERIFY(compared > 40);
    }

    void otherFormatsKeepTheirSize() {
        for (const char* name : {"rgb.png", "rgb.webp", "rgb.bmp", "rgb.tif", "palette.gif", "rgb.ppm"})
            QCOMPARE(readImage(golden::folder() / "images" / name, 4).width, 37);
    }

    void damagedJpegFailsAtEverySizeAlike() {
        for (const char* name : {"rgb2.jpg", "progressive.jpg", "cmyk.jpg"}) {
            const auto bytes = readBytes(golden::folder() / "images" / name);
            for (const int enough : {0, 4, 8, 15}) {
                for (size_t length = 0; length + 2 < bytes.size(); length += 7)
                    QVERIFY_THROWS_EXCEPTION(Error, decodeImage(std::span(bytes).first(length), name, enough));
                for (size_t at = 2; at < bytes.size(); at += 5) {
                    auto damaged = bytes;
                    damaged[at] ^= 0x55;
                    try {
                        const Image image = decodeImage(damaged, name, enough);
                        QCOMPARE(image.rgb.size(),
                                 static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 3);
                    } catch (const Error&) {
                    }
                }
            }
        }
    }

    void photographsDecodedSmallerLookTheSame() {
        const auto folder = golden::photographs();
        if (folder.empty()) QSKIP("no photographs here (DIAGONAL_FLICKR8K)");
        for (const auto& item : golden::expected()["photographs"]) {
            const auto file = folder / item["file"].get<std::string>();
            const Image whole = readImage(file);
            for (const int divisor : {2, 4, 8}) {
                const Image image = readImage(file, whole.width / divisor);
                QCOMPARE(image.width, whole.width / divisor);
                const double near = closeness(image, resize(whole, image.width, image.height, Interpolation::Bilinear));
                QVERIFY2(near > 28, qPrintable(QString("1 / %1: %2 dB").arg(divisor).arg(near)));
            }
        }
    }

    void photographsDecodeAndShrinkAsInPython() {
        const auto folder = golden::photographs();
        if (folder.empty()) QSKIP("no photographs here (DIAGONAL_FLICKR8K)");
        for (const auto& item : golden::expected()["photographs"]) {
            const Image image = readImage(folder / item["file"].get<std::string>());
            QCOMPARE(golden::crc(image.rgb), item["crc"].get<uint32_t>());
            for (const auto& size : item["sizes"]) {
                PreprocessConfig config;
                config.width = config.height = size["size"].get<int>();
                QCOMPARE(golden::crc(resizeAndCrop(image, config).rgb), size["crc"].get<uint32_t>());
            }
        }
    }
};

DIAGONAL_TEST(TestImageDecode);
#include "test_image_decode.moc"
