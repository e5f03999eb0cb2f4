// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <functional>
#include <map>
#include <set>

#include "engine/image/resample.h"
#include "tests/engine/image_golden.h"
#include "tests/registry.h"
#include "training/data/augment.h"
#include "training/data/augment_auto.h"

using namespace diagonal;

namespace {

/// What make_augment_golden.py wrote.
const nlohmann::json& expected() {
    static const nlohmann::json json = nlohmann::json::parse(std::ifstream(golden::folder() / "augment.json"));
    return json;
}

/// The script's pictures.
Image source(const std::string& name) {
    if (name == "lively") return golden::noise(40, 30, 3);
    Image image = golden::noise(33, 33, 4);
    for (size_t i = 0; i < image.rgb.size(); ++i) {
        const int column = static_cast<int>(i / 3 % 33);
        image.rgb[i] = static_cast<uint8_t>(image.rgb[i] / 8 + 40 + (i % 3 == 0 ? 4 * column / 2 : 0));
    }
    return image;
}

Pixels pixelsOf(Image& image) {
    return {image.rgb.data(), image.width, image.height};
}

uint32_t crcAfter(Image image, const std::function<void(const Pixels&)>& change) {
    change(pixelsOf(image));
    return golden::crc(image.rgb);
}

const AutoOperation& operationNamed(const std::string& name) {
    const auto operations = autoOperations();
    return *std::ranges::find_if(operations, [&](const AutoOperation& one) { return one.name == name; });
}

PreprocessConfig square(int size) {
    PreprocessConfig config;
    config.width = config.height = size;
    return config;
}

std::vector<uint8_t> augmented(const Image& image, int size, const AugmentOptions& options, uint64_t seed,
                               bool mayFlip = true) {
    Random random(seed);
    std::vector<uint8_t> out(static_cast<size_t>(size) * static_cast<size_t>(size) * 3, 99);
    augment(image, square(size), options, mayFlip, random, out.data());
    return out;
}

std::vector<uint8_t> mirrored(const Image& image) {
    std::vector<uint8_t> out(image.rgb.size());
    copyPixels(image, true, out.data());
    return out;
}

}  // namespace

