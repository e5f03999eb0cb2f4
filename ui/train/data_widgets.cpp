// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/data_widgets.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QTextLayout>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/style/theme.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/colour_legend.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kColumns = 4;

/// At most two lines of text, the second elided.
void drawTwoLines(QPainter& painter, const QRect& area, const QString& text) {
    QTextLayout layout(text, painter.font());
    layout.beginLayout();
    const int height = painter.fontMetrics().lineSpacing();
    QTextLine first = layout.createLine();
    if (first.isValid()) first.setLineWidth(area.width());
    layout.endLayout();
    if (!first.isValid()) return;
    painter.drawText(QRect(area.left(), area.top(), area.width(), height), Qt::AlignLeft | Qt::AlignVCenter,
                     text.left(first.textLength()).trimmed());
    const QString rest = text.mid(first.textLength()).trimmed();
    painter.drawText(QRect(area.left(), area.top() + height, area.width(), height), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(rest, Qt::ElideRight, area.width()));
}

}  // namespace

SplitBar::SplitBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SplitBar::setSummary(const DatasetSummary& summary) {
    m_parts.clear();
    const auto add = [&](const QString& name, size_t count, QColor (*colour)()) {
        if (count > 0) m_parts.push_back({name, count, colour});
    };
    const size_t train = trainingImages(summary), unsplit = summary.train + summary.unassigned;
    add(tr("train"), train, [] { return colour(&Tokens::accent); });
    add(tr("validation"), summary.validation, [] { return colour(&Tokens::textToImage); });
    add(tr("held back for validation"), unsplit - train, [] { return colour(&Tokens::textToImage); });
    add(tr("test"), summary.test, [] { return colour(&Tokens::fourth); });
    QStringList words;
    for (const Part& part : m_parts)
        words << QStringLiteral("%1 %2").arg(part.name, formatCount(qint64(part.count)));
    setAccessibleName(words.join(QStringLiteral(", ")));
    update();
}

QSize SplitBar::sizeHint() const {
    return {px(300), px(40)};
}
QSize SplitBar::minimumSizeHint() const {
    return {px(200), px(40)};
}

void SplitBar::paintEvent(QPaintEvent*) {
    size_t all = 0;
    for (const Part& part : m_parts)
        all += part.count;
    if (all == 0) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double gap = px(2), room = width() - gap * static_cast<double>(m_parts.size() - 1);
    double x = 0, labelX = 0;
    for (const Part& part : m_parts) {
        const double length =
            std::max<double>(px(4), room * static_cast<double>(part.count) / static_cast<double>(all));
        painter.setBrush(part.colour());
        painter.drawRoundedRect(QRectF(x, 0, length, px(12)), px(2), px(2));
        x += length + gap;

        painter.drawRoundedRect(QRectF(labelX, px(26), px(10), px(10)), px(2), px(2));
        const QFont plain = Theme::instance().font(13), strong = Theme::instance().font(13, 600);
        const QString count = formatCount(static_cast<qint64>(part.count));
        painter.save();
        painter.setFont(plain);
        painter.setPen(colour(&Tokens::text));
        labelX += px(16);
        const double nameWidth = QFontMetricsF(plain).horizontalAdvance(part.name);
        painter.drawText(QRectF(labelX, px(20), nameWidth + 1, px(20)), Qt::AlignLeft | Qt::AlignVCenter, part.name);
        labelX += nameWidth + px(6);
        painter.setFont(strong);
        const double countWidth = tabularWidth(strong, count);
        drawTabular(painter, QRectF(labelX, px(20), countWidth + 1, px(20)), count, Qt::AlignLeft | Qt::AlignVCenter);
        labelX += countWidth + px(24);
        painter.restore();
    }
}

