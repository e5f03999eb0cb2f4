// SPDX-License-Identifier: Apache-2.0
#include "training/data/pack_dataset.h"

#include <zlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/formats/safetensors.h"
#include "engine/hub/sha256.h"
#include "engine/text/load_tokenizer.h"
#include "engine/text/tokenizer_fingerprint.h"
#include "training/data/file_dataset.h"
#include "training/data/pack_format.h"
#include "training/data/teacher_files.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kRemedy = "The pack is damaged: make it again with dataset pack";
constexpr int kMost = 2'000'000'000;

struct Head {
    size_t images = 0, captions = 0;
    std::string kind, promptTemplate, indexHash;
    std::vector<std::string> labels;
    bool augmentation = true;
    std::string fingerprint;
    TokenizerConfig tokenizer;
    std::vector<Teacher> teachers;
    std::string teacherNote;  ///< why their embeddings are not used
};

Head readHead(const fs::path& path) {
    const std::string name = displayName(path);
    const json object = readJson(path);
    const JsonReader reader(object, name, "pack");
    if (reader.text("format", "") != kPackFormat) throw Error(name, "this is no pack of Diagonal's");
    const int version = reader.required("version", 1, kMost);
    if (version != kPackVersion)
        throw Error(name,
                    "this is a pack of version " + std::to_string(version) + ", only " + std::to_string(kPackVersion) +
                        " can be read",
                    "Make the pack again, or use a newer Diagonal");
    Head head;
    head.images = static_cast<size_t>(reader.required("images", 1, kMost));
    head.captions = static_cast<size_t>(reader.required("captions", 1, kMost));
    head.kind = reader.text("kind", "");
    head.promptTemplate = reader.text("prompt_template", "{}");
    head.augmentation = reader.boolean("augmentation", true);
    head.indexHash = reader.object("index").text("sha256", "");
    const json& labels = reader.member("labels");
    if (!labels.is_null() && !labels.is_array()) throw reader.bad("labels", "must be a list");
    for (const json& label : labels) {
        if (!label.is_string()) throw reader.bad("labels", "must be a list of texts");
        head.labels.push_back(label.get<std::string>());
    }
    const JsonReader tokenizer = reader.object("tokenizer");
    head.fingerprint = tokenizer.text("fingerprint", "");
    head.tokenizer = {.contextLength = tokenizer.required("context_length", 1, 1 << 20),
                      .vocabularySize = tokenizer.required("vocabulary_size", 1, kMost),
                      .cleaning = cleaningNamed(tokenizer.text("cleaning", "")),
                      .padToContext = tokenizer.boolean("pad_to_context", false)};
    head.teachers = teachersFromJson(object, name, head.teacherNote);
    return head;
}

/// The arrays of the index, looked at in the mapped file.
class IndexView {
  public:
    explicit IndexView(const fs::path& path) : m_path(path), m_file(path) {}

    void check(const std::string& expectedHash) {
        const auto bytes = m_file.bytes();
        Sha256 hash;
        hash.add(bytes.data(), bytes.size());
        if (hash.digits() != expectedHash) throw broken("its content is not what pack.json says");
        m_index = indexSafetensors(bytes, displayName(m_path));
    }

    template <typename Number>
    std::span<const Number> array(const char* name, Dtype dtype, size_t count) const {
        const auto found = std::ranges::find(m_index.tensors, name, &StoredTensor::name);
        if (found == m_index.tensors.end() || found->dtype != dtype)
            throw broken(std::string("\"") + name + "\" is missing or of another type");
        size_t elements = 1;
        for (const int64_t side : found->shape)
            elements *= static_cast<size_t>(side);
        const uint8_t* begin = m_file.bytes().data() + found->offset;
        if ((count != kAny && elements != count) || reinterpret_cast<uintptr_t>(begin) % alignof(Number) != 0)
            throw broken(std::string("\"") + name + "\" has the wrong length or place");
        return {reinterpret_cast<const Number*>(begin), elements};
    }

    /// count + 1 offsets that begin at 0, never fall, and end at `end`.
    std::span<const int64_t> offsets(const char* name, size_t count, size_t end) const {
        const auto offsets = array<int64_t>(name, Dtype::I64, count + 1);
        if (offsets.front() != 0 || offsets.back() < 0 || static_cast<size_t>(offsets.back()) != end ||
            !std::is_sorted(offsets.begin(), offsets.end()))
            throw broken(std::string("\"") + name + "\" points outside of what it is for");
        return offsets;
    }

    Error broken(const std::string& problem) const { return {displayName(m_path), problem, kRemedy}; }

    static constexpr size_t kAny = ~size_t{0};

  private:
    fs::path m_path;
    MappedFile m_file;
    CheckpointIndex m_index;
};

