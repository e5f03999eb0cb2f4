// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace diagonal {

/// JSON of a file; an Error names the file and the place.
nlohmann::json readJson(const std::filesystem::path& path);

/// What the library says of a value, without its own numbers of errors: "type must be string, but is number".
std::string wordsOf(const nlohmann::json::exception& error);

/// Reads the keys of one JSON object and remembers where it is, for errors. The object must outlive it.
class JsonReader {
  public:
    JsonReader(const nlohmann::json& object, std::string source, std::string place);

    bool has(const char* key) const;       ///< there and not null
    bool contains(const char* key) const;  ///< there
    int integer(const char* key, int fallback, int low, int high) const;
    int required(const char* key, int low, int high) const;
    double number(const char* key, double fallback, double low, double high) const;
    bool boolean(const char* key, bool fallback) const;
    std::string text(const char* key, const std::string& fallback) const;
    /// Three finite numbers, of red, green and blue.
    std::array<float, 3> colour(const char* key, const std::array<float, 3>& fallback) const;
    /// The member's value, or null.
    const nlohmann::json& member(const char* key) const;
    JsonReader object(const char* key) const;
    /// Options that change the computation must be absent, null, false, or `harmless`.
    void refuse(const char* key, const nlohmann::json& harmless = nullptr) const;
    /// Throws Error for a member that is in none of the lists, unless it is null or false: what is not understood might
    /// change the computation.
    void refuseUnknown(std::initializer_list<std::span<const std::string_view>> known) const;
    Error bad(const char* key, const std::string& problem) const;

  private:
    const nlohmann::json& m_object;
    std::string m_source, m_place;
};

}  // namespace diagonal
