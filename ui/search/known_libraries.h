// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace diagonal {

/// Folders of the libraries that the person has opened, in the order of the first time; kept in the settings. Nobody
/// asks whether they are still there.
QStringList knownLibraries();
void keepLibrary(const QString& folder);
/// Takes it from the list; its folder stays.
void forgetLibrary(const QString& folder);
/// The one that was open last; empty: none.
QString lastLibrary();
void keepLastLibrary(const QString& folder);
/// Where new ones go unless another place is chosen: below the data folder of the program.
QString librariesFolder();
/// A folder there for a library of this name: letters that no file name may have are left out.
QString libraryFolderFor(const QString& name);

}  // namespace diagonal
