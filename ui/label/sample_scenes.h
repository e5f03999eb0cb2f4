// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <QWidget>
#include <memory>

class QHBoxLayout;

namespace diagonal {

class EngineService;
class TextLabel;
struct ModelInfo;

/// What a model knows, in a sentence of the person's language.
QString knowledgeOf(const ModelInfo& model);

/// "Or try a sample scene": six drawings that are labelled with one click, and what the model knows.
class SampleScenes : public QWidget {
    Q_OBJECT

  public:
    explicit SampleScenes(EngineService& engine, QWidget* parent = nullptr);

  Q_SIGNALS:
    void chosen(const QString& path);
    void openModelClicked();

  private:
    void draw();
    void show(const QStringList& files);
    void modelChanged();

    EngineService& m_engine;
    std::shared_ptr<QTemporaryDir> m_folder;  ///< the task that draws into it may outlive this widget
    QHBoxLayout* m_row;
    QWidget* m_hint;
    TextLabel* m_knows;
};

}  // namespace diagonal
