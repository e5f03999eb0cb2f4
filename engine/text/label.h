// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// A label as a person writes it on a line:
///
///     cat | kitten            two texts that count as one label: the better one speaks for it
///     cat @ 60%               given to a picture from this score on (or 0.6)
///     ! something else        a negative label: a picture that fits it best gets none
///     \! \| \@ \\             these characters as such
struct Label {
    std::vector<std::string> synonyms;  ///< at least one, none of them empty
    bool isNegative = false;
    std::optional<double> threshold;  ///< -1..1

    /// What stands in results: "cat | kitten".
    std::string name() const;

    bool operator==(const Label&) const = default;
};

/// Throws Error for a line without a text ("!", "cat | | dog", "@ 60%") and a threshold beyond 100 %.
Label parseLabel(const std::string& line);

/// The line of a label with this text alone.
std::string labelLine(std::string_view text);

std::vector<Label> parseLabels(const std::vector<std::string>& lines);

/// The texts of all labels, in order: those that a model embeds.
std::vector<std::string> textsOf(const std::vector<Label>& labels);

std::vector<std::string> namesOf(const std::vector<Label>& labels);

}  // namespace diagonal
