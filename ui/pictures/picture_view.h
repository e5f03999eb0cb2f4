// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPixmap>
#include <QSize>
#include <QWidget>
#include <atomic>
#include <memory>
#include <optional>

#include "engine/inference/relevance.h"

namespace diagonal {

struct ShownPicture;

/// One picture on the canvas, as large as fits, upright. Decoded on a thread.
class PictureView : public QWidget {
    Q_OBJECT

  public:
    explicit PictureView(QWidget* parent = nullptr);

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
    bool isDecoded() const { return m_decoded; }  ///< or known to be none
    bool hasPicture() const { return !m_pixmap.isNull(); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    /// Upright, and "JPEG"; of what cannot be read nothing is told.
    void factsKnown(QSize size, const QString& format);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void decode();
    void take(const ShownPicture& picture);
    void paintProblem(QPainter& painter, const QRect& area) const;
    void paintRelevance(QPainter& painter, const QRect& target);
    void paintGrid(QPainter& painter, const QRectF& area, const QRectF& visible) const;

    QString m_path, m_problem;
    QPixmap m_pixmap;
    std::optional<RelevanceMap> m_relevance;
    QImage m_layer;     ///< its colours, for m_layerFor
    QRectF m_layerFor;  ///< where the visible part of the map was painted last
    QString m_remark;
    double m_opacity = 1;
    bool m_grid = false;
    bool m_decoded = false;
    bool m_isRefused = false;  ///< its file system does not answer: tried again once it does
    int m_decodedFor = 0;
    std::shared_ptr<std::atomic<quint64>> m_request = std::make_shared<std::atomic<quint64>>(0);
};

}  // namespace diagonal
