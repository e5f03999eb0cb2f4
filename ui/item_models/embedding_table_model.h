// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <vector>

namespace diagonal {

/// The first rows of what will be written: a name and the first numbers of its embedding.
class EmbeddingTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    static constexpr int kShownNumbers = 6;
    enum Role { NumberRole = Qt::UserRole, PathRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// names are paths of images, or texts. Numbers that are there for a name that stays are kept.
    void setNames(const QStringList& names, bool arePaths);
    const QStringList& names() const { return m_names; }
    void setValues(int row, const std::vector<float>& values);
    void setError(int row, const QString& error);
    void clearValues();

  private:
    QStringList m_names;
    bool m_arePaths = true;
    std::vector<std::vector<float>> m_values;  ///< the first numbers; empty: not there yet
    QStringList m_errors;
};

/// What could not be read, and why.
class FailureTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void setFailures(std::vector<std::pair<QString, QString>> failures);

  private:
    std::vector<std::pair<QString, QString>> m_failures;
};

}  // namespace diagonal
