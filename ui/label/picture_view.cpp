// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/picture_view.h"

#include <QFileInfo>
#include <QPainter>
#include <QPointer>
#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image.h"
#include "ui/label/paths.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/thumbnail_cache.h"

namespace diagonal {

namespace {

constexpr int kMargin = 21, kSmallestDecode = 512;

PictureFacts readFacts(const QString& path) {
    try {
        const std::vector<uint8_t> bytes = readBytes(toPath(path));
        const ImageHeader header = readImageHeader(bytes, path.toStdString());
        QSize size(header.width, header.height);
        if (exifOrientation(bytes) >= 5) size.transpose();
        return {size, QString::fromStdString(header.format)};
    } catch (const Error&) {
        return {};  // why it cannot be read is said in the picture's place
    }
}

}  // namespace

PictureView::PictureView(QWidget* parent) : QWidget(parent) {
    m_pool.setMaxThreadCount(1);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setContextMenuPolicy(Qt::CustomContextMenu);
    followTheme(this, [this] { update(); });
}

PictureView::~PictureView() {
    m_pool.clear();
    m_pool.waitForDone();
}

void PictureView::showPicture(const QString& path) {
    if (path == m_path && m_problem.isEmpty()) return;
    m_path = path;
    m_problem.clear();
    m_pixmap = {};
    m_facts = {};
    m_decoded = false;
    ++m_request;
    setAccessibleName(path.isEmpty() ? tr("No picture") : tr("Picture %1").arg(QFileInfo(path).fileName()));
    if (!path.isEmpty()) {
        m_pixmap = ThumbnailCache::instance().pixmap(path, static_cast<int>(std::lround(px(96) * devicePixelRatioF())));
        if (!m_pixmap.isNull() && m_pixmap.width() == m_pixmap.height()) m_pixmap = {};  // cropped: would jump
        decode();
    }
    update();
}

void PictureView::showProblem(const QString& path, const QString& problem) {
    m_path = path;
    m_problem = problem;
    m_pixmap = {};
    m_decoded = true;
    ++m_request;
    setAccessibleName(tr("%1: %2").arg(QFileInfo(path).fileName(), problem));
    update();
}

void PictureView::decode() {
    const double longest = std::max(width(), height()) * devicePixelRatioF();
    // In steps, so that dragging a splitter decodes seldom.
    int size = kSmallestDecode;
    while (size < longest)
        size *= 2;
    m_decodedFor = size;
    m_pool.clear();
    m_pool.start([guard = QPointer<PictureView>(this), path = m_path, size, request = m_request] {
        QString problem;
        const QImage image = readPicture(path, size, false, &problem);
        const PictureFacts facts = readFacts(path);
        // The view waits for its threads before it goes, so the pointer is good here.
        QMetaObject::invokeMethod(
            guard.data(), [guard, image, facts, problem, request] { guard->take(request, image, facts, problem); },
            Qt::QueuedConnection);
    });
}

void PictureView::take(quint64 request, const QImage& image, const PictureFacts& facts, const QString& problem) {
    if (request != m_request) return;
    m_decoded = true;
    m_facts = facts;
    if (image.isNull()) {
        m_problem = problem.isEmpty() ? tr("it cannot be shown") : problem;
    } else {
        m_pixmap = QPixmap::fromImage(image);
    }
    update();
    Q_EMIT factsKnown(m_path, facts);
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
    const QRect area = rect().adjusted(px(kMargin), px(kMargin), -px(kMargin), -px(kMargin));
    if (!m_problem.isEmpty()) {
        const QRect icon(area.left(), area.center().y() - px(40), area.width(), px(32));
        paintIcon(painter, icon, QStringLiteral("ui/broken"), colour(&Tokens::text2), 24);
        painter.setFont(Theme::instance().font(13));
        painter.setPen(colour(&Tokens::text));
        painter.drawText(QRect(area.left(), icon.bottom() + px(8), area.width(), px(80)),
                         Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
                         tr("%1: %2").arg(QFileInfo(m_path).fileName(), m_problem));
        return;
    }
    if (m_pixmap.isNull() || area.isEmpty()) return;
    // Small pictures grow up to the canvas: what counts is to see what the model sees.
    const QSize natural = m_pixmap.size();
    const QSize fitted = natural.scaled(area.size(), Qt::KeepAspectRatio);
    QRect target(QPoint(), fitted);
    target.moveCenter(area.center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawPixmap(target, m_pixmap);
}

}  // namespace diagonal
