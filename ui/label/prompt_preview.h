// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace diagonal {

/// Where a label stands in a template.
inline const QString kPlace = QStringLiteral("{}");

/// Two of the sentences that labels are put into, the label in bold, and how many more there are.
class PromptPreview : public QWidget {
    Q_OBJECT

  public:
    explicit PromptPreview(QWidget* parent = nullptr);
    void set(const QStringList& templates, const QStringList& texts);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    qsizetype count() const;
    qsizetype shown() const;
    /// The first sentence whose template and label both bring an article ("a a dog"); -1: none.
    qsizetype doubledArticle() const;
    const QString& templateOf(qsizetype sentence) const;
    const QString& textOf(qsizetype sentence) const;

    QStringList m_templates = {kPlace};  ///< at least one
    QStringList m_texts;
};

}  // namespace diagonal
