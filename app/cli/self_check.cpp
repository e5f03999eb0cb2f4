// SPDX-License-Identifier: Apache-2.0
#include "app/cli/self_check.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "app/cli/output.h"
#include "engine/image/png.h"
#include "engine/inference/zero_shot.h"
#include "training/data/scenes.h"

namespace diagonal::cli {

namespace {

constexpr size_t kScenes = 8;

/// Generated pictures on disk, as the engine reads them; gone again with the object.
class ScenesOnDisk {
  public:
    ScenesOnDisk() : m_scenes(makeScenes({.count = kScenes, .seed = 2, .imageSize = 64, .split = Split::Test})) {
        std::string name = (std::filesystem::temp_directory_path() / "diagonal-check-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw Error(name, "no folder can be made for temporary files");
        m_folder = name;
        for (size_t i = 0; i < m_scenes->size(); ++i) {
            files.push_back(m_folder / (std::to_string(i) + ".png"));
            const auto png = encodePng(m_scenes->image(i));
            writeFile(files.back(), {reinterpret_cast<const char*>(png.data()), png.size()});
        }
    }
    ~ScenesOnDisk() {
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    ScenesOnDisk(const ScenesOnDisk&) = delete;
    ScenesOnDisk& operator=(const ScenesOnDisk&) = delete;

    const Dataset& scenes() const { return *m_scenes; }

    std::vector<std::filesystem::path> files;

  private:
    std::shared_ptr<const Dataset> m_scenes;
    std::filesystem::path m_folder;
};

std::vector<std::vector<float>> embed(Session& session, const std::vector<std::filesystem::path>& files) {
    std::vector<std::vector<float>> rows(files.size());
    session.embedImages(files, true, [&](const std::vector<ImageEmbedding>& batch) {
        for (const auto& image : batch) {
            if (!image.error.empty()) throw Error(displayName(files[image.index]), image.error);
            rows[image.index] = image.values;
        }
    });
    return rows;
}

}  // namespace

CheckResult check(const std::string& name, const std::function<std::string()>& what) {
    try {
        return {name, true, what()};
    } catch (const std::exception& error) {
        const std::string text = error.what();
        return {name, false, text.substr(0, text.find('\n'))};
    }
}

std::string checkDemoModel() {
    const ScenesOnDisk pictures;
    const Dataset& scenes = pictures.scenes();
    const auto session = Session::open("demo", {.device = "cpu", .precision = "fp32"});
    const Embeddings labels = embedLabels(*session, scenes.labels(), {scenes.promptTemplate()});
    const auto images = embed(*session, pictures.files);
    size_t right = 0;
    for (size_t i = 0; i < images.size(); ++i) {
        const auto best = scoreLabels(images[i], labels, session->info().temperature).front();
        right += static_cast<int>(best.label) == scenes.label(i) ? 1 : 0;
    }
    const std::string result =
        std::to_string(right) + " of " + std::to_string(images.size()) + " scenes labelled right";
    if (right + 1 < images.size()) throw Error("demo model", result, "Install Diagonal again.");
    return result;
}

std::string checkAgainstCpu(const std::string& device) {
    const ScenesOnDisk pictures;
    const auto cpu = embed(*Session::open("demo", {.device = "cpu", .precision = "fp32"}), pictures.files);
    const auto gpu = embed(*Session::open("demo", {.device = device, .precision = "fp32"}), pictures.files);
    double largest = 0;
    for (size_t i = 0; i < cpu.size(); ++i) {
        double cosine = 0;
        for (size_t k = 0; k < cpu[i].size(); ++k)
            cosine += static_cast<double>(cpu[i][k]) * gpu[i][k];
        largest = std::max(largest, std::abs(1 - cosine));
    }
    char text[64];
    std::snprintf(text, sizeof text, "largest cosine distance %.1e", largest);
    if (!(largest < 1e-3)) throw Error(device, std::string(text) + ", too much", "Use --device cpu.");
    return text;
}

}  // namespace diagonal::cli
