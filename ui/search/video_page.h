// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include "ui/search/search_session.h"
#include "ui/search/video_frames.h"
#include "ui/widgets/panel.h"

class QComboBox;
class QListView;
class QPushButton;
class QStandardItemModel;

namespace diagonal {

class ElidedLabel;
class IconButton;
class MomentTimeline;
class PictureView;
class SectionHeader;
class Services;
class TabularLabel;
class TextLabel;

/// An open video: the frame of the moment, the moments that fit the query, and its time line.
class VideoPage : public Panel {
    Q_OBJECT

  public:
    explicit VideoPage(Services& services, QWidget* parent = nullptr);

    /// Opens it at its best moment. answer: nullptr without a query.
    void showVideo(const std::shared_ptr<const Snapshot>& snapshot, int file, const SearchAnswerPtr& answer);
    /// The same video after the query or the line changed.
    void showAnswer(const std::shared_ptr<const Snapshot>& snapshot, const SearchAnswerPtr& answer);
    const VideoFrames& frames() const { return m_frames; }
    qint64 time() const;
    void setTime(qint64 time);
    void stepFrame(int by);
    void stepMoment(int by);
    bool isPlaying() const { return m_player.isActive(); }
    void setPlaying(bool playing);

  Q_SIGNALS:
    void closeRequested();
    void revealRequested(const QString& path);
    void searchRequested(const QString& picture);  ///< a frameName
    void copyRequested(const QString& picture);
    void exportFramesRequested();
    void exportCsvRequested();
    void exportEdlRequested();

  protected:
    void hideEvent(QHideEvent* event) override;

  private:
    QWidget* makeHead();
    QWidget* makeTransport();
    QWidget* makeMoments();
    void read(const std::shared_ptr<const Snapshot>& snapshot, int file, const SearchAnswerPtr& answer);
    void took(VideoFrames frames);
    void showTime();
    void showMoments();
    void play();

    Services& m_services;
    QObject m_readOwner;
    VideoFrames m_frames;
    PictureView* m_picture;
    MomentTimeline* m_timeline;
    ElidedLabel *m_name, *m_facts, *m_score;
    TextLabel* m_none;
    TabularLabel* m_time;
    IconButton *m_play, *m_skipBack, *m_skipNext;
    SectionHeader *m_momentHead, *m_belowHead;
    QComboBox* m_order;
    QListView *m_list, *m_belowList;
    QStandardItemModel *m_moments, *m_below;
    QPushButton *m_exportFrames, *m_exportCsv, *m_exportEdl;
    QTimer m_player;
    QElapsedTimer m_clock;
    qint64 m_playedFrom = 0;
    bool m_goesToBest = false;  ///< once it has been read
};

}  // namespace diagonal
