// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer_kind.h"

#include <nlohmann/json.hpp>

namespace diagonal {

using nlohmann::json;

std::string modelTypeOf(const json& tokenizer) {
    const json& model = tokenizer["model"];
    if (model.contains("type") && model["type"].is_string()) return model["type"];
    if (model["vocab"].is_array()) return "Unigram";
    return model.contains("merges") || !model.contains("max_input_chars_per_word") ? "BPE" : "WordPiece";
}

bool marksEndsOfWords(const json& tokenizer) {
    const json& model = tokenizer["model"];
    return model.contains("end_of_word_suffix") && model["end_of_word_suffix"] == "</w>";
}

bool hasStep(const json& tokenizer, const char* part, std::string_view type) {
    if (!tokenizer.is_object() || !tokenizer.contains(part) || !tokenizer[part].is_object()) return false;
    const json& step = tokenizer[part];
    if (step.contains("type") && step["type"] == type) return true;
    for (const char* list : {"normalizers", "pretokenizers", "processors"})
        if (step.contains(list) && step[list].is_array())
            for (const json& inner : step[list])
                if (inner.is_object() && inner.contains("type") && inner["type"] == type) return true;
    return false;
}

}  // namespace diagonal
