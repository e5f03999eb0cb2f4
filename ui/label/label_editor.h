// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <vector>

namespace diagonal {

/// One label a line, with a count beside each line. Undo is the pane's: edited() tells of each change.
class LabelEditor : public QPlainTextEdit {
    Q_OBJECT

  public:
    explicit LabelEditor(QWidget* parent = nullptr);

    /// Counts by line; -1 leaves the place empty. dimmed: they belong to earlier labels.
    void setCounts(std::vector<int> counts, bool dimmed);
    /// From outside: edited() stays silent.
    void setLabelText(const QString& text);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void edited(const QString& before, const QString& after);
    void picturesPasted();  ///< files, or a picture without words: nothing for a list of labels

  protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void insertFromMimeData(const QMimeData* source) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    class Gutter;
    /// As wide as the largest count.
    void fitGutter();
    void placeGutter();
    void paintGutter(QPaintEvent* event);
    void markLine();
    int linesHeight(int lines) const;

    Gutter* m_gutter;
    int m_gutterWidth = 0;
    std::vector<int> m_counts;
    bool m_dimmed = false;
    bool m_silent = false;
    QString m_before;
};

}  // namespace diagonal
