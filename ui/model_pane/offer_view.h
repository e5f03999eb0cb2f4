// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model_pane/model_list_model.h"
#include "ui/widgets/panel.h"

class QPushButton;

namespace diagonal {

class Bar;
class FactGrid;
class TabularLabel;
class TextLabel;

/// The right of the Models pane for a model that is not on this computer: what it is and how to get it.
class OfferView : public Panel {
    Q_OBJECT

  public:
    explicit OfferView(QWidget* parent = nullptr);
    void show(const ModelEntry& entry, const DownloadState& download);
    QPushButton& getButton() { return *m_get; }
    QString errorText() const;

  Q_SIGNALS:
    void getClicked(const QString& hubName);
    void cancelClicked(const QString& hubName);

  private:
    QString m_name;
    TextLabel* m_title;
    TextLabel* m_note;
    FactGrid* m_facts;
    QPushButton* m_get;
    QPushButton* m_cancel;
    Bar* m_bar;
    TabularLabel* m_progress;
    TextLabel* m_error;
};

}  // namespace diagonal
