// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <cstring>
#include <thread>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/memory_room.h"
#include "engine/image/png.h"
#include "tests/engine/image_golden.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

const nlohmann::json& expectedPictures() {
    static const auto json = nlohmann::json::parse(std::ifstream(golden::folder() / "pictures.json"));
    return json;
}

std::vector<uint8_t> goldenPicture(const char* name) {
    return readBytes(golden::folder() / "pictures" / name);
}

std::string refusal(std::span<const uint8_t> bytes) {
    try {
        decodeImage(bytes, "picture");
        return {};
    } catch (const Error& error) {
        return error.problem();
    }
}

void add16(std::vector<uint8_t>& bytes, uint32_t value) {
    bytes.push_back(static_cast<uint8_t>(value));
    bytes.push_back(static_cast<uint8_t>(value >> 8));
}
void add32(std::vector<uint8_t>& bytes, uint32_t value) {
    add16(bytes, value & 0xFFFF);
    add16(bytes, value >> 16);
}

/// A little-endian TIFF of 2 x 2 pixels in one plain strip of zeros.
std::vector<uint8_t> tiffOf(uint32_t bits, uint32_t channels, uint32_t sampleFormat, uint32_t photometric) {
    const uint32_t size = (bits * channels * 2 + 7) / 8 * 2;
    const std::vector<std::array<uint32_t, 3>> entries = {
        {256, 4, 2}, {257, 4, 2},        {258, 3, bits}, {259, 3, 1},    {262, 3, photometric},
        {273, 4, 0}, {277, 3, channels}, {278, 4, 2},    {279, 4, size}, {339, 3, sampleFormat}};
    std::vector<uint8_t> bytes = {'I', 'I', 42, 0, 8, 0, 0, 0};
    add16(bytes, static_cast<uint32_t>(entries.size()));
    const auto end = static_cast<uint32_t>(bytes.size() + entries.size() * 12 + 4);
    const bool isRow = channels > 2;  // values of several channels stand behind the directory
    uint32_t behind = end;
    std::vector<uint8_t> rows;
    for (const auto& [tag, type, value] : entries) {
        const bool isOfEach = tag == 258 || tag == 339;
        add16(bytes, tag);
        add16(bytes, type);
        add32(bytes, isOfEach ? channels : 1);
        if (isOfEach && isRow) {
            add32(bytes, behind);
            for (uint32_t i = 0; i < channels; ++i)
                add16(rows, value);
            behind += channels * 2;
        } else if (isOfEach && channels == 2) {
            add32(bytes, value << 16 | value);
        } else {
            add32(bytes, tag == 273 ? end + (isRow ? channels * 4 : 0) : value);
        }
    }
    add32(bytes, 0);
    bytes.insert(bytes.end(), rows.begin(), rows.end());
    bytes.resize(bytes.size() + size);
    return bytes;
}

std::vector<uint8_t> pngChunk(const char* tag, const std::vector<uint8_t>& data) {
    std::vector<uint8_t> chunk(4);
    for (size_t i = 0; i < 4; ++i)
        chunk[i] = static_cast<uint8_t>(data.size() >> (24 - 8 * i));
    chunk.insert(chunk.end(), tag, tag + 4);
    chunk.insert(chunk.end(), data.begin(), data.end());
    const uint32_t sum = golden::crc(std::span(chunk).subspan(4));
    for (size_t i = 0; i < 4; ++i)
        chunk.push_back(static_cast<uint8_t>(sum >> (24 - 8 * i)));
    return chunk;
}

size_t placeOf(const std::vector<uint8_t>& bytes, const char* text) {
    const auto found = std::search(bytes.begin(), bytes.end(), text, text + std::strlen(text));
    return static_cast<size_t>(found - bytes.begin());
}

}  // namespace

