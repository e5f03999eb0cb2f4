// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/embedding_export.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/new_folder.h"
#include "engine/embeddings/projector.h"
#include "engine/hub/sha256.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// Equal for exports whose rows are equal.
std::string recipeOf(Session& session, const EmbeddingItems& items, bool normalized) {
    Sha256 names;
    for (size_t i = 0; i < items.size(); ++i) {
        const std::string name = items.name(i);
        const uint64_t size = name.size();
        names.add(&size, sizeof size);
        names.add(name.data(), name.size());
    }
    return nlohmann::json{{"model_identity", session.identity()},
                          {"normalized", normalized},
                          {"things", items.size()},
                          {"names", names.digits()},
                          {"columns", items.columns()},
                          {"how", items.recipe()}}
        .dump();
}

}  // namespace

void writeFailures(const fs::path& target, const std::vector<FileFailure>& failures) {
    const fs::path file = (target.has_filename() ? target : target.parent_path()).native() + ".errors.csv";
    if (failures.empty()) {
        std::error_code ignored;
        fs::remove(file, ignored);  // of an earlier export to the same name
        return;
    }
    CsvNames names;
    for (const auto& failure : failures)
        names.prepare(failure.path);
    AtomicFile out(file);
    out.write("path,error" + names.head("path_bytes") + "\r\n");
    for (const auto& failure : failures)
        out.write(names.cell(failure.path) + "," + csvText(failure.reason) + names.end(failure.path) + "\r\n");
    out.commit();
}

EmbeddingExport::EmbeddingExport(Session& session, std::shared_ptr<const EmbeddingItems> items, ExportPlan plan,
                                 const JobContext& job)
    : m_items(std::move(items)), m_plan(std::move(plan)), m_dim(session.info().embedDim) {
    if (isProjector(m_plan.file))
        requireNew(m_plan.file);
    else if (!isEmbeddingFile(m_plan.file))
        throw Error(displayName(m_plan.file), "embeddings are written as .csv, .npy, .safetensors or .projector",
                    "Give the file one of these endings");
    m_facts = {{"model", repairUtf8(session.info().name)},
               {"model_identity", session.identity()},
               {"normalized", m_plan.normalized ? "true" : "false"}};
    if (!m_plan.source.empty()) {
        m_facts["model_source"] = repairUtf8(m_plan.source);
        m_facts["model_precision"] = session.options().precision;
        m_facts["model_image_size"] = std::to_string(session.options().imageSize.value_or(0));
    }
    m_rows = std::make_unique<PartialRows>(m_plan.file, recipeOf(session, *m_items, m_plan.normalized), m_dim,
                                           m_items->columns(), m_plan.resume);
    dropChanged(job);
    m_report.items = m_items->size();
    m_report.resumed = m_rows->items();
    m_report.isBegunAnew = m_rows->isBegunAnew();
}

EmbeddingExport::~EmbeddingExport() {
    if (m_rows && m_rows->items() == 0) m_rows->remove();
}

void EmbeddingExport::dropChanged(const JobContext& job) {
    for (size_t i = 0; i < m_rows->items(); ++i) {
        job.throwIfStopped();
        if (m_rows->stamp(i) == m_items->stamp(i)) continue;
        m_rows->keepOnly(i);
        return;
    }
}

bool EmbeddingExport::embed(Session& session, size_t most, const OnItem& onItem, const JobContext& job) {
    const size_t first = m_rows->items(), count = std::min(most, m_items->size() - first);
    const auto report = [&] {
        job.progress(static_cast<int64_t>(m_rows->items() - m_report.resumed),
                     static_cast<int64_t>(m_items->size() - m_report.resumed));
    };
    report();
    const auto done = [&](const NewItem& item) {
        m_report.known += item.known;
        m_report.notFinite += item.notFinite;
        m_report.truncated += item.truncated;
        const size_t number = m_rows->items();
        m_rows->add(item);
        report();
        if (onItem) onItem(number, item);
    };
    if (count > 0) m_items->embed(session, first, count, m_plan.normalized, done, {job.stop, {}});
    if (m_rows->items() < m_items->size()) return true;
    m_rows->flush();
    return false;
}

void EmbeddingExport::collectFailures() {
    m_rows->forEach([this](size_t number, const EmbeddedItem& item) {
        if (!item.error.empty()) m_report.failures.push_back({fs::path(m_items->name(number)), item.error});
    });
}

void EmbeddingExport::write(const std::vector<FileFailure>& ofListing, const JobContext& job) {
    m_report.rows = m_rows->rows();
    m_report.failures = ofListing;
    collectFailures();
    const RowsOfItems rows(*m_rows, m_dim, m_items->columns());
    if (rows.count() == 0) {
        writeFailures(m_plan.file, m_report.failures);
        m_rows->remove();
        throw Error(displayName(m_plan.file), "not written: nothing of what was given has an embedding");
    }
    if (isProjector(m_plan.file))
        writeProjectorFolder(rows, job);
    else
        writeEmbeddings(m_plan.file, rows, {m_plan.type, m_facts}, job);
    writeFailures(m_plan.file, m_report.failures);
    m_rows->remove();
}

void EmbeddingExport::writeProjectorFolder(const EmbeddingRows& rows, const JobContext& job) {
    SpriteSheet sheet(m_items->havePictures() ? rows.count() : 0);
    m_report.hasNoSprite = m_items->havePictures() && sheet.tile() == 0;
    int64_t done = 0;
    if (sheet.tile() > 0) {
        m_rows->forEach([&](size_t number, const EmbeddedItem& item) {
            for (const auto& row : item.rows) {
                job.throwIfStopped();
                Image picture;
                try {
                    picture = m_items->picture(number, row, sheet.tile());
                } catch (const Error&) {
                    // Gone since it was embedded: its place stays empty.
                }
                sheet.add(picture);
                job.progress(++done, rows.count());
            }
        });
    }
    writeProjector(m_plan.file, rows, sheet.tile() > 0 ? &sheet : nullptr, {job.stop, {}});
}

}  // namespace diagonal
