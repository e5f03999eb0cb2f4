// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <algorithm>
#include <set>
#include <thread>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "tests/double_quoted.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/dataset.h"
#include "training/data/random.h"
#include "training/data/sampler.h"
#include "training/data/shard_index.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

constexpr size_t kPadding = 300 << 10;  ///< smaller shards have no index

std::string sampleOf(const std::string& key, const std::string& caption, uint8_t shade = 1) {
    return tarMember(key + ".png", Folder::png(shade)) + tarMember(key + ".txt", caption);
}

std::string padded(const std::string& tar) {
    return tar + std::string(kPadding, '\0');
}

/// All that a data set says, and the bytes of its images.
std::vector<std::string> described(const std::string& spec, const DatasetOptions& options = {}) {
    std::vector<std::string> lines;
    try {
        const auto data = openDataset(spec, options);
        lines = data->warnings();
        lines.insert(lines.end(), data->labels().begin(), data->labels().end());
        lines.push_back(std::to_string(data->missing()) + " missing");
        for (size_t i = 0; i < data->size(); ++i) {
            std::string line = data->name(i) + "|" + std::to_string(data->label(i)) + "|" + nameOf(data->split(i));
            for (size_t k = 0; k < data->captionCount(i); ++k)
                line += "|" + std::to_string(data->captionSource(i, k)) + std::string(data->caption(i, k));
            const auto bytes = data->bytes(i);
            lines.push_back(line + "|" + std::string(bytes.begin(), bytes.end()));
        }
    } catch (const Error& error) {
        lines.emplace_back(error.what());
    }
    return lines;
}

std::vector<fs::path> indexesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (fs::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure))
        if (entry->path().string().ends_with(".idx")) files.push_back(entry->path());
    std::sort(files.begin(), files.end());
    return files;
}

/// Other bytes at a place, of a file that looks unchanged.
void changeUnseen(const fs::path& path, uint64_t at, const std::string& bytes) {
    const auto time = fs::last_write_time(path);
    {
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(static_cast<std::streamoff>(at));
        file << bytes;
    }
    fs::last_write_time(path, time);
}

/// A tar file with some of everything that shards of the wild have.
std::string wildShard(Random& random) {
    std::string tar;
    const auto text = [&](uint32_t words) {
        std::string out = "caption";
        for (uint32_t i = 0; i < words; ++i)
            out += (random.chance(0.1F) ? "\n" : " ") + std::to_string(random.below(50)) + "ä";
        return out;
    };
    const uint32_t samples = 20 + random.below(60);
    for (uint32_t i = 0; i < samples; ++i) {
        std::string key = std::to_string(i);
        if (random.chance(0.3F)) key = "deep/er." + std::to_string(random.below(3)) + "/" + key;
        std::vector<std::string> members;
        if (!random.chance(0.05F))
            members.push_back(tarMember(key + (random.chance(0.2F) ? ".mask.PNG" : ".png"),
                                        Folder::png(static_cast<uint8_t>(random.below(256)))));
        if (random.chance(0.1F)) members.push_back(tarMember(key + ".jpg", Folder::png(3)));
        if (random.chance(0.6F)) members.push_back(tarMember(key + ".txt", text(random.below(8))));
        if (random.chance(0.3F))
            members.push_back(tarMember(
                key + ".json", random.chance(0.1F)
                                   ? "[broken"
                                   : doubleQuoted("{'caption': ['one', '" + std::to_string(i) + "', 'one'], 'n': 3}")));
        if (random.chance(0.3F)) members.push_back(tarMember(key + ".cls", std::to_string(random.below(5))));
        if (random.chance(0.05F)) members.push_back(tarMember(key + ".b.png", "", '2'));
        if (random.chance(0.05F)) members.push_back(tarMember(key + ".txt", "\xC3("));
        shuffle(members, random);
        for (const std::string& member : members)
            tar += member;
    }
    if (random.chance(0.3F)) tar += std::string(2048, 'g');                                 // damaged
    if (random.chance(0.2F)) return padded(tar).substr(0, tar.size() - random.below(700));  // cut
    return padded(tar + tarEnd());
}

}  // namespace

