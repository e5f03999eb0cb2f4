// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>
#include <QWidget>
#include <array>

#include "ui/matrix/matrix_analysis.h"

namespace diagonal {

/// What the card of a cell says.
struct CellText {
    QString file, caption, verdict;
    bool isWarning = false;
    std::array<QString, 5> values;  ///< cosine, logit, row, column, ranks
    int accented = 0;
};

/// The card beside the pointer: picture, caption, whether the two are a pair, and all values of the cell.
class CellCard : public QWidget {
    Q_OBJECT

  public:
    explicit CellCard(QWidget* parent);
    void showCell(const QString& path, const CellText& text);
    /// Near the cell, off its row and column, and off the matrix's diagonal as far as there is room.
    void placeBeside(const QRect& cell, const QRect& matrix, const QRect& room);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_path;
    CellText m_text;
};

}  // namespace diagonal