/// Kinds of pictures that occur in the wild; their pixels are those of Pillow.
class TestImageKinds : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void pixelsAreThoseOfPillow_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<quint32>("crc");
        for (const auto& item : expectedPictures()) {
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
        const Image image = decodeImage(goldenPicture(qPrintable(file)), "picture");
        QCOMPARE(image.width, width);
        QCOMPARE(image.height, height);
        QCOMPARE(golden::crc(image.rgb), crc);
    }

    /// What tests/parity/compare_pictures.py runs.
    void foldersAreDecodedForComparison() {
        const std::filesystem::path folder = qEnvironmentVariable("DIAGONAL_PICTURES").toStdString();
        if (folder.empty()) QSKIP("no folder given (DIAGONAL_PICTURES)");
        nlohmann::json decoded;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            nlohmann::json& result = decoded[entry.path().filename().string()];
            try {
                const Image image = readImage(entry.path());
                result = {{"width", image.width}, {"height", image.height}, {"crc", golden::crc(image.rgb)}};
            } catch (const Error& error) {
                result = {{"error", error.problem()}};
            }
        }
        std::ofstream(folder / "decoded.json") << decoded.dump(1, ' ', true, nlohmann::json::error_handler_t::replace);
    }

    void orientationIsFoundInEveryContainer() {
        for (const char* name : {"turned.jpeg", "turned.png", "turned.webp"})
            QCOMPARE(exifOrientation(goldenPicture(name)), 6);
        for (const char* name : {"turned.png", "turned.webp"}) {
            const auto bytes = goldenPicture(name);
            for (size_t length = 0; length < bytes.size(); ++length) {
                const int orientation = exifOrientation(std::span(bytes).first(length));
                QVERIFY(orientation == 1 || orientation == 6);
            }
        }
    }

    void tiffOfUnknownKindsIsRefusedByName_data() {
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("sampleFormat");
        QTest::addColumn<int>("photometric");
        QTest::addColumn<QString>("kind");
        QTest::newRow("colour floats") << 32 << 3 << 3 << 2 << "32-bit floats with 3 channels, RGB";
        QTest::newRow("doubles") << 64 << 1 << 3 << 1 << "64-bit floats with 1 channel, grey";
        QTest::newRow("half floats") << 16 << 1 << 3 << 1 << "16-bit floats with 1 channel, grey";
        QTest::newRow("complex") << 64 << 1 << 6 << 1 << "64-bit complex floats with 1 channel, grey";
        QTest::newRow("Lab") << 8 << 3 << 1 << 8 << "8-bit unsigned integers with 3 channels, L*a*b*";
        QTest::newRow("signed colours") << 16 << 3 << 2 << 2 << "16-bit signed integers with 3 channels, RGB";
        QTest::newRow("two of three") << 8 << 2 << 1 << 2 << "8-bit unsigned integers with 2 channels, RGB";
    }
    void tiffOfUnknownKindsIsRefusedByName() {
        QFETCH(int, bits);
        QFETCH(int, channels);
        QFETCH(int, sampleFormat);
        QFETCH(int, photometric);
        QFETCH(QString, kind);
        const auto number = [](int value) { return static_cast<uint32_t>(value); };
        const auto file = tiffOf(number(bits), number(channels), number(sampleFormat), number(photometric));
        QCOMPARE(QString::fromStdString(refusal(file)), "TIFF images of this kind (" + kind + ") cannot be read");
    }
    void tiffOfManyChannelsIsRead() {
        QCOMPARE(refusal(tiffOf(8, 3, 1, 2)), std::string());
        QCOMPARE(refusal(tiffOf(8, 9, 1, 2)), std::string());
        QCOMPARE(refusal(tiffOf(16, 5, 1, 5)), std::string());
    }

    void pngWithoutItsEndIsWhole() {
        const Image picture = golden::noise(20, 10, 3);
        std::vector<uint8_t> bytes = encodePng(picture);
        const size_t end = placeOf(bytes, "IEND") - 4;
        QVERIFY(decodeImage(std::span(bytes).first(end), "no end").rgb == picture.rgb);
        QVERIFY(decodeImage(std::span(bytes).first(end - 4), "no checksum").rgb == picture.rgb);
        QCOMPARE(refusal(std::span(bytes).first(end - 5)), std::string("the file is truncated"));
        // zlib's checksum of all rows, missing here, is no part of the picture.
        const auto data = bytes.begin() + static_cast<ptrdiff_t>(placeOf(bytes, "IDAT")) + 4;
        std::vector<uint8_t> unchecked(bytes.begin(), data - 8);
        const auto chunk = pngChunk("IDAT", {data, bytes.begin() + static_cast<ptrdiff_t>(end) - 8});
        unchecked.insert(unchecked.end(), chunk.begin(), chunk.end());
        unchecked.insert(unchecked.end(), bytes.begin() + static_cast<ptrdiff_t>(end), bytes.end());
        const Image read = decodeImage(unchecked, "no sum");
        QVERIFY(read.rgb == picture.rgb && !read.note.empty());
    }
    void pngChecksumsCountWhereNothingElseTells() {
        const Image picture = golden::noise(20, 10, 3);
        std::vector<uint8_t> bytes = encodePng(picture);
        bytes[placeOf(bytes, "IEND") - 5] ^= 1;
        QVERIFY(decodeImage(encodePng(picture), "sound").note.empty());
        const Image read = decodeImage(bytes, "pixels");
        QVERIFY(read.rgb == picture.rgb);
        QVERIFY(!read.note.empty());
        bytes[29] ^= 1;
        QCOMPARE(refusal(bytes), std::string("the PNG data is damaged (checksum of the header)"));
    }
    void hugeTextInAPngIsPassedOver() {
        const Image picture = golden::noise(20, 10, 3);
        std::vector<uint8_t> bytes = encodePng(picture);
        const auto text = pngChunk("tEXt", std::vector<uint8_t>(20'000'000, 'x'));
        bytes.insert(bytes.begin() + 33, text.begin(), text.end());
        QVERIFY(decodeImage(bytes, "text").rgb == picture.rgb);
    }

    void bmpOfUnknownKindsIsRefusedByName() {
        std::vector<uint8_t> bytes = {'B', 'M'};
        bytes.resize(54 + 64);
        bytes[10] = 54;
        bytes[14] = 40;
        bytes[18] = bytes[22] = 4;
        bytes[28] = 32;
        QCOMPARE(refusal(bytes), std::string());
        bytes[28] = 2;
        QCOMPARE(refusal(bytes), std::string("BMP of 2 bits per pixel cannot be read"));
        bytes[28] = 24;
        bytes[30] = 4;
        QCOMPARE(refusal(bytes), std::string("BMP with compression 4 cannot be read"));
        bytes[30] = 3;
        bytes[54] = 5;
        QCOMPARE(refusal(bytes), std::string("BMP with colour masks that have gaps cannot be read"));
        bytes[14] = 41;
        QCOMPARE(refusal(bytes), std::string("BMP with a header of 41 bytes cannot be read"));
    }

    void claimsBeyondTheirFilesGetNoMemory() {
        // 18,000 x 18,000 in a few hundred bytes: allowed, but not of a photograph or an animation.
        auto jpeg = goldenPicture("00.jpeg");
        size_t frame = 2;
        while (jpeg[frame + 1] < 0xC0 || jpeg[frame + 1] > 0xC2)
            frame += 2 + static_cast<size_t>(jpeg[frame + 2] << 8 | jpeg[frame + 3]);
        for (const size_t side : {frame + 5, frame + 7}) {
            jpeg[side] = 18000 >> 8;
            jpeg[side + 1] = 18000 & 0xFF;
        }
        QCOMPARE(refusal(jpeg), std::string("the file is truncated"));
        auto gif = goldenPicture("00.gif");
        gif[7] = gif[9] = 18000 >> 8;
        QCOMPARE(refusal(gif), std::string("the file is truncated"));
    }

    void roomForPicturesIsKept() {
        MemoryRoom room(100);
        std::atomic<int> taken = 0, largest = 0, done = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                for (int round = 0; round < 200; ++round) {
                    const int bytes = i == 0 && round % 50 == 0 ? 1000 : 20 + i * 5;  // one does not fit at all
                    const MemoryRoom::Share share(room, static_cast<uint64_t>(bytes));
                    const int now = taken += bytes;
                    if (bytes < 1000) {
                        int seen = largest;
                        while (now > seen && !largest.compare_exchange_weak(seen, now)) {
                        }
                    } else if (now != bytes) {
                        largest = INT_MAX;
                    }
                    taken -= bytes;
                }
                ++done;
            });
        }
        threads.clear();
        QCOMPARE(done.load(), 8);
        QVERIFY2(largest <= 100, qPrintable(QString::number(largest)));
    }
};

DIAGONAL_TEST(TestImageKinds);
#include "test_image_kinds.moc"
