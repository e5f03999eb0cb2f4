// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/open_recent.h"

#include "ui/base/model_paths.h"
#include "ui/base/settings.h"
#include "ui/shell/services.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kMostFolders = 10;
const QString kFolders = QStringLiteral("folders/recent");

}  // namespace

QStringList recentFolders() {
    return settings().value(kFolders).toStringList();
}

void keepRecentFolder(const QString& folder) {
    QStringList folders = recentFolders();
    folders.removeAll(folder);
    folders.prepend(folder);
    settings().setValue(kFolders, QStringList(folders.mid(0, kMostFolders)));
}

OpenRecentMenu::OpenRecentMenu(Services& services, QWidget* parent)
    : QMenu(tr("Open recent"), parent), m_services(services) {
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &OpenRecentMenu::fill);
}

QAction* OpenRecentMenu::add(const QString& path, const QString& title) {
    QAction* action = addAction(QString(title).replace(QLatin1Char('&'), QLatin1String("&&")));
    action->setToolTip(formatPath(path));
    action->setStatusTip(formatPath(path));
    return action;
}

void OpenRecentMenu::fill() {
    clear();
    const QStringList folders = recentFolders(), models = m_services.recentModels();
    for (const QString& folder : folders)
        connect(add(folder, formatPath(folder)), &QAction::triggered, this,
                [this, folder] { Q_EMIT folderChosen(folder); });
    if (!folders.isEmpty() && !models.isEmpty()) addSeparator();
    for (const QString& model : models)
        connect(add(model, tr("Model: %1").arg(modelTitle(model))), &QAction::triggered, this,
                [this, model] { m_services.openModel(model); });
    if (isEmpty()) addAction(tr("Nothing yet"))->setEnabled(false);
    if (folders.isEmpty()) return;
    addSeparator();
    addAction(tr("Forget these folders"), this, [] { settings().remove(kFolders); });
}

}  // namespace diagonal
