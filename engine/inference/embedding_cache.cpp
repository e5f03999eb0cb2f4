// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/embedding_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/network_folder.h"
#include "engine/inference/cache_size.h"
#include "engine/inference/embedding_table.h"
#include "engine/inference/finite.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kOldName = "embeddings-1.sqlite";
constexpr std::string_view kEnding = ".sqlite";
/// More at once cost less: the keys of neighbours lie anywhere in their table, each in a page of its own.
constexpr size_t kEntriesAtOnce = 4096, kBytesAtOnce = size_t{16} << 20, kNotesAtOnce = 8192;
constexpr std::chrono::seconds kLongestPending{60};

int64_t today() {
    constexpr int64_t kSecondsADay = 86400;
    return std::time(nullptr) / kSecondsADay;
}

int64_t nanoseconds(const timespec& time) {
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string absoluteName(const fs::path& file) {
    std::error_code error;
    const fs::path path = fs::absolute(file, error);
    return (error ? file : path).native();
}

/// Databases of WAL and those of a network never have the same name: neither is opened as the other.
std::string prefixOf(bool isOnNetwork) {
    return isOnNetwork ? "embeddings-2-network." : "embeddings-2.";
}

fs::path databaseOf(const fs::path& folder, bool isOnNetwork, int64_t number) {
    return folder / (prefixOf(isOnNetwork) + std::to_string(number) + std::string(kEnding));
}

/// The number in embeddings-2.NUMBER.sqlite, or none.
std::optional<int64_t> numberOf(const std::string& name, bool isOnNetwork) {
    const std::string prefix = prefixOf(isOnNetwork);
    if (!name.starts_with(prefix) || !name.ends_with(kEnding)) return std::nullopt;
    int64_t number = -1;
    const char* end = name.data() + name.size() - kEnding.size();
    const auto [at, error] = std::from_chars(name.data() + prefix.size(), end, number);
    return error == std::errc() && at == end && number >= 0 ? std::optional(number) : std::nullopt;
}

void removeDatabase(const fs::path& file) {
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
        std::error_code ignored;
        fs::remove(file.native() + ending, ignored);
    }
}

/// The number of the newest database in the folder; 0 where there is none. Older ones go: no process opens them any
/// more, and one that still has one open keeps it to its end.
int64_t newestNumber(const fs::path& folder, bool isOnNetwork) {
    std::vector<int64_t> numbers;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (const auto number = numberOf(entry->path().filename().native(), isOnNetwork)) numbers.push_back(*number);
    if (numbers.empty()) return 0;
    std::ranges::sort(numbers);
    for (size_t i = 0; i + 1 < numbers.size(); ++i)
        removeDatabase(databaseOf(folder, isOnNetwork, numbers[i]));
    return numbers.back();
}

}  // namespace

std::optional<FileStamp> stampOf(const fs::path& file) {
    struct stat status = {};
    if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return FileStamp{status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim),
                     static_cast<int64_t>(status.st_ino), static_cast<int64_t>(status.st_dev)};
}

bool isSettled(const FileStamp& stamp) {
    constexpr int64_t kClockStep = 2'000'000'000;
    timespec time = {};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return nanoseconds(time) - std::max(stamp.modified, stamp.changed) > kClockStep;
}

struct EmbeddingCache::Pending {
    std::vector<EmbeddingTable::Row> rows;
    size_t bytes = 0;  ///< of the rows' numbers
    std::vector<EmbeddingTable::File> files;
    std::vector<int64_t> used;  ///< blocks
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

    // What stays when the rest is written: blocks whose use was noted on this day.
    int64_t day = 0;
    std::unordered_set<int64_t> noted;
};

EmbeddingCache::EmbeddingCache(const fs::path& folder, std::optional<bool> isOnNetwork)
    : m_folder(folder), m_pending(std::make_unique<Pending>()) {
    std::error_code error;
    fs::create_directories(folder, error);
    m_isOnNetwork = isOnNetwork.value_or(diagonal::isOnNetwork(folder));
    m_file = databaseOf(folder, m_isOnNetwork, 0);
    if (error) {
        tell("Going on without the cache of embeddings: " + displayName(folder) + ": " + error.message() + ".");
        return;
    }
    if (fs::is_regular_file(folder / kOldName, error)) {
        removeDatabase(folder / kOldName);
        tell("The cache of embeddings has another form in this version: it is begun anew.");
    }
    m_file = databaseOf(folder, m_isOnNetwork, newestNumber(folder, m_isOnNetwork));
    try {
        open();
    } catch (const SqliteError& failure) {
        fail(failure, m_file);
    }
}

