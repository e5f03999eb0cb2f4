// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <QTimer>

namespace diagonal {

class TileDelegate;

/// The thumbnails: arrows walk the tiles, only what is seen is drawn and decoded.
class ImageGrid : public QListView {
    Q_OBJECT

  public:
    explicit ImageGrid(QWidget* parent = nullptr);
    void setShowsCosine(bool shows);
    /// Selects and shows one; an invalid index clears.
    void choose(const QModelIndex& index);
    QSize sizeHint() const override;

  Q_SIGNALS:
    void currentImageChanged(const QModelIndex& index);

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void updateGeometries() override;

  private:
    TileDelegate* m_delegate;
    QTimer m_scrolled;
};

}  // namespace diagonal
