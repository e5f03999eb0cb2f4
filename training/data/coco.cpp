// SPDX-License-Identifier: Apache-2.0
#include "training/data/coco.h"

#include <algorithm>
#include <unordered_map>
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

constexpr std::string_view kPrefix = "captions_";

/// captions_*.json of a folder, in order.
std::vector<fs::path> captionFilesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
        const std::string name = entry->path().filename().native();
        if (name.starts_with(kPrefix) && name.ends_with(".json")) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// "train2017" of captions_train2017.json.
std::string partOf(const fs::path& file) {
    const std::string stem = file.stem().string();
    return stem.substr(stem.find('_') == std::string::npos ? stem.size() : stem.find('_') + 1);
}

size_t yearAt(const std::string& part) {
    return std::min(part.find_first_of("0123456789"), part.size());
}

/// COCO 2014 and 2017 hold the same photographs: the files of the newest year.
std::vector<fs::path> captionFiles(const fs::path& path, Warnings& notes) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) return {path};
    auto files = captionFilesIn(path / "annotations");
    if (files.empty()) files = captionFilesIn(path);
    const auto yearOf = [](const fs::path& file) {
        const std::string part = partOf(file);
        return part.substr(yearAt(part));
    };
    std::string newest;
    for (const fs::path& file : files)
        newest = std::max(newest, yearOf(file));
    std::erase_if(files, [&](const fs::path& file) {
        if (yearOf(file) == newest) return false;
        notes.add(displayName(file.filename()) + ": left out, as there are captions of " + newest +
                  "; give the file itself to take it");
        return true;
    });
    return files;
}

/// An id as text: numbers and texts are both in use.
std::string idOf(const json& object, const char* key) {
    const auto member = object.find(key);
    if (member == object.end()) return {};
    if (member->is_string()) return member->get<std::string>();
    return member->is_number_integer() ? member->dump() : std::string();
}

/// Joins the images and annotations of a file, which may come in either order.
class CocoFile {
  public:
    CocoFile(const fs::path& path, FileDataset& dataset) : m_path(path), m_dataset(dataset) {
        forEachElement(path, [this](const std::string& key, const json& object) {
            if (key == "images") {
                addImage(object);
            } else if (key == "annotations") {
                addAnnotation(object);
            }
        });
        if (m_images == 0 || m_annotations == 0)
            throw Error(displayName(path),
                        std::string("these are no captions of COCO's kind: there are no ") +
                            (m_images == 0 ? "\"images\"" : "\"annotations\""),
                        "It is a JSON object with the lists images and annotations");
        const std::string part = partOf(path);
        const Split split = splitOfName(std::string_view(part).substr(0, yearAt(part)));
        size_t strangers = 0;
        for (Entry& entry : m_entries) {
            if (entry.name.empty()) {
                ++strangers;
                continue;
            }
            const size_t sample = m_dataset.sample(entry.name);
            for (const std::string& caption : entry.captions)
                m_dataset.addCaption(sample, caption);
            if (split != Split::All) m_dataset.setSplit(sample, split);
        }
        if (strangers > 0)
            m_dataset.notes().add(displayName(path.filename()) + ": " + std::to_string(strangers) +
                                  " image ids with captions are of no image in the file");
    }

  private:
    struct Entry {
        std::string name;
        std::vector<std::string> captions;
    };

    Entry& entry(const std::string& id) {
        const auto [found, isNew] = m_byId.try_emplace(id, m_entries.size());
        if (isNew) m_entries.emplace_back();
        return m_entries[found->second];
    }

    void note(const char* list, size_t number, const std::string& problem) {
        m_dataset.notes().add(displayName(m_path.filename()) + ", " + list + "[" + std::to_string(number) +
                              "]: " + problem);
    }

    void addImage(const json& object) {
        const size_t number = m_images++;
        const std::string id = idOf(object, "id"), name = textOf(object, "file_name");
        if (id.empty()) return note("images", number, "there is no id");
        if (const char* problem = problemOf(name, "caption"); problem != nullptr)
            return note("images", number, problem);
        Entry& image = entry(id);
        if (!image.name.empty()) return note("images", number, "the id " + id + " was there before");
        image.name = trimmed(name);
    }

    void addAnnotation(const json& object) {
        const size_t number = m_annotations++;
        const std::string id = idOf(object, "image_id"), caption = textOf(object, "caption");
        if (id.empty()) return note("annotations", number, "there is no image_id");
        if (const char* problem = problemOf("image", caption); problem != nullptr)
            return note("annotations", number, problem);
        entry(id).captions.push_back(caption);
    }

    const fs::path& m_path;
    FileDataset& m_dataset;
    std::vector<Entry> m_entries;
    std::unordered_map<std::string, size_t> m_byId;
    size_t m_images = 0, m_annotations = 0;
};

}  // namespace

bool isCoco(const fs::path& path) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) return lowered(path.extension().string()) == ".json";
    return !captionFilesIn(path).empty() || !captionFilesIn(path / "annotations").empty();
}

std::shared_ptr<const Dataset> openCoco(const std::string& spec, const DatasetOptions& options) {
    const fs::path path(spec);
    auto dataset = std::make_shared<FileDataset>("COCO captions");
    const auto files = captionFiles(path, dataset->notes());
    if (files.empty())
        throw Error(displayName(path), "there is no captions_….json in this folder or in annotations/",
                    "Give the JSON file itself");
    std::vector<fs::path> folders;
    for (const fs::path& file : files) {
        const CocoFile read(file, *dataset);
        const fs::path own = file.parent_path(), above = own / "..";
        for (const fs::path& base : {own, own / "images", above, above / "images"}) {
            folders.push_back(base / partOf(file));
            folders.push_back(base);
        }
    }
    dataset->finish(folders, options.split, path);
    return dataset;
}

}  // namespace diagonal
