// SPDX-License-Identifier: Apache-2.0
#include "training/data/webdataset.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "engine/inference/zero_shot.h"
#include "training/data/csv_dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/json_elements.h"
#include "training/data/parallel.h"
#include "training/data/prompt_templates.h"
#include "training/data/shards.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr uint64_t kLargestImage = uint64_t{1} << 30;
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

/// Adds a caption to those that a sample has, unless it has it.
void addOnce(std::vector<std::string>& captions, std::string_view caption) {
    std::string text = oneLine(caption);
    if (std::find(captions.begin(), captions.end(), text) == captions.end()) captions.push_back(std::move(text));
}

/// A sample as it is gathered.
struct Sample {
    std::string key;
    uint64_t offset = 0, size = 0;  ///< of the image in the shard
    std::vector<std::string> captions;
    std::string label;
    bool isPlain = false;  ///< the image is KEY.png, say, not KEY.mask.png
    bool captionsFromJson = false;
};

struct Shard {
    std::vector<Sample> samples;
    std::vector<std::string> notes;
    bool isMissing = false;
};

/// What stands behind the last dot: WebDataset's own decoders go by it.
std::string typeOf(const std::string& name) {
    const size_t dot = name.rfind('.');
    return lowered(name.substr(dot == std::string::npos ? name.size() : dot));
}

/// The part of the name that the files of a sample share; empty for files of no sample.
std::string keyOf(const std::string& name) {
    const size_t slash = name.rfind('/');
    const size_t base = slash == std::string::npos ? 0 : slash + 1;
    const size_t dot = name.find('.', base);
    return dot == std::string::npos || dot == base ? std::string() : name.substr(0, dot);
}

bool isText(const std::string& name) {
    const std::string type = typeOf(name);
    return type == ".txt" || type == ".json" || type == ".cls";
}

/// Takes the members of one shard.
class ShardReader {
  public:
    Shard read(const fs::path& path) {
        const std::string name = displayName(path.filename());
        const auto note = [&](const std::string& problem) { m_shard.notes.push_back(name + ": " + problem); };
        try {
            readShard(
                path, isText, [&](const ShardMember& member, const std::string& small) { add(member, small, note); },
                note);
        } catch (const Error& error) {
            m_shard.isMissing = true;
            note(error.problem() + (error.remedy().empty() ? "" : ". " + error.remedy()));
        }
        return std::move(m_shard);
    }

  private:
    template <typename Note>
    void add(const ShardMember& member, const std::string& small, const Note& note) {
        const std::string key = keyOf(member.name);
        if (key.empty() || key.size() > kLongestName) return;
        if (!isText(member.name) && !hasImageExtension(member.name)) return;
        if (!m_names.insert(member.name).second) return note(displayName(member.name) + " is there twice");
        const auto [found, isNew] = m_byKey.try_emplace(key, m_shard.samples.size());
        if (isNew) m_shard.samples.emplace_back().key = key;
        Sample& sample = m_shard.samples[found->second];
        if (isText(member.name)) {
            if (const char* problem = addText(sample, typeOf(member.name), small, member.size); problem != nullptr)
                note(displayName(member.name) + ": " + problem);
        } else if (const bool isPlain = member.name == key + member.name.substr(member.name.rfind('.'));
                   sample.isPlain || (sample.size > 0 && !isPlain)) {
            note(displayName(member.name) + " is left out, its sample has another image");
        } else if (member.size == 0 || member.size > kLargestImage) {
            note(displayName(member.name) + (member.size == 0 ? " is empty" : " is too large for an image"));
        } else {
            sample.isPlain = isPlain;
            sample.offset = member.offset;
            sample.size = member.size;
        }
    }

    static const char* addText(Sample& sample, const std::string& type, const std::string& text, uint64_t size) {
        if (text.size() != size) return "is too long for a caption";
        if (type == ".json") return addJson(sample, text);
        if (const char* problem = problemOf("image", text); problem != nullptr) return problem;
        if (type == ".cls") {
            sample.label = oneLine(text);
            return nullptr;
        }
        if (sample.captionsFromJson) sample.captions.clear();
        sample.captionsFromJson = false;
        addOnce(sample.captions, text);
        return nullptr;
    }

