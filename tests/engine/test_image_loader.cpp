// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/job.h"
#include "engine/inference/image_loader.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

class TestImageLoader : public QObject {
    Q_OBJECT

    static constexpr int kSide = 8, kNumbers = 3 * kSide * kSide;

    QTemporaryDir m_folder;
    PreprocessConfig m_config;
    PathArray m_files;

    /// A square of one grey.
    fs::path write(const std::string& name, int side, int grey) {
        const fs::path path = fs::path(m_folder.path().toStdString()) / name;
        const std::string size = std::to_string(side);
        writeFile(path, "P6\n" + size + " " + size + "\n255\n" +
                            std::string(size_t{3} * static_cast<size_t>(side) * static_cast<size_t>(side),
                                        static_cast<char>(grey)));
        return path;
    }

  private Q_SLOTS:
    void initTestCase() {
        m_config.width = m_config.height = kSide;
        for (int i = 0; i < 100; ++i)
            m_files.add(write(std::to_string(i) + ".ppm", 10, i));
        writeFile(m_files[7], "no picture");
    }

    void everyFileComesOnceInOrder_data() {
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("patience");
        for (const int batch : {1, 3, 8, 200})
            for (const int patience : {0, 1, 60'000})
                QTest::addRow("%d %d", batch, patience) << batch << patience;
    }
    void everyFileComesOnceInOrder() {
        QFETCH(int, batch);
        QFETCH(int, patience);
        ImageLoader loader(m_files, m_config, {.batchSize = batch, .patience = std::chrono::milliseconds(patience)},
                           {});
        size_t given = 0;
        while (const auto images = loader.next()) {
            QCOMPARE(images->first, given);
            QVERIFY(!images->images.empty() && images->images.size() <= static_cast<size_t>(batch));
            for (const LoadedImage& image : images->images) {
                const size_t at = given - images->first;
                QCOMPARE(image.error.empty(), given != 7);
                const float expected = (static_cast<float>(given) / 255 - m_config.mean[0]) / m_config.std[0];
                if (given != 7) {
                    QCOMPARE(image.width, 10);
                    QVERIFY(std::abs(reinterpret_cast<const float*>(images->pixels)[at * kNumbers] - expected) < 1e-5);
                }
                ++given;
            }
        }
        QCOMPARE(given, m_files.size());
        QVERIFY(!loader.next());
    }

    void bytesInMemoryOfTheCallersChoice() {
        size_t asked = 0;
        const auto allocate = [&asked](size_t size) {
            asked = size;
            return std::shared_ptr<uint8_t[]>(new uint8_t[size]);
        };
        ImageLoader loader(m_files, m_config, {.batchSize = 8, .normalized = false, .allocate = allocate}, {});
        QCOMPARE(asked, 3 * 8 * kNumbers);
        size_t given = 0;
        while (const auto images = loader.next())
            for (size_t i = 0; i < images->images.size(); ++i, ++given)
                if (given != 7) QCOMPARE(size_t{images->pixels[i * kNumbers]}, given);
        QCOMPARE(given, m_files.size());
    }

    void theFirstBatchesAreSmall() {
        ImageLoader loader(m_files, m_config, {.patience = std::chrono::minutes(1)}, {});
        for (const size_t size : {4, 8, 16, 32})
            QCOMPARE(loader.next()->images.size(), size);
    }

    void aSlowFileDoesNotHoldUpTheOthers() {
        const PathArray files(std::vector<fs::path>{m_files[0], write("huge.ppm", 5000, 1), m_files[1], m_files[2]});
        ImageLoader patient(files, m_config, {.patience = std::chrono::minutes(1)}, {});
        QCOMPARE(patient.next()->images.size(), size_t{4});
        ImageLoader hasty(files, m_config, {.patience = std::chrono::milliseconds(5)}, {});
        QCOMPARE(hasty.next()->images.size(), size_t{1});
        const auto rest = hasty.next();
        QCOMPARE(rest->first, size_t{1});
        QCOMPARE(rest->images.front().width, 5000);
    }

    void nothingAndAStop() {
        QVERIFY(!ImageLoader({}, m_config, {}, {}).next());
        std::stop_source stop;
        ImageLoader loader(m_files, m_config, {.batchSize = 8}, stop.get_token());
        QVERIFY(loader.next());
        stop.request_stop();
        QVERIFY_EXCEPTION_THROWN(loader.next(), Cancelled);
    }
};

DIAGONAL_TEST(TestImageLoader);
#include "test_image_loader.moc"
