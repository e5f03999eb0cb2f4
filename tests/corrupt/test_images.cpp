// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

namespace {

Bytes bytesOf(std::string_view text) {
    return {text.begin(), text.end()};
}

/// What decoding says; empty when it works.
std::string problemOf(const Bytes& bytes) {
    try {
        const Image image = decodeImage(bytes, "picture");
        return image.rgb.size() == static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 3
                   ? ""
                   : "wrong number of pixels";
    } catch (const Error& error) {
        return error.problem();
    }
}

Bytes big32(uint32_t value) {
    return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 8),
            static_cast<uint8_t>(value)};
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

fs::path goldenImages() {
    return std::filesystem::path(paths::source("tests/parity/data/images"));
}

}  // namespace

class TestImages : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    fs::path path(const char* name) { return fs::path(m_folder.path().toStdString()) / name; }

    std::string readProblem(const fs::path& file) {
        try {
            readImage(file);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

    void addGoldenFiles() {
        QTest::addColumn<QString>("file");
        for (const auto& entry : fs::directory_iterator(goldenImages())) {
            const std::string name = entry.path().filename().string();
            QTest::newRow(name.c_str()) << QString::fromStdString(entry.path().string());
        }
    }

  private Q_SLOTS:
    void whatIsNoImageIsNamed_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("problem");
        const auto row = [](const char* name, const QByteArray& content, const char* problem) {
            QTest::newRow(name) << content << QString(problem);
        };
        row("empty", "", "the file is empty");
        row("text", "Dear diary,\n", "not an image (looks like text)");
        row("web page", "\n <!DOCTYPE HTML><title>404</title>", "not an image (looks like a web page)");
        row("PDF", "%PDF-1.7\n\x80", "not an image (looks like a PDF)");
        row("ZIP", QByteArray("PK\3\4\0\0", 6), "not an image (looks like a ZIP archive or an Office document)");
        row("zeros", QByteArray(100, '\0'), "not an image (only zeros; an interrupted download or copy?)");
        row("random", "\x80\x12\xFE\x03", "not an image");
        row("SVG", "<?xml version='1.0'?>\n<svg/>", "SVG images cannot be read; convert it to JPEG, PNG, WebP or TIFF");
        row("magic alone", "\xFF\xD8\xFF", "the file is truncated");
        row("BMP magic alone", "BM", "the file is truncated");
    }
    void whatIsNoImageIsNamed() {
        QFETCH(QByteArray, content);
        QFETCH(QString, problem);
        QCOMPARE(QString::fromStdString(problemOf(Bytes(content.begin(), content.end()))), problem);
    }

    void hugeImagesAreRefusedByTheirHeader_data() {
        QTest::addColumn<QByteArray>("content");
        const auto row = [](const char* name, const Bytes& bytes) {
            QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(bytes.data()),
                                              static_cast<qsizetype>(bytes.size()));
        };
        row("PNG",
            joined({bytesOf("\x89PNG\r\n\x1A\n"), big32(13), bytesOf("IHDR"), big32(30000), big32(30000), Bytes(50)}));
        row("PNG of 2^31", joined({bytesOf("\x89PNG\r\n\x1A\n"), big32(13), bytesOf("IHDR"), big32(0x7FFFFFFF),
                                   big32(0x7FFFFFFF), Bytes(50)}));
        row("JPEG", {0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0x75, 0x30, 0x75, 0x30, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0});
        row("GIF", joined({bytesOf("GIF89a"), {0x30, 0x75, 0x30, 0x75, 0, 0, 0}}));
        row("PNM", bytesOf("P6 30000 30000 255\nxxxxxx"));
        row("PNM of many digits", bytesOf("P5 99999999999999999999999999 99999999999999999999999999 255\n"));
        // Sides whose product is more than 64 bits with a sign hold.
        row("TIFF", joined({bytesOf("II*"),
                            {0, 8, 0, 0, 0, 5, 0},
                            {0, 1, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0xF0},
                            {1, 1, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0xF0},
                            {6, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0},
                            {17, 1, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0},
                            {23, 1, 4, 0, 1, 0, 0, 0, 9, 0, 0, 0},
                            Bytes(50)}));
        row("BMP",
            joined(
                {bytesOf("BM"), Bytes(12), {40, 0, 0, 0, 0x30, 0x75, 0, 0, 0x30, 0x75, 0, 0, 1, 0, 24, 0}, Bytes(40)}));
    }
    void hugeImagesAreRefusedByTheirHeader() {
        QFETCH(QByteArray, content);
        const std::string problem = problemOf(Bytes(content.begin(), content.end()));
        QVERIFY2(problem.starts_with("the image is too large"), problem.c_str());
    }

    void headersThatClaimMoreThanTheFileHoldsGetNoMemory() {
        // 16,000 x 16,000 is allowed, but not in 60 bytes.
        const Bytes lie =
            joined({bytesOf("\x89PNG\r\n\x1A\n"), big32(13), bytesOf("IHDR"), big32(16000), big32(16000), Bytes(50)});
        QCOMPARE(problemOf(lie), std::string("the file is truncated"));
    }

    void everyTruncationIsAnErrorOrTheWholePicture_data() { addGoldenFiles(); }
    void everyTruncationIsAnErrorOrTheWholePicture() {
        QFETCH(QString, file);
        if (file.contains("plain.")) QSKIP("a number in text that lost its last digits is still a number");
        const Bytes whole = readBytes(file.toStdString());
        const Image image = decodeImage(whole, "whole");
        for (size_t length = 0; length < whole.size(); length += length < 100 ? 1 : 37) {
            const Bytes part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
            try {
                QVERIFY2(decodeImage(part, "part").rgb == image.rgb, qPrintable(QString::number(length)));
            } catch (const Error& error) {
                QVERIFY(!error.problem().empty());
            }
        }
    }

    void halfAJpegOrPngIsTruncated() {
        for (const char* name : {"rgb2.jpg", "progressive.jpg", "cmyk.jpg", "rgb.png", "palette.gif", "rgb.bmp",
                                 "rgb.tif", "rgb.webp", "rgb.ppm"}) {
            Bytes bytes = readBytes(goldenImages() / name);
            bytes.resize(bytes.size() * 3 / 4);
            QVERIFY2(problemOf(bytes) == "the file is truncated", name);
        }
    }

    void flippedBytesNeverCrash_data() { addGoldenFiles(); }
    void flippedBytesNeverCrash() {
        QFETCH(QString, file);
        const Bytes whole = readBytes(file.toStdString());
        uint32_t state = 1;
        const auto next = [&state] { return (state = state * 1664525 + 1013904223) >> 8; };
        for (int round = 0; round < 60; ++round) {
            Bytes damaged = whole;
            for (int i = 0; i <= round % 3; ++i)
                damaged[next() % (round % 2 == 0 ? damaged.size() : std::min<size_t>(damaged.size(), 64))] =
                    static_cast<uint8_t>(next());
            problemOf(damaged);
        }
    }

    void whatIsNoRegularFileDoesNotHang() {
        ::mkfifo(path("fifo.jpg").c_str(), 0600);
        fs::create_directory(path("folder.jpg"));
        fs::create_symlink(path("nothing"), path("link.jpg"));
        for (const fs::path& file :
             {path("fifo.jpg"), path("folder.jpg"), path("link.jpg"), path("missing.jpg"), fs::path("/dev/zero")}) {
            const std::string problem = readProblem(file);
            QVERIFY2(problem.starts_with(displayName(file)), problem.c_str());
        }
    }

    void errorsNameTheFile() {
        std::ofstream(path("diary.jpg")) << "Dear diary";
        QVERIFY(readProblem(path("diary.jpg")).find("diary.jpg: not an image (looks like text).") != std::string::npos);
    }
};

DIAGONAL_TEST(TestImages);
#include "test_images.moc"
