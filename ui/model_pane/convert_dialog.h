// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <optional>

#include "engine/checkpoint/convert.h"
#include "ui/jobs/types.h"
#include "ui/style/theme.h"

class QButtonGroup;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace diagonal {

class Bar;
class BusyMark;
class Services;
class TextLabel;

/// Writes a model in another form: which and where to, how far it is, and how well the result agrees.
class ConvertDialog : public QDialog {
    Q_OBJECT

  public:
    ConvertDialog(Services& services, const QString& name, const QString& path, QWidget* parent = nullptr);

    void setForm(ModelForm form);
    void setFolder(const QString& folder);
    void convert();
    QString errorText() const;
    QString resultText() const;
    bool isConverting() const { return m_job != 0; }
    QPushButton& convertButton() { return *m_convert; }

  Q_SIGNALS:
    void useRequested(const QString& path);
    void converted(const QString& path);
    void ended();

  private:
    QWidget* makeForm();
    QWidget* makeProgress();
    QWidget* makeResult();
    QString usualFolder() const;
    void look();
    void chooseFolder();
    void check();
    void showProgress();
    void showStatus(const QString& text, ColourRole colour);
    void showError(const QString& text);
    void showResult(const Conversion& conversion);

    struct Place {
        QString folder;
        bool isFree = false;
    };

    Services& m_services;
    QObject m_lookOwner;
    QTimer m_wait;                 ///< until typing pauses
    std::optional<Place> m_place;  ///< the folder that was looked at last
    QString m_name, m_path, m_written;
    JobId m_job = 0;
    bool m_isFolderTyped = false;
    QStackedWidget* m_pages;
    QButtonGroup* m_forms;
    QLineEdit* m_folder;
    TextLabel* m_error;
    QPushButton* m_convert;
    BusyMark* m_mark;
    Bar* m_bar;
    TextLabel* m_step;
    TextLabel* m_result;
    TextLabel* m_verdict;
    QVBoxLayout* m_notes;
};

}  // namespace diagonal
