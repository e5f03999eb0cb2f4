// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>
#include <vector>

namespace diagonal {

/// "All images by top label": how many images each label wins, most first, in two columns.
class CountBars : public QWidget {
    Q_OBJECT

  public:
    explicit CountBars(QWidget* parent = nullptr);
    void set(const QStringList& labels, const std::vector<int>& counts);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    struct Entry {
        QString label;
        int count = 0;
    };
    QRect cell(int position) const;

    std::vector<Entry> m_entries;
};

}  // namespace diagonal
