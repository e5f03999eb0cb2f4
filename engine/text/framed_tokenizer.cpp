// SPDX-License-Identifier: Apache-2.0
#include "engine/text/framed_tokenizer.h"

#include <algorithm>

#include "engine/text/clean_text.h"
#include "engine/text/unicode.h"

namespace diagonal {

FramedTokenizer::FramedTokenizer(TokenFrame frame, size_t size, const TokenizerConfig& config, Normalize normalize)
    : m_frame(std::move(frame)), m_config(config), m_normalize(std::move(normalize)), m_size(static_cast<int>(size)) {
    for (const AddedToken& token : m_frame.added) {
        if (token.normalized) {
            m_normalized.add(token, m_normalize(token.content));
        } else {
            m_asTyped.add(token, token.content);
        }
        m_size = std::max(m_size, static_cast<int>(token.id) + 1);
    }
}

Tokenizer::Padding FramedTokenizer::padding() const {
    return {.id = m_frame.padding.id, .toContext = m_config.padToContext, .toLast = true};
}

std::vector<int64_t> FramedTokenizer::encode(std::string_view text) const {
    std::vector<int64_t> ids = {m_frame.start.id};
    const std::string clean =
        m_config.cleaning == TextCleaning::HuggingFace ? repairUtf8(text) : cleanText(text, m_config.cleaning);
    const auto addToken = [&](int64_t id) { ids.push_back(id); };
    m_asTyped.split(
        clean,
        [&](std::string_view part) {
            const std::string normal = m_normalize(part);
            m_normalized.split(
                normal, [&](std::string_view rest) { encodePart(rest, ids); }, addToken);
        },
        addToken);
    ids.push_back(m_frame.end.id);
    if (m_config.stripSeparator) std::ranges::replace(ids, m_frame.end.id, int64_t{0});
    return ids;
}

}  // namespace diagonal
