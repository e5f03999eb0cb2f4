// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include "ui/style/theme.h"

// The resources of a static library have to be named once; outside of any namespace.
static void initResources() {
    Q_INIT_RESOURCE(resources);
}

namespace diagonal {

namespace {

QByteArray readIcon(const QString& name) {
    initResources();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QPixmap render(const QByteArray& svg, int size, qreal pixelRatio) {
    QPixmap pixmap(QSize(size, size) * pixelRatio);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(pixmap.size())));
    painter.end();
    pixmap.setDevicePixelRatio(pixelRatio);
    return pixmap;
}

/// Draws in the colours of the moment, so that an icon set once follows the scheme.
class ThemedIconEngine : public QIconEngine {
  public:
    explicit ThemedIconEngine(QString name) : m_name(std::move(name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device() != nullptr ? painter->device()->devicePixelRatioF() : 1;
        painter->drawPixmap(rect, themed(rect.size(), mode, state, ratio));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return themed(size, mode, state, 1);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override {
        return themed(size / scale, mode, state, scale);
    }
    QIconEngine* clone() const override { return new ThemedIconEngine(m_name); }

  private:
    QPixmap themed(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal ratio) const {
        ColourRole role = state == QIcon::On ? &Tokens::accent : &Tokens::text2;
        if (mode == QIcon::Disabled) role = &Tokens::disabled;
        return Theme::instance().pixmap(m_name, std::min(size.width(), size.height()), colour(role), ratio);
    }

    QString m_name;
};

}  // namespace

QPixmap Theme::pixmap(const QString& name, int size, const QColor& colour, qreal pixelRatio) const {
    const QString key = QStringLiteral("%1|%2|%3|%4").arg(name).arg(size).arg(colour.rgba()).arg(pixelRatio);
    if (const auto found = m_pixmaps.constFind(key); found != m_pixmaps.constEnd()) return *found;
    QByteArray svg = readIcon(name);
    svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    return *m_pixmaps.insert(key, render(svg, std::max(1, size), pixelRatio));
}

QIcon Theme::icon(const QString& name, int size) const {
    Q_UNUSED(size)  // the engine renders whatever size it is asked for
    return QIcon(new ThemedIconEngine(name));
}

QIcon Theme::applicationIcon() const {
    QIcon icon;
    const QByteArray small = readIcon(QStringLiteral("app-small"));
    const QByteArray large = readIcon(QStringLiteral("app"));
    for (const int size : {16, 22, 24, 32})
        icon.addPixmap(render(small, size, 1));
    for (const int size : {48, 64, 128, 256})
        icon.addPixmap(render(large, size, 1));
    return icon;
}

}  // namespace diagonal
