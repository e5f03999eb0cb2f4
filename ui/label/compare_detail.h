// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/item_models/pair_score_model.h"
#include "ui/widgets/panel.h"

namespace diagonal {

class CompareSession;
class ElidedLabel;
class PairScoreDelegate;
class PictureView;
class RowView;
class TextLabel;

/// The selected picture of the comparison, and below it the rankings of both sides next to each other.
class CompareDetail : public Panel {
    Q_OBJECT

  public:
    explicit CompareDetail(CompareSession& session, QWidget* parent = nullptr);
    /// Row of the session's pictures; -1: none.
    void setPicture(int row, const QStringList& labels);
    void setSides(const QString& left, const QString& right);
    PairScoreModel& scores() { return m_scores; }

  private:
    void copy() const;

    CompareSession& m_session;
    PairScoreModel m_scores;
    QString m_left, m_right;
    PictureView* m_picture;
    ElidedLabel* m_name;
    TextLabel* m_verdict;
    RowView* m_list;
    PairScoreDelegate* m_delegate;
};

}  // namespace diagonal
