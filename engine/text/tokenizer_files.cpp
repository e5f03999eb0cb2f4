// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer_files.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/base/text.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kLargestTokenizerFile = 256 << 20;

constexpr const char* kVocabularyFiles[] = {"vocab.txt",
                                            "vocab.json",
                                            "merges.txt",
                                            "tokenizer.json",
                                            "spiece.model",
                                            "tokenizer.model",
                                            "sentencepiece.bpe.model"};

}  // namespace

TokenizerFiles TokenizerFiles::ofFile(const fs::path& file) {
    TokenizerFiles files(file.has_parent_path() ? file.parent_path() : ".");
    for (const char* name : kVocabularyFiles)
        files.m_named[name].clear();
    const std::string name = lowered(file.filename().string());
    if (name.ends_with("vocab.json")) {
        std::string merges = file.filename().string();
        merges.replace(merges.size() - 10, 10, "merges.txt");
        files.m_named["vocab.json"] = file;
        files.m_named["merges.txt"] = file.parent_path() / merges;
    } else if (name.ends_with(".json")) {
        files.m_named["tokenizer.json"] = file;
    } else if (name.ends_with(".txt")) {
        files.m_named["vocab.txt"] = file;
    } else if (name.ends_with(".model")) {
        files.m_named[name.ends_with("bpe.model") ? "sentencepiece.bpe.model" : "spiece.model"] = file;
    } else {
        throw Error(displayName(file), "is no tokenizer's file",
                    "Name a vocab.txt, a vocab.json with its merges.txt, a tokenizer.json or a SentencePiece .model");
    }
    return files;
}

fs::path TokenizerFiles::path(const std::string& name) const {
    const auto named = m_named.find(name);
    return named == m_named.end() ? m_folder / name : named->second;
}

std::string TokenizerFiles::source(const std::string& name) const {
    return displayName(path(name));
}

bool TokenizerFiles::has(const std::string& name) const {
    if (m_texts.contains(name)) return true;
    std::error_code error;
    if (m_folder.empty()) return false;
    const fs::path file = path(name);
    return !file.empty() && fs::exists(file, error);
}

const std::string& TokenizerFiles::text(const std::string& name) const {
    const auto known = m_texts.find(name);
    if (known != m_texts.end()) return known->second;
    return m_texts[name] = readText(path(name), kLargestTokenizerFile);
}

const nlohmann::json& TokenizerFiles::json(const std::string& name) const {
    const auto known = m_json.find(name);
    if (known != m_json.end()) return known->second;
    if (!has(name)) return m_json[name];
    try {
        const auto text = m_texts.find(name);
        return m_json[name] = nlohmann::json::parse(
                   text != m_texts.end() ? text->second : readText(path(name), kLargestTokenizerFile));
    } catch (const nlohmann::json::exception&) {
        throw Error(source(name), "is no sound JSON");
    }
}

nlohmann::json TokenizerFiles::setting(const char* key) const {
    for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"}) {
        const auto& settings = json(name);
        if (settings.is_object() && settings.contains(key) && !settings[key].is_null()) return settings[key];
    }
    return nullptr;
}

Error unreadable(const std::string& source, const std::string& problem, const nlohmann::json::exception& error) {
    return {source, problem + ": " + wordsOf(error), "Take the file anew from where the model was published."};
}

}  // namespace diagonal
