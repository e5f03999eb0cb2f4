// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/found_images.h"

#include "ui/label/paths.h"
#include "ui/widgets/picture_sources.h"

namespace diagonal {

void FoundImages::list(const QStringList& paths, const JobContext& context) {
    std::vector<ListFailure> unlisted;
    std::vector<std::filesystem::path> inputs;
    for (const QString& path : expandPathLists(paths, unlisted))
        inputs.push_back(toPath(path));
    ImageFiles first;
    for (const ListFailure& failure : unlisted)
        first.failures.push_back({toPath(failure.path), failure.reason.toStdString()});
    const auto keep = [this](const ImageFiles& piece) {
        const std::lock_guard lock(m_mutex);
        for (const auto& file : piece.files)
            m_files << fromPath(file);
        for (const FileFailure& failure : piece.failures)
            m_failures.emplace_back(fromPath(failure.path), QString::fromStdString(failure.reason));
        m_left.add({{}, {}, piece.leftBehind, piece.leftBehindNames});
        m_empty = m_empty && m_files.isEmpty() && m_failures.empty();
    };
    keep(first);
    listImages(inputs, context.stop, keep);
    context.throwIfStopped();
}

std::pair<QStringList, FoundImages::Failures> FoundImages::take() {
    const std::lock_guard lock(m_mutex);
    return {std::exchange(m_files, {}), std::exchange(m_failures, {})};
}

bool FoundImages::isEmpty() const {
    const std::lock_guard lock(m_mutex);
    return m_empty;
}

QString FoundImages::leftBehind() const {
    const std::lock_guard lock(m_mutex);
    return leftBehindNote(m_left.leftBehind, m_left.leftBehindNames);
}

}  // namespace diagonal
