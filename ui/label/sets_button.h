// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QToolButton>

class QMenu;

namespace diagonal {

/// Says which set of labels is in use; its menu changes to another, saves, reads and writes them.
class SetsButton : public QToolButton {
    Q_OBJECT

  public:
    explicit SetsButton(QWidget* parent = nullptr);
    void setLabels(const QStringList& labels);
    QSize sizeHint() const override;

  Q_SIGNALS:
    void labelsChosen(const QStringList& labels);
    void importChosen(const QString& file);
    void exportChosen(const QString& file);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void fill();
    void save();

    QStringList m_labels;
    QMenu* m_menu;
};

}  // namespace diagonal
