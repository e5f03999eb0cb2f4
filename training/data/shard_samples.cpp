// SPDX-License-Identifier: Apache-2.0
#include "training/data/shard_samples.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "training/data/csv_dataset.h"
#include "training/data/json_elements.h"
#include "training/data/shards.h"

namespace diagonal {

namespace {

using nlohmann::json;

/// open_clip's "jpg;png;jpeg;webp": of several images of a sample the first of these is taken.
constexpr std::array<std::string_view, 4> kPreferred = {"jpg", "png", "jpeg", "webp"};

/// A member's place in a sample.
struct Field {
    std::string key;   ///< that the files of a sample share; empty for files of no sample
    std::string name;  ///< in lower case: "jpg", "seg.png"
};

/// As base_plus_ext of the webdataset package.
Field fieldOf(const std::string& name) {
    const size_t slash = name.rfind('/');
    const size_t base = slash == std::string::npos ? 0 : slash + 1;
    const size_t dot = name.find('.', base);
    if (dot == std::string::npos || dot == base) return {};
    return {name.substr(0, dot), lowered(name.substr(dot + 1))};
}

/// "__meta__" and what is below such a folder belong to no sample, as for the webdataset package.
bool isMeta(const std::string& name) {
    const std::string first = name.substr(0, name.find('/'));
    return first.size() > 3 && first.starts_with("__") && first.ends_with("__");
}

bool isText(const std::string& name) {
    const std::string field = fieldOf(name).name;
    return field == "json" || field == "cls" || field == "txt" || field.ends_with(".txt");
}

bool isImageField(const std::string& field) {
    return field.find('.') == std::string::npos && hasImageExtension("x." + field);
}

/// Takes the members of one shard.
class ShardReader {
  public:
    ShardReader(const CaptionKeys& keys, const std::string& imageField) : m_keys(keys), m_imageField(imageField) {}

    ShardContent read(const std::filesystem::path& path) {
        const std::string name = displayName(path.filename());
        const auto note = [&](const std::string& problem) { m_shard.notes.push_back(name + ": " + problem); };
        try {
            m_shard.isWhole = readShard(
                path, isText, [&](const ShardMember& member, const std::string& small) { add(member, small, note); },
                note);
            noteOthers(note);
        } catch (const Error& error) {
            m_shard.isMissing = true;
            note(error.problem() + (error.remedy().empty() ? "" : ". " + error.remedy()));
        }
        return std::move(m_shard);
    }

  private:
    /// Names the images and captions that are no image and no caption of their sample by webdataset's rule: one by one
    /// where the sample has no image without them, else some of them.
    void noteOthers(const auto& note) const {
        constexpr size_t kNamed = 5;
        std::vector<std::string> further;
        for (const auto& [member, field] : m_others) {
            const auto found = m_byKey.find(field.key);
            if (found != m_byKey.end() && m_shard.samples[found->second].size > 0)
                further.push_back(displayName(member));
            else if (hasImageExtension(field.name))
                note(displayName(member) + " is left out: a key ends at the first dot of a name, so it is the field “" +
                     displayName(field.name) + "” of the sample “" + displayName(field.key) +
                     "”, which has no image: rename it" +
                     (m_imageField.empty() ? ", or name the field, where all samples have it, with --image-key" : ""));
        }
        if (further.empty()) return;
        const std::string count = std::to_string(further.size()) + (further.size() == 1 ? " file is" : " files are");
        if (further.size() > kNamed) {
            further.resize(kNamed);
            further.emplace_back("…");
        }
        note(count + " left out, since a key ends at the first dot of a name and their samples have another image (" +
             joined(further) + "): rename them where they are samples of their own");
    }

    /// How far the sample with the same number is.
    struct State {
        std::string image;            ///< the member's name
        size_t imageRank = SIZE_MAX;  ///< among several images the least is taken
        bool captionsFromJson = false;
    };

    bool isImage(const std::string& field) const {
        return m_imageField.empty() ? isImageField(field) : field == m_imageField;
    }

