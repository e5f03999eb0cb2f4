// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/base/error.h"
#include "engine/formats/checkpoint_index.h"
#include "engine/formats/zip_directory.h"
#include "tests/corrupt/archive_bytes.h"
#include "tests/registry.h"

using namespace diagonal;
using namespace std::string_literals;
using bytes::number;
using bytes::patch;
using bytes::spanOf;
using bytes::Zip;
using bytes::zipOf;

namespace {

QString zipError(const std::string& content) {
    try {
        const ZipDirectory zip(spanOf(content), "broken.zip");
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

Zip good() {
    return zipOf({{"a/data.pkl", "0123456789"}, {"a/data/0", "abcd"}, {"a/version", "3\n"}});
}

/// The same with zip64 records; sizes of the second member stand in an extra field.
Zip good64() {
    Zip zip = good();
    const std::string extra = number<uint16_t>(1) + number<uint16_t>(24) + number<uint64_t>(4) + number<uint64_t>(4) +
                              number<uint64_t>(zip.locals[1]);
    const size_t central = zip.centrals[1];
    patch<uint32_t>(zip.content, central + 20, 0xFFFFFFFF);
    patch<uint32_t>(zip.content, central + 24, 0xFFFFFFFF);
    patch<uint16_t>(zip.content, central + 30, extra.size());
    patch<uint32_t>(zip.content, central + 42, 0xFFFFFFFF);
    zip.content.insert(central + 46 + 8, extra);
    zip.centrals[2] += extra.size();
    zip.end += extra.size();
    const size_t size = zip.end - zip.directory;
    const std::string end64 = number<uint32_t>(0x06064B50) + number<uint64_t>(44) + number<uint32_t>(0x002D002D) +
                              number<uint64_t>(0) + number<uint64_t>(3) + number<uint64_t>(3) + number<uint64_t>(size) +
                              number<uint64_t>(zip.directory);
    const std::string locator =
        number<uint32_t>(0x07064B50) + number<uint32_t>(0) + number<uint64_t>(zip.end) + number<uint32_t>(1);
    zip.content.insert(zip.end, end64 + locator);
    zip.end += end64.size() + locator.size();
    for (const size_t field : {8, 10})
        patch<uint16_t>(zip.content, zip.end + field, 0xFFFF);
    for (const size_t field : {12, 16})
        patch<uint32_t>(zip.content, zip.end + field, 0xFFFFFFFF);
    return zip;
}

}  // namespace

class TestZip : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void membersAreFound() {
        for (const Zip& zip :
             {good(), good64(), zipOf({{"a/data.pkl", "0123456789"}, {"a/data/0", "abcd"}}, "comment")}) {
            const ZipDirectory directory(spanOf(zip.content), "good.zip");
            const ZipMember* member = directory.find("a/data/0");
            QVERIFY(member != nullptr);
            QCOMPARE(zip.content.substr(member->offset, member->size), std::string("abcd"));
            QVERIFY(!member->compressed);
            QVERIFY(directory.find("a/data/1") == nullptr);
            QCOMPARE(directory.members()[0].name, std::string_view("a/data.pkl"));
        }
    }

    void brokenDirectoriesAreRefused_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& content, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(content) << reason;
        };
        /// A sound archive with one number changed; `place` is from the end record.
        const auto end = [&](const char* name, size_t place, uint64_t value, int size, const char* reason) {
            Zip zip = good();
            if (size == 2) patch<uint16_t>(zip.content, zip.end + place, value);
            if (size == 4) patch<uint32_t>(zip.content, zip.end + place, value);
            row(name, zip.content, reason);
        };
        end("second part of an archive", 4, 1, 2, "several parts");
        end("directory in another part", 6, 1, 2, "several parts");
        end("fewer members in this part", 8, 2, 2, "several parts");
        end("directory size zero", 12, 0, 4, "too short");
        end("directory one byte shorter", 12, good().end - good().directory - 1, 4, "is cut");
        end("directory size 4 GB", 12, 0xFFFFFFFE, 4, "outside the file");
        end("directory at the end", 16, good().end, 4, "outside the file");
        end("directory begins too early", 16, good().directory - 1, 4, "is missing");
        end("comment longer than the file", 20, 5, 2, "is cut");
        {
            Zip zip = good();
            for (const size_t place : {8, 10})
                patch<uint16_t>(zip.content, zip.end + place, 2);
            row("one member not counted", zip.content, "another size");
            for (const size_t place : {8, 10})
                patch<uint16_t>(zip.content, zip.end + place, 4);
            row("one member too many", zip.content, "too short");
            for (const size_t place : {8, 10})
                patch<uint16_t>(zip.content, zip.end + place, 0xFFFF);
            row("65535 members", zip.content, "too short");
        }

