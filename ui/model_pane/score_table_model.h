// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <optional>
#include <vector>

#include "engine/evaluation/model_score.h"
#include "ui/model_pane/model_list_model.h"

namespace diagonal {

/// Models on this computer, which of them are to be compared, and what came of it. UI thread only.
class ScoreTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column {
        Name,
        TextAt1,
        TextAt5,
        TextAt10,
        ImageAt1,
        ImageAt5,
        ImageAt10,
        Mean,
        ImageTime,
        TextTime,
        Memory,
        Dimensions,
        Disk,
        Languages,
        Licence,
        ColumnCount
    };
    enum Role { FrontRole = Qt::UserRole, ErrorRole, BusyRole };

    struct Row {
        ModelEntry entry;
        bool isChosen = true;
        bool isBusy = false;
        std::shared_ptr<const ModelScore> score;
        QString error;
        bool isOnFront = false;
    };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// By a column; rows without a value last. A negative column: as they were given.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    static bool isNumber(int column) { return column != Name && column != Languages && column != Licence; }

    /// Models by their paths; what is known of one that was here stays.
    void setEntries(const std::vector<ModelEntry>& entries);
    QStringList chosen() const;
    const std::vector<Row>& rows() const { return m_rows; }
    void clearScores();
    void setBusy(const QString& path);
    void setScore(const QString& path, std::shared_ptr<const ModelScore> score);
    void setError(const QString& path, const QString& error);
    bool hasScores() const;

    /// As `diagonal-cli models compare --format csv` names its columns.
    QString csv() const;
    /// What is shown, for a spreadsheet: tabs between the cells.
    QString plainText() const;

  private:
    Row* find(const QString& path);
    void touch();
    void markFront();
    void arrange();
    static std::optional<double> number(const Row& row, int column);

    std::vector<Row> m_rows;  ///< as shown
    QStringList m_given;      ///< paths in the order of setEntries
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

}  // namespace diagonal
