// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_editor.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>
#include <algorithm>
#include <memory>

#include "ui/pictures/picture_sources.h"
#include "ui/style/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kGutterWidth = 46, kFewestLabels = 8, kMostLabels = 16, kLinesToKeep = 6, kFrameRoom = 6;

}  // namespace

class LabelEditor::Gutter : public QWidget {
  public:
    explicit Gutter(LabelEditor* editor) : QWidget(editor), m_editor(editor) { setCursor(Qt::ArrowCursor); }

  protected:
    void paintEvent(QPaintEvent* event) override { m_editor->paintGutter(event); }

  private:
    LabelEditor* m_editor;
};

LabelEditor::LabelEditor(QWidget* parent) : QPlainTextEdit(parent), m_gutter(new Gutter(this)) {
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    // Files dropped here are pictures for the pane, not text.
    setAcceptDrops(false);
    viewport()->setAcceptDrops(false);
    setLineWrapMode(NoWrap);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    setPlaceholderText(tr("One label a line"));
    setAccessibleName(tr("Labels, one a line"));
    followTheme(this, [this] {
        setFont(Theme::instance().font(13));
        document()->setDocumentMargin(px(6));
        fitGutter();
        markLine();
    });
    connect(this, &QPlainTextEdit::updateRequest, m_gutter, [this] { m_gutter->update(); });
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, &LabelEditor::markLine);
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        const QString before = std::exchange(m_before, toPlainText());
        if (before == m_before) return;
        updateGeometry();
        m_gutter->update();
        if (!m_silent) Q_EMIT edited(before, m_before);
    });
}

void LabelEditor::setCounts(std::vector<int> counts, bool dimmed) {
    if (counts == m_counts && dimmed == m_dimmed) return;
    m_counts = std::move(counts);
    m_dimmed = dimmed;
    fitGutter();
    m_gutter->update();
}

void LabelEditor::fitGutter() {
    const int most = m_counts.empty() ? 0 : *std::max_element(m_counts.begin(), m_counts.end());
    const qreal digits = tabularWidth(Theme::instance().font(12), formatCount(most));
    m_gutterWidth = std::max(px(kGutterWidth), qCeil(digits) + px(18));
    setViewportMargins(0, 0, m_gutterWidth, 0);
    placeGutter();
}

void LabelEditor::setLabelText(const QString& text) {
    if (text == toPlainText()) return;
    m_silent = true;
    const int position = textCursor().position();
    setPlainText(text);
    QTextCursor cursor = textCursor();
    cursor.setPosition(std::min<int>(position, static_cast<int>(text.size())));
    setTextCursor(cursor);
    m_silent = false;
}

int LabelEditor::linesHeight(int lines) const {
    return lines * QFontMetrics(font()).lineSpacing() + 2 * px(6) + 2 * px(kFrameRoom);
}

QSize LabelEditor::sizeHint() const {
    return {px(240), linesHeight(std::clamp(blockCount() + 1, kFewestLabels, kMostLabels))};
}

QSize LabelEditor::minimumSizeHint() const {
    return {px(160), linesHeight(kLinesToKeep)};
}

// The pane's undo knows images too; the editor must not swallow its shortcuts.
bool LabelEditor::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore();
            return false;
        }
    }
    return QPlainTextEdit::event(event);
}

void LabelEditor::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    placeGutter();
}

void LabelEditor::placeGutter() {
    const QRect view = viewport()->geometry();
    m_gutter->setGeometry(view.right() + 1, view.top(), m_gutterWidth, view.height());
}

void LabelEditor::focusInEvent(QFocusEvent* event) {
    QPlainTextEdit::focusInEvent(event);
    markLine();
}

void LabelEditor::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    markLine();
}

void LabelEditor::insertFromMimeData(const QMimeData* source) {
    const PictureSources pictures = pictureSources(source);
    if (!pictures.paths.isEmpty() || (!pictures.image.isNull() && !source->hasText()))
        Q_EMIT picturesPasted();
    else if (source->hasText())
        insertPlainText(QString(source->text()).replace("\r\n", "\n"));
}

void LabelEditor::contextMenuEvent(QContextMenuEvent* event) {
    const std::unique_ptr<QMenu> menu(createStandardContextMenu(event->pos()));
    menu->exec(event->globalPos());
}

void LabelEditor::markLine() {
    QList<QTextEdit::ExtraSelection> selections;
    if (hasFocus()) {
        QTextEdit::ExtraSelection line;
        line.format.setBackground(colour(&Tokens::accentSoft));
        line.format.setProperty(QTextFormat::FullWidthSelection, true);
        line.cursor = textCursor();
        line.cursor.clearSelection();
        selections << line;
    }
    setExtraSelections(selections);
}

void LabelEditor::paintGutter(QPaintEvent* event) {
    QPainter painter(m_gutter);
    painter.fillRect(event->rect(), colour(&Tokens::surface));
    painter.fillRect(QRect(0, 0, 1, m_gutter->height()), colour(&Tokens::border));
    painter.setFont(Theme::instance().font(12));
    const int lineHeight = fontMetrics().lineSpacing();  // the last block is higher: it holds the margin
    painter.setPen(colour(m_dimmed ? &Tokens::text3 : &Tokens::text2));
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
        if (area.top() > m_gutter->height()) break;
        const auto line = static_cast<size_t>(block.blockNumber());
        if (line >= m_counts.size() || m_counts[line] < 0) continue;
        drawTabular(painter, QRectF(0, area.top(), m_gutter->width() - px(10), lineHeight),
                    formatCount(m_counts[line]));
    }
}

}  // namespace diagonal