EmbeddingCache::~EmbeddingCache() {
    flush();
    const std::lock_guard lock(m_writing);
    endEviction();
}

fs::path EmbeddingCache::defaultFolder() {
    const std::string folder = environment("DIAGONAL_EMBEDDING_CACHE");
    if (folder == "off") return {};
    if (folder.starts_with("~/")) return fs::path(environment("HOME")) / folder.substr(2);
    if (!folder.empty()) return folder;
    const std::string cache = environment("XDG_CACHE_HOME");
    return (cache.empty() ? fs::path(environment("HOME")) / ".cache" : fs::path(cache)) / "diagonal";
}

void EmbeddingCache::open() {
    m_reader = std::make_unique<EmbeddingTable>(m_file, m_isOnNetwork);
    m_writer = std::make_unique<EmbeddingTable>(m_file, m_isOnNetwork);
    m_isOpen = true;
}

bool EmbeddingCache::isOpen() const {
    return m_isOpen;
}

void EmbeddingCache::tell(std::string message) {
    const std::lock_guard lock(m_mutex);
    m_messages.push_back(std::move(message));
}

std::vector<std::string> EmbeddingCache::takeMessages() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_messages, {});
}

bool EmbeddingCache::read(const std::function<void(EmbeddingTable&)>& work) {
    return run(m_reading, m_reader, work);
}

bool EmbeddingCache::write(const std::function<void(EmbeddingTable&)>& work) {
    return run(m_writing, m_writer, work);
}

bool EmbeddingCache::run(std::mutex& mutex, const std::unique_ptr<EmbeddingTable>& table,
                         const std::function<void(EmbeddingTable&)>& work) {
    std::unique_lock lock(mutex);
    const fs::path file = m_file;
    try {
        if (table) work(*table);
        return table != nullptr;
    } catch (const SqliteError& error) {
        lock.unlock();
        fail(error, file);
    }
    return false;
}

/// A damaged database stays where it is, for other processes may have it open: SQLite would mix what they write to its
/// log with that of another one of its name. The next process that opens the cache removes it.
void EmbeddingCache::fail(const SqliteError& error, const fs::path& file) {
    const std::scoped_lock lock(m_writing, m_reading);
    if ((error.isBusy() && m_isOpen) || file != m_file) return;
    const bool isReplacing = error.isDamage() && !std::exchange(m_replaced, m_replaced || error.isDamage());
    m_reader.reset();
    m_writer.reset();
    m_isOpen = false;
    std::string reason = error.what();
    if (isReplacing) {
        // Another process may have begun a new one already.
        const auto old = numberOf(file.filename().native(), m_isOnNetwork).value_or(0);
        for (int64_t number = old + 1;; ++number) {
            m_file = databaseOf(m_folder, m_isOnNetwork, number);
            if (!fs::exists(databaseOf(m_folder, m_isOnNetwork, number + 1))) break;
        }
        try {
            open();
            tell("The cache of embeddings was damaged; a new one is begun.");
            return;
        } catch (const SqliteError& again) {
            m_reader.reset();
            m_isOpen = false;
            reason = again.what();
        }
    }
    tell("Going on without the cache of embeddings: " + displayName(m_file) + ": " + reason + ".");
}

std::optional<CachedEmbedding> EmbeddingCache::find(const ContentHash& context, const fs::path& file,
                                                    const FileStamp& stamp) {
    if (!m_isOpen) return std::nullopt;
    const std::string name = absoluteName(file);
    std::optional<EmbeddingTable::Found> found;
    read([&](EmbeddingTable& table) {
        const auto content = table.contentOf(name, stamp);
        if (content) found = table.find(context, *content);
    });
    if (!found) return std::nullopt;
    use(found->block);
    return std::move(found->embedding);
}

std::optional<CachedEmbedding> EmbeddingCache::find(const ContentHash& context, const ContentHash& content) {
    std::optional<EmbeddingTable::Found> found;
    read([&](EmbeddingTable& table) { found = table.find(context, content); });
    if (!found) return std::nullopt;
    use(found->block);
    return std::move(found->embedding);
}

/// Noted once a day.
void EmbeddingCache::use(int64_t block) {
    const std::lock_guard lock(m_mutex);
    if (const int64_t day = today(); m_pending->day != day) {
        m_pending->day = day;
        m_pending->noted.clear();
    }
    if (m_pending->noted.insert(block).second) m_pending->used.push_back(block);
}

