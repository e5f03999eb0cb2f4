// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QToolButton>

#include "ui/label/named_sets.h"

class QMenu;

namespace diagonal {

/// Says which set of labels or of templates is in use; its menu changes to another, saves, reads and writes them.
class SetsButton : public QToolButton {
    Q_OBJECT

  public:
    explicit SetsButton(TextSets kind, QWidget* parent = nullptr);
    /// What is in use.
    void setLines(const QStringList& lines);
    QSize sizeHint() const override;

  Q_SIGNALS:
    void chosen(const QStringList& lines);
    void importChosen(const QString& file);
    void exportChosen(const QString& file);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Words;
    Words words() const;
    QString ownName() const;
    void fill();
    void save();

    NamedSets m_sets;
    QStringList m_lines;
    QMenu* m_menu;
};

}  // namespace diagonal
