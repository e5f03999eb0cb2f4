// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace diagonal {

/// Sets object[key] to a name, and where that is no UTF-8 object[key_bytes] to its bytes.
void setName(nlohmann::ordered_json& object, const std::string& key, const std::filesystem::path& name);

/// A result's object with the picture's name in it. A name that is no UTF-8 is not shown faithfully: its bytes go
/// beside it.
nlohmann::ordered_json namedImage(const std::filesystem::path& file);

/// The names of a CSV file's rows. One that is no UTF-8 is shown with U+FFFD, and its bytes stand as hexadecimal digits
/// in a column of their own, the last, which only files with such a name have.
class CsvNames {
  public:
    /// forTerminal: as people may see names, without such a column.
    explicit CsvNames(bool forTerminal = false) : m_forTerminal(forTerminal) {}

    /// Has the column where the name needs it. Before the head is written.
    void prepare(const std::filesystem::path& name);
    /// ",image_bytes", or nothing.
    std::string head(std::string_view column = "image_bytes") const;
    /// The name's cell.
    std::string cell(const std::filesystem::path& name) const;
    /// What ends its line: ",63616ee9", "," or nothing.
    std::string end(const std::filesystem::path& name) const;

  private:
    bool m_forTerminal, m_hasBytes = false;
};

/// The name that namedImage wrote, byte for byte; empty when there is none.
std::string imageNameOf(const nlohmann::json& result);

}  // namespace diagonal
