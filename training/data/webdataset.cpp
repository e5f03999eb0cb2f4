// SPDX-License-Identifier: Apache-2.0
#include "training/data/webdataset.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <optional>
#include <sstream>
#include <thread>
#include <unordered_map>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "engine/inference/zero_shot.h"
#include "training/data/file_dataset.h"
#include "training/data/parallel.h"
#include "training/data/prompt_templates.h"
#include "training/data/shard_index.h"
#include "training/data/shards.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kShardsAtOnce = 64;

bool isTar(const fs::path& path) {
    const std::string name = lowered(path.filename().string());
    return name.ends_with(".tar") || name.ends_with(".tgz") || name.ends_with(".tar.gz") ||
           name.ends_with(".tar.zst") || name.ends_with(".tar.xz") || name.ends_with(".tar.bz2");
}

std::vector<fs::path> tarsIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure))
        if (isTar(entry->path()) && !entry->path().filename().native().starts_with('.')) files.push_back(entry->path());
    std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
        // "9.tar" before "10.tar"
        return std::make_pair(a.native().size(), a.native()) < std::make_pair(b.native().size(), b.native());
    });
    return files;
}

/// "train" in "cc3m-train-0012.tar", or of the folder.
Split splitOfShard(const fs::path& path) {
    std::string words = path.stem().string();
    std::replace_if(
        words.begin(), words.end(), [](char c) { return c == '-' || c == '_' || c == '.'; }, ' ');
    std::istringstream stream(words);
    for (std::string word; stream >> word;)
        if (const Split split = splitOfName(word); split != Split::All) return split;
    return splitOfName(path.parent_path().filename().string());
}

std::vector<fs::path> shardsOf(const std::string& spec) {
    std::error_code failure;
    if (fs::is_directory(spec, failure)) {
        auto files = tarsIn(spec);
        for (const char* name : {"train", "validation", "val", "valid", "dev", "test"})
            for (fs::path& file : tarsIn(fs::path(spec) / name))
                files.push_back(std::move(file));
        if (files.empty())
            throw Error(displayName(spec), "there are no .tar files in this folder", "Give the folder of the shards");
        return files;
    }
    if (fs::exists(spec, failure) || !isShardPattern(spec)) return {spec};
    const auto names = expandShards(spec);
    return {names.begin(), names.end()};
}

/// A shard as it is opened: from its index, or read and indexed.
struct OpenShard {
    std::optional<ShardTable> table;
    std::string problem;  ///< there is no such tar file
};

/// --image-key where it names a field with an image; the column of a table, say, is for other data.
std::string imageFieldOf(const DatasetOptions& options) {
    return hasImageExtension("x." + options.imageKey) ? lowered(options.imageKey) : std::string();
}

/// Opens shards, several at once.
class ShardOpener {
  public:
    ShardOpener(const std::vector<fs::path>& shards, const CaptionKeys& keys, const DatasetOptions& options)
        : m_shards(shards),
          m_keys(keys),
          m_imageField(imageFieldOf(options)),
          m_job(options.opening),
          m_indexes(keys, m_imageField) {}

    /// The shards from `begin` on. Throws Cancelled.
    std::vector<OpenShard> open(size_t begin, size_t count) {
        std::vector<OpenShard> opened(count);
        const auto caller = std::this_thread::get_id();
        parallelFor(count, decodingThreads(), [&](size_t i) {
            m_job.throwIfStopped();
            bool isRead = false;
            opened[i] = openOne(m_shards[begin + i], isRead);
            const auto done = static_cast<int64_t>(++m_done);
            if (isRead && std::this_thread::get_id() == caller)
                m_job.progress(done, static_cast<int64_t>(m_shards.size()));
        });
        return opened;
    }

