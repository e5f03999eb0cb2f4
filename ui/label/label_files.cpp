// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/encoding.h"
#include "engine/base/file.h"
#include "ui/base/paths.h"
#include "ui/label/label_session.h"
#include "ui/label/prompt_editor.h"
#include "ui/label/side_panel.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

constexpr uint64_t kMostBytes = 8 << 20;

}  // namespace

/// Uses the lines of a text file; where there are none, or it is no such file, the person is told.
void SidePanel::readTexts(const QString& file, const QString& none, const QString& remedy,
                          const std::function<void(const QStringList&)>& use) {
    const auto read = [file](const JobContext&) {
        const std::string text = readPlainText(toPath(file), kMostBytes);
        QStringList lines;
        for (const std::string_view one : linesOf(text))
            if (const QString line = QString::fromUtf8(one.data(), static_cast<qsizetype>(one.size())).simplified();
                !line.isEmpty())
                lines << line;
        return lines;
    };
    m_services.compute(this, tr("Reading %1").arg(shownName(file)), read,
                       [this, file, none, remedy, use](const QStringList& lines) {
                           if (lines.isEmpty()) return m_services.notifyError({shownName(file), none, remedy});
                           use(lines);
                       });
}

void SidePanel::writeTexts(const QString& file, const QStringList& lines) {
    saveTo(m_services, this, file,
           [file, text = lines.join('\n').toStdString() + "\n"](const JobContext&) { writeFile(toPath(file), text); });
}

void SidePanel::importLabels(const QString& file) {
    readTexts(
        file, tr("there are no labels in it"), tr("Write one label a line."), [this, file](const QStringList& lines) {
            const QStringList labels = parseLabels(lines.join('\n')).labels;
            if (labels.isEmpty()) return;
            replaceLabels(labels);
            m_services.notify(
                tr("%Ln label(s) read from %1", nullptr, static_cast<int>(labels.size())).arg(nameInSentence(file)));
        });
}

void SidePanel::exportLabels(const QString& file) {
    writeTexts(file, m_list.labels);
}

void SidePanel::importTemplates(const QString& file) {
    readTexts(
        file, tr("there are no templates in it"), tr("Write one template a line."),
        [this, file](const QStringList& lines) {
            m_prompt->setTemplates(lines);
            m_services.notify(
                tr("%Ln template(s) read from %1", nullptr, static_cast<int>(lines.size())).arg(nameInSentence(file)));
        });
}

void SidePanel::exportTemplates(const QString& file) {
    writeTexts(file, m_prompt->templates());
}

}  // namespace diagonal
