// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_session.h"

#include <QElapsedTimer>
#include <algorithm>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/label/compare_export.h"
#include "ui/label/label_session.h"

namespace diagonal {

namespace {

constexpr int kSliceMilliseconds = 25;
constexpr int kRowsBetweenLooks = 16;  // at the clock

}  // namespace

CompareSession::CompareSession(EngineService& engine, LabelSession& labels, QObject* parent)
    : QObject(parent), m_engine(engine), m_labels(labels), m_pictures(labels.images()) {
    m_pictures.setLive(false);
    for (QTimer* timer : {&m_timer, &m_updateTimer}) {
        timer->setSingleShot(true);
        timer->setInterval(0);
    }
    connect(&m_timer, &QTimer::timeout, this, &CompareSession::compareSlice);
    connect(&m_updateTimer, &QTimer::timeout, this, &CompareSession::update);
    const ImageList* images = &labels.images();
    connect(images, &ImageList::appended, this, &CompareSession::markRows);
    connect(images, &ImageList::rearranged, this, &CompareSession::markAll);
    connect(images, &ImageList::changed, this, &CompareSession::markRows);
    connect(images, &ImageList::scoresChanged, &m_updateTimer, qOverload<>(&QTimer::start));
    connect(&labels, &LabelSession::stateChanged, &m_updateTimer, qOverload<>(&QTimer::start));
    connect(&engine, &EngineService::modelChanged, this, [this] {
        if (!usesSecond()) ++m_model;
        Q_EMIT changed();
    });
}

void CompareSession::setActive(bool active) {
    if (active == m_active) return;
    m_active = active;
    m_pictures.setLive(active);
    if (!active) {
        stopJobs();
        return;
    }
    m_paused = false;
    m_pictures.begin();
    if (usesSecond()) openModel();
    markAll();
    update();
    Q_EMIT changed();
}

void CompareSession::choose(const CompareChoice& choice) {
    if (choice == m_choice && m_problem.isEmpty()) return;
    stopJobs(choice.kind == CompareChoice::Kind::Model && secondModel() != nullptr);
    m_choice = choice;
    m_paused = false;
    m_problem.clear();
    ++m_model;
    m_pictures.reset();
    if (m_active && usesSecond()) openModel();
    markAll();
    update();
    Q_EMIT changed();
}

void CompareSession::openModel() {
    EngineService::SecondModelHandler handler;
    handler.opened = [this](const ModelInfo& info, qint64 bytes) {
        m_openJob = 0;
        if (m_embeddedWith != info.path) m_embeddings.clear();
        m_embeddedWith = info.path;
        m_second = info;
        m_secondChoice = m_choice;
        m_secondBytes = bytes;
        ++m_model;
        update();
        Q_EMIT changed();
    };
    handler.failed = [this](const JobError& error) {
        m_openJob = 0;
        if (m_second) {
            m_choice = m_secondChoice;
            Q_EMIT failed(error);
            Q_EMIT choiceRestored(m_choice);
            update();
        } else {
            m_problem = error.text();
        }
        Q_EMIT changed();
    };
    handler.cancelled = [this] {
        m_openJob = 0;
        m_paused = true;
        m_second.reset();
        m_engine.closeSecondModel();
        Q_EMIT changed();
    };
    m_problem.clear();
    m_openJob = m_engine.openSecondModel(this, m_choice.modelPath, std::move(handler));
}

/// The right side computes nothing any more, and its model is closed unless another one is to take its place.
void CompareSession::stopJobs(bool keepsModel) {
    ++m_run;
    if (m_openJob != 0) m_engine.cancel(m_openJob);
    if (m_imageJob != 0) m_engine.cancel(m_imageJob);
    m_openJob = m_imageJob = 0;
    m_timer.stop();
    m_textsOf.reset();
    m_asked.reset();
    if (keepsModel) return;
    if (usesSecond()) m_engine.closeSecondModel();
    m_second.reset();
    m_secondBytes = 0;
}

void CompareSession::cancel() {
    const JobId opening = m_openJob, embedding = m_imageJob;
    if (opening != 0) m_engine.cancel(opening);
    if (embedding != 0) m_engine.cancel(embedding);
}

void CompareSession::resume() {
    m_paused = false;
    m_problem.clear();
    m_asked.reset();
    if (usesSecond() && !m_second && m_openJob == 0) openModel();
    update();
    Q_EMIT changed();
}

CompareSession::TextKey CompareSession::textKey() const {
    QStringList templates = m_choice.templates;
    if (usesSecond()) templates = leftTemplates(m_labels);
    return {images().labels(), templates, m_model};
}

void CompareSession::update() {
    if (!m_active || m_choice.kind == CompareChoice::Kind::Nothing) return;
    if (usesSecond() ? secondModel() == nullptr : m_engine.model() == nullptr) return;
    if (m_asked != textKey()) embedLabels();
    if (usesSecond()) embedImages();
}

void CompareSession::embedLabels() {
    const TextKey key = textKey();
    m_asked = key;
    if (key.labels.isEmpty()) return;
    EngineService::TextHandler handler;
    handler.finished = [this, key](Embeddings embeddings, const std::vector<size_t>&) {
        if (m_asked != key) return;  // newer ones are on the way
        m_texts = std::move(embeddings);
        m_textsOf = key;
        m_problem.clear();
        markAll();
        Q_EMIT changed();
    };
    handler.cancelled = [this, key] {
        if (m_asked != key) return;
        m_paused = true;
        Q_EMIT changed();
    };
    handler.failed = [this, key](const JobError& error) {
        if (m_asked != key) return;
        m_problem = error.text();
        Q_EMIT changed();
    };
    m_engine.embedLabels(this, labelTexts(images().parsedLabels()), key.templates, std::move(handler),
                         usesSecond() ? ModelSlot::Second : ModelSlot::Open);
}

void CompareSession::embedImages() {
    if (m_imageJob != 0 || m_paused) return;
    QStringList files;
    std::vector<quint64> ids;
    for (int row = 0; row < images().rowCount(); ++row) {
        const ImageItem& one = images().item(row);
        if (one.isFailed() || m_embeddings.contains(one.id)) continue;
        files << one.path;
        ids.push_back(one.id);
    }
    if (files.isEmpty()) return;
    EngineService::ImageBatchHandler handler;
    const quint64 run = ++m_run;
    handler.results = [this, run, ids](const std::vector<ImageEmbedding>& results) {
        if (run != m_run) return;
        for (const ImageEmbedding& result : results) {
            const quint64 id = ids[result.index];
            m_embeddings.insert(id, result);
            if (const int row = images().rowOf(id); row >= 0) markRows(row, row);
        }
    };
    handler.finished = [this, run](bool cancelled) {
        if (run != m_run) return;
        m_imageJob = 0;
        m_paused = cancelled;
        update();  // images may have come meanwhile
        Q_EMIT changed();
    };
    handler.failed = [this, run](const JobError& error) {
        if (run != m_run) return;
        m_imageJob = 0;
        m_paused = true;
        m_problem = error.text();
        Q_EMIT changed();
    };
    m_imageJob = m_engine.embedImages(this, tr("Comparing"), files, true, std::move(handler), ModelSlot::Second);
    Q_EMIT changed();
}

void CompareSession::markRows(int first, int last) {
    m_pictures.markDue(first, last);
    m_next = std::min(m_next, first);
    if (m_active && !m_timer.isActive()) m_timer.start();
}

void CompareSession::compareSlice() {
    QElapsedTimer clock;
    clock.start();
    const int rows = m_pictures.count();
    bool isChanged = false;
    for (; m_next < rows; ++m_next) {
        if (m_next % kRowsBetweenLooks == 0 && clock.elapsed() >= kSliceMilliseconds) break;
        if (!m_pictures.of(m_next).due) continue;
        m_pictures.set(m_next, compared(m_next));
        isChanged = true;
    }
    if (m_next < rows) m_timer.start();
    if (isChanged) m_pictures.contentChanged();
    if (m_pictures.counts().waiting == 0) m_pictures.settle();
    Q_EMIT changed();
}

/// An earlier result stays until the new one can be told.
Comparison CompareSession::compared(int row) const {
    Comparison one = m_pictures.of(row);
    const ImageItem& image = images().item(row);
    one.error = image.error;
    if (usesSecond() && !image.isFailed())
        if (const auto right = m_embeddings.constFind(image.id); right != m_embeddings.cend())
            one.error = engineText(right->error);
    one.stale = true;
    one.due = false;
    if (one.isFailed()) {
        one.result.reset();
        return one;
    }
    const auto left = leftRanking(row), right = rightRanking(row);
    if (left.empty() || right.empty()) return one;
    const auto isGiven = [this](const std::vector<LabelScore>& ranking) {
        return isAssigned(ranking, images().parsedLabels(), images().scoring().score);
    };
    one.result = compareRankings(static_cast<size_t>(row), left, right, isGiven(left), isGiven(right));
    const QStringList& labels = images().labels();
    one.leftLabel = labels.value(static_cast<qsizetype>(one.result->left.label));
    one.rightLabel = labels.value(static_cast<qsizetype>(one.result->right.label));
    one.stale = false;
    return one;
}

std::vector<LabelScore> CompareSession::leftRanking(int row) const {
    const ImageItem& image = images().item(row);
    if (image.stale || image.waiting || !image.hasScores()) return {};
    return images().ranking(row);
}

std::vector<LabelScore> CompareSession::rightRanking(int row) const {
    if (!m_textsOf || m_textsOf != textKey()) return {};
    const ImageItem& image = images().item(row);
    const auto& labels = images().parsedLabels();
    Scoring scoring = images().scoring();
    if (!usesSecond()) return rankLabels(bestOfSynonyms(labelCosines(image.embedding, m_texts), labels), scoring);
    const auto found = m_embeddings.constFind(image.id);
    if (!m_second || found == m_embeddings.cend()) return {};
    scoring.temperature = m_second->temperature;
    scoring.bias = m_second->logitBias;
    return rankLabels(bestOfSynonyms(labelCosines(found->values, m_texts), labels), scoring);
}

void CompareSession::exportCsv(const QString& file) {
    auto rows = std::make_shared<std::vector<ComparedPicture>>();
    for (int row = 0; row < m_pictures.count(); ++row)
        rows->push_back({images().item(row).path, m_pictures.of(row)});
    auto work = [rows, file, reason = tr("not compared").toStdString()](const JobContext& context) {
        writeComparisonCsv(toPath(file), *rows, reason, context);
    };
    auto* context = new QObject(this);
    EngineService::TaskHandler handler;
    handler.finished = [this, context, file, count = m_pictures.count()] {
        context->deleteLater();
        Q_EMIT exported(file, count);
    };
    handler.failed = [this, context](const JobError& error) {
        context->deleteLater();
        Q_EMIT failed(error);
    };
    handler.cancelled = [context] { context->deleteLater(); };
    m_engine.setPrecious(m_engine.runTask(context, tr("Exporting"), std::move(work), std::move(handler)));
}

QStringList leftTemplates(const LabelSession& session) {
    return session.templates();
}

}  // namespace diagonal
