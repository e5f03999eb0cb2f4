// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/captions_panel.h"

#include <QCheckBox>
#include <QPlainTextEdit>
#include <QSignalBlocker>

#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

namespace {

constexpr int kDelay = 350;

}  // namespace

CaptionsPanel::CaptionsPanel(QWidget* parent) : QWidget(parent) {
    auto* header = new SectionHeader(tr("Captions"));
    header->setNote(tr("one a line"));
    auto* close = new IconButton(QStringLiteral("ui/close"), tr("Close"));
    header->addRight(close);
    m_editor = new QPlainTextEdit;
    m_editor->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_editor->setTabChangesFocus(true);
    m_editor->setAccessibleName(tr("Captions, one a line"));
    m_editor->setPlaceholderText(tr("a red circle\na small blue square"));
    m_counts = makeWrapped({}, 12, 400, &Tokens::text2);
    m_paired = new QCheckBox(tr("Each line is its image's caption"));
    setLayout(makeColumn({header, {m_editor, 1}, m_counts, m_paired}, 8, {16, 0, 16, 16}));

    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelay);
    connect(&m_delay, &QTimer::timeout, this, [this] { Q_EMIT captionsEdited(captions()); });
    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] {
        showCounts();
        m_delay.start();
    });
    connect(m_paired, &QCheckBox::clicked, this, &CaptionsPanel::pairedChanged);
    connect(close, &QToolButton::clicked, this, &CaptionsPanel::closeRequested);
}

QStringList CaptionsPanel::captions() const {
    QStringList lines;
    for (const QString& line : m_editor->toPlainText().split(QLatin1Char('\n')))
        if (!line.trimmed().isEmpty()) lines << line.trimmed();
    return lines;
}

void CaptionsPanel::setCaptions(const QStringList& given, int images, bool paired) {
    m_images = images;
    if (!m_delay.isActive() && given != captions()) {
        const QSignalBlocker blocker(m_editor);
        m_editor->setPlainText(given.join(QLatin1Char('\n')));
    }
    m_paired->setChecked(paired);
    showCounts();
}

void CaptionsPanel::focusEditor() {
    m_editor->setFocus();
}

void CaptionsPanel::showCounts() {
    const int lines = static_cast<int>(captions().size());
    const QString images = tr("%Ln images", nullptr, m_images), texts = tr("%Ln captions", nullptr, lines);
    m_counts->setText(QStringLiteral("%1, %2").arg(images, texts));
    m_paired->setEnabled(lines == m_images && lines > 0);
    m_paired->setToolTip(m_paired->isEnabled() ? QString() : tr("Needs as many captions as images"));
}

}  // namespace diagonal
