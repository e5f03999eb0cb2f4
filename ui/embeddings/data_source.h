// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>

#include "training/data/dataset_items.h"

class QComboBox;
class QLineEdit;

namespace diagonal {

class SegmentedControl;
class Services;
class TextLabel;

/// A data set of the Embeddings pane: where it is, and what of it is embedded.
class DataSource : public QWidget {
    Q_OBJECT

  public:
    explicit DataSource(Services& services, QWidget* parent = nullptr);

    /// A SPEC or a path, as if typed.
    void setSpec(const QString& spec);
    QString spec() const;
    DataPart part() const;
    /// null: there is none, or it is being read.
    std::shared_ptr<const EmbeddingItems> items() const { return m_items; }
    qint64 rows() const { return m_rows; }
    /// The first names, of images or as captions.
    const QStringList& firstNames() const { return m_names; }
    QString status() const;
    void setLocked(bool locked);

    static constexpr int kNames = 24;

  Q_SIGNALS:
    void changed();

  private:
    void chooseFile();
    void chooseFolder();
    void read();

    Services& m_services;
    QLineEdit* m_spec;
    SegmentedControl* m_part;
    QComboBox* m_split;
    QWidget* m_choose;
    TextLabel* m_status;
    QTimer m_delay;
    std::shared_ptr<const EmbeddingItems> m_items;
    QStringList m_names;
    qint64 m_rows = 0;
};

}  // namespace diagonal
