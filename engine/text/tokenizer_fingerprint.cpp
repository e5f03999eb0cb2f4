// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer_fingerprint.h"

#include <cstdlib>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/sha256.h"
#include "engine/text/load_tokenizer.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// Case, punctuation, white space, HTML, mojibake, composed characters, numbers, special tokens, other scripts.
constexpr const char* kTexts[] = {"",
                                  "A Photo of a DOG, in the snow!",
                                  "  two\t red\n\ncircles \xC2\xA0 ",
                                  "caf\xC3\xA9 cafe\xCC\x81 \xEF\xAC\x81n \xE2\x80\x9Cquoted\xE2\x80\x9D it's",
                                  "fish &amp;amp; chips &lt;3",
                                  "Ã¼ber schÃ¶n",
                                  "12345 a_b-c",
                                  "<start_of_text> <|endoftext|> <end_of_text> </s> <pad>",
                                  "\xE4\xB8\xAD\xE6\x96\x87 \xF0\x9F\x90\x95 \xC4\xB0\xC3\x9F"};

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::error_code failure;
        std::string name = (fs::temp_directory_path(failure) / "diagonal-XXXXXX").string();
        if (failure || ::mkdtemp(name.data()) == nullptr)
            throw Error(name, "no temporary folder can be made there", "Set TMPDIR to a folder that can be written");
        m_path = name;
    }
    ~TemporaryFolder() {
        std::error_code failure;
        fs::remove_all(m_path, failure);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const fs::path& path() const { return m_path; }

  private:
    fs::path m_path;
};

}  // namespace

std::string tokenizerFingerprint(const Tokenizer& tokenizer) {
    const TemporaryFolder folder;
    tokenizer.save(folder.path());
    Sha256 hash;
    const auto add = [&hash](const std::string& name, const void* data, size_t size) {
        const std::string head = name + "\n" + std::to_string(size) + "\n";
        hash.add(head.data(), head.size());
        hash.add(data, size);
    };
    bool hasVocabulary = false;
    const auto addFile = [&](const char* name) {
        std::error_code failure;
        if (!fs::exists(folder.path() / name, failure)) return;
        const std::string content = readText(folder.path() / name);
        add(name, content.data(), content.size());
        hasVocabulary = true;
    };
    for (const char* name : {"spiece.model", "vocab.json", "merges.txt"})
        addFile(name);
    if (!hasVocabulary) addFile("tokenizer.json");
    if (!hasVocabulary)
        throw Error("tokenizer", "a " + tokenizer.kind() + " tokenizer leaves no vocabulary to compare");
    for (const char* text : kTexts) {
        const auto ids = tokenizer.encode(text);
        add("ids", ids.data(), ids.size() * sizeof ids[0]);
    }
    return hash.digits();
}

std::shared_ptr<const Tokenizer> withContext(const Tokenizer& tokenizer, int contextLength) {
    const TemporaryFolder folder;
    tokenizer.save(folder.path());
    const std::string wanted = tokenizerFingerprint(tokenizer);
    // The files do not say how open_clip cleans texts before they come to them.
    for (const TextCleaning cleaning :
         {TextCleaning::Lower, TextCleaning::Whitespace, TextCleaning::HuggingFace, TextCleaning::Canonicalize}) {
        auto same = loadTokenizer(
            folder.path(),
            {.contextLength = contextLength, .vocabularySize = tokenizer.vocabularySize(), .cleaning = cleaning});
        if (tokenizerFingerprint(*same) == wanted) return same;
    }
    return nullptr;
}

}  // namespace diagonal
