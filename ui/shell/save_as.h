// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <functional>

#include "engine/base/job.h"

class QObject;
class QWidget;

namespace diagonal {

class Services;

struct SaveFormat {
    QString name;    ///< "CSV"
    QString ending;  ///< ".csv"
};

/// Asks where to write; empty: nowhere. A name without one of the endings gets that of the format that was chosen. The
/// folder is remembered for all that is written.
QString chooseSaveFile(QWidget* parent, const QString& title, const QString& name, const QList<SaveFormat>& formats);

/// Writes on a worker thread, and tells when that is done or why it cannot be. Not while the owner is gone.
void saveTo(Services& services, QObject* owner, const QString& file,
            const std::function<void(const JobContext&)>& write);

/// The views' own exports (ui/widgets/export_menu.h) are asked for and written so, for as long as services live.
void saveExports(Services& services);

/// Both, of a text that is there already.
void saveAs(Services& services, QWidget* parent, const QString& title, const QString& name, const SaveFormat& format,
            const QByteArray& text);

}  // namespace diagonal
