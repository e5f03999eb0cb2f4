// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <vector>

namespace diagonal {

/// An architecture that a run can start from, as the wizard offers it.
struct ArchitectureChoice {
    QString name;
    int imageSize = 0;
    int vocabularySize = 0;
    int64_t parameters = 0;  ///< with its own vocabulary size
};

/// Those of the resources, fewest parameters first. A preset that cannot be read is left out.
std::vector<ArchitectureChoice> architectureChoices();

}  // namespace diagonal
