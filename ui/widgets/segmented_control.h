// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariant>

#include "ui/widgets/choice_row.h"

namespace diagonal {

/// Choices as the segments of one field.
class SegmentedControl : public ChoiceRow {
    Q_OBJECT

  public:
    /// The first of the segments, if any are named, is chosen.
    explicit SegmentedControl(const QStringList& segments = {});

    /// Returns its index. icon: a name for Theme::pixmap ("ui/picture"), or empty.
    int addSegment(const QString& text, const QVariant& data = {}, const QString& icon = {});
    void setSegmentText(int index, const QString& text);
    void setSegmentToolTip(int index, const QString& text);
    void setSegmentVisible(int index, bool visible) { setChoiceVisible(index, visible); }

    QVariant currentData() const { return m_data.value(currentIndex()); }
    void setCurrentData(const QVariant& data) { setCurrentIndex(static_cast<int>(m_data.indexOf(data))); }
    /// All segments as wide as the room gives (in side panels).
    void setStretched(bool stretched);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QVariantList m_data;
};

}  // namespace diagonal