void EmbeddingCache::add(const ContentHash& context, CacheEntry entry) {
    if (!m_isOpen || !isFiniteRow(entry.embedding.values)) return;
    {
        const std::lock_guard lock(m_mutex);
        if (entry.stamp) m_pending->files.push_back({absoluteName(entry.file), *entry.stamp, entry.content});
        m_pending->bytes += entry.embedding.values.size() * sizeof(float);
        m_pending->rows.push_back({context, entry.content, std::move(entry.embedding)});
        if (!isPendingFull()) return;
    }
    flush();
}

void EmbeddingCache::addFile(const fs::path& file, const FileStamp& stamp, const ContentHash& content) {
    if (!m_isOpen) return;
    {
        const std::lock_guard lock(m_mutex);
        m_pending->files.push_back({absoluteName(file), stamp, content});
        if (!isPendingFull()) return;
    }
    flush();
}

bool EmbeddingCache::isPendingFull() const {
    return m_pending->rows.size() >= kEntriesAtOnce || m_pending->bytes >= kBytesAtOnce ||
           m_pending->files.size() >= kNotesAtOnce ||
           std::chrono::steady_clock::now() - m_pending->begun > kLongestPending;
}

void EmbeddingCache::flush() {
    write([&](EmbeddingTable& table) {
        Pending pending;
        {
            const std::lock_guard lock(m_mutex);
            std::swap(pending, *m_pending);
            m_pending->day = pending.day;
            m_pending->noted.swap(pending.noted);
        }
        if (pending.rows.empty() && pending.files.empty() && pending.used.empty()) return;
        table.write(pending.rows, pending.files, pending.used, today());
        if (const int64_t limit = limitOf(table), used = table.usedBytes(); used > limit) {
            // Where rows come faster than they go, who adds them waits.
            if (used > limit + limit / 8) endEviction();
            beginEviction(limit);
        }
    });
}

/// On a thread and a connection of its own: its transactions are short, and others find and write between them.
void EmbeddingCache::beginEviction(int64_t limit) {
    if (m_isEvicting) return;
    endEviction();
    m_isEvicting = true;
    m_evictor = std::thread([this, limit, file = m_file] {
        try {
            const auto day = EmbeddingTable(file, m_isOnNetwork).evict(limit);
            if (day && *day >= today() && !m_isToldTooSmall.exchange(true))
                tell(
                    "The cache of embeddings is too small for all pictures of today: “diagonal-cli cache limit SIZE” "
                    "makes "
                    "it larger.");
        } catch (const SqliteError&) {
            // Whoever is in the way, or damage: who finds and writes meets it too.
        }
        m_isEvicting = false;
    });
}

void EmbeddingCache::endEviction() {
    if (m_evictor.joinable()) m_evictor.join();
}

int64_t EmbeddingCache::limitOf(EmbeddingTable& table) const {
    if (const std::string given = environment("DIAGONAL_EMBEDDING_CACHE_LIMIT"); !given.empty())
        if (const auto bytes = parseBytes(given)) return *bytes;
    return table.limit().value_or(kDefaultLimit);
}

CacheInfo EmbeddingCache::info() {
    flush();
    CacheInfo info;
    info.limit = kDefaultLimit;
    info.isOnNetwork = m_isOnNetwork;
    read([&](EmbeddingTable& table) {
        info.embeddings = table.rows();
        info.files = table.files();
        info.limit = limitOf(table);
    });
    const std::lock_guard lock(m_reading);
    info.file = m_file;
    for (const char* ending : {"", "-wal"}) {
        std::error_code error;
        const auto size = fs::file_size(m_file.native() + ending, error);
        if (!error) info.bytes += static_cast<int64_t>(size);
    }
    return info;
}

void EmbeddingCache::clear() {
    std::string problem;
    write([&](EmbeddingTable& table) {
        endEviction();
        {
            const std::lock_guard lock(m_mutex);
            *m_pending = {};
        }
        try {
            table.clear();
        } catch (const SqliteError& error) {
            problem = error.isBusy() ? "another program uses it" : error.what();
            throw;
        }
    });
    if (!problem.empty())
        throw Error(displayName(m_file), "the cache of embeddings was not cleared: " + problem, "Try again later");
}

void EmbeddingCache::setLimit(int64_t bytes) {
    flush();
    const bool done = write([&](EmbeddingTable& table) {
        endEviction();
        table.setLimit(bytes);
        table.evict(limitOf(table));
        table.shrink();
    });
    if (!done) throw Error(displayName(m_file), "cannot be written, so the limit was not kept");
}

}  // namespace diagonal
