// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QTimer>
#include <QWidget>
#include <vector>

#include "ui/search/search_query.h"

class QHBoxLayout;

namespace diagonal {

class ElidedLabel;
class IconButton;

/// The weight of a term: typed, dragged sideways, or by the arrow keys.
class WeightEdit : public QLineEdit {
    Q_OBJECT

  public:
    static constexpr double kLowest = 0.1, kHighest = 5;

    explicit WeightEdit(double weight, QWidget* parent = nullptr);
    double weight() const { return m_weight; }
    /// What has been typed counts; what is no number goes back.
    void take();

  Q_SIGNALS:
    void weightChanged(double weight);
    void removeRequested();  ///< Delete or Backspace where nothing is selected to be edited

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void change(double weight);

    double m_weight, m_before = 0;
    int m_pressed = 0;
    bool m_isDragged = false;
};

/// A term of the query: what it is, its weight, a cross.
class TermChip : public QWidget {
    Q_OBJECT

  public:
    explicit TermChip(const SearchTerm& term, QWidget* parent = nullptr);
    const SearchTerm& term() const { return m_term; }
    WeightEdit& weight() { return *m_weight; }
    /// Why it says nothing, as a sentence; empty: it counts.
    void setProblem(const QString& problem);
    QString problem() const { return m_problem; }
    /// Some words of it stay to be read where the room is short.
    void keepText();
    /// What Tab reaches, in order.
    QList<QWidget*> stops() const;

  Q_SIGNALS:
    void weightChanged(double weight);
    void removed();
    void edited();  ///< back to words in the field

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

  private:
    QRect pictureRect() const;

    SearchTerm m_term;
    QString m_problem;
    ElidedLabel* m_text;
    WeightEdit* m_weight;
    IconButton* m_close;
};

/// The query: chips of its terms, and words that are still being typed, which count already. Enter makes chips of them;
/// "-word" is a "without"; Backspace in front of them takes the last chip back into words.
class SearchField : public QWidget {
    Q_OBJECT

  public:
    explicit SearchField(QWidget* parent = nullptr);

    /// Chips, then what is typed.
    std::vector<SearchTerm> terms() const;
    const std::vector<SearchTerm>& chips() const { return m_chips; }
    void setChips(const std::vector<SearchTerm>& chips);
    void addChip(const SearchTerm& term);
    /// TermChip::setProblem of each.
    void setProblems(const QStringList& problems);
    /// Weights that are still being typed count.
    void takeWeights();
    void clear();
    QLineEdit& edit() { return *m_edit; }
    /// At the right: "148 images and 3 moments above the line, 11 ms".
    void setStatus(const QString& text);
    QString status() const;
    void focusEdit();
    /// Makes chips of what is typed.
    void commit();

  Q_SIGNALS:
    void termsChanged();
    void downPressed();  ///< to the results

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

  private:
    void showChips();
    void takeBack(size_t chip);
    bool takeKey(const QKeyEvent& event);

    QHBoxLayout* m_row;
    QWidget* m_icon;
    QLineEdit* m_edit;
    ElidedLabel* m_status;
    std::vector<SearchTerm> m_chips;
    QList<TermChip*> m_widgets;
    QTimer m_typed;
};

}  // namespace diagonal