class PackDataset : public Dataset {
  public:
    PackDataset(const fs::path& folder, Split split)
        : Dataset({.kind = "Pack"}),
          m_head(readHead(folder / kPackFile)),
          m_index(folder / kPackIndex),
          m_pixelsPath(folder / kPackPixels),
          m_pixels(m_pixelsPath) {
        if (!m_head.kind.empty()) m_info.kind += " of " + m_head.kind;
        m_info.labels = m_head.labels;
        m_info.promptTemplate = m_head.promptTemplate;
        m_info.supportsAugmentation = m_head.augmentation;
        m_index.check(m_head.indexHash);
        readImages();
        readTexts();
        openTokenizer(folder / kPackTokenizer);
        openTeachers(folder);
        for (size_t i = 0; i < m_head.images; ++i)
            if (split == Split::All || splitOf(i) == split) m_chosen.push_back(static_cast<uint32_t>(i));
        if (m_chosen.empty()) throw noSuchSplit(folder, split);
    }

    size_t size() const override { return m_chosen.size(); }
    std::string name(size_t index) const override {
        return std::string(textAt(m_names, m_nameOffsets, m_chosen.at(index)));
    }
    size_t captionCount(size_t index) const override {
        const size_t i = m_chosen.at(index);
        return static_cast<size_t>(m_firstCaptions[i + 1] - m_firstCaptions[i]);
    }
    std::string_view caption(size_t index, size_t number) const override {
        return textAt(m_captions, m_captionOffsets, static_cast<size_t>(m_firstCaptions[m_chosen.at(index)]) + number);
    }
    int label(size_t index) const override { return m_labels[m_chosen.at(index)]; }
    Split split(size_t index) const override { return splitOf(m_chosen.at(index)); }
    std::span<const int32_t> tokens(size_t index, size_t caption) const override {
        if (tokenizer() == nullptr) return {};
        const auto i = static_cast<size_t>(m_firstCaptions[m_chosen.at(index)]) + caption;
        const auto begin = static_cast<size_t>(m_tokenOffsets[i]), end = static_cast<size_t>(m_tokenOffsets[i + 1]);
        return m_tokens.subspan(begin, end - begin);
    }
    Place place(size_t index) const override {
        const size_t i = m_chosen.at(index);
        const auto begin = static_cast<uint64_t>(m_imageOffsets[i]), end = static_cast<uint64_t>(m_imageOffsets[i + 1]);
        return {&m_pixelsPath, begin, end - begin};
    }
    std::span<const uint16_t> teacherImage(size_t index) const override {
        if (!m_teachers) return {};
        return m_teachers->image(m_chosen.at(index));
    }
    std::span<const uint16_t> teacherText(size_t index, size_t caption) const override {
        if (!m_teachers) return {};
        return m_teachers->text(static_cast<size_t>(m_firstCaptions[m_chosen.at(index)]) + caption);
    }
    /// The pixels, when they are those that were written, and the teachers' rows are such.
    std::vector<uint8_t> bytes(size_t index) const override {
        Image image = decode(index, 0);
        const uint32_t checksum = static_cast<uint32_t>(crc32_z(0, image.rgb.data(), image.rgb.size()));
        if (checksum != m_checksums[m_chosen.at(index)])
            throw Error(displayName(name(index)), "its pixels are not those that were packed", kRemedy);
        if (m_teachers) checkTeacherRows(*this, index);
        return std::move(image.rgb);
    }

  protected:
    Image decode(size_t index, int /*enough*/) const override {
        const size_t i = m_chosen.at(index);
        const auto pixels = m_pixels.bytes().subspan(static_cast<size_t>(m_imageOffsets[i]),
                                                     static_cast<size_t>(m_imageOffsets[i + 1] - m_imageOffsets[i]));
        return {m_sizes[2 * i], m_sizes[2 * i + 1], {pixels.begin(), pixels.end()}};
    }

  private:
    Split splitOf(size_t i) const { return static_cast<Split>(m_splits[i]); }

    static std::string_view textAt(std::span<const uint8_t> texts, std::span<const int64_t> offsets, size_t i) {
        const auto begin = static_cast<size_t>(offsets[i]), end = static_cast<size_t>(offsets[i + 1]);
        return {reinterpret_cast<const char*>(texts.data()) + begin, end - begin};
    }

