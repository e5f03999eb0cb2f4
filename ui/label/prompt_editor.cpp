// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/prompt_editor.h"

#include <QMimeData>
#include <QPainter>
#include <QPlainTextEdit>
#include <QTextCursor>
#include <algorithm>

#include "ui/label/prompt_preview.h"
#include "ui/style/layouts.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/elided_label.h"

namespace diagonal {

namespace {

constexpr int kMostLines = 5;

}  // namespace

/// Grows with its lines; its frame says that a line cannot be used.
class PromptField : public QPlainTextEdit {
  public:
    PromptField() {
        setTabChangesFocus(true);
        setLineWrapMode(NoWrap);
        setAcceptDrops(false);  // files dropped here are pictures for the pane
        viewport()->setAcceptDrops(false);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
        followTheme(this, [this] {
            setFont(Theme::instance().font(13));
            document()->setDocumentMargin(px(5));
            updateGeometry();
        });
        connect(this, &QPlainTextEdit::blockCountChanged, this, [this](int lines) {
            setVerticalScrollBarPolicy(lines > kMostLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
            updateGeometry();
        });
    }
    void setInvalid(bool invalid) {
        m_invalid = invalid;
        update();
        viewport()->update();
    }
    QSize sizeHint() const override {
        const int lines = std::clamp(blockCount(), 1, kMostLines);
        return {px(240), lines * QFontMetrics(font()).lineSpacing() + 2 * px(5) + 2 * frameWidth()};
    }
    QSize minimumSizeHint() const override { return {px(120), sizeHint().height()}; }

  protected:
    void insertFromMimeData(const QMimeData* source) override {
        if (source->hasText()) insertPlainText(QString(source->text()).replace("\r\n", "\n"));
    }
    void paintEvent(QPaintEvent* event) override {
        QPlainTextEdit::paintEvent(event);
        if (!m_invalid) return;
        QPainter painter(viewport());
        painter.fillRect(QRect(0, 0, px(2), viewport()->height()), colour(&Tokens::error));
    }

  private:
    bool m_invalid = false;
};

PromptEditor::PromptEditor(QWidget* parent)
    : QWidget(parent),
      m_field(new PromptField),
      m_error(new ElidedLabel({}, 12, 400, &Tokens::error)),
      m_preview(new PromptPreview) {
    setLayout(makeColumn({m_field, m_error, m_preview}, 8));
    m_field->setAccessibleName(tr("Prompt templates, one a line"));
    m_field->setPlaceholderText(tr("Labels as written"));
    m_field->setToolTip(
        tr("{} stands for the label. Several lines are an ensemble: the mean of what the model makes of "
           "them. Empty: labels are used as written"));
    m_error->hide();
    connect(m_field, &QPlainTextEdit::textChanged, this, &PromptEditor::take);
}

QStringList PromptEditor::templates() const {
    QStringList templates;
    for (const QString& line : m_field->toPlainText().split('\n'))
        if (const QString text = line.simplified(); !text.isEmpty() && !templates.contains(text)) templates << text;
    return templates;
}

void PromptEditor::setTemplates(const QStringList& templates) {
    if (templates == this->templates()) return;
    // As if typed, so that the field can take it back.
    QTextCursor cursor(m_field->document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(templates.join('\n'));
}

void PromptEditor::setTexts(const QStringList& texts) {
    m_preview->set(error().isEmpty() ? templates() : QStringList(), texts);
}

QString PromptEditor::error() const {
    const QStringList lines = templates();
    const auto bad =
        std::find_if(lines.begin(), lines.end(), [](const QString& line) { return !line.contains(kPlace); });
    if (bad == lines.end()) return {};
    return lines.size() == 1 ? tr("Write {} where the label goes")
                             : tr("“%1” has no {} where the label goes").arg(*bad);
}

void PromptEditor::take() {
    const QString problem = error();
    m_error->setText(problem);
    m_error->setVisible(!problem.isEmpty());
    m_preview->setVisible(problem.isEmpty());
    m_field->setInvalid(!problem.isEmpty());
    if (problem.isEmpty()) Q_EMIT templatesChanged(templates());
}

}  // namespace diagonal
