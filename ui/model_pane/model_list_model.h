// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <vector>

#include "ui/jobs/types.h"

namespace diagonal {

/// A model of the list at the left of the Models pane.
struct ModelEntry {
    enum class Group { Open, Recent, Here, Offered };
    Group group = Group::Here;
    QString name;
    QString note;     ///< what it is good at; of a recent one where it lies
    QString path;     ///< to open; empty: not on this computer
    QString hubName;  ///< for the hub; empty: not from there
    QString where;    ///< "Diagonal's cache"
    QString licence, languages;
    qint64 bytes = 0;  ///< 0: not known
    bool removable = false;

    QString key() const { return hubName.isEmpty() ? path : hubName; }
};

/// How the download of a model stands.
struct DownloadState {
    JobId job = 0;  ///< 0: none runs
    JobState progress;
    QString error;
};

/// Groups of models, each below its head. UI thread only.
class ModelListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { EntryRole = Qt::UserRole, DownloadRole, HeadRole };
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    void setEntries(std::vector<ModelEntry> entries);
    /// Shows those alone whose name or note has all words of it.
    void setFilter(const QString& filter);
    void setDownload(const QString& hubName, const DownloadState& state);
    DownloadState download(const QString& hubName) const { return m_downloads.value(hubName); }

    const ModelEntry* entry(const QModelIndex& index) const;
    QModelIndex indexOf(const QString& key) const;
    /// Of the first model that fits, whether the filter shows it or not; else empty.
    template <typename Test>
    QString keyOf(Test test) const {
        for (const ModelEntry& entry : m_entries)
            if (test(entry)) return entry.key();
        return {};
    }
    /// Of the models, those that the filter leaves out included.
    int count() const { return static_cast<int>(m_entries.size()); }

  private:
    struct Row {
        bool isHead = false;
        size_t entry = 0;  ///< of a head the first of its group
    };
    void rebuild();
    bool matches(const ModelEntry& entry) const;

    std::vector<ModelEntry> m_entries;
    std::vector<Row> m_rows;
    QHash<QString, DownloadState> m_downloads;
    QString m_filter;
};

QString groupTitle(ModelEntry::Group group);
/// "120 MB of 354 MB · 12 MB/s · 20 s left"
QString downloadText(const JobState& job);

}  // namespace diagonal

Q_DECLARE_METATYPE(diagonal::ModelEntry)
Q_DECLARE_METATYPE(diagonal::DownloadState)
