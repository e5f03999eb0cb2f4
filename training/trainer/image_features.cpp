// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/image_features.h"

#include <chrono>

#include "engine/base/job.h"
#include "engine/base/libtorch.h"
#include "engine/parts/image_normalizer.h"
#include "training/optimizers/autocast.h"
#include "training/trainer/batch_stream.h"
#include "training/trainer/part_options.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr auto kBetween = std::chrono::seconds(10);

class FeatureProgress {
  public:
    FeatureProgress(size_t pictures, const std::function<void(const std::string&)>& message)
        : m_pictures(pictures), m_message(message) {}

    void done(int64_t pictures) {
        m_done += static_cast<size_t>(pictures);
        const auto now = std::chrono::steady_clock::now();
        if (now - m_told < kBetween) return;
        m_told = now;
        const double spent = std::chrono::duration<double>(now - m_start).count();
        const auto left = static_cast<int64_t>(spent * static_cast<double>(m_pictures - m_done) /
                                               static_cast<double>(std::max<size_t>(m_done, 1)));
        m_message("features of the pictures: " + std::to_string(100 * m_done / m_pictures) + " %, " +
                  std::to_string(left) + " s left");
    }

  private:
    size_t m_pictures, m_done = 0;
    const std::function<void(const std::string&)>& m_message;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now(), m_told = m_start;
};

}  // namespace

std::shared_ptr<const FeatureViews> imageFeatures(const TrainingSetup& setup,
                                                  const std::function<void(const std::string&)>& message,
                                                  const std::stop_token& stop) {
    const torch::NoGradGuard noGrad;
    DualEncoder& model = *setup.bundle.model;
    const auto images = setup.data.train->size(), views = static_cast<size_t>(setup.options.imageViews);
    const auto features =
        std::make_shared<FeatureViews>(images, views, static_cast<size_t>(featureWidth(model.config())));
    message("features of " + std::to_string(views) + " views of " + std::to_string(images) +
            " pictures are computed once: " + std::to_string(features->bytes() >> 20) + " MiB");
    const ImageNormalizer normalize(setup.device, setup.bundle.preprocess.mean, setup.bundle.preprocess.std);
    FeatureProgress progress(images * views, message);
    for (size_t view = 0; view < views; ++view) {
        LoaderOptions options = loaderOptions(setup);
        options.batchSize = kPicturesForFeatures;
        options.augment = options.augment && view > 0;
        options.shuffle = options.dropLast = options.teachers = false;
        options.seed += view;  // other crops
        options.tokenizer = nullptr;
        options.rank = 0;
        options.ranks = 1;
        BatchStream stream(setup.data.train, options, setup.device);
        for (size_t first = 0; first < images; first += kPicturesForFeatures) {
            if (stop.stop_requested()) throw Cancelled();
            const DeviceBatch batch = stream.next(stop);
            const AutocastScope autocast(setup.device, setup.autocast);
            const Tensor pixels = normalize(batch.tensors.pixels, setup.autocast.value_or(torch::kFloat));
            const Tensor rows = model.imageTower().features(pixels).to(torch::kCPU, torch::kHalf).contiguous();
            const Tensor places = batch.tensors.samples.cpu(), ids = batch.tensors.imageIds.cpu();
            for (int64_t i = 0; i < batch.pairs; ++i)
                features->set(static_cast<size_t>(places[i].item<int64_t>()), view,
                              reinterpret_cast<const uint16_t*>(rows[i].const_data_ptr()), ids[i].item<int64_t>());
            progress.done(batch.pairs);
        }
    }
    return features;
}

}  // namespace diagonal
