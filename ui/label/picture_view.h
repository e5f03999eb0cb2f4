// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPixmap>
#include <QSize>
#include <QThreadPool>
#include <QWidget>
#include <optional>

#include "engine/inference/relevance.h"

namespace diagonal {

/// What the header of a picture file says, for people.
struct PictureFacts {
    QSize size;
    QString format;  ///< "JPEG"
};

/// One picture on the canvas, as large as fits, upright. Decoded on a thread; until then its thumbnail stands in.
class PictureView : public QWidget {
    Q_OBJECT

  public:
    explicit PictureView(QWidget* parent = nullptr);
    ~PictureView() override;

    /// Empty path: an empty canvas.
    void showPicture(const QString& path);
    /// In place of the picture: why there is none.
    void showProblem(const QString& path, const QString& problem);
    /// What lies over the picture; null: nothing. Its map is of the picture turned upright.
    void setRelevance(const RelevanceMap* map);
    void setRelevanceLook(double opacity, bool grid);
    bool showsRelevance() const { return m_relevance.has_value(); }
    /// A line below the picture: why there is no map.
    void setRemark(const QString& remark);
    QString remark() const { return m_remark; }
    QString path() const { return m_path; }
    bool isDecoded() const { return m_decoded; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void factsKnown(const QString& path, const diagonal::PictureFacts& facts);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void decode();
    void take(quint64 request, const QImage& image, const PictureFacts& facts, const QString& problem);
    void paintProblem(QPainter& painter, const QRect& area) const;
    void paintRelevance(QPainter& painter, const QRect& target);
    void paintGrid(QPainter& painter, const QRectF& area, const QRectF& visible) const;

    QString m_path, m_problem;
    QPixmap m_pixmap;
    PictureFacts m_facts;
    std::optional<RelevanceMap> m_relevance;
    QImage m_layer;     ///< its colours, for m_layerFor
    QRectF m_layerFor;  ///< where the visible part of the map was painted last
    QString m_remark;
    double m_opacity = 1;
    bool m_grid = false;
    bool m_decoded = false;
    int m_decodedFor = 0;
    quint64 m_request = 0;
    QThreadPool m_pool;
};

}  // namespace diagonal
