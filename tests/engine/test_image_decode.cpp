// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "tests/engine/image_golden.h"

using namespace diagonal;

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

QTEST_GUILESS_MAIN(TestImageDecode)
#include "test_image_decode.moc"