  private:
    OpenShard openOne(const fs::path& shard, bool& isRead) {
        const auto state = ShardState::of(shard);
        if (state)
            if (auto table = m_indexes.find(shard, *state)) return {std::move(table), {}};
        isRead = true;
        const ShardContent content = readShardContent(shard, m_keys, m_imageField);
        if (content.isMissing) return {std::nullopt, content.notes.back()};
        std::string bytes = ShardTable::encoded(content);
        // What could not be read may be read next time: a disk had a bad moment, a copy was under way.
        if (state && content.isWhole) m_indexes.keep(shard, *state, bytes);
        constexpr uint64_t kAnySize = ~uint64_t{0};  // it may have grown
        return {ShardTable::from(std::move(bytes), kAnySize, m_keys.sources()), {}};
    }

    const std::vector<fs::path>& m_shards;
    const CaptionKeys& m_keys;
    const std::string m_imageField;
    const JobContext& m_job;
    ShardIndexes m_indexes;
    std::atomic<size_t> m_done{0};
};

/// What the numbers in .cls files mean, or nothing.
std::vector<std::string> classNames(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failure;
    for (const fs::path& file : {folder / "classnames.txt", folder / ".." / "classnames.txt"}) {
        if (!fs::is_regular_file(file, failure)) continue;
        const std::string text = readPlainText(file, uint64_t{16} << 20);
        for (const std::string_view line : linesOf(text))
            names.emplace_back(trimmed(line));
        return names;
    }
    return names;
}

