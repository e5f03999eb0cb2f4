// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>

#include "ui/jobs/model_reports.h"
#include "ui/model_pane/model_downloads.h"
#include "ui/shell/pane.h"

class QStackedWidget;

namespace diagonal {

class BusyMark;
class ChooserView;
class ConvertDialog;
class EmptyState;
class ModelList;
class OfferView;
class ReportView;
class Services;
class TextLabel;

/// The models of this computer and those that can be got, and all that is known of one.
class ModelsPane : public Pane {
    Q_OBJECT

  public:
    enum class Page { Empty, Busy, Report, Offer, Error, Compare };

    explicit ModelsPane(Services& services, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("models"); }
    QString title() const override { return tr("Models"); }
    QList<QAction*> fileActions() const override;
    bool openModel(const QString& path) override;
    bool hasNews() const override;

    ModelList& list() { return *m_list; }
    ReportView& report() { return *m_report; }
    OfferView& offer() { return *m_offer; }
    ChooserView& chooser() { return *m_chooser; }
    ModelDownloads& downloads() { return m_downloads; }
    Page page() const;
    QString errorText() const;

    /// Shows what is known of a model; the engine keeps the one it has.
    void inspect(const QString& path);
    /// The same, and when it can be read the engine takes it.
    void open(const QString& path);
    /// Deletes from Diagonal's cache, without asking.
    void remove(const QString& hubName);
    ConvertDialog* convert();
    /// Shows what tells which model is best for a person's pictures.
    void compare();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void createActions();
    QWidget* makeBusyPage();
    void connectParts();
    void refreshList();
    void refreshState();
    void showEntry(const ModelEntry& entry);
    void showReport(const QString& path, std::shared_ptr<const ModelReport> report);
    void showError(const QString& path, const JobError& error);
    void showPage(Page page);
    void askRemove(const ModelEntry& entry);
    void openFile();
    void openFolder();
    void use();
    bool isOpen(const QString& path) const;
    QString nameOf(const QString& path) const;
    QString keyOf(const QString& path) const;

    Services& m_services;
    ModelReports m_reports;
    ModelDownloads m_downloads;
    std::vector<HubModel> m_hub;
    QString m_shown;            ///< path of the model at the right, or the name of one to get
    QString m_opening;          ///< to be opened when its report is there
    QString m_loading;          ///< what the engine loads
    bool m_followsOpen = true;  ///< the open model is shown until the person chooses
    ModelList* m_list;
    QStackedWidget* m_pages;
    EmptyState* m_empty;
    EmptyState* m_error;
    BusyMark* m_mark;
    TextLabel* m_busy;
    ReportView* m_report;
    OfferView* m_offer;
    ChooserView* m_chooser;
    QAction* m_openFile = nullptr;
    QAction* m_openFolder = nullptr;
    QAction* m_compare = nullptr;
    QString m_errorText;
    QPointer<ConvertDialog> m_dialog;
};

}  // namespace diagonal
