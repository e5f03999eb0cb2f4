// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/checkpoint/model_report.h"
#include "ui/widgets/panel.h"

class QPushButton;

namespace diagonal {

class ElidedLabel;
class FactGrid;
class FilesSection;
class NoticeBar;
class PartTreeView;
class Pill;
class SectionHeader;
class Services;

/// The right of the Models pane: all that is known of one model.
class ReportView : public Panel {
    Q_OBJECT

  public:
    explicit ReportView(Services& services, QWidget* parent = nullptr);

    /// name: as the list has it.
    void setReport(const QString& name, std::shared_ptr<const ModelReport> report);
    const std::shared_ptr<const ModelReport>& report() const { return m_report; }
    /// isRemovable: lies in Diagonal's own cache.
    void setState(bool isOpen, bool isLoading, bool isRemovable);

    FactGrid& facts() { return *m_facts; }
    PartTreeView& tree() { return *m_tree; }
    FilesSection& files() { return *m_files; }
    QPushButton& useButton() { return *m_use; }
    QPushButton& convertButton() { return *m_convert; }

  Q_SIGNALS:
    void useClicked();
    void convertClicked();
    void removeClicked();

  private:
    QWidget* makeHeader();

    Services& m_services;
    std::shared_ptr<const ModelReport> m_report;
    ElidedLabel* m_title;
    Pill* m_state;
    ElidedLabel* m_provenance;
    ElidedLabel* m_path;
    QPushButton* m_use;
    QPushButton* m_convert;
    QPushButton* m_remove;
    NoticeBar* m_notice;
    FactGrid* m_facts;
    SectionHeader* m_treeHeader;
    PartTreeView* m_tree;
    FilesSection* m_files;
};

}  // namespace diagonal
