// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QFileInfo>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "ui/label/label_session.h"
#include "ui/label/paths.h"
#include "ui/label/side_panel.h"
#include "ui/window/services.h"

namespace diagonal {

namespace {

constexpr uint64_t kMostBytes = 8 << 20;

JobError toJobError(const Error& error) {
    return {QString::fromStdString(error.subject()), QString::fromStdString(error.problem()),
            QString::fromStdString(error.remedy())};
}

}  // namespace

void SidePanel::importLabels(const QString& file) {
    try {
        const std::string text = readText(toPath(file), kMostBytes);
        const QStringList labels =
            parseLabels(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))).labels;
        if (labels.isEmpty()) {
            m_services.notifyError(
                {QFileInfo(file).fileName(), tr("there are no labels in it"), tr("Write one label a line.")});
            return;
        }
        replaceLabels(labels);
        m_services.notify(
            tr("%Ln label(s) read from %1", nullptr, static_cast<int>(labels.size())).arg(QFileInfo(file).fileName()));
    } catch (const Error& error) {
        m_services.notifyError(toJobError(error));
    }
}

void SidePanel::exportLabels(const QString& file) {
    try {
        const QStringList labels = m_session.labels();
        writeFile(toPath(file), labels.join('\n').toStdString() + "\n");
        m_services.notify(
            tr("%Ln label(s) written to %1", nullptr, static_cast<int>(labels.size())).arg(QFileInfo(file).fileName()));
    } catch (const Error& error) {
        m_services.notifyError(toJobError(error));
    }
}

}  // namespace diagonal
