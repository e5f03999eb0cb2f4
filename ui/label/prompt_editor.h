// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace diagonal {

class ElidedLabel;
class PromptField;
class PromptPreview;

/// The sentences that labels are put into, one a line, and what comes of them.
class PromptEditor : public QWidget {
    Q_OBJECT

  public:
    explicit PromptEditor(QWidget* parent = nullptr);
    /// Lines without surplus blanks; several are an ensemble; none: labels as written.
    QStringList templates() const;
    void setTemplates(const QStringList& templates);
    /// What stands in for the {} in the preview.
    void setTexts(const QStringList& texts);
    /// Why the text cannot be used; empty when it can.
    QString error() const;

  Q_SIGNALS:
    void templatesChanged(const QStringList& templates);  ///< only those that can be used

  private:
    void take();

    PromptField* m_field;
    ElidedLabel* m_error;
    PromptPreview* m_preview;
};

}  // namespace diagonal
