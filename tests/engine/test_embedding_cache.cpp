// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <fstream>
#include <limits>
#include <thread>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/network_folder.h"
#include "engine/inference/cache_size.h"
#include "engine/inference/embedding_cache.h"
#include "engine/inference/session.h"
#include "engine/inference/sqlite.h"
#include "tests/engine/tiny_model.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

/// Sets the time of change back; `changed` cannot be set.
void settle(const fs::path& file) {
    const timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    QCOMPARE(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
}

bool equal(const std::vector<ImageEmbedding>& a, const std::vector<ImageEmbedding>& b) {
    return std::ranges::equal(a, b, [](const ImageEmbedding& x, const ImageEmbedding& y) {
        return x.index == y.index && x.values == y.values && x.width == y.width && x.height == y.height &&
               x.error == y.error && x.familiar == y.familiar;
    });
}

ContentHash contentHash(int i) {
    ContentHash hash{};
    for (size_t k = 0; k < 4; ++k)
        hash[k] = static_cast<uint8_t>(i >> (8 * k));
    return hash;
}

CacheEntry entryOf(int i, size_t dim = 8) {
    FileStamp stamp{i, 1, 2, 3, 4};
    return {fs::path("/pictures") / (std::to_string(i) + ".jpg"),
            stamp,
            contentHash(i),
            {std::vector<float>(dim, static_cast<float>(i)), 40, 30, i % 2 == 0}};
}

}  // namespace

