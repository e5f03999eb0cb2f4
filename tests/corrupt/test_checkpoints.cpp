// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/formats/checkpoint_index.h"
#include "engine/formats/torch_writer.h"
#include "tests/corrupt/archive_bytes.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
using namespace std::string_literals;
using bytes::number;
using bytes::spanOf;
using nlohmann::json;

namespace {

const std::filesystem::path kGolden = paths::source("tests/parity/data/checkpoints");

template <typename Number>
double read(const uint8_t* bytes) {
    Number number;
    std::memcpy(&number, bytes, sizeof number);
    return static_cast<double>(number);
}

double halfToDouble(uint16_t half) {
    const int exponent = half >> 10 & 31, mantissa = half & 1023;
    const double value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
    return (half & 0x8000) != 0 ? -value : value;
}

double valueAt(const uint8_t* bytes, Dtype dtype) {
    switch (dtype) {
        case Dtype::F64:
            return read<double>(bytes);
        case Dtype::F32:
            return read<float>(bytes);
        case Dtype::F16:
            return halfToDouble(static_cast<uint16_t>(read<uint16_t>(bytes)));
        case Dtype::BF16:
            return std::bit_cast<float>(static_cast<uint32_t>(read<uint16_t>(bytes)) << 16);
        case Dtype::I64:
            return read<int64_t>(bytes);
        case Dtype::I32:
            return read<int32_t>(bytes);
        case Dtype::I16:
            return read<int16_t>(bytes);
        case Dtype::I8:
            return read<int8_t>(bytes);
        case Dtype::U8:
        case Dtype::Bool:
            break;
    }
    return read<uint8_t>(bytes);
}

/// The values in the order of the shape.
std::vector<double> valuesOf(std::span<const uint8_t> file, const StoredTensor& tensor) {
    int64_t count = 1;
    for (const int64_t size : tensor.shape)
        count *= size;
    std::vector<double> values;
    for (int64_t i = 0; i < count; ++i) {
        int64_t rest = i, element = 0;
        for (size_t d = tensor.shape.size(); d-- > 0;) {
            element += rest % tensor.shape[d] * tensor.strides[d];
            rest /= tensor.shape[d];
        }
        const uint64_t position = tensor.offset + static_cast<uint64_t>(element) * byteSize(tensor.dtype);
        values.push_back(valueAt(file.subspan(position, byteSize(tensor.dtype)).data(), tensor.dtype));
    }
    return values;
}

const char* nameOf(Dtype dtype) {
    static constexpr const char* kNames[] = {"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"};
    return kNames[static_cast<int>(dtype)];
}

json expectedFiles() {
    return json::parse(readText(kGolden / "expected.json"));
}

}  // namespace

