// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_session.h"

#include <QFileInfo>
#include <QSet>

#include "ui/base/engine_texts.h"

namespace diagonal {

namespace {

constexpr int kSoon = 120;
/// Up to here an analysis takes a few milliseconds and needs no job.
constexpr qsizetype kQuickCells = 48 * 48;

}  // namespace

MatrixSession::MatrixSession(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoon);
    connect(&m_soon, &QTimer::timeout, this, &MatrixSession::analyse);
    connect(&engine, &EngineService::modelChanged, this, &MatrixSession::modelChanged);
}

void MatrixSession::setItems(const MatrixItems& items) {
    m_items = items;
    m_errors.clear();
    m_analysis = {};
    Q_EMIT itemsChanged();
    embedImages();
    embedTexts();
    analyseSoon();
}

void MatrixSession::addImages(const QStringList& files, const QStringList& unreadable) {
    const QSet<QString> known(m_items.files.begin(), m_items.files.end());
    for (const QString& file : files)
        if (!known.contains(file)) m_items.files << file;
    m_items.unreadable << unreadable;
    m_items.available = 0;
    m_items.title.clear();
    Q_EMIT itemsChanged();
    embedImages();
    analyseSoon();
}

void MatrixSession::setCaptions(const QStringList& captions) {
    if (captions == m_items.captions) return;
    m_items.captions = captions;
    Q_EMIT itemsChanged();
    embedTexts();
    analyseSoon();
}

void MatrixSession::setPaired(bool paired) {
    if (paired == m_items.paired) return;
    m_items.paired = paired;
    Q_EMIT itemsChanged();
    analyseSoon();
}

bool MatrixSession::isPaired() const {
    return m_items.paired && m_items.files.size() == m_items.captions.size() && !m_items.files.isEmpty();
}

void MatrixSession::setOrder(MatrixOrder order) {
    m_order = order;
    analyse();
}

QStringList MatrixSession::unreadable() const {
    QStringList reasons = m_items.unreadable;
    for (const QString& file : m_items.files)
        if (m_errors.contains(file))
            reasons << QStringLiteral("%1: %2").arg(QFileInfo(file).fileName(), m_errors.value(file));
    return reasons;
}

void MatrixSession::modelChanged() {
    m_images.clear();
    m_texts.clear();
    m_errors.clear();
    m_imagesRunning = m_textsRunning = false;
    embedImages();
    embedTexts();
}

void MatrixSession::embedImages() {
    if (m_engine.model() == nullptr) return;
    QStringList missing;
    for (const QString& file : m_items.files)
        if (!m_images.contains(file) && !m_errors.contains(file)) missing << file;
    if (missing.isEmpty()) return;
    m_imagesRunning = true;
    EngineService::ImageBatchHandler handler;
    handler.results = [this, missing](const std::vector<ImageEmbedding>& results) {
        for (const ImageEmbedding& result : results) {
            const QString& file = missing[static_cast<qsizetype>(result.index)];
            if (result.error.empty()) {
                m_images.insert(file, result.values);
            } else {
                m_errors.insert(file, engineText(result.error));
            }
        }
        analyseSoon();
    };
    handler.finished = [this](bool) {
        m_imagesRunning = false;
        analyseSoon();
    };
    handler.failed = [this](const JobError& error) {
        m_imagesRunning = false;
        Q_EMIT failed(error);
    };
    m_engine.embedImages(&m_imageOwner, tr("Embedding images"), missing, true, handler);
}

void MatrixSession::embedTexts() {
    if (m_engine.model() == nullptr || m_items.captions.isEmpty()) return;
    const QStringList captions = m_items.captions;
    m_textsRunning = true;
    EngineService::TextHandler handler;
    handler.finished = [this, captions](const Embeddings& embeddings, const std::vector<size_t>& truncated) {
        m_textsRunning = false;
        m_texts.clear();
        for (qsizetype i = 0; i < captions.size(); ++i) {
            const auto row = embeddings.row(i);
            m_texts.insert(captions[i], {row.begin(), row.end()});
        }
        m_truncated = static_cast<int>(truncated.size());
        analyse();
    };
    handler.failed = [this](const JobError& error) {
        m_textsRunning = false;
        Q_EMIT failed(error);
    };
    m_engine.embedTexts(&m_textOwner, captions, true, handler);
}

MatrixInput MatrixSession::input() const {
    MatrixInput input;
    for (const QString& file : m_items.files)
        input.images.push_back(m_images.value(file));
    for (const QString& caption : m_items.captions)
        input.texts.push_back(m_texts.value(caption));
    input.paired = isPaired();
    input.order = m_order;
    return input;
}

void MatrixSession::analyseSoon() {
    if (!m_soon.isActive()) m_soon.start();
}

void MatrixSession::analyse() {
    m_soon.stop();
    if (m_analysing) {
        m_again = true;
        return;
    }
    if (m_items.files.size() * m_items.captions.size() <= kQuickCells) {
        m_analysis = analyseMatrix(input());
        Q_EMIT analysed();
        return;
    }
    m_analysing = true;
    auto result = std::make_shared<MatrixAnalysis>();
    const auto done = [this] {
        m_analysing = false;
        if (m_again) {
            m_again = false;
            analyseSoon();
        }
    };
    m_engine.runTask(&m_analysisOwner, tr("Comparing"),
                     [given = input(), result](const JobContext&) { *result = analyseMatrix(given); },
                     {[this, result, done] {
                          const bool stale = result->cosines.rows != m_items.files.size() ||
                                             result->cosines.columns != m_items.captions.size();
                          if (!stale || result->isEmpty()) m_analysis = std::move(*result);
                          done();
                          Q_EMIT analysed();
                      },
                      [this, done](const JobError& error) {
                          done();
                          Q_EMIT failed(error);
                      },
                      done});
}

}  // namespace diagonal
