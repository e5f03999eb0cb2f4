// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <algorithm>
#include <array>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "tests/engine/image_golden.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

std::filesystem::path picture(const std::string& name) {
    return golden::folder() / "heif" / name;
}

int largestPixelDifference(const Image& a, const Image& b) {
    int largest = 0;
    for (size_t i = 0; i < a.rgb.size(); ++i)
        largest = std::max(largest, std::abs(a.rgb[i] - b.rgb[i]));
    return largest;
}

bool canRead() {
    try {
        readImage(picture("full.heic"));
        return true;
    } catch (const Error& error) {
        return error.problem() != "this build of Diagonal cannot read HEIC";
    }
}

}  // namespace

class TestHeif : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        if (!canRead()) QSKIP("built without libheif");
    }

    void pixelsAreThoseOfAnotherReader_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("within");
        for (const char* end : {"heic", "avif"}) {
            for (const char* name : {"full", "grey", "alpha", "turned"})
                QTest::addRow("%s.%s", name, end) << QString("%1.%2").arg(name, end) << 2;
        }
        QTest::addRow("half.heic") << QString("half.heic") << 2;
        // The reference, libavif, interpolates the colours of 4:2:0; libheif repeats them.
        QTest::addRow("half.avif") << QString("half.avif") << 90;
        QTest::addRow("deep.heic") << QString("deep.heic") << 2;
    }
    void pixelsAreThoseOfAnotherReader() {
        QFETCH(QString, file);
        QFETCH(int, within);
        const Image image = readImage(picture(file.toStdString()));
        const Image expected = readImage(picture(file.toStdString() + ".png"));
        QCOMPARE(image.width, expected.width);
        QCOMPARE(image.height, expected.height);
        const int difference = largestPixelDifference(image, expected);
        QVERIFY2(difference <= within, qPrintable(QString::number(difference)));
    }

    void headerSaysSizeAndFormat() {
        const ImageHeader heic = readImageHeader(readBytes(picture("full.heic")), "full.heic");
        QCOMPARE(heic.format, std::string("HEIC"));
        QCOMPARE(heic.width, 32);
        QCOMPARE(heic.height, 24);
        const ImageHeader avif = readImageHeader(readBytes(picture("turned.avif")), "turned.avif");
        QCOMPARE(avif.format, std::string("AVIF"));
        QCOMPARE(avif.width, 24);
        QCOMPARE(avif.height, 32);
    }

    void orientationIsAppliedOnce() {
        QCOMPARE(exifOrientation(readBytes(picture("turned.avif"))), 1);
        QCOMPARE(exifOrientation(readBytes(picture("turned.heic"))), 1);
    }

    void metadataOfWhatIsNoPictureIsNoMatter() {
        // Phones write metadata of an item that is no picture; libheif before 1.18 refuses all of such a file.
        auto bytes = readBytes(picture("turned.heic"));
        const std::string_view reference = "cdsc";
        const auto at = std::search(bytes.begin(), bytes.end(), reference.begin(), reference.end());
        QVERIFY(at != bytes.end());
        std::copy_n(at + 4, 2, at + 8);  // the metadata describe themselves
        QCOMPARE(decodeImage(bytes, "phone").rgb, readImage(picture("turned.heic")).rgb);
    }

    void namesAreListed() {
        for (const char* name : {"a.heic", "A.HEIC", "a.heif", "a.hif", "a.avif"})
            QVERIFY2(hasImageExtension(name), name);
    }

    void everyPartIsTruncated_data() {
        QTest::addColumn<QString>("file");
        for (const char* name : {"full.heic", "full.avif", "alpha.avif", "deep.heic"})
            QTest::newRow(name) << QString(name);
    }
    void everyPartIsTruncated() {
        QFETCH(QString, file);
        const auto whole = readBytes(picture(file.toStdString()));
        for (size_t tenth = 1; tenth < 10; ++tenth) {
            try {
                decodeImage(std::span(whole).first(whole.size() * tenth / 10), "part");
                QFAIL(qPrintable(QString("%1 tenths were read").arg(tenth)));
            } catch (const Error& error) {
                QCOMPARE(error.problem(), std::string("the file is truncated"));
            }
        }
    }

    void hugeDeclaredSizeGetsNoMemory() {
        constexpr std::string_view kSize = "ispe";
        for (const char* name : {"full.heic", "full.avif"}) {
            auto bytes = readBytes(picture(name));
            for (const uint8_t high : {0x00, 0x7F}) {
                const std::array<uint8_t, 8> size = {high, 0, 0x40, 0, high, 0, 0x40, 0};
                for (auto at = bytes.begin();; ++at) {
                    at = std::search(at, bytes.end(), kSize.begin(), kSize.end());
                    if (at == bytes.end()) break;
                    std::copy(size.begin(), size.end(), at + 8);
                }
                try {
                    // A picture that is cut out of a larger one has the size of what is cut out.
                    const Image image = decodeImage(bytes, name);
                    QVERIFY(image.width <= 64 && image.height <= 64);
                } catch (const Error& error) {
                    QVERIFY(!error.problem().empty());
                }
            }
        }
    }

    void damagedBytesNeverCrash() {
        uint32_t state = 1;
        const auto next = [&state] { return (state = state * 1664525 + 1013904223) >> 8; };
        for (const char* name : {"full.heic", "half.heic", "full.avif", "turned.avif"}) {
            const auto whole = readBytes(picture(name));
            for (int round = 0; round < 100; ++round) {
                auto damaged = whole;
                for (int i = 0; i <= round % 3; ++i)
                    damaged[next() % damaged.size()] = static_cast<uint8_t>(next());
                try {
                    decodeImage(damaged, name);
                } catch (const Error& error) {
                    QVERIFY(!error.problem().empty());
                }
            }
            auto noise = whole;
            for (size_t i = 32; i < noise.size(); ++i)
                noise[i] = static_cast<uint8_t>(next());
            QVERIFY_EXCEPTION_THROWN(decodeImage(noise, name), Error);
        }
    }
};

DIAGONAL_TEST(TestHeif);
#include "test_heif.moc"
