// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image.h"
#include "engine/image/image_files.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

using Bytes = std::vector<uint8_t>;

std::string little16(unsigned value) {
    return {static_cast<char>(value & 255), static_cast<char>(value >> 8)};
}

std::string little32(unsigned value) {
    return little16(value & 0xFFFF) + little16(value >> 16);
}

std::string entry(unsigned tag, unsigned type, unsigned count, unsigned value) {
    return little16(tag) + little16(type) + little32(count) + little32(value);
}

std::string jpegOf(int number) {
    return readText(paths::source("tests/parity/data/pictures/0" + std::to_string(number) + ".jpeg"));
}

/// A TIFF of one directory with the pixels of a sensor, turned by orientation 6, of a Nikon, and what follows.
std::string rawOf(const std::string& rest) {
    const std::string directory = little16(4) + entry(262, 3, 1, 32803) + entry(0x10F, 2, 18, 62) +
                                  entry(0x110, 2, 11, 80) + entry(274, 3, 1, 6) + little32(0);
    return std::string("II*\0\x08\0\0\0", 8) + directory + std::string("NIKON CORPORATION\0", 18) +
           std::string("NIKON D850\0", 11) + "...sensor..." + rest;
}

Bytes bytesOfText(const std::string& text) {
    return {text.begin(), text.end()};
}

std::string problemOf(const std::string& file) {
    try {
        decodeImage(bytesOfText(file), "x.nef");
    } catch (const Error& error) {
        return error.problem();
    }
    return {};
}

}  // namespace

class TestRaw : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void theLargestPreviewIsTaken() {
        std::vector<std::pair<int64_t, std::string>> sizes;
        for (int i = 0; i < 6; ++i) {
            const std::string jpeg = jpegOf(i);
            const ImageHeader header = readImageHeader(bytesOfText(jpeg), "x");
            if (problemOf(rawOf(jpeg)).empty()) sizes.emplace_back(int64_t{header.width} * header.height, jpeg);
        }
        QVERIFY(sizes.size() > 2);
        std::string all;
        for (const auto& [size, jpeg] : sizes)
            all += jpeg + "between";
        const std::string largest = std::ranges::max_element(sizes)->second;
        const Bytes raw = bytesOfText(rawOf(all));
        const ImageHeader header = readImageHeader(raw, "x.nef");
        QCOMPARE(header.format, std::string("RAW"));
        const Image image = decodeImage(raw, "x.nef"), preview = decodeImage(bytesOfText(largest), "x.jpg");
        QCOMPARE(header.width, preview.width);
        QCOMPARE(image.height, preview.height);
        QVERIFY(image.rgb == preview.rgb);
        QCOMPARE(exifOrientation(raw), 6);
        QCOMPARE(readPictureFacts(raw).camera, std::string("NIKON D850"));
    }

    void eachMakersFilesAreKnown_data() {
        QTest::addColumn<QByteArray>("begin");
        QTest::newRow("ORF") << QByteArray("IIRO\x08\0\0\0\0\0", 10);
        QTest::newRow("RW2") << QByteArray("IIU\0\x08\0\0\0\0\0", 10);
        QTest::newRow("CR2") << QByteArray("II*\0\x10\0\0\0CR\x02\0\0\0\0\0\0\0", 18);
        QTest::newRow("RAF") << QByteArray("FUJIFILMCCD-RAW 0201FF389501X-T3");
        QTest::newRow("CR3") << QByteArray(
            "\0\0\0\x18"
            "ftypcrx \0\0\0\1crx isom",
            24);
        QTest::newRow("CRW") << QByteArray("II\x1A\0\0\0HEAPCCDR\2\0", 16);
    }

    void eachMakersFilesAreKnown() {
        QFETCH(QByteArray, begin);
        const std::string jpeg = jpegOf(0);
        const Bytes raw = bytesOfText(begin.toStdString() + jpeg);
        QCOMPARE(readImageHeader(raw, "x").format, std::string("RAW"));
        QVERIFY(decodeImage(raw, "x").rgb == decodeImage(bytesOfText(jpeg), "x").rgb);
        readPictureFacts(raw);
        exifOrientation(raw);
    }

    void whatIsNoPreviewIsNotTaken() {
        QVERIFY(problemOf(rawOf("")).find("no preview") != std::string::npos);
        std::string lossless = jpegOf(0);  // as raw data may be: SOF3
        for (size_t at = 2; at + 4 < lossless.size();) {
            const auto marker = static_cast<uint8_t>(lossless[at + 1]);
            if (marker >= 0xC0 && marker <= 0xC2) {
                lossless[at + 1] = '\xC3';
                break;
            }
            at += 2 + static_cast<size_t>(static_cast<uint8_t>(lossless[at + 2]) << 8 |
                                          static_cast<uint8_t>(lossless[at + 3]));
        }
        QVERIFY(problemOf(rawOf(lossless)).find("no preview") != std::string::npos);
        QVERIFY(problemOf(rawOf(jpegOf(0).substr(0, 100))) != "");
        QVERIFY(problemOf(rawOf(std::string(5000, '\xFF') + std::string(5000, '\xD8'))).find("no preview") !=
                std::string::npos);
    }

    void everyPrefixIsReadOrRefused() {
        const std::string raw = rawOf(jpegOf(0));
        for (size_t size = 0; size < raw.size(); size += size < 300 ? 1 : 97) {
            const Bytes part = bytesOfText(raw.substr(0, size));
            readPictureFacts(part);
            exifOrientation(part);
            try {
                decodeImage(part, "x");
            } catch (const Error& error) {
                QVERIFY(!error.problem().empty());
            }
        }
    }

    void plainTiffsStayTiffs() {
        const Bytes tiff = readBytes(paths::source("tests/parity/data/pictures/00.tiff"));
        QCOMPARE(readImageHeader(tiff, "x").format, std::string("TIFF"));
    }

    void theirNamesAreTaken() {
        for (const char* name : {"a.CR2", "b.nef", "c.dng", "d.Arw", "e.raf", "f.cr3", "g.rw2", "h.orf"})
            QVERIFY(hasImageExtension(name));
    }

    void datesThatMakeNoSenseAreNone_data() {
        QTest::addColumn<QByteArray>("date");
        QTest::addColumn<qint64>("seconds");
        QTest::newRow("one") << QByteArray("1999:12:31 23:59:59") << qint64{946684799};
        QTest::newRow("dashes") << QByteArray("1999-12-31T23:59:59") << qint64{946684799};
        QTest::newRow("zeros") << QByteArray("0000:00:00 00:00:00") << qint64{-1};
        QTest::newRow("blanks") << QByteArray("    :  :     :  :  ") << qint64{-1};
        QTest::newRow("no day") << QByteArray("2023:02:30 10:00:00") << qint64{-1};
        QTest::newRow("no hour") << QByteArray("2023:02:03 25:00:00") << qint64{-1};
        QTest::newRow("signs") << QByteArray("2023:02:-3 10:00:00") << qint64{-1};
    }

    void datesThatMakeNoSenseAreNone() {
        QFETCH(QByteArray, date);
        QFETCH(qint64, seconds);
        const std::string file = std::string("II*\0\x08\0\0\0", 8) + little16(1) + entry(0x132, 2, 20, 26) +
                                 little32(0) + date.toStdString() + std::string(1, '\0');
        QCOMPARE(readPictureFacts(bytesOfText(file)).taken.value_or(-1), seconds);
    }
};

DIAGONAL_TEST(TestRaw);
#include "test_raw.moc"
