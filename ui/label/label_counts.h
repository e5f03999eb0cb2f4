// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QStringList>
#include <vector>

namespace diagonal {

/// Labels with the number of their images, most first. The empty label stands for "none".
class CountModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { CountRole = Qt::UserRole, ShareRole, LabelRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    /// One count a label, and one more of the images without a label.
    void set(const QStringList& labels, const std::vector<int>& counts);
    QString csv() const;
    QString tsv() const;

  private:
    struct Entry {
        QString label;
        int count = 0;
        bool operator==(const Entry&) const = default;
    };

    std::vector<Entry> m_entries;
};

/// Bars per label, in two columns where there is room; a click or Enter chooses a label.
class LabelCounts : public QListView {
    Q_OBJECT

  public:
    explicit LabelCounts(QWidget* parent = nullptr);
    CountModel& counts() { return m_model; }

  Q_SIGNALS:
    void labelChosen(const QString& label);  ///< empty: none
    void exportClicked(const QByteArray& csv);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void fit();

    CountModel m_model;
};

}  // namespace diagonal
