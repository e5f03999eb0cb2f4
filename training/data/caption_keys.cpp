// SPDX-License-Identifier: Apache-2.0
#include "training/data/caption_keys.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace diagonal {

namespace {

/// The number behind the last colon; nothing where there is none, and the colon is a part of the name.
std::optional<double> takeShare(std::string_view& name) {
    const size_t colon = name.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view text = trimmed(name.substr(colon + 1));
    double share = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), share);
    if (failure != std::errc() || rest != text.data() + text.size()) return std::nullopt;
    name = trimmed(name.substr(0, colon));
    return share;
}

}  // namespace

CaptionKeys CaptionKeys::from(const std::string& text) {
    const auto bad = [&](const std::string& problem) {
        return Error("--caption-key " + text, problem,
                     "Write, for example, caption,alt_text or caption:0.7,alt_text:0.3.");
    };
    CaptionKeys keys;
    if (trimmed(text).empty()) return keys;
    for (size_t start = 0, end = 0; start <= text.size(); start = end + 1) {
        end = std::min(text.find(',', start), text.size());
        std::string_view name = trimmed(std::string_view(text).substr(start, end - start));
        if (const auto share = takeShare(name)) {
            if (!std::isfinite(*share) || *share <= 0) throw bad("a probability must be above 0");
            keys.probabilities.push_back(*share);
        }
        if (name.empty()) throw bad("a name is empty");
        if (std::ranges::find(keys.names, name) != keys.names.end())
            throw bad("\"" + std::string(name) + "\" is there twice");
        keys.names.emplace_back(name);
    }
    if (keys.names.size() > kMost) throw bad("these are more than " + std::to_string(kMost) + " names");
    if (!keys.probabilities.empty() && keys.probabilities.size() != keys.names.size())
        throw bad("some names have a probability and some have none");
    const double sum = std::accumulate(keys.probabilities.begin(), keys.probabilities.end(), 0.0);
    if (!std::isfinite(sum)) throw bad("the probabilities are too large");
    for (double& probability : keys.probabilities)
        probability /= sum;
    return keys;
}

}  // namespace diagonal
