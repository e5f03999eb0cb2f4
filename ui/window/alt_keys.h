// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace diagonal {

/// Filter of the application: Alt with a letter or digit is a shortcut. Where nothing has it, as Alt+1 in a dialog, no
/// field takes it for typing.
class AltKeys : public QObject {
    Q_OBJECT

  public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace diagonal
