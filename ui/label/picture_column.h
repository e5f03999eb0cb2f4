// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/panel.h"

namespace diagonal {

class ElidedLabel;
class IconButton;
class EngineService;
class ImageList;
class LabelSession;
class LabelStrip;
class PictureView;
class RelevanceBar;
class TabularLabel;
class TextLabel;

/// The middle of the Label pane: the selected picture large, and how many images each label has.
class PictureColumn : public Panel {
    Q_OBJECT

  public:
    PictureColumn(EngineService& engine, LabelSession& session, QWidget* parent = nullptr);

    /// row of the list model (-1: none), standing at `position` of `count` shown.
    void setImage(int row, int position, int count);
    PictureView& picture() { return *m_picture; }
    RelevanceBar& relevance() { return *m_relevance; }
    LabelStrip& strip() { return *m_strip; }
    TextLabel& facts() { return *m_facts; }

  Q_SIGNALS:
    void stepped(int by);

  private:
    QWidget* header();
    void refresh();

    ImageList& m_images;
    quint64 m_image = 0;
    ElidedLabel* m_name;
    TextLabel* m_facts;
    IconButton* m_previous;
    IconButton* m_next;
    TabularLabel* m_position;
    PictureView* m_picture;
    RelevanceBar* m_relevance;
    LabelStrip* m_strip;
};

}  // namespace diagonal
