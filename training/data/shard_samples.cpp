// SPDX-License-Identifier: Apache-2.0
#include "training/data/shard_samples.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "training/data/csv_dataset.h"
#include "training/data/json_elements.h"
#include "training/data/shards.h"

namespace diagonal {

namespace {

using nlohmann::json;

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
    explicit ShardReader(const CaptionKeys& keys) : m_keys(keys) {
        const auto found = std::ranges::find(keys.names, "txt");
        m_textSource = static_cast<size_t>(found - keys.names.begin());
    }

    ShardContent read(const std::filesystem::path& path) {
        const std::string name = displayName(path.filename());
        const auto note = [&](const std::string& problem) { m_shard.notes.push_back(name + ": " + problem); };
        try {
            m_shard.isWhole = readShard(
                path, isText, [&](const ShardMember& member, const std::string& small) { add(member, small, note); },
                note);
        } catch (const Error& error) {
            m_shard.isMissing = true;
            note(error.problem() + (error.remedy().empty() ? "" : ". " + error.remedy()));
        }
        return std::move(m_shard);
    }

  private:
    /// How far the sample with the same number is.
    struct State {
        bool isPlain = false;  ///< the image is KEY.png, say, not KEY.mask.png
        bool captionsFromJson = false;
    };

    template <typename Note>
    void add(const ShardMember& member, const std::string& small, const Note& note) {
        const std::string key = keyOf(member.name);
        if (key.empty() || key.size() > kLongestName) return;
        if (!isText(member.name) && !hasImageExtension(member.name)) return;
        if (!m_names.insert(member.name).second) return note(displayName(member.name) + " is there twice");
        const auto [found, isNew] = m_byKey.try_emplace(key, m_shard.samples.size());
        if (isNew) {
            m_shard.samples.emplace_back().key = key;
            m_states.emplace_back();
        }
        ShardSample& sample = m_shard.samples[found->second];
        State& state = m_states[found->second];
        if (isText(member.name)) {
            if (const char* problem = addText(sample, state, typeOf(member.name), small, member.size);
                problem != nullptr)
                note(displayName(member.name) + ": " + problem);
        } else if (const bool isPlain = member.name == key + member.name.substr(member.name.rfind('.'));
                   state.isPlain || (sample.size > 0 && !isPlain)) {
            note(displayName(member.name) + " is left out, its sample has another image");
        } else if (member.size == 0 || member.size > kLargestImage) {
            note(displayName(member.name) + (member.size == 0 ? " is empty" : " is too large for an image"));
        } else {
            state.isPlain = isPlain;
            sample.offset = member.offset;
            sample.size = member.size;
        }
    }

    const char* addText(ShardSample& sample, State& state, const std::string& type, const std::string& text,
                        uint64_t size) const {
        if (text.size() != size) return "is too long for a caption";
        if (type == ".json") return addJson(sample, state, text);
        if (type == ".txt" && !m_keys.names.empty() && m_textSource == m_keys.names.size()) return nullptr;
        if (const char* problem = problemOf("image", text); problem != nullptr) return problem;
        if (type == ".cls") {
            sample.label = oneLine(text);
            return nullptr;
        }
        if (state.captionsFromJson) sample.captions.clear();
        state.captionsFromJson = false;
        addOnce(sample, text, m_textSource);
        return nullptr;
    }

    /// Without keys the caption of a .txt goes before that of a .json, where img2dataset repeats it.
    const char* addJson(ShardSample& sample, State& state, const std::string& text) const {
        const json object = parseObject(text);
        if (object.is_null()) return "this is no JSON object";
        for (size_t source = 0; source < m_keys.names.size(); ++source)
            addMember(sample, object, m_keys.names[source], source);
        if (!m_keys.names.empty() || !sample.captions.empty()) return nullptr;
        for (const char* key : {"caption", "text"}) {
            addMember(sample, object, key, 0);
            state.captionsFromJson = !sample.captions.empty();
            if (state.captionsFromJson) return nullptr;
        }
        return nullptr;
    }

    static void addMember(ShardSample& sample, const json& object, const std::string& key, size_t source) {
        const auto member = object.find(key);
        if (member == object.end()) return;
        for (const std::string& one : textsOf(*member))
            if (problemOf("image", one) == nullptr) addOnce(sample, one, source);
    }

    /// Adds a caption to those that a sample has, unless it has it.
    static void addOnce(ShardSample& sample, std::string_view caption, size_t source) {
        std::string text = oneLine(caption);
        const auto isSame = [&](const ShardSample::Caption& one) { return one.text == text; };
        if (std::ranges::none_of(sample.captions, isSame)) sample.captions.push_back({std::move(text), source});
    }

    const CaptionKeys& m_keys;
    size_t m_textSource;  ///< of the .txt; as many as there are keys where they do not name it, 0 without keys
    ShardContent m_shard;
    std::vector<State> m_states;
    std::unordered_map<std::string, size_t> m_byKey;
    std::unordered_set<std::string> m_names;
};

}  // namespace

ShardContent readShardContent(const std::filesystem::path& path, const CaptionKeys& keys) {
    return ShardReader(keys).read(path);
}

}  // namespace diagonal
