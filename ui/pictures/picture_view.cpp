// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/picture_view.h"

#include <QPainter>
#include <QPointer>
#include <algorithm>
#include <cmath>

#include "ui/base/paths.h"
#include "ui/pictures/file_threads.h"
#include "ui/pictures/frame_name.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"

namespace diagonal {

namespace {

constexpr int kPictureMargin = 21, kSmallestDecode = 512;

}  // namespace

PictureView::PictureView(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setContextMenuPolicy(Qt::CustomContextMenu);
    followTheme(this, [this] { update(); });
    connect(&FileThreads::instance(), &FileThreads::answered, this, [this] {
        if (!m_isRefused) return;
        m_problem.clear();
        decode();
    });
}

void PictureView::showPicture(const QString& path) {
    if (path == m_path && m_problem.isEmpty()) return;
    // From frame to frame the old one is seen until the new one is there.
    const FrameName next = frameOf(path), before = frameOf(m_path);
    if (!next.isFrame() || !before.isFrame() || next.file != before.file) m_pixmap = {};
    m_path = path;
    m_problem.clear();
    m_decoded = false;
    m_isRefused = false;
    ++*m_request;
    setAccessibleName(path.isEmpty() ? tr("No picture") : tr("Picture %1").arg(nameInSentence(path)));
    if (!path.isEmpty()) decode();
    update();
}

void PictureView::showProblem(const QString& path, const QString& problem) {
    m_path = path;
    m_problem = problem;
    m_pixmap = {};
    m_decoded = true;
    m_isRefused = false;
    ++*m_request;
    setAccessibleName(tr("%1: %2").arg(nameInSentence(path), problem));
    update();
}

void PictureView::decode() {
    const double longest = std::max(width(), height()) * devicePixelRatioF();
    // In steps, so that dragging a splitter decodes seldom.
    int size = kSmallestDecode;
    while (size < longest)
        size *= 2;
    m_decodedFor = size;
    m_isRefused = false;
    const QPointer<PictureView> guard(this);
    const auto isWanted = [wanted = m_request, request = ++*m_request] { return *wanted == request; };
    const auto read = [guard, isWanted, path = m_path,
                       size](const std::function<void()>& hasRead) -> FileThreads::Finish {
        if (!isWanted()) return {};
        const ShownPicture picture = readPicture(path, size, false, hasRead);
        return [guard, isWanted, picture] {
            if (guard && isWanted()) guard->take(picture);
        };
    };
    FileThreads::instance().start(frameOf(m_path).file, read, [guard, isWanted](const QString& reason) {
        if (!guard || !isWanted()) return;
        if (reason.isEmpty()) return guard->decode();  // thumbnails wait behind it
        guard->take({{}, {}, {}, reason});
        guard->m_isRefused = true;
    });
}

void PictureView::take(const ShownPicture& picture) {
    m_decoded = true;
    if (picture.image.isNull()) m_pixmap = {};
    if (picture.image.isNull())
        m_problem = picture.problem.isEmpty() ? tr("it cannot be shown") : picture.problem;
    else
        m_pixmap = QPixmap::fromImage(picture.image);
    update();
    if (!picture.size.isEmpty()) Q_EMIT factsKnown(picture.size, picture.format);
}

void PictureView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const double longest = std::max(width(), height()) * devicePixelRatioF();
    if (m_problem.isEmpty() && !m_path.isEmpty() && longest > m_decodedFor) decode();
}

QSize PictureView::sizeHint() const {
    return {px(620), px(550)};
}

QSize PictureView::minimumSizeHint() const {
    return {px(160), px(120)};
}

void PictureView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), colour(&Tokens::canvas));
    const QRect area =
        rect().adjusted(px(kPictureMargin), px(kPictureMargin), -px(kPictureMargin), -px(kPictureMargin));
    if (!m_problem.isEmpty()) return paintProblem(painter, area);
    if (m_pixmap.isNull() || area.isEmpty()) return;
    // Small pictures grow up to the canvas: what counts is to see what the model sees.
    const QSize natural = m_pixmap.size();
    const QSize fitted = natural.scaled(area.size(), Qt::KeepAspectRatio);
    QRect target(QPoint(), fitted);
    target.moveCenter(area.center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawPixmap(target, m_pixmap);
    paintRelevance(painter, target);
    if (m_remark.isEmpty()) return;
    painter.setFont(Theme::instance().font(12));
    painter.setPen(colour(&Tokens::text));
    const QRect line(px(8), height() - px(kPictureMargin), width() - 2 * px(8), px(kPictureMargin));
    painter.drawText(line, Qt::AlignCenter, painter.fontMetrics().elidedText(m_remark, Qt::ElideRight, line.width()));
}