    template <typename Note>
    void add(const ShardMember& member, const std::string& small, const Note& note) {
        const Field field = fieldOf(member.name);
        if (field.key.empty() || field.key.size() > kLongestName || isMeta(member.name)) return;
        if (!isText(member.name) && !isImage(field.name)) {
            if (field.name.find('.') != std::string::npos && hasImageExtension(field.name))
                m_others.emplace_back(member.name, field);
            return;
        }
        if (field.name.ends_with(".txt") && std::ranges::find(m_keys.names, field.name) == m_keys.names.end()) {
            if (m_keys.names.empty()) m_others.emplace_back(member.name, field);
            return;
        }
        if (!m_names.insert(member.name).second) return note(displayName(member.name) + " is there twice");
        const auto [found, isNew] = m_byKey.try_emplace(field.key, m_shard.samples.size());
        if (isNew) {
            m_shard.samples.emplace_back().key = field.key;
            m_states.emplace_back();
        }
        ShardSample& sample = m_shard.samples[found->second];
        State& state = m_states[found->second];
        if (isText(member.name)) {
            if (const char* problem = addText(sample, state, field.name, small, member.size); problem != nullptr)
                note(displayName(member.name) + ": " + problem);
        } else {
            addImage(sample, state, member, field.name, note);
        }
    }

    template <typename Note>
    void addImage(ShardSample& sample, State& state, const ShardMember& member, const std::string& field,
                  const Note& note) {
        const auto rank = static_cast<size_t>(std::ranges::find(kPreferred, field) - kPreferred.begin());
        if (member.size == 0 || member.size > kLargestImage)
            return note(displayName(member.name) + (member.size == 0 ? " is empty" : " is too large for an image"));
        if (sample.size > 0)
            note(displayName(rank < state.imageRank ? state.image : member.name) +
                 " is left out, its sample has another image");
        if (rank >= state.imageRank) return;
        state.imageRank = rank;
        state.image = member.name;
        sample.offset = member.offset;
        sample.size = member.size;
    }

    const char* addText(ShardSample& sample, State& state, const std::string& field, const std::string& bytes,
                        uint64_t size) const {
        if (bytes.size() != size) return "is too long for a caption";
        const std::string text = withoutMark(bytes);
        if (field == "json") return addJson(sample, state, text);
        const auto key = std::ranges::find(m_keys.names, field);
        if (field != "cls" && key == m_keys.names.end() && !m_keys.names.empty()) return nullptr;
        if (const char* problem = problemOf("image", text); problem != nullptr) return problem;
        if (field == "cls") {
            sample.label = oneLine(text);
            return nullptr;
        }
        if (state.captionsFromJson) sample.captions.clear();
        state.captionsFromJson = false;
        addOnce(sample, text, static_cast<size_t>(key - m_keys.names.begin()));
        return nullptr;
    }

    /// Without keys the caption of a .txt goes before that of a .json, where img2dataset repeats it.
    const char* addJson(ShardSample& sample, State& state, const std::string& text) const {
        const json object = parseObject(text);
        if (object.is_null()) return "this is no JSON object";
        const char* problem = nullptr;
        for (size_t source = 0; source < m_keys.names.size(); ++source)
            addMember(sample, object, m_keys.names[source], source, problem);
        if (!m_keys.names.empty() || !sample.captions.empty()) return problem;
        for (const char* key : {"caption", "text"}) {
            addMember(sample, object, key, 0, problem);
            state.captionsFromJson = !sample.captions.empty();
            if (state.captionsFromJson) break;
        }
        return problem;
    }

    /// problem: of the last text that is no caption.
    static void addMember(ShardSample& sample, const json& object, const std::string& key, size_t source,
                          const char*& problem) {
        const auto member = object.find(key);
        if (member == object.end()) return;
        for (const std::string& one : textsOf(*member)) {
            if (const char* found = problemOf("image", one); found != nullptr)
                problem = found;
            else
                addOnce(sample, one, source);
        }
    }

    /// Adds a caption to those that a sample has, unless it has it.
    static void addOnce(ShardSample& sample, std::string_view caption, size_t source) {
        std::string text = oneLine(caption);
        const auto isSame = [&](const ShardSample::Caption& one) { return one.text == text; };
        if (std::ranges::none_of(sample.captions, isSame)) sample.captions.push_back({std::move(text), source});
    }

    const CaptionKeys& m_keys;
    const std::string& m_imageField;  ///< empty: the endings of images
    ShardContent m_shard;
    std::vector<State> m_states;
    std::unordered_map<std::string, size_t> m_byKey;
    std::unordered_set<std::string> m_names;
    std::vector<std::pair<std::string, Field>> m_others;  ///< images and captions in other fields
};

}  // namespace

ShardContent readShardContent(const std::filesystem::path& path, const CaptionKeys& keys,
                              const std::string& imageField) {
    return ShardReader(keys, imageField).read(path);
}

}  // namespace diagonal
