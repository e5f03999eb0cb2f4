// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/text/bpe_files.h"
#include "engine/text/clean_text.h"
#include "engine/text/clip_bpe.h"
#include "engine/text/clip_kind.h"
#include "engine/text/clip_vocabulary.h"
#include "engine/text/load_tokenizer.h"
#include "engine/text/sentencepiece_json.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/siglip_tokenizer.h"

using namespace diagonal;

namespace {

/// Whatever loads must give ids that are there, and as many as it says.
void use(const Tokenizer& tokenizer, std::string_view text) {
    std::vector<std::vector<int64_t>> ids;
    for (const std::string_view some : {text, std::string_view("A photo of a d\xC3\xB6g, \xE7\x8A\xAC</s>")})
        ids.push_back(tokenizer.encode(some));
    for (const int64_t id : tokenizer.pack(ids).ids)
        if (id < 0 || id >= tokenizer.vocabularySize()) __builtin_trap();
}

/// Files that stand one behind the other with a NUL between them; what lies behind the last one is its part.
std::shared_ptr<const Tokenizer> openParts(std::string_view all, std::initializer_list<const char*> names,
                                           const TokenizerConfig& config) {
    std::map<std::string, std::string> files;
    for (const char* name : names) {
        const size_t end = files.size() + 1 == names.size() ? all.size() : std::min(all.find('\0'), all.size());
        if (files.empty() || end > 0) files[name] = all.substr(0, end);
        all.remove_prefix(std::min(end + 1, all.size()));
    }
    return openTokenizer(TokenizerFiles(std::move(files)), config);
}

std::shared_ptr<const Tokenizer> open(int kind, std::string_view file, const TokenizerConfig& config) {
    const std::string source = "fuzz";
    const ClipKind clip = config.padToContext                            ? ClipKind::Wrapped
                          : config.cleaning == TextCleaning::HuggingFace ? ClipKind::HuggingFace
                                                                         : ClipKind::OpenClip;
    switch (kind) {
        case 0:
            return makeClipTokenizer(readOpenAiVocabulary(file, source), clip, config);
        case 1: {
            const size_t end = std::min(file.find('\0'), file.size());
            const std::string_view merges = file.substr(std::min(end + 1, file.size()));
            return makeClipTokenizer(readBpeFiles(file.substr(0, end), source, merges, source, clipEnds()), clip,
                                     config);
        }
        case 2:
            return makeClipTokenizer(readBpeTokenizerJson(nlohmann::json::parse(file), source, clipEnds()), clip,
                                     config);
        case 3: {
            const std::string model = serialize(sentencePieceFromJson(nlohmann::json::parse(file), source));
            return makeSiglipTokenizer(model, parseSentencePieceModel(model, source), "", config, source);
        }
        case 4:
            return makeSiglipTokenizer(std::string(file), parseSentencePieceModel(file, source), "", config, source);
        case 7:
            return openParts(file, {"vocab.txt", "tokenizer_config.json"}, config);
        case 8:
            return openParts(file, {"vocab.json", "merges.txt", "tokenizer_config.json"}, config);
        case 9:
            return openParts(file, {"tokenizer.json", "tokenizer_config.json"}, config);
        case 10:
            return openTokenizer(TokenizerFiles({{"sentencepiece.bpe.model", std::string(file)}}), config);
        default:
            return makeSentencePieceTokenizer(std::string(file), parseSentencePieceModel(file, source), 16, source);
    }
}

}  // namespace

/// The first byte says what the others are: 0 bpe_simple_vocab_16e6.txt, 1 vocab.json, NUL and merges.txt, 2 a
/// tokenizer.json of CLIP's kind, 3 one of SentencePiece's, 4 SigLIP's spiece.model, 5 Diagonal's, 6 a text, 7
/// vocab.txt, 8 RoBERTa's vocab.json and merges.txt, 9 any tokenizer.json, each of the three with NUL and
/// tokenizer_config.json if there is more, 10 sentencepiece.bpe.model; the second one how texts are cleaned and padded.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto cleaning = static_cast<TextCleaning>(data[1] % 4);
    const int kind = data[0] % 11;
    try {
        if (kind == 6) {
            static_cast<void>(cleanText(rest, cleaning));
        } else {
            use(*open(kind, rest, {.contextLength = 16, .cleaning = cleaning, .padToContext = (data[1] & 4) != 0}),
                rest.substr(0, 64));
        }
    } catch (const Error&) {
    } catch (const nlohmann::json::exception&) {
    }
    return 0;
}
