// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QStringList>
#include <vector>

#include "engine/index/search.h"

namespace diagonal {

/// A part of a query, as the person sees it.
struct SearchTerm {
    enum class Kind { Words, Picture, Row, Marks };

    Kind kind = Kind::Words;
    QString text;       ///< the words, or what the picture is called
    QString path;       ///< of a picture, a part of one, or a frame (frameName)
    qint64 row = -1;    ///< of the library
    double weight = 1;  ///< above 0
    bool isMinus = false;

    /// What its embedding is kept under.
    QString key() const;
    /// "− people"
    QString shown() const;
    bool operator==(const SearchTerm&) const = default;
};

/// What a line of words means: "dog in snow -people" is "dog in snow" without "people". A hyphen or minus counts only
/// at the beginning of a word.
std::vector<SearchTerm> parseQuery(const QString& line);

}  // namespace diagonal
