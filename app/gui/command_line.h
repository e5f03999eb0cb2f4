// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <optional>

#include "ui/window/single_instance.h"

namespace diagonal {

/// What the window was started with.
struct CommandLine {
    OpenRequest request;
    QString theme, language;   ///< empty: not given
    bool ownInstance = false;  ///< a window of its own, whatever is open
};

/// Needs a QCoreApplication and no display; Qt's own options (-platform, -style) are left to Qt. Where help, the
/// version or what is wrong was printed, there is nothing, and the program ends with `exitCode`.
std::optional<CommandLine> readCommandLine(const QStringList& arguments, int& exitCode);

/// Tells the terminal what does not count where Diagonal is open already.
void noteWhatIsIgnored(const CommandLine& given);

}  // namespace diagonal
