// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/image/resample_passes.h"
#include "tests/engine/image_golden.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

QString describe(const nlohmann::json& item) {
    return QString::fromStdString(item.dump());
}

Image source(const nlohmann::json& item) {
    return golden::noise(item["width"].get<int>(), item["height"].get<int>(), item["seed"].get<uint32_t>());
}

/// A kernel of any weights whose positions lie anywhere.
resampling::Kernel anyKernel(int inSize, size_t positions, int mostTaps, uint32_t& state) {
    const auto below = [&state](int n) {
        state = state * 1664525 + 1013904223;
        return static_cast<int>((uint64_t{state} * static_cast<uint64_t>(n)) >> 32);
    };
    resampling::Kernel kernel;
    kernel.taps = mostTaps + 1;
    for (size_t i = 0; i < positions; ++i) {
        const int count = 1 + below(std::min(mostTaps, inSize));
        kernel.count.push_back(count);
        kernel.first.push_back(below(inSize - count + 1));
        for (int t = 0; t < kernel.taps; ++t)
            kernel.weights.push_back(t < count ? below(9'000'000) - 4'000'000 : 0);
    }
    return kernel;
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

    void passesOfAllProcessorsGiveTheSameBytes() {
        const resampling::Passes portable = resampling::portablePasses(), avx512 = resampling::avx512Passes();
        if (avx512.horizontal == nullptr) QSKIP("this processor has no AVX-512 with VBMI and VNNI");
        uint32_t state = 1;
        for (int round = 0; round < 60; ++round) {
            const int width = 1 + round * 3, height = 1 + round * 7 % 50;
            const Image image = golden::noise(width, height, static_cast<uint32_t>(round));
            const auto positions = static_cast<size_t>(1 + round * 5 % 37);
            const resampling::Kernel across = anyKernel(width, positions, 1 + round % 11, state);
            const resampling::Kernel down = anyKernel(height, positions, 1 + round % 11, state);
            std::vector<uint8_t> a(positions * static_cast<size_t>(height) * 3 + 64, 7), b = a;
            portable.horizontal(image, across, a.data());
            avx512.horizontal(image, across, b.data());
            QCOMPARE(b, a);
            a.assign(positions * static_cast<size_t>(width) * 3 + 64, 7);
            b = a;
            portable.vertical(image, down, a.data());
            avx512.vertical(image, down, b.data());
            QCOMPARE(b, a);
        }
    }

    void partsAreResizedAsCopiesOfThemAndMirrored() {
        const Image image = golden::noise(61, 47, 8);
        for (const auto& [width, height] : {std::pair{24, 24}, {40, 30}, {40, 90}, {13, 30}, {100, 2}}) {
            const ImageView part = ImageView(image).part(5, 9, 40, 30);
            Image copy{40, 30, std::vector<uint8_t>(40 * 30 * 3)};
            copyPixels(part, false, copy.rgb.data());
            const Image expected = resize(copy, width, height, Interpolation::Bicubic);
            const Region all{0, 0, width, height};
            QCOMPARE(resizeRegion(part, width, height, all, Interpolation::Bicubic).rgb, expected.rgb);
            std::vector<uint8_t> mirrored(expected.rgb.size()), flipped = mirrored;
            copyPixels(expected, true, mirrored.data());
            resizeRegion(part, width, height, all, Interpolation::Bicubic, true, flipped.data());
            QCOMPARE(flipped, mirrored);
        }
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

DIAGONAL_TEST(TestImageResize);
#include "test_image_resize.moc"