class TestEmbeddingCache : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string m_model;
    std::vector<fs::path> m_images;
    int m_caches = 0;

    fs::path root() const { return m_folder.path().toStdString(); }
    fs::path newFolder() { return root() / ("cache" + std::to_string(m_caches++)); }
    std::shared_ptr<Session> open(std::shared_ptr<EmbeddingCache> cache, int batchSize = 8,
                                  const std::string& precision = "fp32") {
        return Session::open(
            m_model, {.device = "cpu", .precision = precision, .batchSize = batchSize, .cache = std::move(cache)});
    }

  private Q_SLOTS:
    void initTestCase() {
        qunsetenv("DIAGONAL_EMBEDDING_CACHE_LIMIT");
        m_model = (root() / "model").string();
        writeTinyModel(m_model);
        for (unsigned i = 0; i < 30; ++i) {
            m_images.push_back(root() / ("image" + std::to_string(i) + ".ppm"));
            writeFile(m_images.back(), i == 7 ? "nothing" : ppm(i, 40, 30));
        }
    }

    void theSecondTimeIsEqualToTheBitWithoutDecoding() {
        const fs::path folder = newFolder();
        const auto expected = embedAll(*open(nullptr), m_images);
        const auto raw = embedAll(*open(nullptr), m_images, false);
        QVERIFY(equal(embedAll(*open(std::make_shared<EmbeddingCache>(folder)), m_images), expected));
        const auto cache = std::make_shared<EmbeddingCache>(folder);
        QCOMPARE(cache->info().embeddings, int64_t{29});
        const auto session = open(cache);
        QVERIFY(equal(embedAll(*session, m_images), expected));
        QVERIFY(equal(embedAll(*session, m_images, false), raw));
        QVERIFY(cache->takeMessages().empty());

        // Other numbers in the cache come out: so nothing was computed.
        SqliteDatabase database(cache->info().file, 1000);
        database.run("UPDATE pictures SET numbers = zeroblob(96)");
        database.run("UPDATE pictures SET checksum = (SELECT checksum FROM pictures LIMIT 1)");
        const auto broken = embedAll(*session, m_images, false);
        QVERIFY2(equal(broken, raw), "a row whose checksum does not fit is computed again");
    }

    void aRowOfTheCacheIsUsed() {
        const auto cache = std::make_shared<EmbeddingCache>(newFolder());
        const auto session = open(cache);
        embedAll(*session, {m_images[0]});
        SqliteDatabase database(cache->info().file, 1000);
        database.run("UPDATE pictures SET width = 1234");
        QCOMPARE(embedAll(*session, {m_images[0]})[0].width, 1234);
    }

    void whatChangedIsComputedAgain() {
        const auto cache = std::make_shared<EmbeddingCache>(newFolder());
        const auto session = open(cache);
        const fs::path file = root() / "changing.ppm";
        writeFile(file, ppm(100, 40, 30));
        settle(file);
        const auto first = embedAll(*session, {file});
        // The same size, and the time of change set back.
        std::ofstream(file, std::ios::binary) << ppm(101, 40, 30);
        settle(file);
        const auto second = embedAll(*session, {file});
        QVERIFY(first[0].values != second[0].values);
        const auto other = open(nullptr);
        other->warmUp();  // a first use, as the session had: the second rounds otherwise
        QVERIFY(equal(second, embedAll(*other, {file})));
        std::ofstream(file, std::ios::binary) << "no picture";
        QVERIFY(!embedAll(*session, {file})[0].error.empty());
        fs::remove(file);
        QVERIFY(!embedAll(*session, {file})[0].error.empty());
    }

    void theContentCountsNotTheName() {
        const auto cache = std::make_shared<EmbeddingCache>(newFolder());
        const auto session = open(cache);
        const fs::path copy = root() / "copy.ppm";
        writeFile(copy, ppm(3, 40, 30));
        embedAll(*session, {m_images[3]});
        embedAll(*session, {copy});
        QCOMPARE(cache->info().embeddings, int64_t{1});
    }

    void anotherModelOrPrecisionIsAnotherContext() {
        const auto cache = std::make_shared<EmbeddingCache>(newFolder());
        const auto one = open(cache), low = open(cache, 8, "bf16");
        QCOMPARE(one->identity(), open(nullptr)->identity());
        QVERIFY(one->identity() != low->identity());
        embedAll(*one, {m_images[0]});
        QVERIFY(equal(embedAll(*low, {m_images[0]}), embedAll(*open(nullptr, 8, "bf16"), {m_images[0]})));
        QCOMPARE(cache->info().embeddings, int64_t{2});

        const fs::path other = root() / "other-model";
        fs::copy(m_model, other);
        QCOMPARE(Session::open(other.string(), {.device = "cpu"})->identity(), one->identity());
        std::fstream weights(other / "open_clip_model.safetensors", std::ios::in | std::ios::out | std::ios::binary);
        weights.seekg(-1, std::ios::end);
        const char last = static_cast<char>(weights.get());
        weights.seekp(-1, std::ios::end);
        weights.put(static_cast<char>(last ^ 1));
        weights.close();
        QVERIFY(Session::open(other.string(), {.device = "cpu"})->identity() != one->identity());
        QVERIFY(Session::open(m_model, {.device = "cpu", .imageSize = 64})->identity() != one->identity());
    }

    void whatWasNotUsedForLongestGoes() {
        const fs::path folder = newFolder();
        constexpr int64_t kLimit = 6'000'000;
        constexpr int kCount = 5000;  // of 2 kB each
        EmbeddingCache cache(folder);
        cache.setLimit(kLimit);
        for (int i = 0; i < kCount; ++i) {
            cache.add(contentHash(-1), entryOf(i, 512));
            if (i == 1500) {
                cache.flush();
                SqliteDatabase(cache.info().file, 1000).run("UPDATE blocks SET day = 1");
                QVERIFY(cache.find(contentHash(-1), contentHash(0)));
                cache.flush();
            }
            if (i == 2400) QVERIFY(cache.find(contentHash(-1), contentHash(0)));
        }
        cache.flush();
        cache.setLimit(kLimit);  // waits for what goes
        const CacheInfo info = cache.info();
        QVERIFY2(info.embeddings > 1500 && info.embeddings < 3000, std::to_string(info.embeddings).c_str());
        QVERIFY(info.files >= info.embeddings);
        QCOMPARE(info.limit, kLimit);
        QVERIFY(fs::file_size(info.file) < kLimit + 2'000'000);
        for (int i = 300; i < 1200; ++i)  // of days before
            QVERIFY(!cache.find(contentHash(-1), contentHash(i)));
        cache.clear();
        QCOMPARE(cache.info().embeddings, int64_t{0});
        QCOMPARE(EmbeddingCache(folder).info().limit, kLimit);
        cache.setLimit(1'000'000);
    }

    /// Twice as many as fit, read and added in order, as a second run over the same pictures does: a good part is
    /// found.
    void aPassOverMoreThanFitsFindsAPart() {
        EmbeddingCache cache(newFolder());
        cache.setLimit(14'000'000);
        constexpr int kCount = 12'000;  // of 2 kB each
        std::vector<int> found;
        for (int pass = 0; pass < 3; ++pass) {
            found.push_back(0);
            for (int i = 0; i < kCount; ++i) {
                if (cache.find(contentHash(-1), contentHash(i)))
                    ++found.back();
                else
                    cache.add(contentHash(-1), entryOf(i, 512));
            }
            cache.flush();
        }
        QCOMPARE(found[0], 0);
        QVERIFY2(found[1] > kCount / 5 && found[2] > kCount / 5,
                 (std::to_string(found[1]) + " " + std::to_string(found[2])).c_str());
        const auto messages = cache.takeMessages();
        QCOMPARE(messages.size(), size_t{1});
        QVERIFY(messages[0].find("cache limit") != std::string::npos);
    }

    void whatLeavesTakesItsFilesAlong() {
        EmbeddingCache cache(newFolder());
        for (int i = 0; i < 20'000; ++i)
            cache.add(contentHash(-1), entryOf(i, 64));
        cache.flush();
        SqliteDatabase(cache.info().file, 1000).run("UPDATE blocks SET day = block");
        cache.setLimit(2'000'000);
        for (int i = 0; i < 6; ++i)
            cache.setLimit(2'000'000 - i * 100'000);
        const CacheInfo info = cache.info();
        QVERIFY(info.bytes < 3'000'000);
        QVERIFY(info.embeddings > 1000 && info.embeddings < 10'000);
        QVERIFY2(info.files < 2 * info.embeddings + 9000, std::to_string(info.files).c_str());
        QVERIFY(cache.find(contentHash(-1), entryOf(19'999).file, *entryOf(19'999).stamp));
        QVERIFY(!cache.find(contentHash(-1), contentHash(0)));
    }

    void usesAreNotedOnceADay() {
        const fs::path folder = newFolder();
        fs::path file;
        const auto findAll = [&] {
            EmbeddingCache cache(folder);
            for (int i = 0; i < 3000; ++i)
                QVERIFY(cache.find(contentHash(-1), contentHash(i)));
            file = cache.info().file;
        };
        {
            EmbeddingCache cache(folder);
            for (int i = 0; i < 3000; ++i)
                cache.add(contentHash(-1), entryOf(i));
        }
        findAll();
        const auto changes = [&] { return SqliteDatabase(file, 1000).number("SELECT sum(day) FROM blocks"); };
        const int64_t today = changes();
        SqliteDatabase(file, 1000).run("UPDATE blocks SET day = day - 3");
        QCOMPARE(changes(), today - 3 * 12);  // 3,000 rows are twelve blocks
        findAll();
        QCOMPARE(changes(), today);
        const auto written = readBytes(file);
        findAll();
        QVERIFY2(readBytes(file) == written, "nothing is written on the same day");
    }

    void whatIsNoNumberIsNeitherKeptNorFound() {
        EmbeddingCache cache(newFolder());
        CacheEntry entry = entryOf(1);
        entry.embedding.values[3] = std::numeric_limits<float>::quiet_NaN();
        cache.add(contentHash(-1), entry);
        cache.add(contentHash(-1), entryOf(2));
        QCOMPARE(cache.info().embeddings, int64_t{1});
        // As a version before this one would have kept it: four infinities.
        SqliteDatabase database(cache.info().file, 1000);
        database.run("UPDATE pictures SET numbers = x'0000807F0000807F0000807F0000807F', checksum = 2774048547");
        QVERIFY(!cache.find(contentHash(-1), contentHash(2)));
    }

    void onANetworkThereIsNoLogInSharedMemory() {
        const fs::path folder = newFolder();
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&, t] {
                EmbeddingCache cache(folder, true);
                for (int i = 0; i < 300; ++i)
                    cache.add(contentHash(-1), entryOf(i * 3 + t));
            });
        for (auto& thread : threads)
            thread.join();
        EmbeddingCache cache(folder, true);
        QVERIFY(cache.info().isOnNetwork);
        QCOMPARE(cache.info().embeddings, int64_t{900});
        QVERIFY(!fs::exists(cache.info().file.native() + "-wal"));
        QCOMPARE(SqliteDatabase(cache.info().file, 1000).text("PRAGMA journal_mode"), std::string("delete"));
        EmbeddingCache local(folder, false);
        QVERIFY(local.info().file != cache.info().file);
        QCOMPARE(SqliteDatabase(local.info().file, 1000).text("PRAGMA journal_mode"), std::string("wal"));
        QVERIFY(isNetworkFileSystem(0x6969) && isNetworkFileSystem(static_cast<int32_t>(0xFF534D42)));
        QVERIFY(!isNetworkFileSystem(0xEF53) && !isNetworkFileSystem(0x01021994));  // ext4, tmpfs
    }

    void anOldFormIsBegunAnew() {
        const fs::path folder = newFolder();
        fs::create_directories(folder);
        SqliteDatabase(folder / "embeddings-1.sqlite", 1000).run("CREATE TABLE pictures (content BLOB)");
        EmbeddingCache cache(folder);
        QVERIFY(cache.isOpen());
        QCOMPARE(cache.takeMessages().size(), size_t{1});
        cache.add(contentHash(-1), entryOf(1));
        QCOMPARE(cache.info().embeddings, int64_t{1});
        QVERIFY(!fs::exists(folder / "embeddings-1.sqlite"));
        QVERIFY(EmbeddingCache(folder).takeMessages().empty());
    }

    void whatCannotBeClearedIsSaid() {
        const fs::path folder = newFolder();
        EmbeddingCache cache(folder);
        cache.add(contentHash(-1), entryOf(1));
        cache.flush();
        SqliteDatabase other(cache.info().file, 1000);
        other.run("BEGIN IMMEDIATE");
        QVERIFY_THROWS_EXCEPTION(Error, cache.clear());
        QVERIFY(cache.isOpen());
        QVERIFY(cache.find(contentHash(-1), contentHash(1)));
        other.run("COMMIT");
        cache.clear();
        QVERIFY(!cache.find(contentHash(-1), contentHash(1)));
    }

    void othersKeepADamagedDatabaseToTheirEnd() {
        const fs::path folder = newFolder();
        auto other = std::make_unique<EmbeddingCache>(folder);
        other->add(contentHash(-1), entryOf(1));
        other->flush();
        const fs::path damaged = other->info().file;
        SqliteDatabase(damaged, 1000).run("PRAGMA user_version = 77");
        EmbeddingCache cache(folder);
        QVERIFY(cache.info().file != damaged);
        cache.add(contentHash(-1), entryOf(2));
        cache.flush();
        const auto log = cache.info().file.native() + "-wal";
        QVERIFY(fs::exists(damaged) && fs::exists(log));
        other->add(contentHash(-1), entryOf(3));
        other.reset();
        QVERIFY2(fs::exists(log), "the other's end removes its own log alone");
        QVERIFY(cache.find(contentHash(-1), contentHash(2)));
        QVERIFY(EmbeddingCache(folder).find(contentHash(-1), contentHash(2)));
        QVERIFY(!fs::exists(damaged));
    }

    void insteadOfADamagedDatabaseAFreshOneIsBegun_data() {
        QTest::addColumn<QString>("damage");
        for (const char* damage : {"text", "pages", "cut", "version"})
            QTest::newRow(damage) << damage;
    }
    void insteadOfADamagedDatabaseAFreshOneIsBegun() {
        QFETCH(QString, damage);
        const fs::path folder = newFolder();
        fs::path file;
        {
            EmbeddingCache cache(folder);
            for (int i = 0; i < 2000; ++i)
                cache.add(contentHash(-1), entryOf(i, 100));
            cache.flush();
            file = cache.info().file;
        }
        if (damage == "text") writeFile(file, "this is no database, but a text\n");
        if (damage == "version") SqliteDatabase(file, 1000).run("PRAGMA user_version = 77");
        if (damage == "cut") fs::resize_file(file, 20000);
        if (damage == "pages") {
            std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
            bytes.seekp(3000);
            for (auto left = fs::file_size(file) - 3000; left > 0; --left)
                bytes.put('\x5A');
        }
        EmbeddingCache cache(folder);
        for (int i = 0; i < 2000; ++i)
            cache.find(contentHash(-1), contentHash(i));
        cache.add(contentHash(-1), entryOf(1));
        cache.flush();
        QVERIFY(cache.isOpen());
        QVERIFY(cache.info().file != file);
        const auto messages = cache.takeMessages();
        QCOMPARE(messages.size(), size_t{1});
        QVERIFY(messages[0].find("damaged") != std::string::npos);
        cache.add(contentHash(-1), entryOf(2));
        cache.flush();
        QVERIFY(cache.find(contentHash(-1), contentHash(2)));
    }

    void withoutAFolderWorkGoesOn() {
        const fs::path file = root() / "in-the-way";
        writeFile(file, "");
        const auto cache = std::make_shared<EmbeddingCache>(file / "cache");
        QVERIFY(!cache->isOpen());
        QCOMPARE(cache->takeMessages().size(), size_t{1});
        QVERIFY(equal(embedAll(*open(cache), m_images), embedAll(*open(nullptr), m_images)));
        QVERIFY_THROWS_EXCEPTION(Error, cache->setLimit(2'000'000));
        cache->clear();
        const fs::path blocked = newFolder();
        fs::create_directories(blocked / "embeddings-2.0.sqlite");
        EmbeddingCache folder(blocked);
        QVERIFY(!folder.isOpen());
        QCOMPARE(folder.takeMessages().size(), size_t{1});
    }

    void severalShareIt() {
        const fs::path folder = newFolder();
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                EmbeddingCache cache(folder);
                for (int i = 0; i < 1000; ++i)
                    cache.add(contentHash(-1), entryOf(i * 4 + t));
            });
        for (auto& thread : threads)
            thread.join();
        EmbeddingCache cache(folder);
        QCOMPARE(cache.info().embeddings, int64_t{4000});
        for (int i = 0; i < 4000; ++i) {
            const CacheEntry expected = entryOf(i);
            const auto found = cache.find(contentHash(-1), expected.file, *expected.stamp);
            QVERIFY(found && found->values == expected.embedding.values && found->familiar == (i % 2 == 0));
        }
        FileStamp other = *entryOf(5).stamp;
        ++other.changed;
        QVERIFY(!cache.find(contentHash(-1), entryOf(5).file, other));
        QVERIFY(!cache.find(contentHash(-2), entryOf(5).file, *entryOf(5).stamp));
    }

    void sizesAreRead() {
        QCOMPARE(parseBytes("1073741824"), std::optional<int64_t>(1073741824));
        QCOMPARE(parseBytes("2GB"), std::optional<int64_t>(2'000'000'000));
        QCOMPARE(parseBytes("2 GiB"), std::optional<int64_t>(int64_t{2} << 30));
        QCOMPARE(parseBytes("1.5m"), std::optional<int64_t>(1'500'000));
        for (const char* bad : {"", "GB", "-5GB", "1", "5 apples", "nan", "inf", "1e300", "2GBB"})
            QVERIFY2(!parseBytes(bad), bad);
    }

    void theFolderFollowsTheEnvironment() {
        qputenv("DIAGONAL_EMBEDDING_CACHE", "off");
        QVERIFY(EmbeddingCache::defaultFolder().empty());
        qputenv("DIAGONAL_EMBEDDING_CACHE", "/somewhere");
        QCOMPARE(EmbeddingCache::defaultFolder(), fs::path("/somewhere"));
        qunsetenv("DIAGONAL_EMBEDDING_CACHE");
        qputenv("XDG_CACHE_HOME", "/cache");
        QCOMPARE(EmbeddingCache::defaultFolder(), fs::path("/cache/diagonal"));
    }
};

DIAGONAL_TEST(TestEmbeddingCache);
#include "test_embedding_cache.moc"
