// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QSet>

#include "ui/search/library_session.h"
#include "ui/widgets/panel.h"

class QCheckBox;
class QListView;
class QStandardItemModel;
class QVBoxLayout;

namespace diagonal {

class Bar;
class ElidedLabel;
class IconButton;
class LinkLabel;
class SectionHeader;
class SourceRow;
class TabularLabel;

/// The left of the Search pane: the library's folders with their state, how far indexing is, its videos, its size.
class FolderPanel : public Panel {
    Q_OBJECT

  public:
    explicit FolderPanel(LibrarySession& library, QWidget* parent = nullptr);

    /// Sources that are looked at; empty: all.
    std::vector<int64_t> chosenSources() const;
    /// What the rows say, for tests and screen readers.
    QStringList texts() const;

  Q_SIGNALS:
    void sourcesChanged();
    void videoActivated(const QString& path);
    void detailsRequested(qint64 source);
    void leftOutRequested();
    void revealRequested(const QString& path);
    void removeRequested(qint64 source, const QString& path);

  private:
    QWidget* makeProgress();
    void showState();
    void tellChosen();
    void showProgress();
    void showVideos();
    void showMenu(SourceRow* row);

    LibrarySession& m_library;
    QSet<qint64> m_unchosen;
    std::vector<int64_t> m_chosen;  ///< chosenSources, as it was told
    SectionHeader *m_header, *m_videoHeader;
    IconButton* m_refresh;
    QWidget* m_progress;
    ElidedLabel* m_doing;
    TabularLabel* m_rate;
    Bar* m_bar;
    LinkLabel* m_pause;
    QVBoxLayout* m_rows;
    QList<SourceRow*> m_sources;
    QWidget* m_videoSection;
    QListView* m_videos;
    QStandardItemModel* m_videoModel;
    std::vector<size_t> m_videoMarks;  ///< what is shown of each, in short
    ElidedLabel* m_size;
    LinkLabel *m_leftOut, *m_details;
};

}  // namespace diagonal
