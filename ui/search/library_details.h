// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/search/library_session.h"

namespace diagonal {

/// What a library is made of, and what could not be read.
class LibraryDetails : public QDialog {
    Q_OBJECT

  public:
    /// source: whose failures are listed; 0: all.
    LibraryDetails(LibrarySession& library, qint64 source, QWidget* parent = nullptr);
};

}  // namespace diagonal