std::optional<size_t> numberOf(const std::string& text) {
    size_t number = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || rest != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Labels of the .cls files: the names of their numbers, else their words.
class Labels {
  public:
    explicit Labels(const fs::path& folder) : m_words(classNames(folder)), m_areNumbered(!m_words.empty()) {}

    int indexOf(const std::string& text) {
        const auto number = numberOf(text);
        if (m_areNumbered) return number && *number < m_words.size() ? static_cast<int>(*number) : -1;
        if (text.empty() || number) return -1;  // a number without a name says nothing
        const auto [entry, isNew] = m_indices.try_emplace(text, static_cast<int>(m_words.size()));
        if (isNew) m_words.push_back(text);
        return entry->second;
    }
    const std::string& operator[](int index) const { return m_words[static_cast<size_t>(index)]; }
    std::vector<std::string> take() { return std::move(m_words); }

  private:
    std::vector<std::string> m_words;
    bool m_areNumbered;
    std::unordered_map<std::string, int> m_indices;
};

class WebDataset : public Dataset {
  public:
    WebDataset(const std::string& spec, std::vector<fs::path> shards, const CaptionKeys& keys,
               const DatasetOptions& options)
        : Dataset({.kind = "WebDataset", .captionProbabilities = keys.probabilities}),
          m_shards(std::move(shards)),
          m_templates(promptTemplates(options.templates)),
          m_texts(keys.sources()),
          m_isSeen(keys.sources()) {
        Labels labels(m_shards.front().parent_path());
        Warnings notes;
        size_t ofOtherSplits = 0;
        ShardOpener opener(m_shards, keys, options);
        for (size_t begin = 0; begin < m_shards.size(); begin += kShardsAtOnce) {
            const auto opened = opener.open(begin, std::min(kShardsAtOnce, m_shards.size() - begin));
            for (size_t i = 0; i < opened.size(); ++i) {
                if (!opened[i].table) {
                    notes.add(opened[i].problem);
                    ++m_info.missing;
                    continue;
                }
                const ShardTable& table = *opened[i].table;
                for (const std::string_view note : table.notes())
                    notes.add(std::string(note));
                const Split split = splitOfShard(m_shards[begin + i]);
                const bool isWanted = options.split == Split::All || options.split == split;
                if (!isWanted) ofOtherSplits += table.samples().size();
                for (const ShardTable::Sample& sample : table.samples())
                    if (isWanted) add(begin + i, split, sample, table.captions(sample), labels, notes);
            }
        }
        m_info.labels = labels.take();
        m_info.promptTemplate = m_templates.front();
        for (const std::string& label : m_info.labels)
            for (auto& captions = m_classCaptions.emplace_back(); const std::string& text : m_templates)
                captions.push_back(fillTemplate(text, label));
        for (size_t source = 0; source < keys.names.size() && !m_samples.empty(); ++source)
            if (!m_isSeen[source]) notes.add("no sample has a \"" + keys.names[source] + "\" (--caption-key)");
        m_info.warnings = notes.take();
        if (!m_samples.empty()) return;
        if (ofOtherSplits > 0) throw noSuchSplit(spec, options.split);
        throw Error(displayName(spec),
                    warnings().empty() ? "there are no images with captions in it"
                                       : "nothing in it could be used; the first problem: " + warnings().front(),
                    "A sample is NAME.jpg with NAME.txt, NAME.json or NAME.cls");
    }

    size_t size() const override { return m_samples.size(); }
    std::string name(size_t index) const override {
        return m_shards[m_samples.at(index).shard].filename().string() + "/" + m_texts.name(index);
    }
    size_t captionCount(size_t index) const override {
        const size_t own = m_texts.captionCount(index);
        return own > 0 ? own : m_templates.size();
    }
    std::string_view caption(size_t index, size_t number) const override {
        if (m_texts.captionCount(index) > 0) return m_texts.caption(index, number);
        return m_classCaptions[static_cast<size_t>(label(index))].at(number);
    }
    size_t captionSource(size_t index, size_t number) const override {
        return m_texts.captionCount(index) > 0 ? m_texts.captionSource(index, number) : 0;
    }
    int label(size_t index) const override { return m_samples.at(index).label; }
    Split split(size_t index) const override { return m_samples.at(index).split; }
    uint32_t stretch(size_t index) const override { return m_samples.at(index).shard; }
    Place place(size_t index) const override {
        const Entry& sample = m_samples.at(index);
        return {&m_shards[sample.shard], sample.offset, sample.size};
    }
    std::vector<uint8_t> bytes(size_t index) const override {
        const Entry& sample = m_samples.at(index);
        return readBytesAt(m_shards[sample.shard], sample.offset, sample.size);
    }

  protected:
    Image decode(size_t index, int enough) const override {
        return decodeImage(bytes(index), displayName(name(index)), enough);
    }

  private:
    struct Entry {
        uint64_t offset = 0;
        uint32_t size = 0, shard = 0;
        int32_t label = -1;
        Split split = Split::All;
    };

    void add(size_t shard, Split split, const ShardTable::Sample& sample, std::span<const ShardTable::Caption> captions,
             Labels& labels, Warnings& notes) {
        const auto note = [&](const std::string& problem) {
            notes.add(displayName(m_shards[shard].filename()) + "/" + displayName(sample.key) + ": " + problem);
        };
        if (sample.size == 0) return note("a sample without an image");
        const int label = labels.indexOf(std::string(sample.label));
        if (captions.empty() && (label < 0 || labels[label].empty())) {
            return note(sample.label.empty() ? "an image without a caption"
                                             : "classnames.txt does not name its class " + std::string(sample.label));
        }
        const size_t index = m_texts.add(sample.key);
        for (const auto& [text, source] : captions) {
            m_texts.addCaption(index, text, source);
            m_isSeen[source] = true;
        }
        m_samples.push_back(
            {sample.offset, static_cast<uint32_t>(sample.size), static_cast<uint32_t>(shard), label, split});
    }

    std::vector<fs::path> m_shards;
    std::vector<std::string> m_templates;
    SampleTexts m_texts;         ///< without captions: those of its class
    std::vector<bool> m_isSeen;  ///< [sources of captions] some sample has one
    std::vector<Entry> m_samples;
    std::vector<std::vector<std::string>> m_classCaptions;  ///< [labels]
};

}  // namespace

bool isWebDataset(const fs::path& path) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) return isTar(path) || isShardPattern(path.string());
    if (!tarsIn(path).empty()) return true;
    const char* const names[] = {"train", "validation", "val", "valid", "dev", "test"};
    return std::any_of(std::begin(names), std::end(names),
                       [&](const char* name) { return !tarsIn(path / name).empty(); });
}

std::shared_ptr<const Dataset> openWebDataset(const std::string& spec, const DatasetOptions& options) {
    return std::make_shared<WebDataset>(spec, shardsOf(spec), CaptionKeys::from(options.captionKey), options);
}

}  // namespace diagonal
