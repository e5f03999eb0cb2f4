// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/search/result_model.h"
#include "ui/widgets/panel.h"

class QGridLayout;
class QHBoxLayout;
class QPushButton;
class QVBoxLayout;

namespace diagonal {

class CaptionList;
class ElidedLabel;
class IconButton;
class LinkLabel;
class RegionView;
class SectionHeader;
class Services;
class TextLabel;

/// The right of the Search pane: the chosen hit, why it is here, what is like it, which captions are nearest.
class ResultSide : public Panel {
    Q_OBJECT

  public:
    ResultSide(Services& services, ResultModel& results, QWidget* parent = nullptr);

    /// An invalid index: nothing is chosen.
    void showResult(const QModelIndex& index);
    const ResultRow* current() const;
    /// What the picture at the top is: of the chosen hit, or one that is alike.
    struct Shown {
        qint64 row = -1;        ///< of the library; -1: nothing is shown
        QString file, picture;  ///< path, and what is seen of it (frameName)
        bool isVideo = false;
    };
    const Shown& shown() const { return m_shown; }
    RegionView& picture() { return *m_picture; }
    CaptionList& captions() { return *m_captions; }
    QString whyText() const;  ///< for tests: "beach +4.1; − people +0.2"

  Q_SIGNALS:
    void similarRequested();
    void openRequested();
    void revealRequested();
    void markRequested(bool liked);
    void regionRequested(const QString& picture, const QRectF& region);
    void videoRequested();

  private:
    QWidget* makeHead();
    QWidget* makeWhy();
    QWidget* makeAlike();
    QWidget* makeCaptions();
    QWidget* makeButtons();
    void showRow(qint64 row);
    void showWhy(const SearchHit& hit);
    void showAlike(const SearchHit& hit);
    void showCaptions();
    void chooseCaptions();

    Services& m_services;
    ResultModel& m_results;
    QObject m_whyOwner;
    Shown m_shown;
    SearchAnswerPtr m_answer;  ///< of what is shown
    SearchHit m_explained;
    CaptionList* m_captions;
    QPersistentModelIndex m_index;
    RegionView* m_picture;
    ElidedLabel *m_name, *m_facts;
    QWidget *m_content, *m_why, *m_alike;
    TextLabel* m_nothing;
    QGridLayout* m_whyGrid;
    SectionHeader* m_alikeHead;
    QHBoxLayout* m_alikeRow;
    QVBoxLayout* m_captionRows;
    LinkLabel* m_captionFile;
    QPushButton *m_similar, *m_open, *m_reveal, *m_video;
    IconButton *m_like, *m_dislike;
};

}  // namespace diagonal