class TestCheckpoints : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void everyFormIsReadValueByValue_data() {
        QTest::addColumn<QString>("file");
        const json expected = expectedFiles();
        for (const auto& [file, content] : expected.items())
            QTest::newRow(file.c_str()) << QString::fromStdString(file);
    }
    void everyFormIsReadValueByValue() {
        QFETCH(QString, file);
        const json expected = expectedFiles()[file.toStdString()];
        const MappedFile mapped(kGolden / file.toStdString());
        const CheckpointIndex index = indexCheckpoint(mapped.bytes(), file.toStdString());
        QCOMPARE(index.container, expected["container"].get<std::string>());
        QCOMPARE(json(index.metadata).dump(), expected["metadata"].dump());
        QCOMPARE(json(index.notes).dump(), expected["notes"].dump());
        QCOMPARE(index.tensors.size(), expected["tensors"].size());
        for (const auto& tensor : index.tensors) {
            QVERIFY2(expected["tensors"].contains(tensor.name), tensor.name.c_str());
            const json& wanted = expected["tensors"][tensor.name];
            QCOMPARE(std::string(nameOf(tensor.dtype)), wanted["dtype"].get<std::string>());
            QCOMPARE(json(tensor.shape).dump(), wanted["shape"].dump());
            QVERIFY2(valuesOf(mapped.bytes(), tensor) == wanted["values"].get<std::vector<double>>(),
                     tensor.name.c_str());
        }
    }

    void tiedTensorsShareTheirBytes() {
        for (const char* file : {"views.pt", "views_old.pt"}) {
            const MappedFile mapped(kGolden / file);
            std::map<std::string, uint64_t> offsets;
            for (const auto& tensor : indexCheckpoint(mapped.bytes(), file).tensors)
                offsets[tensor.name] = tensor.offset;
            QCOMPARE(offsets.at("tied"), offsets.at("base"));
            QCOMPARE(offsets.at("transposed"), offsets.at("base"));
            QCOMPARE(offsets.at("slice"), offsets.at("base") + 8 * sizeof(float));
        }
    }

    void everyTruncationOfEveryFormIsRefused_data() { everyFormIsReadValueByValue_data(); }
    void everyTruncationOfEveryFormIsRefused() {
        QFETCH(QString, file);
        const std::string whole = readText(kGolden / file.toStdString());
        for (size_t size = 0; size < whole.size(); ++size) {
            // Memory of the very size, so that a sanitizer sees each byte read beyond it.
            const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
            QVERIFY_EXCEPTION_THROWN(indexCheckpoint(cut, "cut"), Error);
        }
    }

    void everyDamagedByteIsReadWithinTheFileOrRefused_data() { everyFormIsReadValueByValue_data(); }
    void everyDamagedByteIsReadWithinTheFileOrRefused() {
        QFETCH(QString, file);
        std::vector<uint8_t> content = readBytes(kGolden / file.toStdString());
        for (size_t i = 0; i < content.size(); ++i) {
            const uint8_t before = content[i];
            content[i] = static_cast<uint8_t>(i % 2 == 0 ? before ^ 0x80 : before + 1);
            try {
                for (const auto& tensor : indexCheckpoint(content, "damaged").tensors)
                    if (valuesOf(content, tensor).size() > content.size()) QVERIFY(tensor.strides.size() > 0);
            } catch (const Error&) {
            }
            content[i] = before;
        }
    }

    void whatTheWriterWritesIsReadBack() {
        const std::vector<float> matrix = {1, 2, 3, 4, 5, 6};
        const std::vector<int64_t> counts = {-1, int64_t{1} << 40};
        const std::string flags("\1\0\1", 3);
        const auto spanAs = [](const auto& values) {
            return std::span(reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(values[0]));
        };
        const auto path = std::filesystem::path(m_folder.filePath("written.pt").toStdString());
        writeTorchFile(path, {{"visual.weight", Dtype::F32, {2, 3}, spanAs(matrix)},
                              {"counts", Dtype::I64, {2}, spanAs(counts)},
                              {"flags", Dtype::Bool, {3, 1}, spanAs(flags)},
                              {"empty", Dtype::F16, {0, 4}, {}},
                              {"scalar", Dtype::F32, {}, spanAs(matrix).first(4)}});
        const MappedFile mapped(path);
        const auto index = indexCheckpoint(mapped.bytes(), "written.pt");
        QCOMPARE(index.container, std::string("PyTorch archive"));
        QCOMPARE(index.tensors.size(), size_t{5});
        QCOMPARE(index.tensors[0].name, std::string("visual.weight"));
        QVERIFY(valuesOf(mapped.bytes(), index.tensors[0]) == std::vector<double>({1, 2, 3, 4, 5, 6}));
        QVERIFY(valuesOf(mapped.bytes(), index.tensors[1]) == std::vector<double>({-1, std::ldexp(1, 40)}));
        QVERIFY(valuesOf(mapped.bytes(), index.tensors[2]) == std::vector<double>({1, 0, 1}));
        QVERIFY(index.tensors[3].shape == std::vector<int64_t>({0, 4}));
        QVERIFY(valuesOf(mapped.bytes(), index.tensors[4]) == std::vector<double>({1}));
        for (const auto& tensor : index.tensors)
            QCOMPARE(tensor.offset % 64, uint64_t{0});
    }

    void theWriterRefusesWhatDoesNotFit() {
        const std::string four(4, '\0');
        const auto path = std::filesystem::path(m_folder.filePath("refused.pt").toStdString());
        using Tensors = std::vector<TensorBytes>;
        for (const Tensors& tensors :
             {Tensors{{"x", Dtype::F32, {2}, spanOf(four)}}, Tensors{{"x", Dtype::F32, {-1}, {}}},
              Tensors{{"x", Dtype::F32, {1}, spanOf(four)}, {"x", Dtype::F32, {1}, spanOf(four)}}})
            QVERIFY_EXCEPTION_THROWN(writeTorchFile(path, tensors), Error);
        QVERIFY(!std::filesystem::exists(path));
    }

    void damagedOldFilesAreRefused_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& content, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(content) << reason;
        };
        const std::string tensor = bytes::tensor(bytes::storage("7", 6), 0, {6}, {1}),
                          dict = bytes::dictOf({{"w", tensor}});
        const std::string data(24, 'x');
        const auto old = [](const std::string& pickle, const std::vector<std::string>& keys, const std::string& data,
                            const std::string& version = "\x80\x02M\xE9\x03.", const char* littleEndian = "\x88") {
            std::string file =
                "\x80\x02\x8A\x0Al\xFC\x9C"
                "F\xF9 j\xA8P\x19." +
                version + "\x80\x02}" + bytes::text("little_endian") + littleEndian + "s." + pickle + "\x80\x02](";
            for (const auto& key : keys)
                file += bytes::text(key);
            return file + "e." + data;
        };
        const std::string six = number<uint64_t>(6) + data;
        QCOMPARE(indexCheckpoint(spanOf(old(dict, {"7"}, six)), "old.pt").tensors.size(), size_t{1});
        row("another version", old(dict, {"7"}, six, "\x80\x02M\xEA\x03."), "version is unknown");
        row("big-endian", old(dict, {"7"}, six, "\x80\x02M\xE9\x03.", "\x89"), "big-endian");
        row("more bytes than tensors", old(dict, {"7"}, six + "x"), "longer than its tensors");
        row("storage cut", old(dict, {"7"}, six.substr(0, 31)), "ends too early");
        row("count cut", old(dict, {"7"}, "1234567"), "ends too early");
        row("count too large", old(dict, {"7"}, number<uint64_t>(7) + data), "ends too early");
        row("count 2^63", old(dict, {"7"}, number<uint64_t>(uint64_t{1} << 63) + data), "ends too early");
        row("count that overflows", old(dict, {"7"}, number<uint64_t>((uint64_t{1} << 62) + 6) + data),
            "ends too early");
        row("count smaller", old(dict, {"7"}, number<uint64_t>(5) + data.substr(4)), "another size");
        row("storage missing", old(dict, {}, ""), "bytes of a storage are missing");
        row("storage of no tensor", old(dict, {"7", "8"}, six + six), "belongs to no tensor");
        row("storage twice", old(dict, {"7", "7"}, six + six), "twice");
        row("storage of two types",
            old(bytes::dictOf(
                    {{"w", tensor}, {"v", bytes::tensor(bytes::storage("7", 3, "LongStorage"), 0, {3}, {1})}}),
                {"7"}, six),
            "two types");
        row("view beyond its storage",
            old(bytes::dictOf({{"w", bytes::tensor(bytes::storage("7", 6), 1, {6}, {1})}}), {"7"}, six),
            "beyond its bytes");
        row("code", old("\x80\x02" + bytes::global("os", "system") + "(" + bytes::text("id") + "tR.", {"7"}, six),
            "wants to run the code \"os.system\"");
        row("whole model",
            old("\x80\x02(" + bytes::text("module") + bytes::global("torch.nn.modules.container", "Sequential") + "tQ.",
                {"7"}, six),
            "torch.save(model.state_dict()");
        row("list of storages a text",
            "\x80\x02\x8A\x0Al\xFC\x9C"
            "F\xF9 j\xA8P\x19.\x80\x02M\xE9\x03.N." +
                dict + "N.",
            "list of its storages");
        row("code in the list of storages",
            "\x80\x02\x8A\x0Al\xFC\x9C"
            "F\xF9 j\xA8P\x19.\x80\x02M\xE9\x03.N." +
                dict + bytes::global("posix", "system"),
            "wants to run the code \"posix.system\"");
    }
    void damagedOldFilesAreRefused() { refused(); }

    void otherFilesAreCalledWhatTheyAre_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& content, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(content) << reason;
        };
        std::string tar(1024, '\0');
        tar.replace(0, 8, "storages").replace(257, 5, "ustar");
        row("empty", "", "the file is empty");
        row("Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull");
        row("HTML", "<!DOCTYPE html>\n<html><head>", "web page");
        row("HTML after blanks", "\n\n  <HTML lang=\"de\">ä", "web page");
        row("JPEG", "\xFF\xD8\xFF\xE0\0\x10JFIF"s, "JPEG image");
        row("PNG", "\x89PNG\r\n\x1A\n", "PNG image");
        row("GGUF", "GGUF\x03\0\0\0"s, "GGUF");
        row("ONNX",
            "\x08\x08\x12\x07pytorch\x1A\x05"
            "2.1.0:",
            "ONNX");
        row("HDF5", "\x89HDF\r\n\x1A\n", "Keras");
        row("NumPy", "\x93NUMPY\x01\0"s, ".npy");
        row("tar", tar, "tar archive");
        row("gzip", "\x1F\x8B\x08", "gzip");
        row("zeros", std::string(100'000, '\0'), "zeros alone");
        row("zip without members", "PK\x05\x06" + std::string(18, '\0'), "is empty");
        row("pickle of something else", "\x80\x04\x95\x03\0\0\0\0\0\0\0K\x01."s, "torch.save did not write");
        row("JSON", "{\"model_type\": \"clip\"}", "JSON file");
        row("list of parts", "{\"metadata\": {}, \"weight_map\": {}}", "open the folder");
        row("text", "please log in first", "\"please log in first\"");
        row("noise", "\xF3\x9A\x01\x77\x80\x13", "no checkpoint that Diagonal knows");
        row("one byte", "\x80", "no checkpoint that Diagonal knows");
        row("safetensors cut in the header", number<uint64_t>(1000) + "{\"x\":{", "within its header");
        row("safetensors with an impossible header", number<uint64_t>(200'000'000) + "{\"x\":{", "impossible");
    }
    void otherFilesAreCalledWhatTheyAre() { refused(); }

  private:
    static void refused() {
        QFETCH(QByteArray, content);
        QFETCH(QString, reason);
        const std::string file = content.toStdString();
        try {
            indexCheckpoint(spanOf(file), "model.pt");
            QFAIL("was read");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(reason), error.what());
            QVERIFY2(QString(error.what()).startsWith("model.pt: "), error.what());
            QVERIFY2(!error.remedy().empty(), error.what());
        }
    }

    QTemporaryDir m_folder;
};

DIAGONAL_TEST(TestCheckpoints);
#include "test_checkpoints.moc"
