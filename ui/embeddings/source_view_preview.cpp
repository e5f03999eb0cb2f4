// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <mutex>

#include "engine/embeddings/items.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/embeddings/data_source.h"
#include "ui/embeddings/source_view.h"
#include "ui/shell/services.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

/// Images that may lie in no file of their own.
void SourceView::embedFirstOfData() {
    struct Rows {
        std::mutex mutex;
        std::vector<NewItem> items;
    };
    auto rows = std::make_shared<Rows>();
    const auto items = m_data->items();
    EngineService::SliceHandler handler;
    handler.finished = [this, rows, items] {
        if (items != m_data->items()) return;
        const std::lock_guard lock(rows->mutex);
        for (size_t i = 0; i < rows->items.size(); ++i) {
            const NewItem& item = rows->items[i];
            if (item.rows.empty())
                m_preview.setError(static_cast<int>(i), engineText(item.error));
            else
                m_preview.setValues(static_cast<int>(i), item.rows.front().values);
        }
    };
    handler.failed = [this](const JobError& error) { m_services.notifyError(error); };
    m_services.engine().runWithModel(
        this, {}, {},
        [rows, items, normalized = m_normalized](Session& session, const JobContext& job) {
            const std::lock_guard lock(rows->mutex);
            items->embed(session, 0, std::min<size_t>(SourceView::kPreviewRows, items->size()), normalized,
                         [&rows](NewItem item) { rows->items.push_back(std::move(item)); }, {job.stop, {}});
            return false;
        },
        std::move(handler));
}

void SourceView::embedPreview() {
    m_continue->hide();
    const QStringList names = m_preview.names();
    if (names.isEmpty() || m_services.engine().model() == nullptr) return;
    if (m_kind == SourceKind::Data && m_data->part() == DataPart::Images) {
        if (m_data->items()) embedFirstOfData();
        return;
    }
    if (haveRowsTexts()) {
        EngineService::TextHandler handler;
        handler.finished = [this, names](const Embeddings& embeddings, const std::vector<size_t>&) {
            if (names != m_preview.names()) return;
            for (int row = 0; row < embeddings.count(); ++row) {
                const auto values = embeddings.row(row);
                m_preview.setValues(row, {values.begin(), values.end()});
            }
        };
        handler.cancelled = [this] { m_continue->show(); };
        handler.failed = [this](const JobError& error) {
            m_continue->show();
            m_services.notifyError(error);
        };
        m_services.engine().embedTexts(this, names, m_normalized, std::move(handler));
        return;
    }
    EngineService::ImageBatchHandler handler;
    handler.results = [this, names](const std::vector<ImageEmbedding>& batch) {
        if (names != m_preview.names()) return;
        for (const ImageEmbedding& image : batch) {
            if (image.error.empty())
                m_preview.setValues(static_cast<int>(image.index), image.values);
            else if (hasVideoExtension(toPath(names[static_cast<qsizetype>(image.index)])))
                m_preview.setError(static_cast<int>(image.index), tr("a video: a row for each key frame"));
            else
                m_preview.setError(static_cast<int>(image.index), engineText(image.error));
        }
    };
    handler.finished = [](bool) {};
    handler.failed = [this](const JobError& error) { m_services.notifyError(error); };
    m_services.engine().embedImages(this, {}, names, m_normalized, std::move(handler));
}

}  // namespace diagonal
