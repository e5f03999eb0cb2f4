// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/source_row.h"

#include <QCheckBox>
#include <QPainter>
#include <QSignalBlocker>

#include "ui/base/paths.h"
#include "ui/style/layouts.h"
#include "ui/style/paint.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

StateIcon::StateIcon(QWidget* parent) : QWidget(parent) {
    followTheme(this, [this] {
        setFixedSize(px(18), px(24));
        update();
    });
}

void StateIcon::set(const QString& icon, ColourRole role, const QString& words) {
    m_icon = icon;
    m_role = role;
    setToolTip(words);
    setAccessibleName(words);
    update();
}

void StateIcon::paintEvent(QPaintEvent*) {
    if (m_icon.isEmpty()) return;
    QPainter painter(this);
    paintIcon(painter, rect(), m_icon, colour(m_role));
}

SourceRow::SourceRow(QWidget* parent)
    : QWidget(parent),
      m_box(new QCheckBox),
      m_icon(new StateIcon),
      m_more(new IconButton(QStringLiteral("ui/more"), tr("More for this folder"))),
      m_counts(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_bar(new Bar(4)),
      m_problem(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_failures(new LinkLabel({})) {
    m_failures->setLook(12, 600);
    m_bar->setAccessibleName(tr("Indexed"));
    m_box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* lines = makeColumn({m_counts, m_bar, m_problem, {m_failures, 0, Qt::AlignLeft}}, 0, {24, 0, 0, 0});
    setLayout(makeColumn({makeRow({{m_box, 1}, m_icon, m_more}, 2), lines}, 0, {16, 4, 8, 6}));
    connect(m_box, &QCheckBox::toggled, this, &SourceRow::chosen);
    connect(m_more, &QToolButton::clicked, this, &SourceRow::menuRequested);
    connect(m_failures, &QAbstractButton::clicked, this, &SourceRow::failuresRequested);
}

void SourceRow::setState(const SourceState& state, bool isChosen, bool isSearched) {
    m_state = state;
    const QString name = shownName(state.path);
    const QSignalBlocker blocker(m_box);
    m_box->setText(name);
    m_box->setToolTip(formatPath(state.path));
    m_box->setChecked(isChosen);
    m_box->setEnabled(isSearched);
    m_more->setAccessibleName(tr("More for %1").arg(name));
    QStringList counts;
    if (state.counts.pictures > 0 || state.counts.videos == 0)
        counts << tr("%Ln image(s)", nullptr, static_cast<int>(state.counts.pictures));
    if (state.counts.videos > 0) counts << tr("%Ln video(s)", nullptr, static_cast<int>(state.counts.videos));
    if (!state.isThere)
        counts << tr("from the index");
    else if (state.isWatched)
        counts << tr("watched");
    if (state.counts.waiting > 0) {
        const qint64 known = state.counts.pictures + state.counts.videos;
        counts = {tr("%1 of %2 files").arg(formatCount(known), formatCount(known + state.counts.waiting))};
    }
    m_bar->setVisible(state.counts.waiting > 0);
    const double done = static_cast<double>(state.counts.pictures + state.counts.videos);
    m_bar->setValue(done / std::max(1.0, done + static_cast<double>(state.counts.waiting)));
    m_counts->setText(counts.join(QStringLiteral(", ")));
    m_problem->setVisible(!state.isThere || !isSearched);
    m_problem->setText(!isSearched ? tr("Of another model, not searched") : tr("Drive not connected"));
    m_problem->setColour(isSearched ? &Tokens::text2 : &Tokens::warn);
    m_failures->setVisible(state.counts.failed > 0);
    m_failures->setText(tr("%Ln could not be read", nullptr, static_cast<int>(state.counts.failed)));
    m_failures->updateGeometry();
    if (!isSearched)
        m_icon->set(QStringLiteral("ui/warning"), &Tokens::warn, m_problem->text());
    else if (!state.isThere)
        m_icon->set(QStringLiteral("ui/offline"), &Tokens::text2, m_problem->text());
    else if (state.counts.failed > 0)
        m_icon->set(QStringLiteral("ui/warning"), &Tokens::warn, m_failures->text());
    else if (state.counts.waiting > 0)
        m_icon->set({}, &Tokens::text2, {});
    else
        m_icon->set(QStringLiteral("ui/check"), &Tokens::text2, tr("Up to date"));
}

QString SourceRow::text() const {
    QStringList parts{m_box->text(), m_counts->text()};
    if (!m_problem->isHidden()) parts << m_problem->text();
    if (!m_failures->isHidden()) parts << m_failures->text();
    return parts.join(QStringLiteral(", "));
}

void SourceRow::contextMenuEvent(QContextMenuEvent*) {
    Q_EMIT menuRequested();
}

}  // namespace diagonal
