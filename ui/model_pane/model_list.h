// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model_pane/model_list_model.h"
#include "ui/widgets/panel.h"

class QLineEdit;
class QListView;

namespace diagonal {

class TextLabel;

/// The left of the Models pane: ways in, a filter, the models.
class ModelList : public Panel {
    Q_OBJECT

  public:
    explicit ModelList(QWidget* parent = nullptr);

    ModelListModel& models() { return m_models; }
    QListView& view() { return *m_view; }
    QLineEdit& filter() { return *m_filter; }
    void setEntries(std::vector<ModelEntry> entries);
    /// Selects without a signal; nothing where the model is not listed.
    void select(const QString& key);
    const ModelEntry* selected() const;

  Q_SIGNALS:
    void chosen(const diagonal::ModelEntry& entry);     ///< looked at
    void activated(const diagonal::ModelEntry& entry);  ///< Enter or a double click
    void getClicked(const QString& hubName);
    void cancelClicked(const QString& hubName);
    void removeClicked(const diagonal::ModelEntry& entry);
    void openFileClicked();
    void openFolderClicked();
    void compareClicked();

  private:
    void showMenu(const QPoint& position);
    void restoreSelection();

    ModelListModel m_models;
    QLineEdit* m_filter;
    QListView* m_view;
    TextLabel* m_nothing;
    QString m_selected;
};

}  // namespace diagonal
