// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_session.h"

#include <utility>

#include "ui/base/paths.h"
#include "ui/label/label_export.h"

namespace diagonal {

namespace {

constexpr int kTypingMilliseconds = 10;

}  // namespace

LabelSession::LabelSession(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    m_labelTimer.setSingleShot(true);
    m_labelTimer.setInterval(kTypingMilliseconds);
    connect(&m_labelTimer, &QTimer::timeout, this, &LabelSession::embedLabels);
    connect(&m_engine, &EngineService::modelChanged, this, &LabelSession::modelChanged);
    // Rows that come back by undo may still want their embedding.
    connect(&m_images, &ImageList::rearranged, this,
            [this] { QTimer::singleShot(0, this, &LabelSession::startEmbedding); });
}

void LabelSession::add(const QStringList& files, const Failures& failures, bool announced) {
    const int before = m_images.rowCount();
    m_images.append(files);
    m_images.appendFailed(failures);
    if (m_images.rowCount() == before) return;
    if (announced) {
        m_paused = false;
        Q_EMIT imagesAdded(m_images.item(before).id);
    }
    startEmbedding();
}

void LabelSession::startEmbedding() {
    if (m_job != 0 || m_paused || m_engine.model() == nullptr) return;
    const auto waiting = m_images.waiting();
    if (waiting.empty()) return;
    QStringList files;
    std::vector<quint64> ids;
    for (const auto& [id, path] : waiting) {
        ids.push_back(id);
        files << path;
    }
    EngineService::ImageBatchHandler handler;
    const quint64 run = ++m_run;
    handler.results = [this, ids, run](std::vector<ImageEmbedding> results) {
        if (run != m_run) return;  // of another model
        std::vector<std::pair<quint64, ImageEmbedding>> known;
        known.reserve(results.size());
        for (ImageEmbedding& result : results) {
            const quint64 id = ids[result.index];
            known.emplace_back(id, std::move(result));
        }
        m_images.setEmbeddings(known);
    };
    handler.finished = [this, run](bool cancelled) {
        if (run != m_run) return;
        m_job = 0;
        m_paused = m_paused || cancelled;
        Q_EMIT stateChanged();
        startEmbedding();
    };
    handler.failed = [this, run](const JobError& error) {
        if (run != m_run) return;
        m_job = 0;
        m_paused = true;
        Q_EMIT stateChanged();
        Q_EMIT problem(error);
    };
    m_job = m_engine.embedImages(this, tr("Labelling"), files, true, std::move(handler));
    Q_EMIT stateChanged();
}

void LabelSession::cancel() {
    if (m_textJob != 0) m_engine.cancel(m_textJob);
    if (m_job == 0) return;
    m_engine.cancel(m_job);
    m_paused = true;
    Q_EMIT stateChanged();
}

void LabelSession::resume() {
    m_paused = false;
    if (m_textsStopped) embedLabels();
    startEmbedding();
    Q_EMIT stateChanged();
}

void LabelSession::setLabels(const QStringList& lines) {
    if (lines == m_labels.labels) return;
    m_labels = parseLabels(lines.join('\n'));
    textsChanged();
}

void LabelSession::setTemplates(const QStringList& templates) {
    if (templates == m_templates) return;
    m_templates = templates;
    textsChanged();
}

void LabelSession::textsChanged() {
    m_images.invalidateScores();
    m_labelTimer.start();
    Q_EMIT labelsChanged();
}

QStringList LabelSession::synonyms(const QString& label) const {
    const qsizetype index = m_labels.names.indexOf(label);
    return index < 0 ? QStringList() : labelTexts({m_labels.parsed[static_cast<size_t>(index)]});
}

void LabelSession::embedLabels() {
    if (m_engine.model() == nullptr) return;
    m_textsStopped = false;
    const QStringList lines = m_labels.labels, texts = labelTexts(m_labels.parsed);
    if (lines.isEmpty()) {
        ++m_textRun;
        m_textJob = 0;
        m_truncated.clear();
        m_images.setLabels({}, {m_engine.model()->embedDim, {}});
        Q_EMIT stateChanged();
        return;
    }
    EngineService::TextHandler handler;
    const quint64 run = ++m_textRun;
    handler.finished = [this, lines, texts, run](Embeddings embeddings, const std::vector<size_t>& truncated) {
        if (run != m_textRun) return;
        m_textJob = 0;
        if (m_labelTimer.isActive()) return;  // newer ones are on the way
        m_truncated.clear();
        for (const size_t index : truncated)
            m_truncated << texts.value(static_cast<qsizetype>(index));
        m_images.setLabels(lines, std::move(embeddings));
        Q_EMIT stateChanged();
    };
    handler.cancelled = [this, run] {
        if (run != m_textRun) return;
        m_textJob = 0;
        m_textsStopped = true;
        Q_EMIT stateChanged();
    };
    handler.failed = [cancelled = handler.cancelled, this](const JobError& error) {
        cancelled();
        Q_EMIT problem(error);
    };
    m_textJob = m_engine.embedLabels(this, texts, m_templates, std::move(handler));
    Q_EMIT stateChanged();
}

void LabelSession::modelChanged() {
    // What the cancelled job still has to give is the old model's.
    ++m_run;
    if (m_job != 0) m_engine.cancel(m_job);
    m_job = 0;
    m_images.setTemperature(m_engine.model()->temperature);
    m_images.invalidateEmbeddings();
    m_paused = false;
    embedLabels();
    startEmbedding();
    Q_EMIT stateChanged();
}

void LabelSession::exportScores(const QString& file) {
    struct Row {
        QString path, error;
        std::shared_ptr<const std::vector<float>> cosines;
        bool isWaiting = false;
    };
    auto rows = std::make_shared<std::vector<Row>>();
    int failed = 0, unfinished = 0;
    for (int row = 0; row < m_images.rowCount(); ++row) {
        const ImageItem& one = m_images.item(row);
        const Verdict verdict = one.verdict();
        if (verdict == Verdict::Failed) ++failed;
        const bool isWaiting = verdict == Verdict::Waiting;
        if (isWaiting) ++unfinished;
        rows->push_back({one.path, isWaiting ? tr("not labelled yet") : one.error, one.cosines, isWaiting});
    }
    const QString model = m_engine.model() != nullptr ? fromPath(m_engine.model()->path) : QString();
    auto work = [rows, file, model, labels = m_images.parsedLabels(),
                 scoring = m_images.scoring()](const JobContext& context) {
        std::vector<ExportRow> lines;
        for (const Row& row : *rows)
            lines.push_back({toPath(row.path).native(), row.error.toStdString(),
                             row.error.isEmpty() && row.cosines ? *row.cosines : std::vector<float>(), row.isWaiting});
        if (file.endsWith(QLatin1String(".json"), Qt::CaseInsensitive))
            writeLabelJson(toPath(file), lines, labels, model, scoring, context);
        else
            writeLabelCsv(toPath(file), lines, labels, scoring, context);
    };
    auto* context = new QObject(this);
    EngineService::TaskHandler handler;
    handler.finished = [this, context, file, failed, unfinished, count = m_images.rowCount()] {
        context->deleteLater();
        Q_EMIT exported(file, count, failed, unfinished);
    };
    handler.failed = [this, context](const JobError& error) {
        context->deleteLater();
        Q_EMIT problem(error);
    };
    handler.cancelled = [context] { context->deleteLater(); };
    m_engine.setPrecious(m_engine.runTask(context, tr("Exporting"), std::move(work), std::move(handler)));
}

}  // namespace diagonal
