// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPixmap>
#include <QSize>
#include <QThreadPool>
#include <QWidget>

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

    QString m_path, m_problem;
    QPixmap m_pixmap;
    PictureFacts m_facts;
    bool m_decoded = false;
    int m_decodedFor = 0;
    quint64 m_request = 0;
    QThreadPool m_pool;
};

}  // namespace diagonal
