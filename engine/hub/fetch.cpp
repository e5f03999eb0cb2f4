// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/fetch.h"

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/hugging_face_config.h"
#include "engine/hub/caches.h"
#include "engine/hub/download.h"
#include "engine/hub/file_lock.h"
#include "engine/hub/hugging_face.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

bool isOffline() {
    for (const char* name : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}) {
        const char* given = std::getenv(name);
        if (given == nullptr) continue;
        std::string value = given;
        std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::toupper(c); });
        if (value == "1" || value == "ON" || value == "YES" || value == "TRUE") return true;
    }
    return false;
}

uint64_t bytesBelow(const fs::path& path) {
    std::error_code error;
    if (const auto size = fs::file_size(path, error); !error) return size;
    uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path, error))
        if (const auto size = entry.file_size(error); !error) bytes += size;
    return bytes;
}

void fetchFile(const CatalogueModel& model, const fs::path& target, const JobContext& job) {
    Source source;
    source.subject = model.name;
    source.url = model.url;
    source.sha256 = model.sha256;
    // The catalogue's sizes are rounded.
    if (model.bytes > 0) source.mostBytes = model.bytes * 2;
    source.byHand = "Check the network, or copy the file " + model.url + " to " + displayName(target) + " by hand";
    source.refused = "It may have moved; a copy from elsewhere can be put at " + displayName(target);
    const uint64_t part = bytesBelow(target.string() + ".part");
    if (model.bytes > part) requireSpace(model.name, target.parent_path(), model.bytes - part);
    download(source, target, {}, job);
}

/// The files of one repository, into a folder beside the target that is renamed when all are there.
class RepositoryFetch {
  public:
    RepositoryFetch(const CatalogueModel& model, Repository repository, fs::path target, const JobContext& job)
        : m_model(model),
          m_repository(std::move(repository)),
          m_target(std::move(target)),
          m_parts(m_target.string() + ".part"),
          m_job(job) {}

    void run() {
        const RepositoryListing listing = list();
        const fs::path staging = m_parts / listing.commit;
        prepare(staging);
        uint64_t total = 0, here = bytesBelow(staging);
        for (const auto& file : listing.files)
            total += file.bytes;
        if (total > here) requireSpace(m_model.name, staging, total - here);
        uint64_t done = 0;
        bool isChecked = false;
        for (const auto& file : listing.files) {
            if (file.weights && !std::exchange(isChecked, true)) checkKind(staging);
            fetch(file, staging, listing.commit, done, total);
            done += file.bytes;
        }
        if (!holdsModel(staging))
            throw Error(m_model.name, "this repository does not hold a whole model that Diagonal can read");
        std::error_code error;
        fs::remove_all(m_target, error);  // holds no model, or nobody had asked for this
        fs::rename(staging, m_target, error);
        if (error) throw Error(displayName(m_target), "cannot be put in place: " + error.message());
        syncFolder(m_target.parent_path());
        fs::remove_all(m_parts, error);
    }

  private:
    Source sourceOf(const std::string& path) const {
        const std::string endpoint = huggingFaceEndpoint();
        Source source;
        source.subject = m_model.name;
        source.url = endpoint + path;
        source.bearer = huggingFaceToken();
        const std::string page = endpoint + "/" + m_repository.id();
        source.byHand = "Check the network, or copy the files of " + page + " to " + displayName(m_target) + " by hand";
        source.refused =
            "Is the name right? If the model needs its licence accepted, do that at " + page +
            (source.bearer.empty() ? ", and give a token with HF_TOKEN" : ", with the account of your token");
        return source;
    }

    RepositoryListing list() const {
        Source source = sourceOf("/api/models/" + m_repository.id() + "?blobs=true");
        source.mostBytes = 16 << 20;
        return chooseFiles(downloadText(source, {}, m_job), m_model.name);
    }

    /// An empty folder for this commit, or what an earlier try left of it; of other commits nothing.
    void prepare(const fs::path& staging) const {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(m_parts, error))
            if (entry.path() != staging) fs::remove_all(entry.path(), error);
        fs::create_directories(staging, error);
        if (error) throw Error(displayName(staging), "cannot be made: " + error.message());
    }

    void fetch(const RepositoryFile& file, const fs::path& staging, const std::string& commit, uint64_t done,
               uint64_t total) const {
        JobContext job;
        job.stop = m_job.stop;
        job.report = [&](const Progress& progress) {
            m_job.progress(static_cast<int64_t>(done) + progress.done, static_cast<int64_t>(total));
        };
        const fs::path target = staging / file.name;
        std::error_code error;
        if (fs::is_regular_file(target, error)) return;
        // open_clip fetches weights without their configuration: those need not come again.
        const fs::path blob =
            huggingFaceCache() / ("models--" + m_repository.owner + "--" + m_repository.name) / "blobs" / file.sha256;
        if (!file.sha256.empty() && fs::file_size(blob, error) == file.bytes &&
            copyVerified(blob, file.sha256, target, job))
            return;
        Source source = sourceOf("/" + m_repository.id() + "/resolve/" + commit + "/" + file.name);
        source.sha256 = file.sha256;
        source.bytes = file.bytes;
        download(source, target, {}, job);
    }

    /// Before gigabytes come: whether such a model can be computed at all.
    void checkKind(const fs::path& staging) const {
        const std::string kind = kindOfModel(staging);
        if (kind == "open_clip") {
            const fs::path file = staging / "open_clip_config.json";
            const nlohmann::json config = readJson(file);
            clipConfigFromJson(JsonReader(config, displayName(file), "configuration").member("model_cfg"),
                               displayName(file), staging);
            return;
        }
        if (isClipKind(kind)) {
            const fs::path file = staging / "config.json";
            clipConfigFromHuggingFace(readJson(file), displayName(file));
            return;
        }
        throw Error(m_model.name, "this is no CLIP or SigLIP model" + (kind.empty() ? "" : " but “" + kind + "”"),
                    "Look for models tagged zero-shot-image-classification at huggingface.co");
    }

    const CatalogueModel& m_model;
    Repository m_repository;
    fs::path m_target, m_parts;
    const JobContext& m_job;
};

}  // namespace

fs::path fetchModel(const CatalogueModel& model, const JobContext& job) {
    const fs::path target = ownPath(model);
    if (isOffline())
        throw Error(model.name, "is not on this computer, and HF_HUB_OFFLINE forbids downloads",
                    "Unset it, or copy the model to " + displayName(target) + " by hand");
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (error) throw Error(displayName(target.parent_path()), "cannot be made: " + error.message());

    FileLock lock(target.parent_path() / ("." + target.filename().string() + ".lock"));
    while (!lock.tryLock()) {
        job.throwIfStopped();
        job.progress(static_cast<int64_t>(bytesBelow(target.string() + ".part")), static_cast<int64_t>(model.bytes));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    // Another process may just have finished.
    if (CachedModel cached = findInCaches(model); !cached.path.empty()) return std::move(cached.path);

    if (const auto repository = repositoryOf(model.name))
        RepositoryFetch(model, *repository, target, job).run();
    else
        fetchFile(model, target, job);
    return target;
}

}  // namespace diagonal
