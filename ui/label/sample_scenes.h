// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <QWidget>
#include <memory>

class QHBoxLayout;

namespace diagonal {

class FirstModel;
class Services;
class TextLabel;
struct ModelInfo;

/// What a model knows, in a sentence of the person's language.
QString knowledgeOf(const ModelInfo& model);

/// "Or try a sample scene": six drawings that are labelled with one click, what the model knows, and the ways to one
/// that knows more.
class SampleScenes : public QWidget {
    Q_OBJECT

  public:
    explicit SampleScenes(Services& services, QWidget* parent = nullptr);

  Q_SIGNALS:
    void chosen(const QString& path);

  private:
    void draw();
    void show(const QStringList& files);
    void modelChanged();

    Services& m_services;
    std::shared_ptr<QTemporaryDir> m_folder;  ///< the task that draws into it may outlive this widget
    QHBoxLayout* m_row;
    QWidget* m_hint;
    FirstModel* m_first;
    TextLabel* m_knows;
};

}  // namespace diagonal
