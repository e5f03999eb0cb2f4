// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/pane.h"

namespace diagonal {

QList<Pane*> createPanes(Services& services) {
    Q_UNUSED(services)
    return {};
}

}  // namespace diagonal
