// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace diagonal {

/// What --caption-key says: the columns of a table or the keys of JSON objects that hold an image's captions, and how
/// probable each is. Captions of several keys are several captions of one image.
struct CaptionKeys {
    static constexpr size_t kMost = 16;

    std::vector<std::string> names;     ///< empty: guessed
    std::vector<double> probabilities;  ///< [names], their sum is 1; empty: all captions of an image are alike

    /// From "caption", "caption,alt_text" or "caption:0.7,alt_text:0.3"; the numbers are shares, whatever their sum.
    /// Throws Error.
    static CaptionKeys from(const std::string& text);

    /// A caption's source where keys are counted: at least 1.
    size_t sources() const { return names.empty() ? 1 : names.size(); }
};

}  // namespace diagonal
