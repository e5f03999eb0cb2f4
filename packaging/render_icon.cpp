// SPDX-License-Identifier: GPL-3.0-or-later
// render-icon SVG PIXELS PNG: a picture of the icon theme, at build time.
#include <QCoreApplication>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>
#include <cstdio>

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const int size = arguments.value(2).toInt();
    QSvgRenderer icon(arguments.value(1));
    QImage image(size, size, QImage::Format_ARGB32_Premultiplied);
    if (size <= 0 || !icon.isValid()) {
        std::fputs("usage: render-icon SVG PIXELS PNG\n", stderr);
        return 2;
    }
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    icon.render(&painter);
    painter.end();
    return image.save(arguments.value(3), "PNG") ? 0 : 1;
}