class TestShardIndex : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        qputenv("DIAGONAL_RESOURCES", QByteArray::fromStdString(paths::source("resources")));
        qputenv("XDG_CACHE_HOME", QFile::encodeName(m_cache.path()));
    }
    void cleanup() { qunsetenv("DIAGONAL_SHARD_INDEX"); }

    void dataIsTheSameWithAndWithoutAnIndex() {
        Random random(5);
        size_t indexes = 0;
        for (int round = 0; round < 25; ++round) {
            const Folder folder;
            for (uint32_t shard = 0; shard < 1 + random.below(4); ++shard)
                folder.write((random.chance(0.2F) ? "val/s" : "s") + std::to_string(shard) + ".tar", wildShard(random));
            if (random.chance(0.5F)) folder.write("classnames.txt", "cat\ndog\ncow\n");
            if (random.chance(0.2F)) folder.write("x.tar", padded("no tar"));
            const DatasetOptions options = {.templates = "a {}"};
            const std::string spec = "webdataset:" + folder.path().string();
            qputenv("DIAGONAL_SHARD_INDEX", "off");
            const auto expected = described(spec, options);
            QVERIFY(indexesIn(folder.path()).empty());
            qunsetenv("DIAGONAL_SHARD_INDEX");
            QCOMPARE(described(spec, options), expected);
            indexes += indexesIn(folder.path()).size();
            QCOMPARE(described(spec, options), expected);
        }
        QVERIFY2(indexes > 25, qPrintable(QString::number(indexes)));
    }

    void aShardThatWasChangedIsReadAgainAndNoOther() {
        const Folder folder;
        for (const char* name : {"0.tar", "1.tar"})
            folder.write(name, padded(sampleOf("a", std::string("old ") + name[0]) + tarEnd()));
        const std::string spec = folder.path().string();
        QCOMPARE(openDataset(spec)->size(), size_t{2});
        const uint64_t caption = tarMember("a.png", Folder::png(1)).size() + 512;
        changeUnseen(folder.path() / "0.tar", caption, "new");
        folder.write("1.tar", padded(sampleOf("a", "new 1") + tarEnd()));
        const auto data = openDataset(spec);
        QCOMPARE(std::string(data->caption(0, 0)), std::string("old 0"));
        QCOMPARE(std::string(data->caption(1, 0)), std::string("new 1"));
        folder.write("1.tar", padded(sampleOf("a", "newer") + sampleOf("b", "more") + tarEnd()));
        QCOMPARE(openDataset(spec)->size(), size_t{3});
        // Read anew, what was changed unseen is there.
        fs::remove_all(folder.path() / ".diagonal-index");
        QCOMPARE(std::string(openDataset(spec)->caption(0, 0)), std::string("new 0"));
    }

    /// Four sparse files of 256 GiB, with a sample at each end.
    void aTerabyteIsPlannedWithoutBeingRead() {
        constexpr uint64_t kHole = uint64_t{255} << 30, kShard = uint64_t{256} << 30;
        const Folder folder;
        for (int shard = 0; shard < 4; ++shard) {
            const std::string name = std::to_string(shard), front = sampleOf("a", "front " + name);
            const std::string hole = tarMember("hole.bin", "", '0', int64_t{kHole});
            const fs::path path = folder.write(name + ".tar", front + hole);
            std::error_code failure;
            fs::resize_file(path, kShard, failure);
            if (failure) QSKIP("this file system has no such large files");
            std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
            file.seekp(static_cast<std::streamoff>(front.size() + hole.size() + kHole));
            file << sampleOf("b", "back " + name, 200) << tarEnd();
        }
        const std::string spec = folder.path().string();
        const auto read = openDataset(spec);
        QCOMPARE(read->size(), size_t{8});
        QCOMPARE(indexesIn(folder.path()).size(), size_t{4});
        for (int shard = 0; shard < 4; ++shard)  // who reads it finds no tar file
            changeUnseen(folder.path() / (std::to_string(shard) + ".tar"), 0, std::string(512, 'x'));
        const auto data = openDataset(spec);
        QCOMPARE(data->size(), size_t{8});
        QCOMPARE(data->warnings(), std::vector<std::string>());
        QCOMPARE(std::string(data->caption(7, 0)), std::string("back 3"));
        QVERIFY(data->place(7).offset > kHole);
        QCOMPARE(int(data->image(7).rgb[0]), 200);
        QCOMPARE(EpochPlanner(*data, {.batchSize = 4, .shuffleBuffer = 2}).plan(0).items.size(), size_t{8});
    }

    void aDamagedIndexIsMadeAnew() {
        const Folder folder;
        folder.write("x.tar", padded(sampleOf("a", "one") + sampleOf("b", "two") + tarEnd()));
        const std::string spec = folder.path().string();
        const auto expected = described(spec);
        const fs::path file = indexesIn(folder.path()).at(0);
        const std::string whole = readText(file);
        for (size_t at = 0; at < whole.size(); ++at) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << at % 8));
            folder.write(fs::relative(file, folder.path()).string(), bytes);
            QCOMPARE(described(spec), expected);
            QCOMPARE(readText(file), whole);
            folder.write(fs::relative(file, folder.path()).string(), whole.substr(0, at));
            QCOMPARE(described(spec), expected);
            QCOMPARE(readText(file), whole);
        }
        // That of another shard, and of this one before it grew.
        folder.write("y.tar", padded(sampleOf("c", "three") + tarEnd()));
        openDataset(spec);
        fs::copy_file(file, indexesIn(folder.path()).at(1), fs::copy_options::overwrite_existing);
        QCOMPARE(std::string(openDataset(spec)->caption(2, 0)), std::string("three"));
    }

    /// Where the hash is right and the rest is not.
    void anyTableEndsInSamplesOrNone() {
        ShardContent content;
        content.notes = {"a note"};
        for (int i = 0; i < 4; ++i)
            content.samples.push_back({std::string("key/") + std::to_string(i),
                                       1000,
                                       5000,
                                       {{"a caption", 0}, {"another", 1}},
                                       i == 2 ? "label" : ""});
        const std::string good = ShardTable::encoded(content);
        const auto table = ShardTable::from(good, 6000, 2);
        QVERIFY(table.has_value());
        QCOMPARE(table->captions(table->samples()[3])[1].text, std::string_view("another"));
        QVERIFY(!ShardTable::from(good, 5999, 2).has_value());  // the image lies behind the end
        QVERIFY(!ShardTable::from(good, 6000, 1).has_value());  // no such source
        QVERIFY(!ShardTable::from(good + '\0', 6000, 2).has_value());
        Random random(9);
        size_t taken = 0;
        for (int round = 0; round < 20000; ++round) {
            std::string bytes = good;
            for (uint32_t i = 1 + random.below(3); i > 0; --i)
                bytes[random.below(static_cast<uint32_t>(bytes.size()))] = static_cast<char>(random.below(256));
            if (random.chance(0.2F)) bytes.resize(random.below(static_cast<uint32_t>(bytes.size())));
            const auto changed = ShardTable::from(bytes, 6000, 2);
            if (!changed) continue;
            ++taken;
            for (const ShardTable::Sample& sample : changed->samples()) {
                QVERIFY(sample.offset + sample.size <= 6000);
                for (const auto& [text, source] : changed->captions(sample))
                    QVERIFY(!text.empty() && source < 2);
            }
        }
        QVERIFY(taken > 0 && taken < 20000);
    }

    void whereNothingCanBeWrittenTheCacheKeepsIndexes() {
        const Folder folder;
        folder.write("data/x.tar", padded(sampleOf("a", "one") + tarEnd()));
        folder.write("data/.diagonal-index", "in the way");
        const std::string spec = (folder.path() / "data").string();
        const auto expected = described(spec);
        QCOMPARE(indexesIn(fs::path(m_cache.path().toStdString())).size(), size_t{1});
        changeUnseen(folder.path() / "data" / "x.tar", 0, std::string(100, 'x'));
        QCOMPARE(openDataset(spec)->size(), size_t{1});
        const Folder other;
        qputenv("DIAGONAL_SHARD_INDEX", QFile::encodeName(QString::fromStdString((other.path() / "in/it").string())));
        folder.write("data/x.tar", padded(sampleOf("a", "one") + tarEnd()));
        fs::remove(folder.path() / "data" / ".diagonal-index");
        QCOMPARE(described(spec), expected);
        QCOMPARE(indexesIn(other.path()).size(), size_t{1});
        QVERIFY(!fs::exists(folder.path() / "data" / ".diagonal-index"));
    }

    void manyMayWriteAtOnce() {
        const Folder folder;
        for (int shard = 0; shard < 20; ++shard)
            folder.write(std::to_string(shard) + ".tar",
                         padded(sampleOf("a", "caption " + std::to_string(shard)) + tarEnd()));
        const std::string spec = folder.path().string();
        qputenv("DIAGONAL_SHARD_INDEX", "off");
        const auto expected = described(spec);
        qunsetenv("DIAGONAL_SHARD_INDEX");
        std::vector<std::vector<std::string>> found(6);
        {
            std::vector<std::jthread> threads;
            for (auto& one : found)
                threads.emplace_back([&one, &spec] { one = described(spec); });
        }
        for (const auto& one : found)
            QCOMPARE(one, expected);
        size_t files = 0;
        for (const auto& entry : fs::directory_iterator(folder.path() / ".diagonal-index"))
            files += entry.path().string().ends_with(".idx") ? 1 : 1000;
        QCOMPARE(files, size_t{20});
    }

    void anOpeningThatIsCutGoesOnLater() {
        const Folder folder;
        for (int shard = 0; shard < 200; ++shard)
            folder.write(std::to_string(shard) + ".tar", padded(sampleOf("a", "one") + tarEnd()));
        const std::string spec = folder.path().string();
        std::stop_source stop;
        std::vector<Progress> reports;
        DatasetOptions options;
        options.opening = {stop.get_token(), [&](const Progress& progress) {
                               reports.push_back(progress);
                               if (progress.done >= 70) stop.request_stop();
                           }};
        QVERIFY_THROWS_EXCEPTION(Cancelled, openDataset(spec, options));
        const size_t made = indexesIn(folder.path()).size();
        QVERIFY2(made >= 70 && made < 150, qPrintable(QString::number(made)));
        QCOMPARE(reports.front().total, int64_t{200});
        QVERIFY(std::ranges::is_sorted(reports, {}, &Progress::done));
        const auto before = fs::last_write_time(indexesIn(folder.path()).front());
        reports.clear();
        options.opening.stop = {};
        QCOMPARE(openDataset(spec, options)->size(), size_t{200});
        QVERIFY(!reports.empty() && reports.front().done > 64);
        QCOMPARE(indexesIn(folder.path()).size(), size_t{200});
        QVERIFY(fs::last_write_time(indexesIn(folder.path()).front()) == before);
        reports.clear();
        QCOMPARE(openDataset(spec, options)->size(), size_t{200});
        QVERIFY(reports.empty());
    }

    void captionsOfOtherKeysHaveAnIndexOfTheirOwn() {
        const Folder folder;
        folder.write(
            "x.tar",
            padded(tarMember("a.png", Folder::png(1)) + tarMember("a.txt", "of the text") +
                   tarMember("a.json", doubleQuoted("{'caption': 'of the text', 'alt': ['b', 'c']}")) + tarEnd()));
        const std::string spec = folder.path().string();
        using Texts = std::vector<std::string>;
        for (int round = 0; round < 2; ++round) {
            QCOMPARE(openDataset(spec)->captions(0), Texts{"of the text"});
            QCOMPARE(openDataset(spec, {.captionKey = "alt"})->captions(0), (Texts{"b", "c"}));
            const auto both = openDataset(spec, {.captionKey = "txt:1,alt:3"});
            QCOMPARE(both->captions(0), (Texts{"of the text", "b", "c"}));
            QCOMPARE(both->captionSource(0, 0), size_t{0});
            QCOMPARE(both->captionSource(0, 2), size_t{1});
            QCOMPARE(both->captionProbabilities(), (std::vector<double>{0.25, 0.75}));
            QCOMPARE(openDataset(spec, {.captionKey = "txt,alt"})->captions(0), both->captions(0));
            QVERIFY_THROWS_EXCEPTION(Error, openDataset(spec, {.captionKey = "none"}));
        }
        QCOMPARE(indexesIn(folder.path()).size(), size_t{4});
    }

  private:
    QTemporaryDir m_cache;
};

DIAGONAL_TEST(TestShardIndex);
#include "test_shard_index.moc"
