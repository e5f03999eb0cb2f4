// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_session.h"

#include <algorithm>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr int kSoon = 120, kMostLeft = 5000;
/// Up to here an analysis takes a few milliseconds and needs no job.
constexpr qsizetype kQuickCells = 48 * 48;

}  // namespace

MatrixSession::MatrixSession(EngineService& engine, QObject* parent)
    : QObject(parent), m_engine(engine), m_left(kMostLeft) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoon);
    connect(&m_soon, &QTimer::timeout, this, &MatrixSession::analyse);
    connect(&engine, &EngineService::modelChanged, this, &MatrixSession::modelChanged);
}

void MatrixSession::setItems(const MatrixItems& items) {
    m_items = items;
    m_errors.clear();
    m_analysis = {};
    embedImages();
    embedTexts();
    Q_EMIT itemsChanged();
    analyseSoon();
}

void MatrixSession::addImages(const QStringList& files, const QStringList& unreadable) {
    const QSet<QString> known(m_items.files.begin(), m_items.files.end());
    for (const QString& file : files)
        if (!known.contains(file)) m_items.files << file;
    m_items.unreadable << unreadable;
    m_items.available = 0;
    m_items.title.clear();
    embedImages();
    Q_EMIT itemsChanged();
    analyseSoon();
}

void MatrixSession::setCaptions(const QStringList& captions) {
    if (captions == m_items.captions) return;
    m_items.captions = captions;
    m_items.available = 0;
    m_items.title.clear();
    embedTexts();
    Q_EMIT itemsChanged();
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
            reasons << QStringLiteral("%1: %2").arg(nameInSentence(file), m_errors.value(file));
    return reasons;
}

void MatrixSession::modelChanged() {
    ++m_model;
    m_images.clear();
    m_left.clear();
    m_texts.clear();
    m_cut.clear();
    m_errors.clear();
    m_imagesRunning = m_textsRunning = false;
    embedImages();
    embedTexts();
}

/// Of what is no longer among the items a bounded part is kept, for an undo.
void MatrixSession::letGo() {
    const QSet<QString> wanted(m_items.files.begin(), m_items.files.end());
    m_images.removeIf([&](const auto& known) {
        if (wanted.contains(known.key())) return false;
        m_left.insert(known.key(), new Row(known.value()));
        return true;
    });
    for (const QString& file : wanted)
        if (const std::unique_ptr<Row> row(m_left.take(file)); row) m_images.insert(file, *row);
}

void MatrixSession::resume() {
    if (m_imagesStopped) embedImages();
    if (m_textsStopped) embedTexts();
    Q_EMIT itemsChanged();
}

void MatrixSession::stop(bool& which) {
    which = true;
    Q_EMIT itemsChanged();
}

void MatrixSession::embedImages() {
    if (m_engine.model() == nullptr) return;
    letGo();
    m_imagesStopped = false;
    QStringList missing;
    for (const QString& file : m_items.files)
        if (!m_images.contains(file) && !m_errors.contains(file)) missing << file;
    if (missing.isEmpty()) return;
    m_imagesRunning = true;
    EngineService::ImageBatchHandler handler;
    handler.results = [this, missing, model = m_model](const std::vector<ImageEmbedding>& results) {
        if (model != m_model) return;
        for (const ImageEmbedding& result : results) {
            const QString& file = missing[static_cast<qsizetype>(result.index)];
            if (result.error.empty()) {
                m_images.insert(file, std::make_shared<const std::vector<float>>(result.values));
            } else {
                m_errors.insert(file, engineText(result.error));
            }
        }
        analyseSoon();
    };
    handler.finished = [this](bool cancelled) {
        m_imagesRunning = false;
        if (cancelled) stop(m_imagesStopped);
        analyseSoon();
    };
    handler.failed = [this](const JobError& error) {
        m_imagesRunning = false;
        stop(m_imagesStopped);
        Q_EMIT failed(error);
    };
    m_engine.embedImages(&m_imageOwner, tr("Embedding images"), missing, true, handler);
}

void MatrixSession::embedTexts() {
    if (m_engine.model() == nullptr) return;
    m_textsStopped = false;
    const QSet<QString> wanted(m_items.captions.begin(), m_items.captions.end());
    m_texts.removeIf([&wanted](const auto& known) { return !wanted.contains(known.key()); });
    m_cut &= wanted;
    QStringList missing;
    for (const QString& caption : wanted)
        if (!m_texts.contains(caption)) missing << caption;
    if (missing.isEmpty()) return;
    m_textsRunning = true;
    EngineService::TextHandler handler;
    handler.finished = [this, missing, model = m_model](const Embeddings& embeddings,
                                                        const std::vector<size_t>& truncated) {
        if (model != m_model) return;
        m_textsRunning = false;
        for (qsizetype i = 0; i < missing.size(); ++i) {
            const auto row = embeddings.row(i);
            m_texts.insert(missing[i], std::make_shared<const std::vector<float>>(row.begin(), row.end()));
        }
        for (const size_t index : truncated)
            m_cut.insert(missing[static_cast<qsizetype>(index)]);
        analyse();
    };
    handler.cancelled = [this] {
        m_textsRunning = false;
        stop(m_textsStopped);
    };
    handler.failed = [cancelled = handler.cancelled, this](const JobError& error) {
        cancelled();
        Q_EMIT failed(error);
    };
    m_engine.embedTexts(&m_textOwner, missing, true, handler);
}

int MatrixSession::truncatedCaptions() const {
    return static_cast<int>(
        std::ranges::count_if(m_items.captions, [this](const QString& caption) { return m_cut.contains(caption); }));
}

/// What an analysis needs, the embeddings not copied.
struct MatrixSession::Rows {
    std::vector<Row> images, texts;
    bool paired = false;
    MatrixOrder order = MatrixOrder::AsGiven;

    MatrixAnalysis analyse() const {
        MatrixInput input{{}, {}, paired, order};
        for (const auto& [from, to] : {std::pair(&images, &input.images), {&texts, &input.texts}})
            for (const Row& row : *from)
                to->push_back(row ? *row : std::vector<float>());
        return analyseMatrix(input);
    }
};

MatrixSession::Rows MatrixSession::rows() const {
    Rows rows{{}, {}, isPaired(), m_order};
    for (const QString& file : m_items.files)
        rows.images.push_back(m_images.value(file));
    for (const QString& caption : m_items.captions)
        rows.texts.push_back(m_texts.value(caption));
    return rows;
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
        m_analysis = rows().analyse();
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
                     [given = rows(), result](const JobContext&) { *result = given.analyse(); },
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
