// SPDX-License-Identifier: Apache-2.0
#include "training/data/karpathy.h"

#include <fstream>
#include <optional>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/csv_dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/json_elements.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::optional<fs::path> fileOf(const fs::path& path) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) return path;
    for (const char* name : {"dataset_coco.json", "dataset_flickr30k.json", "dataset_flickr8k.json"})
        if (fs::is_regular_file(path / name, failure)) return path / name;
    return std::nullopt;
}

void addImage(FileDataset& dataset, const std::string& place, const json& object) {
    const std::string folder = textOf(object, "filepath"), file = textOf(object, "filename");
    if (const char* problem = problemOf(file, "caption"); problem != nullptr)
        return dataset.notes().add(place + problem);
    if (problemOf(file, folder + "/") != nullptr) return dataset.notes().add(place + "the filepath is broken");
    const size_t sample = dataset.sample((folder.empty() ? fs::path(file) : fs::path(folder) / file).native());
    dataset.setSplit(sample, splitOfName(textOf(object, "split")));
    const auto sentences = object.find("sentences");
    if (sentences == object.end() || !sentences->is_array())
        return dataset.notes().add(place + "there are no sentences");
    for (const json& sentence : *sentences) {
        const std::string raw = sentence.is_object() ? textOf(sentence, "raw") : std::string();
        if (const char* problem = problemOf(file, raw); problem != nullptr) {
            dataset.notes().add(place + problem);
        } else {
            dataset.addCaption(sample, raw);
        }
    }
}

}  // namespace

bool isKarpathy(const fs::path& path) {
    const auto file = fileOf(path);
    if (!file) return false;
    std::error_code failure;
    if (file != path) return true;
    if (lowered(path.extension().string()) != ".json" || !fs::is_regular_file(path, failure)) return false;
    std::string begin(size_t{1} << 16, '\0');
    std::ifstream stream(path, std::ios::binary);
    stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    return begin.find("\"sentences\"") != std::string::npos;
}

std::shared_ptr<const Dataset> openKarpathy(const std::string& spec, const DatasetOptions& options) {
    const auto path = fileOf(spec);
    if (!path)
        throw Error(displayName(spec), "there is no dataset_coco.json or dataset_flickr….json in this folder",
                    "Give the JSON file itself");
    auto dataset = std::make_shared<FileDataset>("Karpathy split");
    size_t number = 0;
    forEachElement(*path, [&](const std::string& key, const json& object) {
        if (key != "images") return;
        addImage(*dataset, displayName(path->filename()) + ", images[" + std::to_string(number++) + "]: ", object);
    });
    if (number == 0)
        throw Error(displayName(*path), "there are no \"images\" in it",
                    "A file of Karpathy's kind is a JSON object with the list images, each with its sentences");
    const fs::path own = path->parent_path();
    std::vector<fs::path> folders = imageFolders(own);
    folders.push_back(own / "..");
    folders.push_back(own / ".." / "images");
    dataset->finish(folders, options.split, *path);
    return dataset;
}

}  // namespace diagonal
