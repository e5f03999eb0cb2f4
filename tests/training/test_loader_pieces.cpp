// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <atomic>
#include <optional>
#include <random>
#include <utility>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "training/data/loader.h"
#include "training/data/random.h"

using namespace diagonal;

namespace {

/// Noise; some pictures cannot be read.
class NoiseData : public Dataset {
  public:
    NoiseData(size_t count, int side, uint32_t oneIsBrokenOf = 0)
        : Dataset({.kind = "Noise", .supportsAugmentation = false}),
          m_side(side),
          m_oneIsBrokenOf(oneIsBrokenOf),
          m_count(count) {
        for (size_t i = 0; i < count; ++i)
            m_captions.push_back("caption " + std::to_string(i));
    }
    size_t size() const override { return m_count; }
    std::string name(size_t index) const override { return std::to_string(index); }
    size_t captionCount(size_t) const override { return 1; }
    std::string_view caption(size_t index, size_t) const override { return m_captions.at(index); }

  protected:
    Image decode(size_t index, int) const override {
        if (m_oneIsBrokenOf > 0 && mix64(index) % m_oneIsBrokenOf == 0) throw Error(name(index), "it is broken");
        Image image{m_side, m_side,
                    std::vector<uint8_t>(static_cast<size_t>(m_side) * static_cast<size_t>(m_side) * 3)};
        Random random(index);
        for (uint8_t& value : image.rgb)
            value = static_cast<uint8_t>(random.next() >> 56);
        return image;
    }

  private:
    int m_side;
    uint32_t m_oneIsBrokenOf;
    size_t m_count;
    std::vector<std::string> m_captions;
};

LoaderOptions pieceOptions(int batchSize, int side) {
    LoaderOptions options;
    options.batchSize = batchSize;
    options.preprocess.width = options.preprocess.height = side;
    options.cacheBytes = 0;
    return options;
}

/// Counts the bytes that are held.
struct Ledger {
    std::atomic<int64_t> held = 0, most = 0, made = 0;

    Allocate allocate() {
        return [this](size_t size) {
            const int64_t now = held += static_cast<int64_t>(size);
            for (int64_t before = most; before < now && !most.compare_exchange_weak(before, now);) {
            }
            ++made;
            return std::shared_ptr<uint8_t[]>(new uint8_t[size], [this, size](const uint8_t* memory) {
                held -= static_cast<int64_t>(size);
                delete[] memory;
            });
        };
    }
};

}  // namespace