    /// The caption of a .txt goes before that of a .json, where img2dataset repeats it.
    static const char* addJson(Sample& sample, const std::string& text) {
        const json object = parseObject(text);
        if (object.is_null()) return "this is no JSON object";
        if (!sample.captions.empty()) return nullptr;
        for (const char* key : {"caption", "text"}) {
            const auto member = object.find(key);
            if (member == object.end()) continue;
            for (const std::string& one : textsOf(*member))
                if (problemOf("image", one) == nullptr) addOnce(sample.captions, one);
            sample.captionsFromJson = !sample.captions.empty();
            if (sample.captionsFromJson) return nullptr;
        }
        return nullptr;
    }

    Shard m_shard;
    std::unordered_map<std::string, size_t> m_byKey;
    std::unordered_set<std::string> m_names;
};

/// What the numbers in .cls files mean, or nothing.
std::vector<std::string> classNames(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failure;
    for (const fs::path& file : {folder / "classnames.txt", folder / ".." / "classnames.txt"}) {
        if (!fs::is_regular_file(file, failure)) continue;
        std::istringstream text(readText(file, uint64_t{16} << 20));
        for (std::string line; std::getline(text, line);)
            names.emplace_back(isUtf8(line) ? trimmed(line) : std::string_view());
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
    WebDataset(const std::string& spec, std::vector<fs::path> shards, const DatasetOptions& options)
        : Dataset({.kind = "WebDataset"}),
          m_shards(std::move(shards)),
          m_templates(promptTemplates(options.templates)) {
        Labels labels(m_shards.front().parent_path());
        Warnings notes;
        size_t ofOtherSplits = 0;
        std::vector<Shard> read;
        for (size_t begin = 0; begin < m_shards.size(); begin += read.size()) {
            read.assign(std::min(kShardsAtOnce, m_shards.size() - begin), {});
            parallelFor(read.size(), decodingThreads(),
                        [&](size_t i) { read[i] = ShardReader().read(m_shards[begin + i]); });
            for (size_t i = 0; i < read.size(); ++i) {
                for (std::string& note : read[i].notes)
                    notes.add(std::move(note));
                if (read[i].isMissing) ++m_info.missing;
                const Split split = splitOfShard(m_shards[begin + i]);
                const bool isWanted = options.split == Split::All || options.split == split;
                if (!isWanted) ofOtherSplits += read[i].samples.size();
                for (const Sample& sample : read[i].samples)
                    if (isWanted) add(begin + i, split, sample, labels, notes);
            }
        }
        m_info.labels = labels.take();
        m_info.promptTemplate = m_templates.front();
        for (const std::string& label : m_info.labels)
            for (auto& captions = m_classCaptions.emplace_back(); const std::string& text : m_templates)
                captions.push_back(fillTemplate(text, label));
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
    int label(size_t index) const override { return m_samples.at(index).label; }
    Split split(size_t index) const override { return m_samples.at(index).split; }
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

    void add(size_t shard, Split split, const Sample& sample, Labels& labels, Warnings& notes) {
        const std::string name = displayName(m_shards[shard].filename()) + "/" + displayName(sample.key);
        if (sample.size == 0) return notes.add(name + ": a sample without an image");
        const int label = labels.indexOf(sample.label);
        if (sample.captions.empty() && (label < 0 || labels[label].empty())) {
            return notes.add(name + (sample.label.empty()
                                         ? ": an image without a caption"
                                         : ": classnames.txt does not name its class " + sample.label));
        }
        const size_t index = m_texts.add(sample.key);
        for (const std::string& caption : sample.captions)
            m_texts.addCaption(index, caption);
        m_samples.push_back(
            {sample.offset, static_cast<uint32_t>(sample.size), static_cast<uint32_t>(shard), label, split});
    }

    std::vector<fs::path> m_shards;
    std::vector<std::string> m_templates;
    SampleTexts m_texts;  ///< without captions: those of its class
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
    return std::make_shared<WebDataset>(spec, shardsOf(spec), options);
}

}  // namespace diagonal
