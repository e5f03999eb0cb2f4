// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sets_button.h"

#include <QFileDialog>
#include <QInputDialog>
#include <QMenu>
#include <QPainter>
#include <algorithm>

#include "ui/shell/save_as.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"

namespace diagonal {

namespace {

constexpr int kWidest = 170;

}  // namespace

struct SetsButton::Words {
    QString tip, accessible, saving, importing, exporting, fileName, saveTitle;
};

SetsButton::Words SetsButton::words() const {
    if (m_sets.kind() == TextSets::Labels)
        return {tr("Sets of labels"), tr("Labels: %1"),     tr("Save these labels as a set…"),
                tr("Import labels…"), tr("Export labels…"), QStringLiteral("labels.txt"),
                tr("Save labels")};
    return {tr("Sets of prompt templates"),
            tr("Prompt: %1"),
            tr("Save these templates as a set…"),
            tr("Import templates…"),
            tr("Export templates…"),
            QStringLiteral("templates.txt"),
            tr("Save templates")};
}

SetsButton::SetsButton(TextSets kind, QWidget* parent) : QToolButton(parent), m_sets(kind), m_menu(new QMenu(this)) {
    setMenu(m_menu);
    setPopupMode(InstantPopup);
    setToolTip(words().tip);
    setFocusPolicy(Qt::TabFocus);
    connect(m_menu, &QMenu::aboutToShow, this, &SetsButton::fill);
    followTheme(this, [this] {
        setFont(Theme::instance().font(12));
        updateGeometry();
    });
    setLines({});
}

QString SetsButton::ownName() const {
    if (m_sets.kind() == TextSets::Labels) return tr("Own labels");
    if (m_lines.isEmpty()) return tr("Labels as written");
    return m_lines.size() == 1 ? tr("One template")
                               : tr("%Ln own template(s)", nullptr, static_cast<int>(m_lines.size()));
}

void SetsButton::setLines(const QStringList& lines) {
    m_lines = lines;
    const QString name = m_sets.nameOf(lines);
    setText(name.isEmpty() ? ownName() : name);
    setAccessibleName(words().accessible.arg(text()));
    updateGeometry();
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
    const QStringList own = m_sets.own();
    const QString current = m_sets.nameOf(m_lines);
    for (const QString& name : m_sets.builtIn() + own) {
        QAction* action = m_menu->addAction(name, this, [this, name] { Q_EMIT chosen(m_sets.lines(name)); });
        action->setCheckable(true);
        action->setChecked(name == current);
    }
    m_menu->addSeparator();
    QAction* saving = m_menu->addAction(words().saving, this, &SetsButton::save);
    saving->setEnabled(!m_lines.isEmpty() && current.isEmpty());
    if (own.contains(current))
        m_menu->addAction(tr("Delete the set “%1”").arg(current), this, [this, current] {
            m_sets.remove(current);
            setLines(m_lines);
        });
    m_menu->addSeparator();
    m_menu->addAction(words().importing, this, [this] {
        const QString file = QFileDialog::getOpenFileName(window(), QString(words().importing).remove(u'…'), {},
                                                          tr("Text files (*.txt);;All files (*)"));
        if (!file.isEmpty()) Q_EMIT importChosen(file);
    });
    QAction* exporting = m_menu->addAction(words().exporting, this, [this] {
        const QString file =
            chooseSaveFile(window(), QString(words().exporting).remove(u'…'), words().fileName, {{tr("Text"), ".txt"}});
        if (!file.isEmpty()) Q_EMIT exportChosen(file);
    });
    exporting->setEnabled(!m_lines.isEmpty());
}

void SetsButton::save() {
    const QString name = QInputDialog::getText(window(), words().saveTitle, tr("Name of the set")).trimmed();
    if (name.isEmpty()) return;
    m_sets.save(name, m_lines);
    setLines(m_lines);
}

}  // namespace diagonal
