// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QListView>

#include "ui/evaluate/confusion_matrix.h"
#include "ui/widgets/panel.h"

namespace diagonal {

class TextLabel;

/// Pairs of classes, those confused most often first.
class MostConfusedModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { TruthRole = Qt::UserRole, PredictedRole, CountRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    void set(const ShownRow& row);
    const std::vector<ClassConfusion>& pairs() const { return m_pairs; }

  private:
    ShownRow m_row;
    std::vector<ClassConfusion> m_pairs;
};

/// The confusion matrix beside its legend and the pairs that are confused most.
class ConfusionPage : public Panel {
    Q_OBJECT

  public:
    explicit ConfusionPage(QWidget* parent = nullptr);
    void setRow(const ShownRow& row);
    ConfusionMatrix& matrix() { return *m_matrix; }
    QListView& pairs() { return *m_pairs; }

  Q_SIGNALS:
    void cellChosen(int truth, int predicted);

  private:
    ConfusionMatrix* m_matrix;
    MostConfusedModel m_model;
    QListView* m_pairs;
    TextLabel* m_note;
};

}  // namespace diagonal
