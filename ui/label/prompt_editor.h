// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;

namespace diagonal {

class ElidedLabel;
class PromptPreview;

/// The sentence that labels are put into, and what comes of it.
class PromptEditor : public QWidget {
    Q_OBJECT

  public:
    explicit PromptEditor(QWidget* parent = nullptr);
    QString promptTemplate() const;
    void setPromptTemplate(const QString& text);
    void setLabels(const QStringList& labels);
    /// Why the text cannot be used; empty when it can.
    QString error() const;

  Q_SIGNALS:
    void templateChanged(const QString& text);  ///< only texts that can be used

  private:
    void take();

    QLineEdit* m_field;
    ElidedLabel* m_error;
    PromptPreview* m_preview;
};

/// Two sentences with the label in bold, and how many more there are.
class PromptPreview : public QWidget {
    Q_OBJECT

  public:
    explicit PromptPreview(QWidget* parent = nullptr);
    void set(const QString& promptTemplate, const QStringList& labels);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_template;
    QStringList m_labels;
};

}  // namespace diagonal
