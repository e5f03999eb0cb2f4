// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/prompt_preview.h"

#include <QPainter>
#include <QRegularExpression>
#include <algorithm>

#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kShownSentences = 2, kSentencesInTip = 12, kLineHeight = 20, kPadding = 8;

}  // namespace

PromptPreview::PromptPreview(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void PromptPreview::set(const QStringList& templates, const QStringList& texts) {
    const qsizetype before = shown();
    m_templates = templates.isEmpty() ? QStringList(kPlace) : templates;
    m_texts = texts;
    QStringList sentences;
    for (qsizetype i = 0; i < std::min<qsizetype>(count(), kSentencesInTip); ++i)
        sentences << QString(templateOf(i)).replace(kPlace, textOf(i));
    if (count() > sentences.size()) sentences << tr("%1 more").arg(formatCount(count() - sentences.size()));
    if (const qsizetype doubled = doubledArticle(); doubled >= 0)
        sentences.prepend(tr("The template and the label “%1” both bring an article").arg(textOf(doubled)));
    setAccessibleName(tr("Prompts: %1").arg(sentences.mid(0, kShownSentences).join(", ")));
    setToolTip(sentences.join('\n'));
    if (shown() != before) updateGeometry();
    update();
}

qsizetype PromptPreview::doubledArticle() const {
    static const QRegularExpression before(QStringLiteral("\\b(a|an|the) $"),
                                           QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression first(QStringLiteral("^(a|an|the) "), QRegularExpression::CaseInsensitiveOption);
    for (qsizetype i = 0; i < std::min<qsizetype>(count(), kSentencesInTip); ++i)
        if (templateOf(i).section(kPlace, 0, 0).contains(before) && textOf(i).contains(first)) return i;
    return -1;
}

// One template: a sentence a label. An ensemble: the first label's sentences first.
qsizetype PromptPreview::count() const {
    return m_texts.size() * m_templates.size();
}

qsizetype PromptPreview::shown() const {
    return std::min<qsizetype>(count(), kShownSentences);
}

const QString& PromptPreview::templateOf(qsizetype sentence) const {
    return m_templates[sentence % m_templates.size()];
}

const QString& PromptPreview::textOf(qsizetype sentence) const {
    return m_texts[sentence / m_templates.size()];
}

QSize PromptPreview::sizeHint() const {
    const int lines = static_cast<int>(std::max<qsizetype>(shown(), 1));
    return {px(200), lines * px(kLineHeight) + 2 * px(kPadding)};
}

QSize PromptPreview::minimumSizeHint() const {
    return {px(120), sizeHint().height()};
}

void PromptPreview::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight);  // pieces of a sentence are placed by hand
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colour(&Tokens::border));
    painter.setBrush(colour(&Tokens::sunken));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(5), px(5));

    const QFont plain = Theme::instance().font(12), bold = Theme::instance().font(12, 600);
    const QFontMetricsF plainMetrics(plain), boldMetrics(bold);
    const qreal left = px(10);
    qreal right = width() - px(10);
    if (m_texts.isEmpty()) {
        painter.setFont(plain);
        painter.setPen(colour(&Tokens::text3));
        painter.drawText(QRectF(left, 0, right - left, height()), Qt::AlignVCenter,
                         tr("Sentences appear here once there are labels"));
        return;
    }
    const qsizetype doubled = doubledArticle();
    for (qsizetype i = 0; i < shown(); ++i) {
        const qreal top = px(kPadding) + static_cast<qreal>(i) * px(kLineHeight);
        qreal end = right;
        if (i == shown() - 1 && count() > shown()) {
            const QString more = tr("%1 more").arg(formatCount(count() - shown()));
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
            const ColourRole strong = i == doubled ? &Tokens::warn : &Tokens::text;
            painter.setPen(colour(isLabel ? strong : &Tokens::text2));
            painter.drawText(QRectF(x, top, end - x + 1, px(kLineHeight)), Qt::AlignLeft | Qt::AlignVCenter, fitting);
            x = fitting == text ? x + metrics.horizontalAdvance(text) : end;
        };
        const QStringList parts = templateOf(i).split(kPlace);
        for (qsizetype part = 0; part < parts.size(); ++part) {
            if (part > 0) draw(textOf(i), true);
            draw(parts[part], false);
        }
    }
}

}  // namespace diagonal
