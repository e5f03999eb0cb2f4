// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariantAnimation>
#include <QWidget>

#include "ui/item_models/score_list_model.h"
#include "ui/widgets/row_view.h"

namespace diagonal {

class ElidedLabel;
class Pill;
class ScoreDelegate;
class SegmentedControl;

/// As high as its rows where there is room.
class ScoreList : public RowView {
    Q_OBJECT

  public:
    explicit ScoreList(QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  private:
    int heightOf(int rows) const;
};

/// The scores of the selected image: a verdict in words, then every label with its numbers.
class ScorePanel : public QWidget {
    Q_OBJECT

  public:
    explicit ScorePanel(QWidget* parent = nullptr);

    /// No image: the labels, waiting.
    void showLabels(const QStringList& labels, const QString& sentence);
    /// stale: the numbers belong to earlier labels and stand dimmed until the new ones arrive.
    /// assigned: the picture is given its best label.
    void showScores(const QStringList& labels, const std::vector<LabelScore>& bestFirst, bool assigned, bool stale,
                    bool animated);
    Score score() const;
    bool showsCosine() const { return score() == Score::Cosine; }
    ScoreListModel& model() { return m_model; }
    QString verdict() const;
    /// The row whose relevance map is shown; empty: none.
    void setMarkedLabel(const QString& label);

  Q_SIGNALS:
    void modeChanged(bool cosine);
    void scoreChanged();
    void labelActivated(const QString& label);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void copy() const;

    SegmentedControl* m_mode;
    Pill* m_pill;
    ElidedLabel* m_sentence;
    ScoreList* m_list;
    ScoreListModel m_model;
    ScoreDelegate* m_delegate;
    QVariantAnimation m_glide;
    std::vector<double> m_from;
};

}  // namespace diagonal
