// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QScrollArea;
class QVBoxLayout;

namespace diagonal {

class Disclosure;
class TextLabel;

/// One input of a form: label above, explanation below, and in its place an error.
class FormField : public QWidget {
    Q_OBJECT

  public:
    FormField(const QString& label, QWidget* input, const QString& hint, QWidget* parent = nullptr);
    void setHint(const QString& hint);
    /// In place of the hint where there is no error; empty: none.
    void setWarning(const QString& warning);
    /// Empty: no error.
    void setError(const QString& error);
    QString error() const { return m_error; }
    QWidget* input() const { return m_input; }

  private:
    void showNote();

    QWidget* m_input;
    TextLabel* m_note;
    QString m_hint, m_warning, m_error;
};

/// Title, subtitle and fields of a wizard page, in a scroll area where there is little room.
class FormPage : public QWidget {
    Q_OBJECT

  public:
    FormPage(const QString& title, const QString& subtitle, QWidget* parent = nullptr);
    QVBoxLayout* body() const { return m_body; }
    FormField* addField(const QString& label, QWidget* input, const QString& hint);
    /// Two fields side by side; the right half stays free without a second.
    void addPair(FormField* left, FormField* right);
    static void addPair(QVBoxLayout* column, FormField* left, FormField* right);
    /// A part that is folded away at first.
    Disclosure* addSection(const QString& title);
    void addGap(int height);
    /// Brings the first field with an error into sight and focus; false when there is none.
    bool showFirstError();

  private:
    QScrollArea* m_scroll;
    QVBoxLayout* m_body;
};

}  // namespace diagonal
