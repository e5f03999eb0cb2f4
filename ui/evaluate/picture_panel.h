// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QSet>

#include "ui/evaluate/shown_row.h"
#include "ui/widgets/panel.h"

namespace diagonal {

class ElidedLabel;
class LinkLabel;
class Services;

/// Pictures that a classifier answered, by items of its result.
class AnswerListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { FileRole = Qt::UserRole, AnswerRole, SureRole, OwnRole, SuspectRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    /// suspects: pictures whose label may be wrong.
    void set(const ShownRow& row, std::vector<size_t> items, const QSet<qulonglong>& suspects);
    int suspects() const;

  private:
    size_t picture(int row) const;

    ShownRow m_row;
    std::vector<size_t> m_items;
    QSet<qulonglong> m_suspects;
};

/// The pictures behind a cell of the confusion matrix or a class, the surest mistake first.
class PicturePanel : public Panel {
    Q_OBJECT

  public:
    explicit PicturePanel(Services& services, QWidget* parent = nullptr);

    void setRow(const ShownRow& row);
    /// The class whose mistakes are shown; -1: none, or a cell.
    int chosenClass() const { return m_chosenClass; }
    /// Those of class `truth` that were answered `predicted`.
    void showCell(int truth, int predicted);
    /// All mistakes of a class.
    void showClass(int truth);
    void clear();
    AnswerListModel& model() { return m_model; }
    QListView& view() { return *m_view; }
    QString heading() const;
    QStringList shownFiles() const;

  Q_SIGNALS:
    void reviewClicked();

  private:
    void show(std::vector<size_t> items, const QString& title, size_t of);
    QStringList chosenFiles() const;
    void openMenu(const QPoint& at);

    Services& m_services;
    ShownRow m_row;
    int m_chosenClass = -1;
    AnswerListModel m_model;
    ElidedLabel* m_title;
    ElidedLabel* m_note;
    QListView* m_view;
    ElidedLabel* m_suspects;
    LinkLabel* m_review;
    LinkLabel* m_open;
};

}  // namespace diagonal
