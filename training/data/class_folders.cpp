// SPDX-License-Identifier: Apache-2.0
#include "training/data/class_folders.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/image/image_files.h"
#include "engine/inference/zero_shot.h"
#include "training/data/file_dataset.h"
#include "training/data/prompt_templates.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kImageNetClasses = 1000;

/// Names of the folders in a folder that are not left behind by something, in the order of their bytes.
std::vector<std::string> foldersIn(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
        std::error_code unknown;
        std::string name = entry->path().filename().native();
        if (!isLeftBehind(name) && entry->is_directory(unknown)) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool holdsImages(const fs::path& folder) {
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
        std::error_code unknown;
        const fs::path name = entry->path().filename();
        if (hasImageExtension(name) && !isLeftBehind(name.native()) && !entry->is_directory(unknown)) return true;
    }
    return false;
}

/// Whether a folder named like a split holds class folders; one with images in it is a class: trains, tests.
bool isSplitFolder(const fs::path& folder) {
    if (splitOfName(folder.filename().native()) == Split::All || holdsImages(folder)) return false;
    const auto classes = foldersIn(folder);
    return std::any_of(classes.begin(), classes.end(),
                       [&](const std::string& name) { return holdsImages(folder / name); });
}

bool isSynset(const std::string& name) {
    return name.size() == 9 && name[0] == 'n' && name.find_first_not_of("0123456789", 1) == std::string::npos;
}

std::string labelOf(std::string folder) {
    std::replace(folder.begin(), folder.end(), '_', ' ');
    std::replace(folder.begin(), folder.end(), '-', ' ');
    std::istringstream words(folder);
    std::string label;
    for (std::string word; words >> word;)
        label += (label.empty() ? "" : " ") + word;
    return label;
}

/// A folder of images of one class.
struct ClassFolder {
    fs::path relative;  ///< to the data set's folder
    Split split = Split::All;
};

/// Folders by the name of their class.
using Classes = std::map<std::string, std::vector<ClassFolder>>;

Classes findClasses(const fs::path& root, Warnings& notes) {
    Classes classes;
    const auto names = foldersIn(root);
    const bool hasSplits =
        std::any_of(names.begin(), names.end(), [&](const auto& name) { return isSplitFolder(root / name); });
    for (const std::string& name : names) {
        if (!hasSplits) {
            classes[name].push_back({name, Split::All});
        } else if (isSplitFolder(root / name)) {
            for (const std::string& inner : foldersIn(root / name))
                classes[inner].push_back({fs::path(name) / inner, splitOfName(name)});
        } else {
            notes.add(displayName(name) + ": left out, as it stands beside train, validation or test");
        }
    }
    return classes;
}

/// OpenAI's names of ImageNet's classes where the folders are its 1,000; else none.
std::vector<std::string> imageNetNames(const Classes& classes) {
    const auto isOne = [](const auto& entry) { return isSynset(entry.first); };
    if (classes.size() != kImageNetClasses || !std::all_of(classes.begin(), classes.end(), isOne)) return {};
    std::error_code failure;
    const fs::path file = resourceFolder() / "clip" / "imagenet_classes.txt";
    if (!fs::is_regular_file(file, failure)) return {};
    std::istringstream text(readText(file));
    std::vector<std::string> names;
    for (std::string line; std::getline(text, line);)
        names.push_back(line);
    return names.size() == kImageNetClasses ? names : std::vector<std::string>();
}

