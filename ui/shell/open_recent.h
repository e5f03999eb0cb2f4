// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

namespace diagonal {

class Services;

/// Folders that were opened, newest first. They are kept in the settings, and nobody asks whether they are still there:
/// a folder may lie on a disk that sleeps.
QStringList recentFolders();
void keepRecentFolder(const QString& folder);

/// File > Open recent: folders, then models.
class OpenRecentMenu : public QMenu {
    Q_OBJECT

  public:
    explicit OpenRecentMenu(Services& services, QWidget* parent = nullptr);

  Q_SIGNALS:
    void folderChosen(const QString& folder);

  private:
    void fill();
    QAction* add(const QString& path, const QString& title);

    Services& m_services;
};

}  // namespace diagonal
