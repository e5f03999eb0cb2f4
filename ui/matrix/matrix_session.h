// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <memory>

#include "ui/jobs/engine_service.h"
#include "ui/matrix/matrix_analysis.h"
#include "ui/matrix/matrix_source.h"

namespace diagonal {

/// The images and captions of the matrix pane, their embeddings, and what follows from them. Another model embeds them
/// anew. UI thread only; the work goes on elsewhere.
class MatrixSession : public QObject {
    Q_OBJECT

  public:
    explicit MatrixSession(EngineService& engine, QObject* parent = nullptr);

    const MatrixItems& items() const { return m_items; }
    void setItems(const MatrixItems& items);
    /// Images that are not there yet. As with other captions, the pairs are no longer those of the source.
    void addImages(const QStringList& files, const QStringList& unreadable);
    void setCaptions(const QStringList& captions);
    /// Those that do not come from a file of pairs.
    QStringList typedCaptions() const { return m_items.title.isEmpty() ? m_items.captions : QStringList(); }
    void setPaired(bool paired);
    /// As many captions as images, and each belongs to its own.
    bool isPaired() const;
    void setOrder(MatrixOrder order);
    MatrixOrder order() const { return m_order; }

    const MatrixAnalysis& analysis() const { return m_analysis; }
    /// "a.jpg: the file is empty" of each image without an embedding.
    QStringList unreadable() const;
    int truncatedCaptions() const;
    bool isBusy() const { return m_imagesRunning || m_textsRunning; }
    /// Embeddings are missing, as the person cancelled or the model could not; new items, another model and resume() go
    /// on.
    bool isStopped() const { return m_imagesStopped || m_textsStopped; }
    void resume();

  Q_SIGNALS:
    void itemsChanged();
    void analysed();
    void failed(const diagonal::JobError& error);

  private:
    void modelChanged();
    void embedImages();
    void letGo();
    void embedTexts();
    void stop(bool& which);
    void analyseSoon();
    void analyse();
    struct Rows;
    Rows rows() const;

    EngineService& m_engine;
    QObject m_imageOwner, m_textOwner, m_analysisOwner;
    MatrixItems m_items;
    MatrixOrder m_order = MatrixOrder::AsGiven;
    using Row = std::shared_ptr<const std::vector<float>>;
    QHash<QString, Row> m_images, m_texts;  ///< of the open model
    QCache<QString, Row> m_left;            ///< of images that were removed, and may come back
    QSet<QString> m_cut;                    ///< captions that are longer than it reads
    QHash<QString, QString> m_errors;
    MatrixAnalysis m_analysis;
    QTimer m_soon;
    int m_model = 0;  ///< how many there were
    bool m_imagesRunning = false, m_textsRunning = false, m_analysing = false, m_again = false;
    bool m_imagesStopped = false, m_textsStopped = false;
};

}  // namespace diagonal