    void readImages() {
        const size_t n = m_head.images;
        const auto bytes = m_pixels.bytes().size();
        m_imageOffsets = m_index.array<int64_t>("image_offsets", Dtype::I64, n + 1);
        if (static_cast<uint64_t>(m_imageOffsets.back()) != bytes)
            throw Error(
                displayName(m_pixelsPath),
                "it has " + std::to_string(bytes) + " bytes, " + std::to_string(m_imageOffsets.back()) + " are needed",
                kRemedy);
        m_imageOffsets = m_index.offsets("image_offsets", n, bytes);
        m_checksums = m_index.array<int64_t>("checksums", Dtype::I64, n);
        m_sizes = m_index.array<int32_t>("sizes", Dtype::I32, 2 * n);
        m_labels = m_index.array<int32_t>("labels", Dtype::I32, n);
        m_splits = m_index.array<uint8_t>("splits", Dtype::U8, n);
        for (size_t i = 0; i < n; ++i) {
            const int64_t width = m_sizes[2 * i], height = m_sizes[2 * i + 1];
            const bool fits = width > 0 && height > 0 && width * height <= kMaxPixels &&
                              m_imageOffsets[i + 1] - m_imageOffsets[i] == width * height * 3;
            if (!fits) throw m_index.broken("image " + std::to_string(i) + " has an impossible size");
            if (m_labels[i] < -1 || m_labels[i] >= static_cast<int64_t>(m_head.labels.size()) ||
                m_splits[i] > static_cast<uint8_t>(Split::All))
                throw m_index.broken("image " + std::to_string(i) + " has an impossible label or split");
        }
    }

    void readTexts() {
        const size_t n = m_head.images, m = m_head.captions;
        m_names = m_index.array<uint8_t>("names", Dtype::U8, IndexView::kAny);
        m_nameOffsets = m_index.offsets("name_offsets", n, m_names.size());
        m_firstCaptions = m_index.offsets("first_captions", n, m);
        m_captions = m_index.array<uint8_t>("captions", Dtype::U8, IndexView::kAny);
        m_captionOffsets = m_index.offsets("caption_offsets", m, m_captions.size());
        m_tokens = m_index.array<int32_t>("tokens", Dtype::I32, IndexView::kAny);
        m_tokenOffsets = m_index.offsets("token_offsets", m, m_tokens.size());
        const auto isKnown = [this](int32_t id) { return id >= 0 && id < m_head.tokenizer.vocabularySize; };
        if (!std::ranges::all_of(m_tokens, isKnown)) throw m_index.broken("there are token ids outside the vocabulary");
        for (size_t k = 0; k < m; ++k) {
            const std::string_view caption = textAt(m_captions, m_captionOffsets, k);
            if (caption.empty() || !isUtf8(caption) || m_tokenOffsets[k] == m_tokenOffsets[k + 1])
                throw m_index.broken("caption " + std::to_string(k) + " is broken");
        }
        for (size_t i = 0; i < n; ++i)
            if (m_firstCaptions[i] == m_firstCaptions[i + 1])
                throw m_index.broken("image " + std::to_string(i) + " has no caption");
    }

    void openTokenizer(const fs::path& folder) {
        try {
            auto tokenizer = loadTokenizer(folder, m_head.tokenizer);
            if (tokenizerFingerprint(*tokenizer) != m_head.fingerprint)
                throw Error(displayName(folder), "this is not the tokenizer of the token ids");
            m_info.tokenizer = std::move(tokenizer);
        } catch (const Error& error) {
            m_info.warnings.push_back("the token ids are not used: " + error.subject() + ": " + error.problem());
        }
    }

    void openTeachers(const fs::path& folder) {
        if (!m_head.teacherNote.empty()) m_info.warnings.push_back(m_head.teacherNote);
        if (m_head.teachers.empty()) return;
        m_teachers.emplace(folder, teacherWidth(m_head.teachers), m_head.images, m_head.captions);
        m_info.teachers = m_head.teachers;
    }

    const Head m_head;
    IndexView m_index;
    fs::path m_pixelsPath;
    MappedFile m_pixels;
    std::span<const int64_t> m_imageOffsets, m_checksums, m_nameOffsets, m_firstCaptions, m_captionOffsets,
        m_tokenOffsets;
    std::span<const int32_t> m_sizes, m_labels, m_tokens;
    std::span<const uint8_t> m_splits, m_names, m_captions;
    std::optional<TeacherFiles> m_teachers;
    std::vector<uint32_t> m_chosen;  ///< images of the split that was asked for
};

}  // namespace

bool isPack(const fs::path& path) {
    std::error_code failure;
    if (path.filename() == kPackFile) return fs::is_regular_file(path, failure);
    return fs::is_regular_file(path / kPackFile, failure);
}

std::shared_ptr<const Dataset> openPack(const std::string& path, const DatasetOptions& options) {
    const fs::path given(path);
    return std::make_shared<PackDataset>(given.filename() == kPackFile ? given.parent_path() : given, options.split);
}

}  // namespace diagonal
