// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/search/library_session.h"

class QPlainTextEdit;

namespace diagonal {

class TextLabel;

/// The names of folders and files that a library leaves out, to be changed: one a line.
class LeftOutDialog : public QDialog {
    Q_OBJECT

  public:
    explicit LeftOutDialog(LibrarySession& library, QWidget* parent = nullptr);

    QPlainTextEdit& edit() { return *m_edit; }
    QString problem() const;
    /// Changes the library, unless a line is no name: that is said, and the dialog stays.
    void accept() override;

  private:
    void setNames(const LeftOutNames& names);

    LibrarySession& m_library;
    QPlainTextEdit* m_edit;
    TextLabel* m_problem;
};

}  // namespace diagonal
