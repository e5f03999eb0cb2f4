// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace diagonal {

/// Turns JSON as Python's json module writes it into what the standard knows, byte by byte: NaN, Infinity, -Infinity
/// and numbers beyond a double become null, half a surrogate pair in a text (\ud83d alone) a zero character, which no
/// caption may hold. All else, broken JSON too, comes out as it went in.
class PythonJson {
  public:
    /// next: the next byte, nothing at the end.
    explicit PythonJson(std::function<std::optional<char>()> next) : m_next(std::move(next)) {}

    /// The next byte, nothing at the end.
    std::optional<char> take();

  private:
    std::optional<char> get();
    void takeToken(char first);
    void takeEscape();
    std::optional<unsigned> hexadecimal(std::string& read);

    std::function<std::optional<char>()> m_next;
    std::string m_back;  ///< read ahead, the next one last
    std::string m_out;   ///< to be given
    size_t m_at = 0;
    bool m_isInText = false;
};

/// The same of a whole text.
std::string standardJson(std::string_view text);

}  // namespace diagonal
