// SPDX-License-Identifier: Apache-2.0
#include "training/data/sample_maker.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/error.h"
#include "training/data/content_hash.h"
#include "training/data/teacher_files.h"

namespace diagonal {

namespace {

std::span<const uint8_t> bytesOf(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Just large enough for the smallest crop to fill the model's input.
double sourceSide(const LoaderOptions& options, bool crops) {
    const int side = std::max(options.preprocess.width, options.preprocess.height);
    return crops ? side / std::sqrt(static_cast<double>(options.augmentation.smallestArea)) : side;
}

}  // namespace

SampleMaker::SampleMaker(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options)
    : m_dataset(std::move(dataset)),
      m_options(options),
      m_augments(options.augment && m_dataset->supportsAugmentation()),
      m_crops(m_augments && options.augmentation.crops()),
      m_keepsTokens(options.tokenizer != nullptr && options.keptTokens),
      m_sourceSide(sourceSide(options, m_crops)),
      m_cache(options.cacheBytes) {
}

Sample SampleMaker::make(size_t index, size_t caption, int64_t epoch, uint8_t* out) {
    const std::string_view text = m_dataset->caption(index, caption);
    if (m_options.features) {
        copyFeatures(index, text, epoch, out);
        return {tokens(index, caption), m_options.features->imageId(index),
                static_cast<int64_t>(contentHash(bytesOf(text))), teachers(index, caption)};
    }
    const std::shared_ptr<const Picture> source = picture(index);
    if (m_augments) {
        Random random(seedOf(m_options.seed, 0xA06, epoch, index));
        augment(source->image, m_options.preprocess, m_options.augmentation, !namesASide(text), random, out);
    } else {
        std::copy(source->image.rgb.begin(), source->image.rgb.end(), out);
    }
    return {tokens(index, caption), source->id, static_cast<int64_t>(contentHash(bytesOf(text))),
            teachers(index, caption)};
}

/// A caption that names a side belongs to the whole picture, which is no mirror image.
void SampleMaker::copyFeatures(size_t index, std::string_view caption, int64_t epoch, uint8_t* out) const {
    constexpr uint64_t kView = 0x71E3;  // what is drawn
    const FeatureViews& features = *m_options.features;
    Random random(seedOf(m_options.seed, kView, epoch, index));
    const size_t view =
        namesASide(caption) ? 0 : static_cast<size_t>(random.below(static_cast<uint32_t>(features.views())));
    if (!features.has(index, view))
        throw Error(m_dataset->name(index), "could not be read when its features were made");
    std::memcpy(out, features.row(index, view).data(), features.width() * sizeof(uint16_t));
}

std::shared_ptr<const Picture> SampleMaker::picture(size_t index) {
    if (auto kept = m_cache.find(index)) return kept;
    auto made = std::make_shared<Picture>(Picture{prepared(index), 0});
    const Image& image = made->image;
    made->id = static_cast<int64_t>(contentHash(image.rgb, static_cast<uint64_t>(image.width)));
    m_cache.keep(index, made);
    return made;
}

/// What augmentation starts from: the model's input size, or larger where crops are taken.
Image SampleMaker::prepared(size_t index) const {
    const PreprocessConfig& config = m_options.preprocess;
    Image image = m_dataset->image(index, m_options.fastDecode ? static_cast<int>(std::ceil(m_sourceSide)) : 0);
    if (!m_crops) {
        if (image.width == config.width && image.height == config.height) return image;
        return resizeAndCrop(image, config);
    }
    const double scale = m_sourceSide / std::min(image.width, image.height);
    if (scale >= 1) return image;
    const auto length = [scale](int pixels) { return std::max(1, static_cast<int>(std::lround(pixels * scale))); };
    return resize(image, length(image.width), length(image.height), config.interpolation);
}

std::vector<uint16_t> SampleMaker::teachers(size_t index, size_t caption) const {
    return m_options.teachers ? teacherRows(*m_dataset, index, caption) : std::vector<uint16_t>();
}

std::vector<int64_t> SampleMaker::tokens(size_t index, size_t caption) const {
    if (m_options.tokenizer == nullptr) return {};
    if (m_keepsTokens) {
        const std::span<const int32_t> kept = m_dataset->tokens(index, caption);
        if (!kept.empty()) return {kept.begin(), kept.end()};
    }
    return m_options.tokenizer->encode(m_dataset->caption(index, caption));
}

}  // namespace diagonal