class TestLoaderPieces : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void piecesAreTheBatch_data() {
        QTest::addColumn<int>("workers");
        QTest::addColumn<int>("ranks");
        QTest::newRow("one thread") << 1 << 1;
        QTest::newRow("five threads") << 5 << 1;
        QTest::newRow("the second of three ranks") << 3 << 3;
    }

    void piecesAreTheBatch() {
        QFETCH(int, workers);
        QFETCH(int, ranks);
        const auto data = std::make_shared<NoiseData>(220, 5, 9);
        LoaderOptions options = pieceOptions(50, 5);
        options.workers = workers;
        options.ranks = ranks;
        options.rank = ranks / 2;
        options.dropLast = false;
        Loader whole(data, options);
        std::vector<Batch> expected;
        for (int i = 0; i < 12; ++i)
            expected.push_back(whole.next());
        for (const size_t images : {size_t{1}, size_t{7}, size_t{16}, size_t{1000}}) {
            options.pieceBytes = images * 75;
            options.aheadBytes = 3 * options.pieceBytes;
            Loader loader(data, options), joined(data, options);
            for (const Batch& batch : expected) {
                std::vector<uint8_t> pixels;
                size_t planned = 0;
                const Batch made = loader.next([&](const PixelPiece& piece) {
                    QVERIFY(piece.pixels.size() <= std::max<size_t>(images * 75, 75));
                    QVERIFY(piece.first % std::min<size_t>(images, 50) == 0 || ranks > 1);
                    planned = piece.planned;
                    pixels.insert(pixels.end(), piece.pixels.begin(), piece.pixels.end());
                });
                QCOMPARE(made.indices, batch.indices);
                QCOMPARE(made.captions, batch.captions);
                QCOMPARE(made.imageIds, batch.imageIds);
                QCOMPARE(made.captionIds, batch.captionIds);
                QVERIFY(planned >= made.indices.size());
                QVERIFY(std::equal(pixels.begin(), pixels.end(), batch.pixels.begin(), batch.pixels.end()));
                QVERIFY(joined.next().pixels == batch.pixels);
            }
        }
    }

    /// 1,000 pictures of 30 KB: 31 MB a batch, of which little is in memory.
    void theHostHoldsAFewPiecesOfALargeBatch() {
        constexpr int64_t kPiece = 1 << 20, kAhead = 4 << 20;
        const auto data = std::make_shared<NoiseData>(2000, 101);
        LoaderOptions options = pieceOptions(1000, 101);
        options.pieceBytes = kPiece;
        options.aheadBytes = kAhead;
        options.workers = 3;
        Ledger ledger;
        options.allocate = ledger.allocate();
        Loader loader(data, options);
        for (int step = 0; step < 3; ++step) {
            int64_t images = 0;
            const Batch batch = loader.next([&](const PixelPiece& piece) {
                images += static_cast<int64_t>(piece.pixels.size()) / (101 * 101 * 3);
            });
            QCOMPARE(images, int64_t{1000});
            QCOMPARE(batch.indices.size(), size_t{1000});
        }
        QVERIFY(ledger.made >= 3 * 1000 / 34);
        QVERIFY2(ledger.most <= kAhead + kPiece, qPrintable(QString::number(ledger.most)));
    }

    /// Where a batch comes in one, one is made ahead, and three where they are small.
    void whatIsMadeAheadIsBounded() {
        for (const auto& [side, most] : {std::pair(96, 1), std::pair(40, 3)}) {
            const auto data = std::make_shared<NoiseData>(400, 40);
            LoaderOptions options = pieceOptions(40, side);
            options.aheadBytes = 1'500'000;  // of 1.1 MB, and of 192 KB
            Ledger ledger;
            options.allocate = ledger.allocate();
            const int64_t bytes = int64_t{40} * side * side * 3;
            Loader loader(data, options);
            for (int i = 0; i < 2; ++i)
                QCOMPARE(loader.next().pixels.size(), static_cast<size_t>(bytes));
            QTRY_COMPARE(ledger.held.load(), most * bytes);
            QVERIFY(ledger.most <= (most + 1) * bytes);
        }
    }

    /// A request to stop between two pieces; who goes on then gets the rest of the batch.
    void aBatchThatWasCutGoesOn() {
        const auto data = std::make_shared<NoiseData>(64, 4);
        LoaderOptions options = pieceOptions(64, 4);
        options.pieceBytes = 10 * 48;
        options.workers = 1;
        const Batch expected = Loader(data, options).next();
        Loader loader(data, options);
        std::stop_source stop;
        std::vector<uint8_t> pixels;
        const auto take = [&](const PixelPiece& piece) {
            pixels.insert(pixels.end(), piece.pixels.begin(), piece.pixels.end());
            stop.request_stop();
        };
        std::optional<Batch> batch;
        for (int calls = 0; !batch && calls < 100; ++calls) {
            try {
                batch = loader.next(take, calls < 3 ? stop.get_token() : std::stop_token());
            } catch (const Cancelled&) {
            }
        }
        QVERIFY(batch.has_value());
        QCOMPARE(batch->indices, expected.indices);
        QVERIFY(std::equal(pixels.begin(), pixels.end(), expected.pixels.begin(), expected.pixels.end()));
    }

    void nothingReadableInPiecesIsAnError() {
        const auto data = std::make_shared<NoiseData>(40, 4, 1);
        LoaderOptions options = pieceOptions(20, 4);
        options.pieceBytes = 5 * 48;
        Loader loader(data, options);
        for (int i = 0; i < 2; ++i)
            QVERIFY_THROWS_EXCEPTION(Error, loader.next());
    }

    /// Many loaders that end at any time.
    void aLoaderOfPiecesCanEndAtAnyTime() {
        const auto data = std::make_shared<NoiseData>(300, 4, 20);
        std::minstd_rand random(1);
        for (int round = 0; round < 200; ++round) {
            LoaderOptions options = pieceOptions(1 + static_cast<int>(random() % 40), 4);
            options.pieceBytes = (1 + random() % 9) * 48;
            options.aheadBytes = (1 + random() % 30) * 48;  // a piece or two
            options.workers = 1 + static_cast<int>(random() % 6);
            Loader loader(data, options, static_cast<int64_t>(random() % 30));
            for (uint64_t i = random() % 8; i > 0; --i)
                QVERIFY(!loader.next().indices.empty());
        }
    }
};

DIAGONAL_TEST(TestLoaderPieces);
#include "test_loader_pieces.moc"
