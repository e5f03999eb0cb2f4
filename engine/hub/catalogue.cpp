// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/catalogue.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

constexpr uint64_t kMostModelBytes = uint64_t{1} << 42;

fs::path catalogueFile() {
    if (const char* file = std::getenv("DIAGONAL_CATALOGUE"); file != nullptr && *file != '\0') return file;
    return resourceFolder() / "catalogue.json";
}

bool isPlain(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

bool isPlainName(std::string_view text) {
    return !text.empty() && text.size() <= 96 && text.front() != '.' && std::all_of(text.begin(), text.end(), isPlain);
}

bool isHash(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool isAddress(const std::string& url) {
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    return web && url.size() < 2000 && std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// Spellings of one name come out equal: "ViT-L/14@336px", "vit-l-14-336".
std::string normalized(std::string name) {
    for (char& c : name)
        c = c == '/' || c == '@' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (name.ends_with("px")) name.resize(name.size() - 2);
    return name;
}

/// Reads one entry; what is wrong is thrown as an Error about `subject`.
CatalogueModel readModel(const json& entry, const std::string& subject) {
    const auto text = [&](const char* key) -> std::string {
        const auto found = entry.find(key);
        if (found == entry.end()) return {};
        if (!found->is_string()) throw Error(subject, std::string(key) + " is not a text");
        auto value = found->get<std::string>();
        const bool control = std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20; });
        if (value.size() > 2000 || control) throw Error(subject, std::string(key) + " is not a line of text");
        return value;
    };
    if (!entry.is_object()) throw Error(subject, "is not an object");
    CatalogueModel model{text("name"), text("description"), text("licence"),   0,
                         text("url"),  text("sha256"),      text("open_clip"), text("languages")};
    if (const auto bytes = entry.find("bytes"); bytes != entry.end()) {
        if (!bytes->is_number_unsigned() || bytes->get<uint64_t>() > kMostModelBytes)
            throw Error(subject, "bytes is not a size");
        model.bytes = bytes->get<uint64_t>();
    }
    if (!model.openClip.empty() && !parseRepository(model.openClip))
        throw Error(subject, "open_clip is not a repository of the form owner/name");
    if (model.name.starts_with("hf:")) {
        if (!parseRepository(model.name.substr(3))) throw Error(subject, "name is not of the form hf:owner/name");
        if (!model.url.empty()) throw Error(subject, "an hf: model has no url");
        return model;
    }
    if (!isPlainName(normalized(model.name))) throw Error(subject, "name is missing or has odd characters");
    if (!isAddress(model.url)) throw Error(subject, "url is not an http or https address");
    if (!isPlainName(fileOf(model)) || !fileOf(model).ends_with(".pt"))
        throw Error(subject, "url does not end in the name of a .pt file");
    if (!isHash(model.sha256)) throw Error(subject, "sha256 is not 64 hexadecimal digits in lower case");
    return model;
}

}  // namespace

std::string fileOf(const CatalogueModel& model) {
    return model.url.substr(model.url.find_last_of('/') + 1);
}

std::vector<CatalogueModel> readCatalogue() {
    const fs::path file = catalogueFile();
    const json document = json::parse(readText(file, 1 << 20), nullptr, false);
    const auto fail = [&](const std::string& problem) -> Error {
        return {displayName(file), problem, "Install Diagonal again, or correct what DIAGONAL_CATALOGUE names"};
    };
    if (!document.is_object() || !document.contains("models") || !document["models"].is_array())
        throw fail("this is not a catalogue of models");
    std::vector<CatalogueModel> models;
    std::set<std::string> names;
    for (const json& entry : document["models"]) {
        const std::string subject = displayName(file) + ", model " + std::to_string(models.size() + 1);
        models.push_back(readModel(entry, subject));
        if (!names.insert(models.back().url.empty() ? models.back().name : normalized(models.back().name)).second)
            throw Error(subject, "its name stands there twice");
    }
    return models;
}

std::optional<Repository> parseRepository(std::string_view id) {
    const size_t slash = id.find('/');
    if (slash == std::string_view::npos) return {};
    const auto valid = [](std::string_view part) {
        const auto edge = [](char c) { return c == '-' || c == '.'; };
        return isPlainName(part) && !edge(part.front()) && !edge(part.back());
    };
    const std::string_view owner = id.substr(0, slash), name = id.substr(slash + 1);
    if (!valid(owner) || !valid(name) || name.ends_with(".git")) return {};
    if (id.find("--") != std::string_view::npos || id.find("..") != std::string_view::npos) return {};
    return Repository{std::string(owner), std::string(name)};
}

std::optional<Repository> repositoryOf(const std::string& name) {
    for (const char* prefix :
         {"https://huggingface.co/", "http://huggingface.co/", "huggingface.co/", "https://hf.co/", "hf-hub:", "hf:"}) {
        if (!name.starts_with(prefix)) continue;
        std::string id = name.substr(std::string_view(prefix).size());
        // A pasted address may go on: /tree/main, ?library=open_clip.
        id.resize(std::min({id.find_first_of("?#"), id.find('/', id.find('/') + 1), id.size()}));
        if (const auto repository = parseRepository(id)) return repository;
        throw Error(name, "this is no model repository", "Give hf:owner/name, as in hf:openai/clip-vit-base-patch32");
    }
    return {};
}

const CatalogueModel* findInCatalogue(const std::vector<CatalogueModel>& catalogue, const std::string& name) {
    const auto repository = repositoryOf(name);
    const std::string wanted = repository ? "hf:" + repository->id() : normalized(name);
    const auto found = std::find_if(catalogue.begin(), catalogue.end(), [&](const CatalogueModel& model) {
        return (repository ? model.name : normalized(model.name)) == wanted;
    });
    return found == catalogue.end() ? nullptr : &*found;
}

CatalogueModel describeModel(const std::string& name) {
    const auto catalogue = readCatalogue();
    if (const CatalogueModel* model = findInCatalogue(catalogue, name)) return *model;
    if (const auto repository = repositoryOf(name)) {
        CatalogueModel model;
        model.name = "hf:" + repository->id();
        return model;
    }
    std::string names;
    for (const auto& model : catalogue)
        if (!model.url.empty()) names += model.name + ", ";
    throw Error(name, "no model has this name",
                "Names: " + names + "hf:owner/name for one at huggingface.co; “models list” shows them");
}

bool isHubName(const std::string& name) {
    for (const char* prefix :
         {"hf:", "hf-hub:", "https://huggingface.co/", "http://huggingface.co/", "huggingface.co/", "https://hf.co/"})
        if (name.starts_with(prefix)) return true;
    if (!isPlainName(normalized(name))) return false;
    return findInCatalogue(readCatalogue(), name) != nullptr;
}

}  // namespace diagonal
