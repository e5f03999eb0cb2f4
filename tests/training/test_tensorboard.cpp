// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image.h"
#include "tests/registry.h"
#include "tests/training/small_disk.h"
#include "training/run/probe.h"
#include "training/run/tensorboard.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

/// CRC-32C bit by bit, apart from the program's table.
uint32_t crc32c(std::string_view bytes) {
    uint32_t crc = 0xFFFFFFFF;
    for (const unsigned char byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (0x82F63B78 * (crc & 1));
    }
    return ~crc;
}

uint32_t masked(std::string_view bytes) {
    const uint32_t crc = crc32c(bytes);
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}

template <typename Number>
Number numberAt(std::string_view bytes, size_t place) {
    Number number{};
    if (place + sizeof number <= bytes.size()) std::memcpy(&number, bytes.data() + place, sizeof number);
    return number;
}

/// One field of a message; fixed-size numbers as their bytes.
struct Field {
    uint64_t number = 0;
    std::string bytes;
};

uint64_t takeVarint(std::string_view& bytes) {
    uint64_t value = 0;
    for (int shift = 0; !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) break;
    }
    return value;
}

std::multimap<uint64_t, Field> fieldsOf(std::string_view message) {
    std::multimap<uint64_t, Field> fields;
    while (!message.empty()) {
        const uint64_t key = takeVarint(message);
        Field field;
        if ((key & 7) == 0) {
            field.number = takeVarint(message);
        } else {
            const uint64_t size = (key & 7) == 1 ? 8 : (key & 7) == 5 ? 4 : takeVarint(message);
            field.bytes = message.substr(0, size);
            message.remove_prefix(std::min<size_t>(size, message.size()));
        }
        fields.emplace(key >> 3, field);
    }
    return fields;
}

const Field& only(const std::multimap<uint64_t, Field>& fields, uint64_t number) {
    if (fields.count(number) != 1) throw Error("field " + std::to_string(number), "is not there once");
    return fields.find(number)->second;
}

struct Event {
    uint64_t step = 0;
    double wallTime = 0;
    std::string version;
    bool sessionStart = false;
    std::map<std::string, float> scalars;
    std::map<std::string, std::multimap<uint64_t, Field>> images;
};

Event parse(std::string_view message) {
    const auto fields = fieldsOf(message);
    Event event;
    event.step = only(fields, 2).number;
    event.wallTime = numberAt<double>(only(fields, 1).bytes, 0);
    if (fields.contains(3)) event.version = only(fields, 3).bytes;
    if (fields.contains(7)) event.sessionStart = only(fieldsOf(only(fields, 7).bytes), 1).number == 1;
    if (!fields.contains(5)) return event;
    const auto summary = fieldsOf(only(fields, 5).bytes);
    for (const auto& [number, value] : summary) {
        const auto parts = fieldsOf(value.bytes);
        const std::string tag = only(parts, 1).bytes;
        if (parts.contains(2)) event.scalars[tag] = numberAt<float>(only(parts, 2).bytes, 0);
        if (parts.contains(4)) event.images[tag] = fieldsOf(only(parts, 4).bytes);
    }
    return event;
}

/// Throws Error where a frame is cut or a checksum is wrong.
std::vector<Event> readEvents(const fs::path& file) {
    const std::string bytes = readText(file);
    std::vector<Event> events;
    for (size_t at = 0; at < bytes.size();) {
        const auto size = numberAt<uint64_t>(bytes, at);
        if (bytes.size() - at < size + 16) throw Error("frame", "is cut");
        const std::string_view frame(bytes.data() + at, size + 16);
        if (numberAt<uint32_t>(frame, 8) != masked(frame.substr(0, 8))) throw Error("length", "wrong checksum");
        if (numberAt<uint32_t>(frame, 12 + size) != masked(frame.substr(12, size)))
            throw Error("event", "wrong checksum");
        events.push_back(parse(frame.substr(12, size)));
        at += frame.size();
    }
    return events;
}

/// Sorted by name, as TensorBoard reads them.
std::vector<fs::path> filesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

StepMetrics stepMetrics(int64_t step) {
    StepMetrics metrics;
    metrics.step = step;
    metrics.totalSteps = 300;
    metrics.loss = 4.5;
    metrics.gradientNorm = std::numeric_limits<double>::quiet_NaN();
    return metrics;
}

}  // namespace

class TestTensorBoard : public QObject {
    Q_OBJECT

    QTemporaryDir m_scratch;
    fs::path path(const char* name) const { return fs::path(m_scratch.path().toStdString()) / name; }

  private Q_SLOTS:
    void checksumsAreTheStandards() {
        QCOMPARE(crc32c("123456789"), 0xE3069283U);              // RFC 3720, B.4 and the catalogue of CRCs
        QCOMPARE(crc32c(std::string(32, '\0')), 0x8A9136AAU);    // RFC 3720, B.4
        QCOMPARE(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);  // RFC 3720, B.4
    }

