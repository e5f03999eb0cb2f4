// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/files_section.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>

#include "ui/base/paths.h"
#include "ui/jobs/engine_service.h"
#include "ui/model_pane/model_list_model.h"
#include "ui/style/layouts.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

FilesSection::FilesSection(EngineService& engine, QWidget* parent)
    : QWidget(parent),
      m_engine(engine),
      m_compute(makeButton(tr("Compute SHA-256"))),
      m_cancel(makeButton(tr("Cancel"))),
      m_bar(new Bar(4)),
      m_progress(new TabularLabel({}, 12, 400, &Tokens::text2)),
      m_error(makeWrapped({}, 12, 400, &Tokens::error)) {
    auto* header = new SectionHeader(tr("Files"));
    header->addRight(m_progress);
    header->addRight(m_bar);
    header->addRight(m_cancel);
    header->addRight(m_compute);
    setLayout(makeColumn({header, m_error}));
    followTheme(this, [this] { m_bar->setFixedWidth(px(100)); });
    m_compute->setToolTip(tr("Reads the files whole, to compare them with what their publisher says"));
    connect(m_compute, &QPushButton::clicked, this, &FilesSection::compute);
    connect(m_cancel, &QPushButton::clicked, this, [this] { m_engine.cancel(m_job); });
    connect(&engine, &EngineService::jobsChanged, this, &FilesSection::showProgress);
    showProgress();
}

void FilesSection::setReport(std::shared_ptr<const ModelReport> report) {
    delete m_context;  // and with it a job for another model
    m_context = new QObject(this);
    m_job = 0;
    m_report = std::move(report);
    m_hashes.clear();
    m_error->clear();
    showFiles();
    showProgress();
}

QStringList FilesSection::hashes() const {
    QStringList all;
    for (const FileHash& hash : m_hashes)
        all << QString::fromStdString(hash.sha256);
    return all;
}

void FilesSection::compute() {
    if (!m_report || m_job != 0) return;
    auto hashes = std::make_shared<std::vector<FileHash>>();
    EngineService::TaskHandler handler;
    handler.finished = [this, hashes] {
        m_job = 0;
        m_hashes = *hashes;
        showFiles();
        showProgress();
    };
    handler.failed = [this](const JobError& error) {
        m_job = 0;
        m_error->setText(error.text());
        showProgress();
    };
    handler.cancelled = [this] {
        m_job = 0;
        showProgress();
    };
    m_error->clear();
    m_job = m_engine.runLongTask(
        m_context, tr("Computing SHA-256"), kBytesPerSecond,
        [hashes, report = m_report](const JobContext& job) { *hashes = hashesOf(report->info, job); },
        std::move(handler));
    showProgress();
}

void FilesSection::showProgress() {
    const bool running = m_job != 0;
    m_compute->setVisible(!running && m_hashes.empty());
    m_cancel->setVisible(running);
    m_bar->setVisible(running);
    m_progress->setVisible(running);
    m_error->setVisible(!m_error->text().isEmpty());
    if (!running) return;
    for (const JobState& job : m_engine.jobs()) {
        if (job.id != m_job) continue;
        m_bar->setValue(job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : 0);
        m_progress->setText(job.total > 0 ? tr("%1 of %2").arg(formatBytes(job.done), formatBytes(job.total))
                                          : QString());
    }
}

void FilesSection::showFiles() {
    delete m_rows;
    m_rows = new QWidget;
    auto* grid = new QGridLayout(m_rows);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(px(16));
    grid->setVerticalSpacing(px(2));
    grid->setColumnStretch(2, 1);
    layout()->addWidget(m_rows);
    if (!m_report) return;
    int line = 0;
    for (size_t i = 0; i < m_report->info.files.size(); ++i) {
        const QString file = fromPath(m_report->info.files[i]);
        auto* name = new ElidedLabel(shownName(file), 12, 500);
        name->setElideMode(Qt::ElideMiddle);
        grid->addWidget(name, line, 0);
        const auto bytes = static_cast<qint64>(m_report->fileBytes[i]);
        grid->addWidget(new TabularLabel(formatBytes(bytes), 12, 400, &Tokens::text2), line, 1);
        if (i < m_hashes.size()) {
            const QString digits = QString::fromStdString(m_hashes[i].sha256);
            auto* hash = new ElidedLabel(digits, 12, 400, &Tokens::text2);
            hash->setElideMode(Qt::ElideMiddle);
            hash->setAccessibleName(tr("SHA-256 %1").arg(digits));
            grid->addWidget(hash, line, 2);
            auto* copy = new IconButton(QStringLiteral("ui/copy"), tr("Copy the SHA-256"));
            connect(copy, &IconButton::clicked, this, [digits] { QApplication::clipboard()->setText(digits); });
            grid->addWidget(copy, line, 3);
        }
        ++line;
    }
}

}  // namespace diagonal
