// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_detail.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>

#include "ui/label/compare_delegates.h"
#include "ui/label/compare_session.h"
#include "ui/pictures/picture_view.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/row_view.h"

namespace diagonal {

CompareDetail::CompareDetail(CompareSession& session, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_session(session),
      m_picture(new PictureView),
      m_name(new ElidedLabel({}, 13, 600)),
      m_verdict(makeWrapped({}, 12, 400, &Tokens::text2)),
      m_list(new RowView({0, 106, 106})),
      m_delegate(new PairScoreDelegate(this)) {
    m_name->setElideMode(Qt::ElideMiddle);
    m_list->setModel(&m_scores);
    m_list->setItemDelegate(m_delegate);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_list->setAccessibleName(tr("Probabilities of both sides"));
    auto* copyAction = new QAction(tr("Copy both rankings"), m_list);
    connect(copyAction, &QAction::triggered, this, &CompareDetail::copy);
    m_list->addAction(copyAction);

    setLayout(makeColumn({{m_picture, 1},
                          makeColumn({m_name, m_verdict}, 2, {16, 10, 16, 6}),
                          {makeRow({m_list}, 0, {8, 0, 8, 0}), 1}}));
    setMinimumWidth(px(320));
}

void CompareDetail::setSides(const QString& left, const QString& right) {
    m_left = left;
    m_right = right;
    m_scores.setSides(left, right);
}

void CompareDetail::setPicture(int row, const QStringList& labels) {
    if (row < 0) {
        m_picture->showPicture({});
        m_name->setText({});
        m_verdict->setText({});
        m_scores.clear();
        return;
    }
    const ImageItem& image = m_session.images().item(row);
    const Comparison& one = m_session.pictures().of(row);
    m_name->setText(image.name);
    if (one.isFailed()) {
        m_picture->showProblem(image.path, one.error);
        m_verdict->setText({});
        m_scores.clear();
        return;
    }
    m_picture->showPicture(image.path);
    const auto left = m_session.leftRanking(row), right = m_session.rightRanking(row);
    m_delegate->setDimmed(left.empty() || right.empty());
    if (!one.result) {
        m_verdict->setText(tr("Not compared yet"));
        m_scores.clear();
    } else {
        m_verdict->setText(one.result->agrees() ? tr("Both say “%1”").arg(ComparisonModel::labelText(one.leftLabel))
                                                : tr("“%1” on the left, “%2” on the right")
                                                      .arg(ComparisonModel::labelText(one.leftLabel),
                                                           ComparisonModel::labelText(one.rightLabel)));
        // Waiting numbers stand dimmed until the new ones arrive.
        if (!left.empty() && !right.empty()) m_scores.setRankings(labels, left, right);
    }
    m_list->viewport()->update();
}

void CompareDetail::copy() const {
    QStringList lines = {QStringList{tr("Label"), m_left, m_right}.join('\t')};
    for (int row = 0; row < m_scores.rowCount(); ++row) {
        const QModelIndex index = m_scores.index(row, 0);
        lines << QStringList{index.data().toString(), formatPercent(index.data(PairScoreModel::LeftRole).toDouble()),
                             formatPercent(index.data(PairScoreModel::RightRole).toDouble())}
                     .join('\t');
    }
    QApplication::clipboard()->setText(lines.join('\n'));
}

}  // namespace diagonal
