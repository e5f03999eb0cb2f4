// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/frame_name.h"

namespace diagonal {

namespace {

const QLatin1String kFrame("frame:");

}  // namespace

QString frameName(const QString& video, qint64 milliseconds) {
    return kFrame + QString::number(std::max<qint64>(0, milliseconds)) + QLatin1Char(':') + video;
}

FrameName frameOf(const QString& name) {
    if (!name.startsWith(kFrame)) return {name, -1};
    const qsizetype colon = name.indexOf(QLatin1Char(':'), kFrame.size());
    bool isNumber = false;
    const qint64 time = name.mid(kFrame.size(), colon - kFrame.size()).toLongLong(&isNumber);
    if (colon < 0 || !isNumber || time < 0) return {name, -1};
    return {name.mid(colon + 1), time};
}

}  // namespace diagonal
