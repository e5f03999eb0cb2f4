// SPDX-License-Identifier: Apache-2.0
#include "training/data/pack_format.h"

#include <array>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"

namespace diagonal {

namespace {

template <typename Number>
std::string_view bytesOf(const std::vector<Number>& numbers) {
    return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

constexpr std::array<std::pair<const char*, TextCleaning>, 4> kCleanings = {
    {{"lower", TextCleaning::Lower},
     {"whitespace", TextCleaning::Whitespace},
     {"canonicalize", TextCleaning::Canonicalize},
     {"hugging_face", TextCleaning::HuggingFace}}};

}  // namespace

std::string nameOf(TextCleaning cleaning) {
    for (const auto& [name, one] : kCleanings)
        if (one == cleaning) return name;
    return {};
}

TextCleaning cleaningNamed(const std::string& name) {
    for (const auto& [known, one] : kCleanings)
        if (name == known) return one;
    throw Error("tokenizer", "texts are cleaned in an unknown way, \"" + name + "\"");
}

std::vector<std::string_view> packIndexPieces(const PackIndex& index, std::string& header) {
    constexpr size_t kAlignment = 8;
    nlohmann::ordered_json entries;
    std::vector<std::string_view> pieces = {{}};
    size_t at = 0;
    const auto add = [&](const char* name, const char* dtype, std::vector<size_t> shape, std::string_view bytes) {
        entries[name] = {{"dtype", dtype}, {"shape", std::move(shape)}, {"data_offsets", {at, at + bytes.size()}}};
        at += bytes.size();
        pieces.push_back(bytes);
    };
    const auto addLong = [&](const char* name, const std::vector<int64_t>& numbers) {
        add(name, "I64", {numbers.size()}, bytesOf(numbers));
    };
    // The widest numbers first: each array then begins where its numbers may lie.
    addLong("image_offsets", index.imageOffsets);
    addLong("checksums", index.checksums);
    addLong("name_offsets", index.nameOffsets);
    addLong("first_captions", index.firstCaptions);
    addLong("caption_offsets", index.captionOffsets);
    addLong("token_offsets", index.tokenOffsets);
    add("sizes", "I32", {index.sizes.size() / 2, 2}, bytesOf(index.sizes));
    add("labels", "I32", {index.labels.size()}, bytesOf(index.labels));
    add("tokens", "I32", {index.tokens.size()}, bytesOf(index.tokens));
    add("splits", "U8", {index.splits.size()}, index.splits);
    add("names", "U8", {index.names.size()}, index.names);
    add("captions", "U8", {index.captions.size()}, index.captions);
    const std::string json = entries.dump();
    const uint64_t length = (json.size() + kAlignment - 1) / kAlignment * kAlignment;
    header.assign(reinterpret_cast<const char*>(&length), sizeof length);
    header.append(json).append(length - json.size(), ' ');
    pieces[0] = header;
    return pieces;
}

}  // namespace diagonal