class TestAugment : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void picturesAreThoseOfTheScript() {
        for (const auto& item : expected()["pictures"]) {
            const Image image = source(item["image"]);
            QCOMPARE(image.width, item["width"].get<int>());
            QCOMPARE(golden::crc(image.rgb), item["crc"].get<uint32_t>());
        }
    }

    void operationsAndMagnitudesAreTorchvisionsBitForBit() {
        std::map<std::string, size_t> count;
        for (const auto& item : expected()["auto"]) {
            const std::string kindName = item["kind"];
            const AutoAugment kind = kindName == "rand" ? AutoAugment::Rand : AutoAugment::Trivial;
            const AutoOperation& operation = operationNamed(item["operation"]);
            const Image image = source(item["image"]);
            QCOMPARE(operation.isSigned, item.contains("negative"));
            for (size_t i = 0; i < item["bins"].size(); ++i) {
                for (const float sign : {1.F, -1.F}) {
                    if (sign < 0 && !operation.isSigned) continue;
                    const auto crc = crcAfter(image, [&](const Pixels& pixels) {
                        operation.apply(pixels, sign * magnitudeAt(operation, kind, item["bins"][i], pixels));
                    });
                    const uint32_t wanted = item[sign > 0 ? "crc" : "negative"][i];
                    QVERIFY2(crc == wanted, qPrintable(QString("%1 %2 %3 %4 %5")
                                                           .arg(operation.name, kindName.c_str())
                                                           .arg(item["bins"][i].get<int>())
                                                           .arg(static_cast<double>(sign))
                                                           .arg(item["image"].get<std::string>().c_str())));
                }
            }
            ++count[kindName];
        }
        // Both pictures with each operation, and no operation besides.
        QCOMPARE(count["trivial"], autoOperations().size() * 2);
        QCOMPARE(count["rand"], autoOperations().size() * 2);
    }

    void colorsAreAdjustedAsByPillow() {
        const std::map<std::string, std::function<void(const Pixels&, double)>> functions = {
            {"brightness", [](const Pixels& p, double f) { adjustBrightness(p, static_cast<float>(f)); }},
            {"contrast", [](const Pixels& p, double f) { adjustContrast(p, static_cast<float>(f)); }},
            {"saturation", [](const Pixels& p, double f) { adjustSaturation(p, static_cast<float>(f)); }},
            {"hue", [](const Pixels& p, double f) { adjustHue(p, f); }},
            {"gray", [](const Pixels& p, double) { turnGray(p); }}};
        for (const auto& item : expected()["colors"]) {
            const auto crc = crcAfter(source(item["image"]), [&](const Pixels& pixels) {
                functions.at(item["function"])(pixels, item["factor"].get<double>());
            });
            QVERIFY2(crc == item["crc"].get<uint32_t>(), qPrintable(QString::fromStdString(item.dump())));
        }
    }

    void hueIsTurnedAsByPillowAllOverTheCube() {
        Image colors{17, 17 * 17, {}};
        for (int i = 0; i < 17 * 17 * 17; ++i) {
            for (const int step : {i / (17 * 17), i / 17 % 17, i % 17})
                colors.rgb.push_back(static_cast<uint8_t>(std::min(255, 16 * step)));
        }
        for (const auto& item : expected()["hues"]) {
            const double factor = item["factor"];
            QCOMPARE(crcAfter(colors, [&](const Pixels& pixels) { adjustHue(pixels, factor); }),
                     item["crc"].get<uint32_t>());
        }
    }

    void blurIsTorchvisionsWithinALevel() {
        for (const auto& item : expected()["blurred"]) {
            Image image = source(item["image"]);
            blur(pixelsOf(image), item["kernel"], item["sigma"]);
            const QByteArray wanted = QByteArray::fromHex(item["pixels"].get<std::string>().c_str());
            const size_t rowBytes = static_cast<size_t>(image.width) * 3;
            for (size_t r = 0; r < item["rows"].size(); ++r) {
                for (size_t j = 0; j < rowBytes; ++j) {
                    const int value = image.rgb[item["rows"][r].get<size_t>() * rowBytes + j];
                    const int reference = static_cast<uint8_t>(wanted[static_cast<qsizetype>(r * rowBytes + j)]);
                    QVERIFY(std::abs(value - reference) <= 1);
                }
            }
        }
    }

    void operationsTakePicturesOfAnySize() {
        for (const auto& [width, height] : {std::pair{1, 1}, {1, 7}, {7, 1}, {2, 2}}) {
            for (const AutoOperation& operation : autoOperations()) {
                Image image = golden::noise(width, height, 1);
                operation.apply(pixelsOf(image),
                                magnitudeAt(operation, AutoAugment::Trivial, kAutoBins - 1, pixelsOf(image)));
                QCOMPARE(image.rgb.size(), static_cast<size_t>(width) * static_cast<size_t>(height) * 3);
            }
            Image image = golden::noise(width, height, 1);
            blur(pixelsOf(image), 3, 1);
        }
    }

    void aFlipIsTheMirrorImage() {
        QCOMPARE(mirrored({3, 1, {1, 1, 1, 2, 2, 2, 3, 3, 3}}), (std::vector<uint8_t>{3, 3, 3, 2, 2, 2, 1, 1, 1}));
        const Image image = golden::noise(50, 41, 9);
        for (const float area : {0.5F, 1.F}) {
            const Image input = area < 1 ? image : resize(image, 24, 24, Interpolation::Bicubic);
            for (uint64_t seed = 0; seed < 5; ++seed) {
                const AugmentOptions always{.smallestArea = area, .flipProbability = 1};
                const auto plain = augmented(input, 24, always, seed, false);
                QCOMPARE(augmented(input, 24, always, seed), mirrored({24, 24, plain}));
            }
        }
    }

    void captionsThatNameASideAreKnown() {
        QVERIFY(namesASide("A dog on the LEFT."));
        QVERIFY(namesASide("right"));
        QVERIFY(!namesASide("a bright light leftover"));
    }

    void cropsHaveTheAskedSizeWhateverThePicture() {
        for (const auto& [width, height] : {std::pair{1, 1}, {1, 90}, {90, 1}, {40, 30}, {5, 300}, {16, 16}}) {
            const Image image{width, height, std::vector<uint8_t>(static_cast<size_t>(width) * height * 3, 128)};
            for (uint64_t seed = 0; seed < 20; ++seed)
                QCOMPARE(augmented(image, 16, {}, seed), std::vector<uint8_t>(16 * 16 * 3, 128));
        }
    }

    void withoutCropsAndChancesNothingChanges() {
        const Image image = golden::noise(24, 24, 2);
        QCOMPARE(augmented(image, 24, {.smallestArea = 1, .flipProbability = 0}, 5), image.rgb);
    }

    void probabilitiesAreKept_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("least");
        QTest::addColumn<double>("most");
        QTest::newRow("flip") << "flip" << 0.2 << 0.4;
        QTest::newRow("gray") << "gray" << 0.2 << 0.4;
        QTest::newRow("blur") << "blur" << 0.2 << 0.4;
        QTest::newRow("jitter") << "jitter" << 0.7 << 0.9;  // always 0.8
    }
    void probabilitiesAreKept() {
        QFETCH(QString, name);
        QFETCH(double, least);
        QFETCH(double, most);
        AugmentOptions options{.smallestArea = 1, .flipProbability = 0};
        if (name == "flip") options.flipProbability = 0.3F;
        if (name == "gray") options.grayscaleProbability = 0.3F;
        if (name == "blur") options.blurProbability = 0.3F;
        if (name == "jitter") options.colorJitter = 0.4F;
        const Image image = golden::noise(24, 24, 2);
        int changed = 0;
        for (uint64_t seed = 0; seed < 400; ++seed)
            changed += augmented(image, 24, options, seed) != image.rgb ? 1 : 0;
        QVERIFY(changed / 400.0 > least);
        QVERIFY(changed / 400.0 < most);
    }

    void autoAugmentDrawsEveryOperation() {
        // Each operation at its magnitudes gives pictures of its own.
        const Image image = source("dull");
        for (const AutoAugment kind : {AutoAugment::Trivial, AutoAugment::Rand}) {
            std::set<uint32_t> seen;
            for (uint64_t seed = 0; seed < 12000; ++seed) {
                Random random(seed);
                seen.insert(crcAfter(image, [&](const Pixels& pixels) { applyAutoAugment(pixels, kind, random); }));
            }
            for (const AutoOperation& operation : autoOperations()) {
                const int bin = kind == AutoAugment::Rand ? 9 : 20;
                QVERIFY2(seen.contains(crcAfter(image,
                                                [&](const Pixels& pixels) {
                                                    operation.apply(pixels, magnitudeAt(operation, kind, bin, pixels));
                                                })),
                         operation.name);
            }
        }
    }
};

DIAGONAL_TEST(TestAugment);
#include "test_augment.moc"
