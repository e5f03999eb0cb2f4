// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/matrix/cell_card.h"
#include "ui/matrix/matrix_session.h"
#include "ui/matrix/matrix_side.h"

namespace diagonal {

class ColourLegend;
class HeatmapView;
class HistogramView;

/// The heatmap with its legend, histogram and the card of the cell under the pointer.
class MatrixView : public QWidget {
    Q_OBJECT

  public:
    MatrixView(MatrixSession& session, MatrixSide& side, QWidget* parent = nullptr);

    HeatmapView* heatmap() const { return m_heatmap; }
    /// What is shown now, in the order shown.
    const SimilarityMatrix& shown() const { return m_shown; }
    QStringList shownNames() const;
    QStringList shownCaptions() const;
    std::pair<double, double> range() const;
    /// Takes the session's analysis and the side's choices.
    void refresh();

  protected:
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void refreshNotes();
    void refreshLegend();
    void align();
    bool hasRoomForHistogram() const;
    void showCard(int row, int column);
    CellText cellText(int row, int column) const;
    int imageOf(int row) const;
    int captionOf(int column) const;

    MatrixSession& m_session;
    MatrixSide& m_side;
    SimilarityMatrix m_shown;
    HeatmapView* m_heatmap;
    ColourLegend* m_legend;
    HistogramView* m_histogram;
    CellCard* m_card;
};

}  // namespace diagonal
