// SPDX-License-Identifier: Apache-2.0
#include "engine/image/sort_journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kVersion = 1;

/// Names need not be UTF-8: such a one is kept as hexadecimal digits.
OrderedJson encode(const fs::path& path) {
    if (isUtf8(path.native())) return path.native();
    return {{"bytes", hexadecimal(path.native())}};
}

fs::path decode(const OrderedJson& json) {
    if (json.is_string()) return json.get<std::string>();
    const auto digits = json.at("bytes").get<std::string>();
    std::string name;
    for (size_t i = 0; i + 1 < digits.size(); i += 2)
        name += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return name;
}

std::string newId() {
    std::random_device random;
    const auto time = std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
    return std::to_string(time) + "-" + std::to_string(random());
}

/// Only what lies below the destination is ever touched there.
bool isBelow(const fs::path& path) {
    if (path.empty() || path.is_absolute()) return false;
    for (const auto& part : path)
        if (part == "..") return false;
    return true;
}

void readLine(const OrderedJson& line, int64_t offset, std::optional<JournalSort>& sort) {
    if (line.contains("sort")) {
        if (line.at("version").get<int>() != kVersion) throw Error("the sort", "was made by another Diagonal");
        sort.emplace();
        sort->id = line.at("sort").get<std::string>();
        sort->mode = line.at("mode") == "move" ? SortMode::Move : SortMode::Copy;
        sort->offset = offset;
    } else if (line.contains("folder")) {
        sort.value().folders.push_back(decode(line.at("folder")));
    } else if (line.contains("from")) {
        JournalEntry entry{decode(line.at("from")),
                           decode(line.at("to")),
                           {line.at("size").get<int64_t>(), line.at("modified").get<int64_t>()},
                           {},
                           JournalEntry::State::Begun};
        if (!entry.from.is_absolute() || !isBelow(entry.to)) throw Error("a path", "is not one of a sort");
        if (line.contains("link")) entry.link = decode(line.at("link"));
        sort.value().entries[line.at("file").get<size_t>()] = std::move(entry);
    } else if (line.contains("done")) {
        JournalEntry& entry = sort.value().entries.at(line.at("done").get<size_t>());
        entry.state = JournalEntry::State::Done;
        entry.stamp = {line.at("size").get<int64_t>(), line.at("modified").get<int64_t>()};
    } else {
        sort.value().entries.at(line.at("failed").get<size_t>()).state = JournalEntry::State::Failed;
    }
}

}  // namespace

fs::path SortJournal::fileOf(const fs::path& destination) {
    return destination / ".diagonal-sort.jsonl";
}

fs::path SortJournal::temporaryOf(const fs::path& target, size_t number) {
    return target.parent_path() / (".diagonal-sort-" + std::to_string(number) + ".part");
}

SortJournal::SortJournal(const fs::path& destination, bool create) : m_file(fileOf(destination)) {
    const std::string name = displayName(m_file);
    while (true) {
        m_descriptor = ::open(m_file.c_str(),
                              O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | (create ? O_CREAT : 0), 0666);
        if (m_descriptor < 0 && errno == ENOENT)
            throw Error(displayName(destination), "nothing was sorted into this folder", "Name the folder of --to");
        if (m_descriptor < 0) throw Error(name, std::string("cannot be written: ") + std::strerror(errno));
        struct stat status = {};
        const bool isRegular = ::fstat(m_descriptor, &status) == 0 && S_ISREG(status.st_mode);
        const bool isLocked = isRegular && (::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);
        // Between open and lock an undo that came to its end may have removed the file: nobody would find what is
        // written there.
        if (isLocked && ::fstat(m_descriptor, &status) == 0 && status.st_nlink > 0) return;
        ::close(m_descriptor);
        if (!isRegular) throw Error(name, "is not a regular file");
        if (!isLocked)
            throw Error(displayName(destination), "another sort into this folder is under way", "Wait for it");
    }
}

SortJournal::~SortJournal() {
    ::close(m_descriptor);
}

void SortJournal::write(const std::string& line) {
    const std::string text = line + "\n";
    size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::write(m_descriptor, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            throw Error(displayName(m_file), std::string("cannot be written: ") + std::strerror(errno),
                        "Free some space; what was done so far can be undone");
        done += static_cast<size_t>(count);
    }
}

std::string SortJournal::begin(SortMode mode) {
    // A line that a killed run left unfinished is ended, and so counts as none.
    char end = '\n';
    const off_t size = ::lseek(m_descriptor, 0, SEEK_END);
    if (size > 0 && ::pread(m_descriptor, &end, 1, size - 1) == 1 && end != '\n') write("");
    std::string id = newId();
    write(OrderedJson{{"sort", id}, {"version", kVersion}, {"mode", mode == SortMode::Move ? "move" : "copy"}}.dump());
    return id;
}

void SortJournal::madeFolder(const fs::path& folder) {
    write(OrderedJson{{"folder", encode(folder)}}.dump());
}

void SortJournal::beginFile(size_t number, const JournalEntry& entry) {
    OrderedJson line = {{"file", number},
                        {"from", encode(entry.from)},
                        {"to", encode(entry.to)},
                        {"size", entry.stamp.size},
                        {"modified", entry.stamp.modified}};
    if (entry.link) line["link"] = encode(*entry.link);
    write(line.dump());
}

void SortJournal::sync() {
    ::fdatasync(m_descriptor);
}

void SortJournal::endFile(size_t number, const FileMark& target) {
    write(OrderedJson{{"done", number}, {"size", target.size}, {"modified", target.modified}}.dump());
}

void SortJournal::failFile(size_t number) {
    write(OrderedJson{{"failed", number}}.dump());
}

std::optional<JournalSort> SortJournal::last() const {
    const std::string text = readText(m_file, uint64_t{1} << 34);
    std::optional<JournalSort> sort;
    int number = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t end = text.find('\n', at);
        if (end == std::string::npos) break;
        ++number;
        const OrderedJson line = OrderedJson::parse(text.begin() + static_cast<int64_t>(at),
                                                    text.begin() + static_cast<int64_t>(end), nullptr, false);
        // What a killed run left unfinished had not been done yet.
        if (line.is_object()) {
            try {
                readLine(line, static_cast<int64_t>(at), sort);
            } catch (const std::exception&) {
                throw Error(displayName(m_file) + ":" + std::to_string(number), "is not a line of a sort",
                            "Nothing was undone; look at the file");
            }
        }
        at = end + 1;
    }
    return sort;
}

void SortJournal::remove(const JournalSort& sort) {
    const int result = sort.offset == 0 ? ::unlink(m_file.c_str()) : ::ftruncate(m_descriptor, sort.offset);
    if (result != 0) throw Error(displayName(m_file), std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace diagonal
