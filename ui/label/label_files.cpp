// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "ui/base/paths.h"
#include "ui/label/label_session.h"
#include "ui/label/prompt_editor.h"
#include "ui/label/side_panel.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

constexpr uint64_t kMostBytes = 8 << 20;

JobError toJobError(const Error& error) {
    return {QString::fromStdString(error.subject()), QString::fromStdString(error.problem()),
            QString::fromStdString(error.remedy())};
}

}  // namespace

/// Lines of a text file; none, and the person is told, where it is no such file.
QStringList SidePanel::readTexts(const QString& file, const QString& none, const QString& remedy) {
    try {
        const std::string text = readPlainText(toPath(file), kMostBytes);
        QStringList lines;
        for (const std::string_view one : linesOf(text))
            if (const QString line = QString::fromUtf8(one.data(), static_cast<qsizetype>(one.size())).simplified();
                !line.isEmpty())
                lines << line;
        if (lines.isEmpty()) m_services.notifyError({shownName(file), none, remedy});
        return lines;
    } catch (const Error& error) {
        m_services.notifyError(toJobError(error));
        return {};
    }
}

void SidePanel::writeTexts(const QString& file, const QStringList& lines, const QString& written) {
    try {
        writeFile(toPath(file), lines.join('\n').toStdString() + "\n");
        m_services.notify(written.arg(nameInSentence(file)));
    } catch (const Error& error) {
        m_services.notifyError(toJobError(error));
    }
}

void SidePanel::importLabels(const QString& file) {
    const QStringList lines = readTexts(file, tr("there are no labels in it"), tr("Write one label a line."));
    const QStringList labels = parseLabels(lines.join('\n')).labels;
    if (labels.isEmpty()) return;
    replaceLabels(labels);
    m_services.notify(
        tr("%Ln label(s) read from %1", nullptr, static_cast<int>(labels.size())).arg(nameInSentence(file)));
}

void SidePanel::exportLabels(const QString& file) {
    const QStringList& labels = m_list.labels;
    writeTexts(file, labels, tr("%Ln label(s) written to %1", nullptr, static_cast<int>(labels.size())));
}

void SidePanel::importTemplates(const QString& file) {
    const QStringList lines = readTexts(file, tr("there are no templates in it"), tr("Write one template a line."));
    if (lines.isEmpty()) return;
    m_prompt->setTemplates(lines);
    m_services.notify(
        tr("%Ln template(s) read from %1", nullptr, static_cast<int>(lines.size())).arg(nameInSentence(file)));
}

void SidePanel::exportTemplates(const QString& file) {
    const QStringList templates = m_prompt->templates();
    writeTexts(file, templates, tr("%Ln template(s) written to %1", nullptr, static_cast<int>(templates.size())));
}

}  // namespace diagonal
