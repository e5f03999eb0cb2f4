// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QTableView>

#include "ui/pictures/confusion.h"

namespace diagonal {

/// A Confusion for views: true labels down, given labels across.
class ConfusionModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const Confusion& confusion() const { return m_confusion; }
    void set(Confusion confusion);
    QString csv() const;
    QString tsv() const;

  private:
    QString columnName(int column) const;

    Confusion m_confusion;
};

/// The matrix as a tinted table: accent where folder and label agree, amber where not, stronger with the row's share.
class ConfusionView : public QTableView {
    Q_OBJECT

  public:
    explicit ConfusionView(QWidget* parent = nullptr);
    ConfusionModel& matrix() { return m_model; }

  Q_SIGNALS:
    void cellChosen(const QString& truth, const QString& label);  ///< label empty: none was given
    void exportClicked(const QByteArray& csv);

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    ConfusionModel m_model;
};

}  // namespace diagonal
