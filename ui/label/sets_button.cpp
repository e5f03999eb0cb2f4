// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sets_button.h"

#include <QFileDialog>
#include <QInputDialog>
#include <QMenu>
#include <QPainter>
#include <algorithm>

#include "ui/label/label_sets.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"

namespace diagonal {

namespace {

constexpr int kWidest = 170;

}  // namespace

SetsButton::SetsButton(QWidget* parent) : QToolButton(parent), m_menu(new QMenu(this)) {
    setMenu(m_menu);
    setPopupMode(InstantPopup);
    setToolTip(tr("Sets of labels"));
    setFocusPolicy(Qt::TabFocus);
    connect(m_menu, &QMenu::aboutToShow, this, &SetsButton::fill);
    followTheme(this, [this] {
        setFont(Theme::instance().font(12));
        updateGeometry();
    });
    setLabels({});
}

void SetsButton::setLabels(const QStringList& labels) {
    m_labels = labels;
    const QString name = LabelSets::nameOf(labels);
    setText(name.isEmpty() ? tr("Own labels") : name);
    setAccessibleName(tr("Labels: %1").arg(text()));
}

QSize SetsButton::sizeHint() const {
    return {std::min(fontMetrics().horizontalAdvance(text()), px(kWidest)) + px(8 + 8 + 16 + 8), px(28)};
}

void SetsButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || isDown())
        paintFrame(painter, rect(), px(5), colour(isDown() ? &Tokens::pressed : &Tokens::hover), Qt::transparent);
    if (hasFocus()) paintFocus(painter, rect(), px(5));
    const QRect words = rect().adjusted(px(8), 0, -px(8 + 16 + 4), 0);
    painter.setFont(font());
    painter.setPen(colour(&Tokens::text2));
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter,
                     fontMetrics().elidedText(text(), Qt::ElideRight, words.width()));
    paintIcon(painter, QRect(rect().right() - px(8 + 16), 0, px(16), height()), QStringLiteral("ui/chevron-down"),
              colour(&Tokens::text2));
}

void SetsButton::fill() {
    m_menu->clear();
    const QStringList own = LabelSets::own();
    const QString current = LabelSets::nameOf(m_labels);
    for (const QString& name : LabelSets::builtIn() + own) {
        QAction* action = m_menu->addAction(name, this, [this, name] { Q_EMIT labelsChosen(LabelSets::labels(name)); });
        action->setCheckable(true);
        action->setChecked(name == current);
    }
    m_menu->addSeparator();
    QAction* saving = m_menu->addAction(tr("Save these labels as a set…"), this, &SetsButton::save);
    saving->setEnabled(!m_labels.isEmpty() && current.isEmpty());
    if (own.contains(current))
        m_menu->addAction(tr("Delete the set “%1”").arg(current), this, [this, current] {
            LabelSets::remove(current);
            setLabels(m_labels);
            updateGeometry();
        });
    m_menu->addSeparator();
    m_menu->addAction(tr("Import labels…"), this, [this] {
        const QString file =
            QFileDialog::getOpenFileName(window(), tr("Import labels"), {}, tr("Text files (*.txt);;All files (*)"));
        if (!file.isEmpty()) Q_EMIT importChosen(file);
    });
    QAction* exporting = m_menu->addAction(tr("Export labels…"), this, [this] {
        const QString file = QFileDialog::getSaveFileName(window(), tr("Export labels"), QStringLiteral("labels.txt"),
                                                          tr("Text files (*.txt)"));
        if (!file.isEmpty()) Q_EMIT exportChosen(file);
    });
    exporting->setEnabled(!m_labels.isEmpty());
}

void SetsButton::save() {
    const QString name = QInputDialog::getText(window(), tr("Save labels"), tr("Name of the set")).trimmed();
    if (name.isEmpty()) return;
    LabelSets::save(name, m_labels);
    setLabels(m_labels);
    updateGeometry();
}

}  // namespace diagonal
