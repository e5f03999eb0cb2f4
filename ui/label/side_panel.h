// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoStack>

#include "ui/label/label_list.h"
#include "ui/widgets/panel.h"

class QCheckBox;

namespace diagonal {

class ElidedLabel;
class LabelEditor;
class LabelSession;
class PromptEditor;
class ScorePanel;
class Services;
class SetsButton;
class TemperatureSlider;
class TextLabel;

/// The right of the Label pane: scores of the selected image, and what they depend on: temperature, labels, prompt.
class SidePanel : public Panel {
    Q_OBJECT

  public:
    SidePanel(Services& services, LabelSession& session, QUndoStack& undo, QWidget* parent = nullptr);

    /// Row of the image whose scores are shown; -1: none.
    void setImage(int row);
    ScorePanel& scores() { return *m_scores; }
    LabelEditor& editor() { return *m_editor; }
    PromptEditor& prompt() { return *m_prompt; }
    TemperatureSlider& temperature() { return *m_temperature; }
    /// Whether the temperature that the Evaluate pane has fitted is used; hidden where the model has none.
    QCheckBox& calibrated() { return *m_calibrated; }

    /// Replaces the labels, as one step to undo.
    void replaceLabels(const QStringList& labels);
    /// One more, at the end; nothing where it is there.
    void addLabel(const QString& text);
    void importLabels(const QString& file);
    void exportLabels(const QString& file);
    void importTemplates(const QString& file);
    void exportTemplates(const QString& file);

  public Q_SLOTS:
    void refresh();

  private:
    QWidget* labelsSection();
    QWidget* promptSection();
    void applyLabels();
    void applyTemplates();
    void scoreChanged();
    std::vector<int> lineCounts() const;
    void readTexts(const QString& file, const QString& none, const QString& remedy,
                   const std::function<void(const QStringList&)>& use);
    void writeTexts(const QString& file, const QStringList& lines);
    void showNote();
    void modelChanged();
    void takeTemperature();
    void temperatureKept(const QString& model, double temperature);
    void restore();
    void store();

    Services& m_services;
    LabelSession& m_session;
    QUndoStack& m_undo;
    ScorePanel* m_scores;
    TemperatureSlider* m_temperature;
    QCheckBox* m_calibrated;
    TextLabel* m_calibratedNote;
    double m_fitted = 0;  ///< temperature that is kept with the model; 0: none
    LabelEditor* m_editor;
    PromptEditor* m_prompt;
    ElidedLabel* m_note;
    SetsButton* m_sets;
    SetsButton* m_promptSets;
    LabelList m_list;                                  ///< what stands in the editor
    quint64 m_image = 0;                               ///< id
    quint64 m_shownImage = 0;                          ///< bars glide when it changes
    bool m_ownLabels = false, m_ownTemplates = false;  ///< the person's, not a model's suggestion
};

}  // namespace diagonal
