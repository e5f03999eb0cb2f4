// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <filesystem>

class QUrl;

namespace diagonal {

// Names as the file system has them, whatever the locale. Bytes that are no UTF-8 stand in a QString as surrogates of
// their own (U+DC80 to U+DCFF, as in Python), so that every name comes back as it was. Qt's own file functions lose
// them: a path goes through toPath to whatever opens or looks at it.
std::filesystem::path toPath(const QString& name);
QString fromPath(const std::filesystem::path& path);
/// Of a local file.
QString fromUrl(const QUrl& url);
QUrl toUrl(const QString& path);

/// A path, or a name, as people may see it: control characters, those that turn the direction of writing, and bytes
/// that are no UTF-8 are shown as \xNN and \uNNNN.
QString shownPath(const QString& path);
QString shownName(const QString& path);  ///< the last part of it
/// The same within a sentence, whose own direction a name that is written from right to left leaves as it is.
QString inSentence(const QString& shown);
QString nameInSentence(const QString& path);

}  // namespace diagonal
