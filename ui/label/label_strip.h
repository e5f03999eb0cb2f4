// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/label/text_study.h"

class QStackedWidget;

namespace diagonal {

class BarList;
class LabelSession;
class LinkLabel;
class SectionHeader;
class SegmentedControl;

/// Below the picture: how many images each label has, how the wording moves this image's answer, and which words of a
/// vocabulary come nearest to it.
class LabelStrip : public QWidget {
    Q_OBJECT

  public:
    enum View { Counts, ByTemplate, NearestWords };

    LabelStrip(EngineService& engine, LabelSession& session, QWidget* parent = nullptr);
    /// Row of the list model; -1: none.
    void setImage(int row);
    /// Whose probabilities stand by template; empty: the image's best label.
    void setChosenLabel(const QString& label);
    void setView(View view);
    View view() const;
    /// Texts of the view are still to be embedded.
    bool isReading() const;
    /// Shown where their reading was stopped.
    LinkLabel& continueLink() { return *m_continue; }
    BarList& counts() { return *m_counts; }
    BarList& templates() { return *m_templates; }
    BarList& words() { return *m_words; }

  Q_SIGNALS:
    void wordChosen(const QString& word);

  private:
    void updateParts();
    void refresh();
    void showCounts();
    void showTemplates();
    void showWords();
    QStringList vocabulary() const;

    EngineService& m_engine;
    LabelSession& m_session;
    quint64 m_image = 0;
    QString m_chosen;
    TextStudy m_templateStudy, m_wordStudy;
    LinkLabel* m_continue;
    QStringList m_templateNames;  ///< of the parts of m_templateStudy
    SectionHeader* m_header;
    SegmentedControl* m_views;
    QStackedWidget* m_pages;
    BarList* m_counts;
    BarList* m_templates;
    BarList* m_words;
};

}  // namespace diagonal