        const auto central = [&](const char* name, size_t place, uint64_t value, int size, const char* reason) {
            Zip zip = good();
            if (size == 2) patch<uint16_t>(zip.content, zip.centrals[1] + place, value);
            if (size == 4) patch<uint32_t>(zip.content, zip.centrals[1] + place, value);
            row(name, zip.content, reason);
        };
        central("entry without signature", 0, 0, 4, "is missing");
        central("encrypted", 8, 1, 2, "encrypted");
        central("strongly encrypted", 8, 0x41, 2, "encrypted");
        central("masked", 8, 0x2000, 2, "encrypted");
        central("flags differ", 8, 0x800, 2, "contradicts");
        central("method differs", 10, 8, 2, "contradicts");
        central("checksum differs", 16, 1, 4, "contradicts");
        central("packed size differs", 20, 3, 4, "two sizes");
        central("size differs", 24, 5, 4, "two sizes");
        central("name longer than the directory", 28, 0xFFFF, 2, "is cut");
        central("extra longer than the directory", 30, 0xFFFF, 2, "is cut");
        central("comment longer than the directory", 32, 0xFFFF, 2, "is cut");
        central("name shorter", 28, 7, 2, "contradicts");
        central("another part", 34, 1, 2, "several parts");
        central("header beyond the file", 42, 0xFFFFFFFE, 4, "not where the directory says");
        central("header inside the directory", 42, good().directory, 4, "not where the directory says");
        central("header inside another member", 42, good().locals[1] - 1, 4, "not where the directory says");
        central("header of another member", 42, good().locals[0], 4, "contradicts");
        central("size in a zip64 field that is missing", 20, 0xFFFFFFFF, 4, "has no size");
        central("offset in a zip64 field that is missing", 42, 0xFFFFFFFF, 4, "has no size");
        {
            Zip zip = good();
            for (const size_t place :
                 {zip.centrals[1] + 20, zip.centrals[1] + 24, zip.locals[1] + 18, zip.locals[1] + 22})
                patch<uint32_t>(zip.content, place, 40);
            row("sizes that reach into the next member", zip.content, "overlap");
            for (const size_t place :
                 {zip.centrals[1] + 20, zip.centrals[1] + 24, zip.locals[1] + 18, zip.locals[1] + 22})
                patch<uint32_t>(zip.content, place, 4000);
            row("sizes beyond the file", zip.content, "outside the file");
            zip = good();
            patch<uint16_t>(zip.content, zip.locals[1] + 28, 0xFFFF);
            row("local extra beyond the file", zip.content, "outside the file");
            zip = good();
            patch<uint16_t>(zip.content, zip.locals[1] + 28, 1);
            row("local extra shifts the content", zip.content, "overlap");
            zip = good();
            zip.content[zip.locals[1] + 30] = 'b';
            row("local name differs", zip.content, "contradicts");
        }
        {  // Many entries for one kernel of bytes: the zip bomb without recursion.
            Zip zip = zipOf({{"a", "same"}, {"b", "same"}});
            patch<uint32_t>(zip.content, zip.centrals[1] + 42, zip.locals[0]);
            zip.content[zip.centrals[1] + 46] = 'a';
            row("two entries for one member", zip.content, "overlap");
        }
        row("name twice", zipOf({{"a/x", "1"}, {"a/x", "2"}}).content, "two members named");
        for (const char* name : {"../x", "a/../x", "/etc/passwd", "a\\x", "a/..", "..", "a\nb", ""})
            row(QByteArray("name ").append(name), zipOf({{name, "1"}}).content, "forbidden name");
        row("name with a zero", zipOf({{"a\0b"s, "1"}}).content, "forbidden name");

