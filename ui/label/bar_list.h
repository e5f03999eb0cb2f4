// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <vector>

namespace diagonal {

/// A name with a bar and a number.
struct BarRow {
    QString name;
    double share = 0;  ///< of the bar, 0..1; at 0 the row stands back
    QString number;    ///< empty: still to come
    bool isStrong = false;
    QString key = {};  ///< what a click on it chooses
    bool operator==(const BarRow&) const = default;
};

class BarModel : public QAbstractListModel {
    Q_OBJECT

  public:
    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    void set(std::vector<BarRow> rows);
    const std::vector<BarRow>& rows() const { return m_rows; }

  private:
    std::vector<BarRow> m_rows;
};

/// Bars below each other, in two columns where there is room, line by line; a click or Enter chooses one.
class BarList : public QListView {
    Q_OBJECT

  public:
    explicit BarList(QWidget* parent = nullptr);
    /// title: of the whole, for screen readers and above what is copied. hint stands there while there are no rows.
    void set(const QString& title, std::vector<BarRow> rows, const QString& hint);
    const std::vector<BarRow>& rows() const { return m_model.rows(); }
    QSize sizeHint() const override;

  Q_SIGNALS:
    void chosen(const QString& key);
    void exportClicked();  ///< the menu offers it where this is connected

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void fit();

    BarModel m_model;
    QString m_title, m_hint;
};

/// Labels with the number of their images, most first. Where counts has one more, that is of images without a label,
/// and stands there where there are some; its key is empty.
std::vector<BarRow> countRows(const QStringList& labels, const std::vector<int>& counts);
/// The same as `label,images`.
QByteArray countsCsv(const QStringList& labels, const std::vector<int>& counts);

}  // namespace diagonal
