// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/offer_view.h"

#include <QHBoxLayout>
#include <QPushButton>

#include "engine/hub/hub.h"
#include "ui/base/paths.h"
#include "ui/style/layouts.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/fact_grid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kWidth = 560;

}  // namespace

OfferView::OfferView(QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_title(makeWrapped({}, 20, 600)),
      m_note(makeWrapped({}, 13, 400, &Tokens::text2)),
      m_facts(new FactGrid),
      m_get(makeButton({}, QStringLiteral("ui/drop"), ButtonKind::Primary)),
      m_cancel(makeButton(tr("Cancel"))),
      m_bar(new Bar),
      m_progress(new TabularLabel({}, 12, 400, &Tokens::text2)),
      m_error(makeWrapped({}, 13, 400, &Tokens::error)) {
    m_progress->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto* body = new QWidget;
    body->setLayout(makeColumn({m_title, m_note, m_facts, gap(8), m_error,
                                makeRow({m_get, m_cancel, m_progress, stretch(1)}, 8), m_bar, stretch(1)},
                               8));
    setLayout(makeRow({{body, 100}, stretch(1)}, 8, {24, 20, 24, 20}));
    followTheme(this, [body] { body->setMaximumWidth(px(kWidth)); });
    connect(m_get, &QPushButton::clicked, this, [this] { Q_EMIT getClicked(m_name); });
    connect(m_cancel, &QPushButton::clicked, this, [this] { Q_EMIT cancelClicked(m_name); });
}

QString OfferView::errorText() const {
    return m_error->text();
}

void OfferView::show(const ModelEntry& entry, const DownloadState& download) {
    if (m_name != entry.hubName) {
        m_name = entry.hubName;
        m_title->setText(entry.name);
        m_note->setText(entry.note);
        const bool isFromHuggingFace = entry.hubName.startsWith(QLatin1String("hf:"));
        FactGroup facts{tr("Not on this computer"), {}};
        if (entry.bytes > 0) facts.facts.push_back({tr("To download"), formatBytes(entry.bytes)});
        facts.facts.push_back({tr("From"), isFromHuggingFace ? QStringLiteral("huggingface.co") : tr("OpenAI")});
        if (!entry.licence.isEmpty()) facts.facts.push_back({tr("Licence"), entry.licence});
        if (!entry.languages.isEmpty()) facts.facts.push_back({tr("Languages"), entry.languages});
        facts.facts.push_back({tr("Kept in"), formatPath(fromPath(modelCache()))});
        m_facts->setGroups({facts});
    }
    const bool running = download.job != 0;
    m_get->setVisible(!running);
    m_get->setText(download.error.isEmpty() ? tr("Get this model") : tr("Try again"));
    m_cancel->setVisible(running);
    m_cancel->setEnabled(!download.progress.cancelling);
    m_progress->setVisible(running);
    m_bar->setVisible(running);
    m_error->setText(download.error);
    m_error->setVisible(!download.error.isEmpty());
    if (!running) return;
    const JobState& job = download.progress;
    m_progress->setText(downloadText(job));
    m_bar->setValue(job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : 0);
}

}  // namespace diagonal
