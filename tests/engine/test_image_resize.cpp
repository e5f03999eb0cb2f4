// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/engine/image_golden.h"

using namespace diagonal;

namespace {

QString describe(const nlohmann::json& item) {
    return QString::fromStdString(item.dump());
}

Image source(const nlohmann::json& item) {
    return golden::noise(item["width"].get<int>(), item["height"].get<int>(), item["seed"].get<uint32_t>());
}

ResizeMode resizeMode(const std::string& name) {
    return name == "squash" ? ResizeMode::Squash : name == "longest" ? ResizeMode::Longest : ResizeMode::Shortest;
}

}  // namespace

class TestImageResize : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void resizeIsPillowsBitForBit() {
        for (const auto& item : golden::expected()["resized"]) {
            const Image image = resize(source(item), item["to"][0].get<int>(), item["to"][1].get<int>(),
                                       golden::interpolation(item["filter"].get<std::string>()));
            QCOMPARE(image.width, item["to"][0].get<int>());
            QCOMPARE(image.height, item["to"][1].get<int>());
            QVERIFY2(golden::crc(image.rgb) == item["crc"].get<uint32_t>(), qPrintable(describe(item)));
        }
    }

    void cropIsOpenClipsBitForBit() {
        for (const auto& item : golden::expected()["cropped"]) {
            PreprocessConfig config;
            config.width = item["to"][0].get<int>();
            config.height = item["to"][1].get<int>();
            config.resizeMode = resizeMode(item["mode"].get<std::string>());
            config.interpolation = golden::interpolation(item["filter"].get<std::string>());
            config.fillColor = 77;
            const Image image = resizeAndCrop(source(item), config);
            QCOMPARE(image.width, config.width);
            QCOMPARE(image.height, config.height);
            QVERIFY2(golden::crc(image.rgb) == item["crc"].get<uint32_t>(), qPrintable(describe(item)));
        }
    }

    void normalizedFloatsAreTorchvisionsBitForBit() {
        Image ramp{16, 16, {}};
        for (int value = 0; value < 256; ++value)
            ramp.rgb.insert(ramp.rgb.end(), 3, static_cast<uint8_t>(value));
        for (const auto& item : golden::expected()["normalized"]) {
            PreprocessConfig config;
            config.width = config.height = 16;
            config.mean = item["mean"].get<std::array<float, 3>>();
            config.std = item["std"].get<std::array<float, 3>>();
            std::vector<float> out(3 * 256);
            normalize(ramp, config, out.data());
            const std::span bytes(reinterpret_cast<const uint8_t*>(out.data()), out.size() * sizeof(float));
            QVERIFY2(golden::crc(bytes) == item["crc"].get<uint32_t>(), qPrintable(describe(item)));
        }
    }

    void extremeShapesTakeLittleMemory() {
        // Resized whole, this would be 224 x 44,800,000 pixels.
        const Image line = golden::noise(1, 200'000, 5);
        const Image image = resizeAndCrop(line, {});
        QCOMPARE(image.width, 224);
        QCOMPARE(image.height, 224);
        const Image lying = resizeAndCrop(golden::noise(200'000, 1, 5), {});
        QCOMPARE(lying.rgb.size(), size_t{224 * 224 * 3});
    }

    void flatColourStaysFlat() {
        Image grey{333, 77, {}};
        grey.rgb.assign(size_t{333} * 77 * 3, 200);
        for (const int size : {1, 50, 224, 500}) {
            const Image image = resize(grey, size, size / 2 + 1, Interpolation::Bicubic);
            QVERIFY(std::ranges::all_of(image.rgb, [](uint8_t value) { return value == 200; }));
        }
    }
};

QTEST_GUILESS_MAIN(TestImageResize)
#include "test_image_resize.moc"