void PictureView::paintProblem(QPainter& painter, const QRect& area) const {
    const QRect icon(area.left(), area.center().y() - px(40), area.width(), px(32));
    paintIcon(painter, icon, QStringLiteral("ui/broken"), colour(&Tokens::text2), 24);
    painter.setFont(Theme::instance().font(13));
    painter.setPen(colour(&Tokens::text));
    painter.drawText(QRect(area.left(), icon.bottom() + px(8), area.width(), px(80)),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
                     tr("%1: %2").arg(nameInSentence(m_path), m_problem));
}

// The picture's whole size is the map's, so that a thumbnail that stands in is covered rightly too.
void PictureView::paintRelevance(QPainter& painter, const QRect& target) {
    if (!m_relevance || m_relevance->imageWidth <= 0 || m_relevance->imageHeight <= 0) return;
    const double across = static_cast<double>(target.width()) / m_relevance->imageWidth;
    const double down = static_cast<double>(target.height()) / m_relevance->imageHeight;
    const PixelRect& map = m_relevance->area;
    const QRectF area(target.x() + map.x * across, target.y() + map.y * down, map.width * across, map.height * down);
    const QRectF visible = area & QRectF(target);
    if (visible.isEmpty()) return;
    const double ratio = devicePixelRatioF();
    if (m_layer.isNull() || m_layerFor != visible) {
        const QSize size(std::max(1, qRound(visible.width() * ratio)), std::max(1, qRound(visible.height() * ratio)));
        const auto colours = relevanceColours(*m_relevance, area.width() * ratio, area.height() * ratio,
                                              {(visible.x() - area.x()) * ratio, (visible.y() - area.y()) * ratio,
                                               static_cast<double>(size.width()), static_cast<double>(size.height())});
        m_layer =
            QImage(colours.data(), size.width(), size.height(), qsizetype{4} * size.width(), QImage::Format_RGBA8888)
                .convertToFormat(QImage::Format_ARGB32_Premultiplied);
        m_layerFor = visible;
    }
    painter.setOpacity(m_opacity);
    painter.drawImage(visible, m_layer);
    painter.setOpacity(1);
    if (m_grid) paintGrid(painter, area, visible);
}

/// White with a dark rim, so that it is seen on every colour.
void PictureView::paintGrid(QPainter& painter, const QRectF& area, const QRectF& visible) const {
    const QColor rim(0, 0, 0, 60), line(255, 255, 255, 130);
    const auto draw = [&](bool vertical, double place) {
        const double at = std::round(place);
        for (const auto& [colour, offset] : {std::pair(rim, 1.0), std::pair(line, 0.0)}) {
            const QRectF strip = vertical ? QRectF(at + offset, visible.top(), 1, visible.height())
                                          : QRectF(visible.left(), at + offset, visible.width(), 1);
            painter.fillRect(strip & visible, colour);
        }
    };
    for (int i = 0; i <= m_relevance->columns; ++i)
        draw(true, area.left() + area.width() * i / m_relevance->columns);
    for (int i = 0; i <= m_relevance->rows; ++i)
        draw(false, area.top() + area.height() * i / m_relevance->rows);
}

void PictureView::setRelevance(const RelevanceMap* map) {
    if (map == nullptr && !m_relevance) return;
    m_relevance = map == nullptr ? std::nullopt : std::optional(*map);
    m_layer = {};
    update();
}

void PictureView::setRelevanceLook(double opacity, bool grid) {
    m_opacity = opacity;
    m_grid = grid;
    update();
}

void PictureView::setRemark(const QString& remark) {
    if (remark == m_remark) return;
    m_remark = remark;
    setToolTip(remark);
    setAccessibleDescription(remark);
    update();
}

}  // namespace diagonal
