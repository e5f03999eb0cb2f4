// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/prompt_editor.h"

#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kShownSentences = 2, kLineHeight = 20, kPadding = 8;
const QString kPlace = QStringLiteral("{}");

/// A field whose frame says that its text cannot be used.
class PromptField : public QLineEdit {
  public:
    void setInvalid(bool invalid) {
        m_invalid = invalid;
        update();
    }

  protected:
    void paintEvent(QPaintEvent* event) override {
        QLineEdit::paintEvent(event);
        if (!m_invalid) return;
        QPainter painter(this);
        paintFrame(painter, rect(), px(5), Qt::transparent, colour(&Tokens::error), hasFocus() ? 2 : 1);
    }

  private:
    bool m_invalid = false;
};

}  // namespace

PromptEditor::PromptEditor(QWidget* parent)
    : QWidget(parent),
      m_field(new PromptField),
      m_error(new ElidedLabel({}, 12, 400, &Tokens::error)),
      m_preview(new PromptPreview) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(px(8));
    column->addWidget(m_field);
    column->addWidget(m_error);
    column->addWidget(m_preview);
    m_field->setAcceptDrops(false);  // files dropped here are pictures for the pane
    m_field->setAccessibleName(tr("Prompt template"));
    m_field->setPlaceholderText(tr("Labels as written"));
    m_field->setToolTip(tr("{} stands for the label. Empty: labels are used as written"));
    m_error->hide();
    connect(m_field, &QLineEdit::textChanged, this, &PromptEditor::take);
}

QString PromptEditor::promptTemplate() const {
    return m_field->text().simplified();
}

void PromptEditor::setPromptTemplate(const QString& text) {
    if (text != promptTemplate()) m_field->setText(text);
}

void PromptEditor::setLabels(const QStringList& labels) {
    m_preview->set(error().isEmpty() ? promptTemplate() : QString(), labels);
}

QString PromptEditor::error() const {
    const QString text = promptTemplate();
    return text.isEmpty() || text.contains(kPlace) ? QString() : tr("Write {} where the label goes");
}

void PromptEditor::take() {
    const QString problem = error();
    m_error->setText(problem);
    m_error->setVisible(!problem.isEmpty());
    m_preview->setVisible(problem.isEmpty());
    static_cast<PromptField*>(m_field)->setInvalid(!problem.isEmpty());
    if (problem.isEmpty()) Q_EMIT templateChanged(promptTemplate());
}

PromptPreview::PromptPreview(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void PromptPreview::set(const QString& promptTemplate, const QStringList& labels) {
    const bool resize =
        std::min<qsizetype>(labels.size(), kShownSentences) != std::min<qsizetype>(m_labels.size(), kShownSentences);
    m_template = promptTemplate.isEmpty() ? kPlace : promptTemplate;
    m_labels = labels;
    QStringList sentences;
    for (const QString& label : m_labels.mid(0, 12))
        sentences << QString(m_template).replace(kPlace, label);
    setAccessibleName(tr("Prompts: %1").arg(sentences.mid(0, kShownSentences).join(", ")));
    setToolTip(sentences.join('\n'));
    if (resize) updateGeometry();
    update();
}

QSize PromptPreview::sizeHint() const {
    const int lines = static_cast<int>(std::clamp<qsizetype>(m_labels.size(), 1, kShownSentences));
    return {px(200), lines * px(kLineHeight) + 2 * px(kPadding)};
}

QSize PromptPreview::minimumSizeHint() const {
    return {px(120), sizeHint().height()};
}

void PromptPreview::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colour(&Tokens::border));
    painter.setBrush(colour(&Tokens::sunken));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(5), px(5));

    const QFont plain = Theme::instance().font(12), bold = Theme::instance().font(12, 600);
    const QFontMetricsF plainMetrics(plain), boldMetrics(bold);
    const qreal left = px(10);
    qreal right = width() - px(10);
    if (m_labels.isEmpty()) {
        painter.setFont(plain);
        painter.setPen(colour(&Tokens::text3));
        painter.drawText(QRectF(left, 0, right - left, height()), Qt::AlignVCenter,
                         tr("Sentences appear here once there are labels"));
        return;
    }
    const auto shown = std::min<qsizetype>(m_labels.size(), kShownSentences);
    for (qsizetype i = 0; i < shown; ++i) {
        const qreal top = px(kPadding) + static_cast<qreal>(i) * px(kLineHeight);
        qreal end = right;
        if (i == shown - 1 && m_labels.size() > shown) {
            const QString more = tr("%1 more").arg(formatCount(m_labels.size() - shown));
            painter.setFont(Theme::instance().font(11));
            painter.setPen(colour(&Tokens::text3));
            painter.drawText(QRectF(left, top, right - left, px(kLineHeight)), Qt::AlignRight | Qt::AlignVCenter, more);
            end -= QFontMetricsF(painter.font()).horizontalAdvance(more) + px(12);
        }
        qreal x = left;
        const auto draw = [&](const QString& text, bool isLabel) {
            if (text.isEmpty() || x >= end) return;
            const QFontMetricsF& metrics = isLabel ? boldMetrics : plainMetrics;
            const QString fitting = metrics.elidedText(text, Qt::ElideRight, end - x);
            painter.setFont(isLabel ? bold : plain);
            painter.setPen(colour(isLabel ? &Tokens::text : &Tokens::text2));
            painter.drawText(QRectF(x, top, end - x + 1, px(kLineHeight)), Qt::AlignLeft | Qt::AlignVCenter, fitting);
            x = fitting == text ? x + metrics.horizontalAdvance(text) : end;
        };
        const QStringList parts = m_template.split(kPlace);
        for (qsizetype part = 0; part < parts.size(); ++part) {
            if (part > 0) draw(m_labels[i], true);
            draw(parts[part], false);
        }
    }
}

}  // namespace diagonal
