// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/splitter.h"

#include "ui/base/settings.h"
#include "ui/style/theme.h"

namespace diagonal {

QSplitter* makeSplitter(Qt::Orientation orientation, const QString& key,
                        const std::vector<std::pair<QWidget*, int>>& parts, int grows) {
    auto* splitter = new QSplitter(orientation);
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    QList<int> sizes;
    for (const auto& [part, size] : parts) {
        splitter->addWidget(part);
        sizes << px(size);
    }
    splitter->setStretchFactor(grows, 1);
    splitter->setSizes(sizes);
    splitter->restoreState(settings().value(key).toByteArray());
    QObject::connect(splitter, &QSplitter::splitterMoved, splitter, [splitter, key] {
        // A part that is hidden for want of room has no size to remember.
        for (int i = 0; i < splitter->count(); ++i)
            if (splitter->widget(i)->isHidden()) return;
        settings().setValue(key, splitter->saveState());
    });
    return splitter;
}

}  // namespace diagonal