/// Captions belong to classes, so that millions of images share them.
class ClassFolders : public Dataset {
  public:
    ClassFolders(fs::path root, const DatasetOptions& options)
        : Dataset({.kind = "Class folders"}), m_root(std::move(root)), m_templates(promptTemplates(options.templates)) {
        m_info.promptTemplate = m_templates.front();
        Warnings notes;
        const Classes classes = findClasses(m_root, notes);
        const auto imageNet = imageNetNames(classes);
        size_t number = 0;
        for (const auto& [name, folders] : classes) {
            const std::string label = imageNet.empty() ? labelOf(name) : imageNet[number++];
            // Two pairs of ImageNet's classes share a name and stay two classes, as everybody counts them.
            add(name, label, imageNet.empty() ? label : name, folders, notes);
        }
        m_indices.clear();
        m_info.warnings = notes.take();
        if (labels().empty())
            throw Error(displayName(m_root), "there are no folders with images in it",
                        "Class folders are named after what their images show");
        if (labels().size() == 1)
            throw Error(
                displayName(m_root),
                "only one folder with images is in it, \"" + labels().front() + "\", so nothing tells the images apart",
                "Class folders are two or more; for captions give a table of images and captions");
        if (options.split == Split::All) return;
        std::vector<bool> kept(size());
        for (size_t i = 0; i < size(); ++i)
            kept[i] = m_images[i].split == options.split;
        m_names.keepOnly(kept);
        keepOnly(m_images, kept);
        if (m_images.empty()) throw noSuchSplit(m_root, options.split);
    }

    size_t size() const override { return m_images.size(); }
    std::string name(size_t index) const override { return m_names.name(index); }
    size_t captionCount(size_t /*index*/) const override { return m_templates.size(); }
    std::string_view caption(size_t index, size_t number) const override {
        return m_captions[static_cast<size_t>(label(index))].at(number);
    }
    int label(size_t index) const override { return m_images.at(index).label; }
    Split split(size_t index) const override { return m_images.at(index).split; }
    fs::path file(size_t index) const override { return m_root / name(index); }

  protected:
    diagonal::Image decode(size_t index, int enough) const override { return readImage(file(index), enough); }

  private:
    struct Image {
        int32_t label = -1;
        Split split = Split::All;
    };

    void add(const std::string& name, const std::string& label, const std::string& key,
             const std::vector<ClassFolder>& folders, Warnings& notes) {
        if (!isUtf8(name) || label.empty()) {
            notes.add(displayName(name) + ": left out, its name is no label");
            return;
        }
        const size_t before = m_images.size();
        const auto [entry, isNew] = m_indices.try_emplace(key, static_cast<int>(labels().size()));
        for (const ClassFolder& folder : folders)
            list(folder, entry->second, notes);
        if (m_images.size() == before) {
            notes.add(displayName(name) + ": there are no images in this folder");
            if (isNew) m_indices.erase(entry);
        } else if (isNew) {
            m_info.labels.push_back(label);
            for (auto& captions = m_captions.emplace_back(); const std::string& text : m_templates)
                captions.push_back(fillTemplate(text, label));
        } else {
            notes.add(displayName(name) + ": another folder has the label \"" + label + "\" too");
        }
    }

    void list(const ClassFolder& folder, int label, Warnings& notes) {
        const ImageFiles found = listImages({m_root / folder.relative});
        for (const FileFailure& failure : found.failures)
            notes.add(displayName(failure.path) + ": " + failure.reason);
        if (found.leftBehind > 0) notes.add(displayName(folder.relative) + ": " + found.leftBehindNote());
        const size_t skip = (m_root / "").native().size();
        for (const fs::path& file : found.files) {
            m_names.add(std::string_view(file.native()).substr(skip));
            m_images.push_back({label, folder.split});
        }
    }

    fs::path m_root;
    std::vector<std::string> m_templates;
    SampleTexts m_names;  ///< below m_root
    std::vector<Image> m_images;
    std::map<std::string, int> m_indices;              ///< of the labels, while they are gathered
    std::vector<std::vector<std::string>> m_captions;  ///< [labels]
};

}  // namespace

bool isClassFolders(const fs::path& path) {
    const auto names = foldersIn(path);
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return holdsImages(path / name) || isSplitFolder(path / name); });
}

std::shared_ptr<const Dataset> openClassFolders(const std::string& path, const DatasetOptions& options) {
    std::error_code failure;
    if (!fs::is_directory(path, failure))
        throw Error(displayName(path), failure ? failure.message() : "this is no folder",
                    "Class folders are folders of images in one folder");
    return std::make_shared<ClassFolders>(path, options);
}

}  // namespace diagonal
