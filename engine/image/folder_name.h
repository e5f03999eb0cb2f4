// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace diagonal {

/// A text as the name of one folder that every file system takes: characters that Windows forbids become "_", control
/// characters go, dots and blanks at both ends too, a reserved name (CON, LPT1, …) gets a "_" behind it, at most 200
/// bytes of whole UTF-8 characters; "unnamed" where nothing is left. Never "..", never a path.
std::string safeFolderName(std::string_view text);

/// The same of a label; of synonyms ("cat | kitten") the first counts.
std::string labelFolderName(std::string_view label);

/// Equal for names that some file systems take for the same: normalised (NFC), in lower case.
std::string nameKey(std::string_view name);

/// "a.jpg" as "a (2).jpg" for number 2; the stem is cut where a name of more than 255 bytes would come out.
std::string numberedName(const std::string& name, int number);

}  // namespace diagonal