WordsHistogram::WordsHistogram(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void WordsHistogram::setLengths(std::vector<size_t> lengths) {
    m_lengths = std::move(lengths);
    setAccessibleName(tr("Words a caption, median %1").arg(medianWords(m_lengths)));
    update();
}

QSize WordsHistogram::sizeHint() const {
    return {px(240), px(150)};
}

void WordsHistogram::paintEvent(QPaintEvent*) {
    if (m_lengths.empty()) return;
    QPainter painter(this);
    const size_t most = *std::max_element(m_lengths.begin(), m_lengths.end());
    if (most == 0) return;
    const QFont font = Theme::instance().font(11);
    painter.setFont(font);
    const auto ticks = niceTicks(0, static_cast<double>(most), 3);
    double labels = 0;
    for (const double tick : ticks)
        labels = std::max(labels, tabularWidth(font, formatCount(qint64(tick))));
    const QRectF area = QRectF(rect()).adjusted(labels + px(8), px(18), 0, -px(20));
    const double top = std::max(static_cast<double>(most), ticks.empty() ? 0 : ticks.back());
    for (const double tick : ticks) {
        const double y = std::round(area.bottom() - tick / top * area.height());
        painter.fillRect(QRectF(area.left(), y, area.width(), 1), colour(&Tokens::gridLine));
        painter.setPen(colour(&Tokens::text3));
        drawTabular(painter, QRectF(0, y - px(8), labels, px(16)), formatCount(static_cast<qint64>(tick)));
    }
    const int median = medianWords(m_lengths);
    const double step = area.width() / static_cast<double>(std::max<size_t>(m_lengths.size(), 8));
    for (size_t words = 0; words < m_lengths.size(); ++words) {
        if (m_lengths[words] == 0) continue;
        const double height = std::max(1.0, static_cast<double>(m_lengths[words]) / top * area.height());
        const double x = area.left() + static_cast<double>(words) * step;
        painter.fillRect(QRectF(x, area.bottom() - height, std::max(1.0, step - (step > 3 ? 1 : 0)), height),
                         colour(static_cast<int>(words) == median ? &Tokens::accent : &Tokens::bar));
    }
    painter.fillRect(QRectF(area.left(), std::round(area.bottom()), area.width(), 1), colour(&Tokens::outline));
    painter.setPen(colour(&Tokens::text3));
    for (const double tick : niceTicks(0, static_cast<double>(std::max<size_t>(m_lengths.size(), 8) - 1), 6)) {
        const double x = area.left() + (tick + 0.5) * step;
        drawTabular(painter, QRectF(x - px(20), area.bottom() + px(3), px(40), px(16)), formatCount(qint64(tick)),
                    Qt::AlignHCenter | Qt::AlignVCenter);
    }
    painter.setPen(colour(&Tokens::accent));
    const QString note = tr("median %n words", nullptr, median);
    const double noteWidth = QFontMetricsF(font).horizontalAdvance(note) + 2;
    const double x = std::clamp(area.left() + median * step + step / 2 - noteWidth / 2, area.left(),
                                std::max(area.left(), area.right() - noteWidth));
    painter.drawText(QRectF(x, 0, noteWidth, px(16)), Qt::AlignCenter, note);
}

SampleGrid::SampleGrid(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void SampleGrid::setSamples(std::vector<DataSample> samples) {
    m_samples = std::move(samples);
    QStringList captions;
    for (const DataSample& sample : m_samples)
        captions << sample.caption;
    setAccessibleName(captions.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QRect SampleGrid::tile(int index) const {
    const int gap = px(16), side = (width() - gap * (kColumns - 1)) / kColumns;
    const int picture = side * 3 / 4, height = picture + px(48);
    return {(index % kColumns) * (side + gap), (index / kColumns) * height, side, picture};
}

int SampleGrid::heightForWidth(int width) const {
    const int gap = px(16), side = (width - gap * (kColumns - 1)) / kColumns;
    return (side * 3 / 4 + px(48)) * (kSampleCount / kColumns);
}

QSize SampleGrid::sizeHint() const {
    return {px(660), heightForWidth(px(660))};
}

void SampleGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(Theme::instance().font(12));
    for (int i = 0; i < (m_samples.empty() ? kSampleCount : static_cast<int>(m_samples.size())); ++i) {
        const QRect area = tile(i);
        QPainterPath round;
        round.addRoundedRect(area, px(3), px(3));
        if (m_samples.empty()) {
            painter.fillPath(round, colour(&Tokens::track));
            continue;
        }
        const DataSample& sample = m_samples[static_cast<size_t>(i)];
        painter.save();
        painter.setClipPath(round);
        if (sample.picture.isNull()) {
            painter.fillRect(area, colour(&Tokens::errorSoft));
            painter.setPen(colour(&Tokens::error));
            painter.drawText(area.adjusted(px(8), px(8), -px(8), -px(8)), Qt::AlignCenter | Qt::TextWordWrap,
                             sample.problem);
        } else {
            QSizeF size = sample.picture.size();
            size.scale(area.size(), Qt::KeepAspectRatioByExpanding);
            QRectF target(QPointF(0, 0), size);
            target.moveCenter(QRectF(area).center());
            painter.drawImage(target, sample.picture);
        }
        painter.restore();
        painter.setPen(colour(&Tokens::text));
        drawTwoLines(painter, QRect(area.left(), area.bottom() + px(5), area.width(), px(36)), sample.caption);
    }
}

bool SampleGrid::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        for (int i = 0; i < static_cast<int>(m_samples.size()); ++i) {
            if (!tile(i).adjusted(0, 0, 0, px(40)).contains(help->pos())) continue;
            const DataSample& sample = m_samples[static_cast<size_t>(i)];
            QToolTip::showText(help->globalPos(), sample.name + QLatin1Char('\n') + sample.caption, this);
            return true;
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

}  // namespace diagonal
