// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/error.h"

namespace diagonal {

/// The files from which a tokenizer is opened, by the names that Hugging Face gives them. Each is read once, when it is
/// first asked for.
class TokenizerFiles {
  public:
    /// Those of a folder; none where it is empty.
    explicit TokenizerFiles(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    /// Their contents by name, without any folder.
    explicit TokenizerFiles(std::map<std::string, std::string> contents) : m_texts(std::move(contents)) {}

    /// A lone file, whatever it is called: its ending says what it is (".txt" vocab.txt, "vocab.json" with merges.txt
    /// beside it, other ".json" tokenizer.json, ".model" SentencePiece's); settings beside it count. Throws Error.
    static TokenizerFiles ofFile(const std::filesystem::path& file);

    bool has(const std::string& name) const;
    std::filesystem::path path(const std::string& name) const;
    /// The path for messages.
    std::string source(const std::string& name) const;

    /// Throw Error naming the file.
    const std::string& text(const std::string& name) const;
    const nlohmann::json& json(const std::string& name) const;  ///< null where the file is not there

    /// A setting of tokenizer_config.json, or else of special_tokens_map.json; null where neither has it.
    nlohmann::json setting(const char* key) const;

  private:
    std::filesystem::path m_folder;
    std::map<std::string, std::filesystem::path> m_named;  // files under other names; without a path: not there
    mutable std::map<std::string, std::string> m_texts;
    mutable std::map<std::string, nlohmann::json> m_json;
};

/// The error of a tokenizer's file that has another form than it should. problem: as the beginning of a sentence.
Error unreadable(const std::string& source, const std::string& problem, const nlohmann::json::exception& error);

}  // namespace diagonal
