// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/search/library_session.h"
#include "ui/style/theme.h"

class QCheckBox;

namespace diagonal {

class Bar;
class ElidedLabel;
class IconButton;
class LinkLabel;

/// An icon that says something, with the words as tooltip and accessible name.
class StateIcon : public QWidget {
    Q_OBJECT

  public:
    explicit StateIcon(QWidget* parent = nullptr);
    void set(const QString& icon, ColourRole role, const QString& words);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_icon;
    ColourRole m_role = &Tokens::text2;
};

/// A source of the library: whether it is looked at, what it holds, and what is wrong with it.
class SourceRow : public QWidget {
    Q_OBJECT

  public:
    explicit SourceRow(QWidget* parent = nullptr);
    void setState(const SourceState& state, bool isChosen, bool isSearched);
    const SourceState& state() const { return m_state; }
    QString text() const;

  Q_SIGNALS:
    void chosen(bool on);
    void menuRequested();
    void failuresRequested();

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    SourceState m_state;
    QCheckBox* m_box;
    StateIcon* m_icon;
    IconButton* m_more;
    ElidedLabel* m_counts;
    Bar* m_bar;
    ElidedLabel* m_problem;
    LinkLabel* m_failures;
};

}  // namespace diagonal