    void fileBeginsAsTensorFlows() {
        const TensorBoardWriter writer(path("begin"), {}, {});
        const auto files = filesIn(path("begin"));
        QCOMPARE(files.size(), size_t{1});
        QVERIFY(files[0].filename().string().starts_with("events.out.tfevents."));
        const auto events = readEvents(files[0]);
        QCOMPARE(events.size(), size_t{1});
        QCOMPARE(events[0].version, std::string("brain.Event:2"));
        QVERIFY(events[0].wallTime > 1.7e9);
        QVERIFY(!events[0].sessionStart);
    }

    void scalarsAreThoseOfMetricsLines() {
        TensorBoardWriter writer(path("scalars"), {}, {});
        ValidationMetrics validation;
        validation.step = 300;
        validation.textToImage.at10 = 0.75;
        writer.scalars(299, metricValues(stepMetrics(299)));
        writer.scalars(300, metricValues(validation));
        const auto events = readEvents(filesIn(path("scalars")).front());
        QCOMPARE(events.size(), size_t{3});
        const std::string lines[] = {metricsLine(stepMetrics(299)), metricsLine(validation)};
        for (size_t i = 0; i < 2; ++i) {
            auto json = nlohmann::json::parse(lines[i]);
            QCOMPARE(events[i + 1].step, json["step"].get<uint64_t>());
            json.erase("step");
            QCOMPARE(events[i + 1].scalars.size(), json.size());
            for (const auto& [key, value] : json.items())
                QCOMPARE(events[i + 1].scalars.at(key), value.get<float>());
        }
        QVERIFY(events[1].scalars.contains("train/loss"));
        QVERIFY(!events[1].scalars.contains("train/grad_norm"));
        QVERIFY(!events[2].scalars.contains("val/zero_shot_top1"));
    }

    void probeMatrixIsAPicture() {
        ValidationMetrics validation;
        QVERIFY(probePicture(validation).isEmpty());
        validation.probe = 2;
        validation.probeMatrix = {1, -0.2F, 0.4F, 1};
        const Image drawn = probePicture(validation);
        TensorBoardWriter writer(path("image"), {}, {});
        writer.image(40, "val/probe_matrix", drawn);
        const auto event = readEvents(filesIn(path("image")).front()).back();
        QCOMPARE(event.step, uint64_t{40});
        const auto& fields = event.images.at("val/probe_matrix");
        QCOMPARE(only(fields, 1).number, uint64_t{16});
        QCOMPARE(only(fields, 2).number, uint64_t{16});
        QCOMPARE(only(fields, 3).number, uint64_t{3});
        const std::string& png = only(fields, 4).bytes;
        const Image read = decodeImage({reinterpret_cast<const uint8_t*>(png.data()), png.size()}, "png");
        QCOMPARE(read.rgb, drawn.rgb);
        QVERIFY(std::equal(read.rgb.begin(), read.rgb.begin() + 3, std::array<uint8_t, 3>{253, 231, 37}.begin()));
    }

    /// TensorBoard (EventAccumulator) drops what it has of the step of a START and later ones.
    void resumedRunStartsBehindItsCheckpoint() {
        const fs::path folder = path("resume");
        {
            TensorBoardWriter writer(folder, {}, {});
            writer.scalars(7, {{"train/loss", 1}});
        }
        // A clock that was ahead must not hide the new file behind the old one.
        fs::create_directories(folder);
        writeFile(folder / "events.out.tfevents.9876543210.host.1.0", "");
        writeFile(folder / "events.out.tfevents.99999999999999999999.host.1.0", "");
        TensorBoardWriter writer(folder, 5, {});
        writer.scalars(6, {{"train/loss", 0.5}});
        const auto files = filesIn(folder);
        QCOMPARE(files.size(), size_t{4});
        QVERIFY(files[2].filename().string().starts_with("events.out.tfevents.9876543211."));
        const auto events = readEvents(files[2]);
        QCOMPARE(events.size(), size_t{3});
        QCOMPARE(events[0].version, std::string("brain.Event:2"));
        QVERIFY(events[1].sessionStart);
        QCOMPARE(events[1].step, uint64_t{6});
        QCOMPARE(events[2].scalars.at("train/loss"), 0.5F);
    }

    void folderThatCannotBeMadeIsReported() {
        writeFile(path("file"), "");
        QVERIFY_THROWS_EXCEPTION(Error, TensorBoardWriter(path("file") / "tensorboard", {}, {}));
    }

    void fullDiskIsSaidOnceAndLosesNothing() {
        std::vector<std::string> said;
        TensorBoardWriter writer(path("full"), {}, [&](const std::string& text) { said.push_back(text); });
        const auto file = filesIn(path("full")).front();
        {
            const SmallDisk disk(fs::file_size(file) + 10);
            writer.scalars(1, {{"train/loss", 1}});
            writer.scalars(2, {{"train/loss", 2}});
            QVERIFY_THROWS_EXCEPTION(Error, readEvents(file));
        }
        QCOMPARE(said.size(), size_t{1});
        QVERIFY(said.front().find("disk") != std::string::npos);
        writer.scalars(3, {{"train/loss", 3}});
        const auto events = readEvents(file);
        QCOMPARE(events.size(), size_t{4});
        for (uint64_t step = 1; step < 4; ++step)
            QCOMPARE(events[step].step, step);
    }
};

DIAGONAL_TEST(TestTensorBoard);
#include "test_tensorboard.moc"
