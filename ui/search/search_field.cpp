// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/search_field.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>

#include "ui/style/paint.h"
#include "ui/widgets/elided_label.h"

namespace diagonal {

namespace {

constexpr int kFieldHeight = 44, kFieldIcon = 40, kTypedMilliseconds = 250, kLeastEdit = 120;

/// The lens in front.
class LensIcon : public QWidget {
  public:
    LensIcon() {
        followTheme(this, [this] { setFixedSize(px(kFieldIcon) - px(12), px(kFieldHeight) - 4); });
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintIcon(painter, rect(), QStringLiteral("search"), colour(&Tokens::text2), 20);
    }
};

}  // namespace

SearchField::SearchField(QWidget* parent)
    : QWidget(parent),
      m_row(new QHBoxLayout(this)),
      m_icon(new LensIcon),
      m_edit(new QLineEdit),
      m_status(new ElidedLabel({}, 12, 400, &Tokens::text2)) {
    m_edit->setFrame(false);
    m_edit->setAccessibleName(tr("Search for"));
    m_edit->installEventFilter(this);
    m_edit->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_status->setAccessibleName(tr("What was found"));
    m_row->addWidget(m_icon);
    m_row->addWidget(m_edit, 1);
    m_row->addWidget(m_status);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_typed.setSingleShot(true);
    m_typed.setInterval(kTypedMilliseconds);
    connect(&m_typed, &QTimer::timeout, this, &SearchField::termsChanged);
    connect(m_edit, &QLineEdit::textEdited, this, [this] { m_typed.start(); });
    followTheme(this, [this] {
        setFixedHeight(px(kFieldHeight));
        m_row->setContentsMargins(px(8), 2, px(14), 2);
        m_row->setSpacing(px(8));
        m_edit->setFont(Theme::instance().font(16));
        m_edit->setMinimumWidth(px(kLeastEdit));
        QPalette shown = m_edit->palette();
        shown.setColor(QPalette::Base, Qt::transparent);
        m_edit->setPalette(shown);
        update();
    });
    showChips();
}

std::vector<SearchTerm> SearchField::terms() const {
    std::vector<SearchTerm> all = m_chips;
    for (const SearchTerm& term : parseQuery(m_edit->text()))
        all.push_back(term);
    return all;
}

void SearchField::setChips(const std::vector<SearchTerm>& chips) {
    m_chips = chips;
    showChips();
}

void SearchField::setProblems(const QStringList& problems) {
    for (qsizetype i = 0; i < m_widgets.size(); ++i)
        m_widgets[i]->setProblem(problems.value(i));
}

void SearchField::takeWeights() {
    for (TermChip* chip : QList(m_widgets))
        chip->weight().take();
}

void SearchField::addChip(const SearchTerm& term) {
    takeWeights();
    m_chips.push_back(term);
    showChips();
    Q_EMIT termsChanged();
}

void SearchField::clear() {
    m_chips.clear();
    m_edit->clear();
    showChips();
    Q_EMIT termsChanged();
}

void SearchField::setStatus(const QString& text) {
    m_status->setText(text);
}

QString SearchField::status() const {
    return m_status->text();
}

void SearchField::focusEdit() {
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

void SearchField::commit() {
    takeWeights();
    const std::vector<SearchTerm> typed = parseQuery(m_edit->text());
    m_typed.stop();
    m_edit->clear();
    m_chips.insert(m_chips.end(), typed.begin(), typed.end());
    showChips();
    Q_EMIT termsChanged();
}

void SearchField::showChips() {
    const bool hadFocus = isAncestorOf(window()->focusWidget()) && window()->focusWidget() != m_edit;
    for (TermChip* chip : std::exchange(m_widgets, {})) {
        m_row->removeWidget(chip);
        chip->disconnect(this);  // hiding it takes the focus, which ends the typing of a weight
        chip->hide();
        chip->deleteLater();
    }
    for (size_t i = 0; i < m_chips.size(); ++i) {
        auto* chip = new TermChip(m_chips[i]);
        m_widgets << chip;
        m_row->insertWidget(static_cast<int>(i) + 1, chip);
        connect(chip, &TermChip::weightChanged, this, [this, i](double weight) {
            m_chips[i].weight = weight;
            Q_EMIT termsChanged();
        });
        connect(chip, &TermChip::removed, this, [this, i] {
            takeWeights();
            m_chips.erase(m_chips.begin() + static_cast<std::ptrdiff_t>(i));
            showChips();
            Q_EMIT termsChanged();
        });
        connect(chip, &TermChip::edited, this, [this, i] { takeBack(i); });
    }
    // Of a few all can be read where the room is short: the longest gives way first.
    if (m_widgets.size() <= 3)
        for (TermChip* chip : m_widgets)
            chip->keepText();
    // In reading order: Tab comes to the chips before it comes to the words.
    QWidget* before = m_edit->previousInFocusChain();
    for (const TermChip* chip : m_widgets)
        for (QWidget* stop : chip->stops()) {
            if (before->window() == stop->window()) setTabOrder(before, stop);
            before = stop;
        }
    m_edit->setPlaceholderText(m_chips.empty() ? tr("Describe what you look for, or drop a picture")
                                               : tr("more words, −words, or drop a picture"));
    if (hadFocus) m_edit->setFocus(Qt::OtherFocusReason);
}

/// As it was typed.
void SearchField::takeBack(size_t chip) {
    takeWeights();
    const SearchTerm term = m_chips[chip];
    m_chips.erase(m_chips.begin() + static_cast<std::ptrdiff_t>(chip));
    if (term.kind == SearchTerm::Kind::Words) {
        const QString text = (term.isMinus ? QStringLiteral("-") : QString()) + term.text;
        const QString rest = m_edit->text().trimmed();
        m_edit->setText(term.isMinus && !rest.isEmpty() ? rest + ' ' + text : (text + ' ' + rest).trimmed());
    }
    showChips();
    m_edit->setFocus(Qt::OtherFocusReason);
    Q_EMIT termsChanged();
}

bool SearchField::takeKey(const QKeyEvent& event) {
    switch (event.key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            commit();
            return true;
        case Qt::Key_Escape:
            if (m_edit->text().isEmpty() && m_chips.empty()) return false;
            clear();
            return true;
        case Qt::Key_Down:
            Q_EMIT downPressed();
            return true;
        case Qt::Key_Backspace:
            if (m_chips.empty() || m_edit->cursorPosition() > 0 || m_edit->hasSelectedText()) return false;
            takeBack(m_chips.size() - 1);
            return true;
        default:
            return false;
    }
}

bool SearchField::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_edit) {
        if (event->type() == QEvent::KeyPress && takeKey(*static_cast<QKeyEvent*>(event))) return true;
        if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    }
    return QWidget::eventFilter(watched, event);
}

void SearchField::mousePressEvent(QMouseEvent*) {
    m_edit->setFocus(Qt::MouseFocusReason);
}

void SearchField::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintControlFrame(painter, rect(), colour(&Tokens::surface), isEnabled(), m_edit->hasFocus());
}

}  // namespace diagonal
