// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// What a moment's item of a list holds.
enum MomentRole {
    MomentTimeRole = Qt::UserRole,
    MomentSpanRole,
    MomentPictureRole,
    MomentCosineRole,
    MomentRelevanceRole,
    MomentBestRole,
    MomentBelowRole
};

/// Draws a moment: its frame, when it is, how well it fits.
class MomentDelegate : public CellDelegate {
    Q_OBJECT

  public:
    static constexpr int kHeight = 50;
    explicit MomentDelegate(QObject* parent) : CellDelegate({200, kHeight}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
};

}  // namespace diagonal