        bytes::Members many;
        for (int i = 0; i < 100'000; ++i)
            many.emplace_back("a/" + std::to_string(i), "");
        Zip large = zipOf(many);
        const size_t size = large.end - large.directory;
        large.content.insert(large.end, number<uint32_t>(0x06064B50) + number<uint64_t>(44) + number<uint32_t>(0) +
                                            number<uint64_t>(0) + number<uint64_t>(100'000) +
                                            number<uint64_t>(100'000) + number<uint64_t>(size) +
                                            number<uint64_t>(large.directory) + number<uint32_t>(0x07064B50) +
                                            number<uint32_t>(0) + number<uint64_t>(large.end) + number<uint32_t>(1));
        for (const size_t place : {8, 10})
            patch<uint16_t>(large.content, large.end + 76 + place, 0xFFFF);
        row("100000 members", large.content, "100000 members");

        const auto end64 = [&](const char* name, size_t place, uint64_t value, const char* reason) {
            Zip zip = good64();
            patch<uint64_t>(zip.content, zip.end - 76 + place, value);
            row(name, zip.content, reason);
        };
        end64("zip64: 2^64 - 1 members", 32, ~uint64_t{0}, "contradict each other");
        end64("zip64: directory of 2^64 - 1 bytes", 40, ~uint64_t{0}, "outside the file");
        end64("zip64: directory at 2^64 - 1", 48, ~uint64_t{0}, "outside the file");
        end64("zip64: record beyond the file", 56 + 8, uint64_t{1} << 63, "not where it should be");
        end64("zip64: record elsewhere", 56 + 8, 0, "not where it should be");
        {
            Zip zip = good64();
            patch<uint64_t>(zip.content, zip.centrals[1] + 46 + 8 + 4 + 16, ~uint64_t{0});
            row("zip64: member at 2^64 - 1", zip.content, "not where the directory says");
            zip = good64();
            for (const size_t place : {4, 12})
                patch<uint64_t>(zip.content, zip.centrals[1] + 46 + 8 + place, ~uint64_t{0});
            row("zip64: member of 2^64 - 1 bytes", zip.content, "outside the file");
            zip = good64();
            patch<uint16_t>(zip.content, zip.centrals[1] + 46 + 8 + 2, 8);
            row("zip64: field too short", zip.content, "has no size");
            zip = good64();
            for (const size_t place : {24, 32})
                patch<uint64_t>(zip.content, zip.end - 76 + place, uint64_t{1} << 40);
            row("zip64: 2^40 members", zip.content, "has 1099511627776 members");
        }
    }
    void brokenDirectoriesAreRefused() {
        QFETCH(QByteArray, content);
        QFETCH(QString, reason);
        const QString error = zipError(content.toStdString());
        QVERIFY2(error.contains(reason), error.isEmpty() ? "was read" : qPrintable(error));
    }

    void everyTruncationIsRefused() {
        for (const Zip& zip : {good(), good64()}) {
            for (size_t size = 0; size < zip.content.size(); ++size)
                QVERIFY(!zipError(zip.content.substr(0, size)).isEmpty());
        }
    }

    void aTorchFileWithoutItsEndIsCalledCut() {
        const std::string whole = bytes::torchFileOf(bytes::dictOf({}), {std::string(100'000, 'x')});
        try {
            indexCheckpoint(spanOf(whole.substr(0, 70'000)), "half.pt");
            QFAIL("was read");
        } catch (const Error& error) {
            QVERIFY(QString(error.what()).contains("is cut"));
            QVERIFY(QString(error.what()).contains("get the file again"));
        }
    }

    void damagedOrForeignArchivesAreRefused_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& content, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(content) << reason;
        };
        const std::string tensor = bytes::tensor(bytes::storage("0", 1), 0, {1}, {1});
        const std::string pickle = bytes::dictOf({{"w", tensor}});
        row("big-endian", zipOf({{"a/data.pkl", pickle}, {"a/byteorder", "big"}, {"a/data/0", "1234"}}).content,
            "big-endian");
        row("NumPy arrays", zipOf({{"weight.npy", "1234"}}).content, "NumPy");
        row("Keras", zipOf({{"metadata.json", "{}"}, {"model.weights.h5", "x"}}).content, "Keras");
        row("a model inside", zipOf({{"download/ViT-B-32.pt", "x"}}).content, "Unpack it first");
        row("an archive inside", zipOf({{"a/b.zip", good().content}}).content, "Unpack it first");
        row("no members", zipOf({}).content, "empty");
        row("office document", zipOf({{"[Content_Types].xml", "<x/>"}}).content, "PyTorch did not write");
        row("data.pkl at the top", zipOf({{"data.pkl", pickle}}).content, "PyTorch did not write");
        row("pickle in another folder", zipOf({{"a/version", "3"}, {"b/data.pkl", pickle}}).content,
            "PyTorch did not write");
        row("an archive as pickle", zipOf({{"a/data.pkl", bytes::torchFileOf(pickle, {"1234"})}}).content, "opcode 80");
        Zip zip = zipOf({{"a/data.pkl", pickle}, {"a/data/0", "1234"}});
        zip.content[zip.content.find("_rebuild_tensor_v2")] = '.';
        row("pickle changed", zip.content, "checksum");
        for (const int member : {0, 1}) {
            zip = zipOf({{"a/data.pkl", pickle}, {"a/data/0", "1234"}});
            patch<uint16_t>(zip.content, zip.locals[static_cast<size_t>(member)] + 8, 8);
            patch<uint16_t>(zip.content, zip.centrals[static_cast<size_t>(member)] + 10, 8);
            row(member == 0 ? "compressed pickle" : "compressed tensor", zip.content, "is compressed");
        }
    }
    void damagedOrForeignArchivesAreRefused() {
        QFETCH(QByteArray, content);
        QFETCH(QString, reason);
        const std::string file = content.toStdString();
        try {
            indexCheckpoint(spanOf(file), "broken.pt");
            QFAIL("was read");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(reason), error.what());
        }
    }
};

DIAGONAL_TEST(TestZip);
#include "test_zip.moc"
