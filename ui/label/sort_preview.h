// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/label/sort_job.h"

class QTreeWidget;

namespace diagonal {

class TextLabel;

/// What a sort would do: a line a folder with its count and first file names, then what is left alone and why.
class SortPreview : public QWidget {
    Q_OBJECT

  public:
    explicit SortPreview(QWidget* parent = nullptr);

    void show(const SortJob& job, const SortPlan& plan);
    void clear();
    /// "cat\t2\ta.jpg, b.jpg" lines.
    QStringList folders() const;
    QString notes() const;

  private:
    QTreeWidget* m_folders;
    TextLabel* m_left;
    TextLabel* m_missing;
};

}  // namespace diagonal
