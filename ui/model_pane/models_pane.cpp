// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/models_pane.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>

#include "engine/base/resources.h"
#include "ui/base/engine_texts.h"
#include "ui/base/model_paths.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/model_pane/chooser_view.h"
#include "ui/model_pane/convert_dialog.h"
#include "ui/model_pane/model_list.h"
#include "ui/model_pane/offer_view.h"
#include "ui/model_pane/report_view.h"
#include "ui/pictures/drop_frame.h"
#include "ui/shell/services.h"
#include "ui/shell/splitter.h"
#include "ui/style/layouts.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

const QString kFolder = QStringLiteral("folders/models");

QString demoPath() {
    return fromPath(resourceFolder() / "demo-model");
}

/// One spelling for a path however it was given, without a look at the disk.
QString cleanPath(const QString& path) {
    return QDir::cleanPath(QFileInfo(path == QLatin1String("demo") ? demoPath() : path).absoluteFilePath());
}

ModelEntry hubEntry(const HubModel& model) {
    ModelEntry entry;
    entry.hubName = QString::fromStdString(model.about.name);
    entry.name = entry.hubName.startsWith(QLatin1String("hf:")) ? entry.hubName.mid(3) : entry.hubName;
    entry.note = engineText(model.about.description);
    entry.licence = QString::fromStdString(model.about.licence);
    entry.languages = QString::fromStdString(model.about.languages);
    entry.bytes = static_cast<qint64>(model.about.bytes);
    entry.path = fromPath(model.path);
    entry.where = QString::fromStdString(model.where);
    entry.removable = model.removable;
    entry.group = entry.path.isEmpty() ? ModelEntry::Group::Offered : ModelEntry::Group::Here;
    return entry;
}

}  // namespace

ModelsPane::ModelsPane(Services& services, QWidget* parent)
    : Pane(parent),
      m_services(services),
      m_reports(services.engine()),
      m_downloads(services.engine()),
      m_list(new ModelList),
      m_pages(new QStackedWidget),
      m_empty(
          new EmptyState(tr("Choose a model to see what is in it"),
                         tr("Or drop one: a folder, or a file with weights. Nothing that a file holds is executed."))),
      m_error(new EmptyState({}, {})),
      m_report(new ReportView(services)),
      m_offer(new OfferView),
      m_chooser(new ChooserView(services)) {
    createActions();
    connect(m_empty->addButton(tr("Open file…"), QStringLiteral("ui/plus"), ButtonKind::Primary), &QPushButton::clicked,
            this, &ModelsPane::openFile);
    connect(m_empty->addButton(tr("Open folder…"), QStringLiteral("ui/folder")), &QPushButton::clicked, this,
            &ModelsPane::openFolder);
    connect(m_error->addButton(tr("Open another file…"), QStringLiteral("ui/plus")), &QPushButton::clicked, this,
            &ModelsPane::openFile);
    connect(m_error->addButton(tr("Open another folder…"), QStringLiteral("ui/folder")), &QPushButton::clicked, this,
            &ModelsPane::openFolder);
    auto* right = new Panel;
    right->setLayout(makeColumn({m_pages}));
    for (QWidget* page :
         std::initializer_list<QWidget*>{m_empty, makeBusyPage(), m_report, m_offer, m_error, m_chooser})
        m_pages->addWidget(page);
    setLayout(makeColumn(
        {makeSplitter(Qt::Horizontal, QStringLiteral("models/splitter"), {{m_list, 320}, {right, 1044}}, 1)}));
    auto* overlay = new DropOverlay(this);
    overlay->setCheck([](const QStringList& paths) {
        return paths.size() == 1 ? QString() : tr("Drop one model: a folder or a file");
    });
    connect(overlay, &DropOverlay::pathsDropped, this, [this](const QStringList& paths) { open(paths.first()); });
    connectParts();
    refreshList();
    m_reports.listHub();
}

void ModelsPane::connectParts() {
    connect(m_list, &ModelList::openFileClicked, this, &ModelsPane::openFile);
    connect(m_list, &ModelList::openFolderClicked, this, &ModelsPane::openFolder);
    connect(m_list, &ModelList::compareClicked, this, &ModelsPane::compare);
    connect(m_chooser, &ChooserView::runningChanged, this, &ModelsPane::newsChanged);
    connect(m_list, &ModelList::chosen, this, [this](const ModelEntry& entry) {
        m_followsOpen = false;
        showEntry(entry);
    });
    connect(m_list, &ModelList::activated, this, [this](const ModelEntry& entry) {
        if (entry.path.isEmpty())
            m_downloads.get(entry.hubName);
        else if (!isOpen(entry.path))
            open(entry.path);
    });
    connect(m_list, &ModelList::getClicked, &m_downloads, &ModelDownloads::get);
    connect(m_list, &ModelList::cancelClicked, &m_downloads, &ModelDownloads::cancel);
    connect(m_list, &ModelList::removeClicked, this, &ModelsPane::askRemove);
    connect(m_offer, &OfferView::getClicked, &m_downloads, &ModelDownloads::get);
    connect(m_offer, &OfferView::cancelClicked, &m_downloads, &ModelDownloads::cancel);
    connect(m_report, &ReportView::useClicked, this, &ModelsPane::use);
    connect(m_report, &ReportView::convertClicked, this, &ModelsPane::convert);
    connect(m_report, &ReportView::removeClicked, this, [this] {
        if (const ModelEntry* entry = m_list->selected()) askRemove(ModelEntry(*entry));
    });

    connect(&m_reports, &ModelReports::finished, this, &ModelsPane::showReport);
    connect(&m_reports, &ModelReports::failed, this, &ModelsPane::showError);
    connect(&m_reports, &ModelReports::hubListed, this, [this](const std::vector<HubModel>& models) {
        m_hub = models;
        refreshList();
    });
    connect(&m_reports, &ModelReports::hubFailed, &m_services, &Services::notifyError);
    connect(&m_downloads, &ModelDownloads::changed, this, [this](const QString& name) {
        const DownloadState state = m_downloads.state(name);
        m_list->models().setDownload(name, state);
        const ModelEntry* entry = m_list->selected();
        if (entry != nullptr && entry->hubName == name && page() == Page::Offer) m_offer->show(*entry, state);
        Q_EMIT newsChanged();
    });
    connect(&m_downloads, &ModelDownloads::got, this, [this](const QString& name, const QString& path) {
        m_services.notify(tr("%1 is on this computer now").arg(name));
        for (HubModel& model : m_hub)
            if (QString::fromStdString(model.about.name) == name) model.path = toPath(path);
        refreshList();
        if (m_shown == name) inspect(path);
        m_reports.listHub();
    });
    connect(&m_downloads, &ModelDownloads::failed, this, [this](const QString&, const JobError& error) {
        if (!isVisible()) m_services.notifyError(error);
    });

    EngineService& engine = m_services.engine();
    connect(&engine, &EngineService::modelLoading, this, [this](const QString& path) {
        m_loading = cleanPath(path);
        refreshState();
    });
    const auto settled = [this] {
        m_loading.clear();
        refreshList();
        const ModelInfo* model = m_services.engine().model();
        if (m_followsOpen && model != nullptr) inspect(fromPath(model->path));
    };
    connect(&engine, &EngineService::modelChanged, this, settled);
    connect(&engine, &EngineService::modelFailed, this, settled);
    connect(&m_services, &Services::recentModelsChanged, this, &ModelsPane::refreshList);
}

QWidget* ModelsPane::makeBusyPage() {
    auto* page = new QWidget;
    m_mark = new BusyMark;
    m_busy = new TextLabel({}, 13, 400, &Tokens::text2);
    page->setLayout(makeColumn({stretch(1), makeRow({stretch(1), m_mark, m_busy, stretch(1)}, 8), stretch(1)}, 8,
                               {16, 16, 16, 16}));
    return page;
}

void ModelsPane::createActions() {
    m_openFile = makeAction(tr("&Open a model file…"), QKeySequence::Open, &ModelsPane::openFile);
    m_openFolder = makeAction(tr("Open a model &folder…"), {"Ctrl+Shift+O"}, &ModelsPane::openFolder);
    m_compare = makeAction(tr("&Compare models…"), {"Ctrl+Shift+C"}, &ModelsPane::compare);
}

QList<QAction*> ModelsPane::fileActions() const {
    return {m_openFile, m_openFolder, m_compare};
}

bool ModelsPane::hasNews() const {
    return m_downloads.isRunning() || m_chooser->isRunning();
}

bool ModelsPane::openModel(const QString& path) {
    open(path);
    return true;
}

void ModelsPane::openFile() {
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open a model"), settings().value(kFolder, QDir::homePath()).toString(),
        tr("Models (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;All files (*)"));
    if (file.isEmpty()) return;
    settings().setValue(kFolder, QFileInfo(file).absolutePath());
    open(file);
}

void ModelsPane::openFolder() {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Open a model: a folder of open_clip or Hugging Face, or a run"),
                                          settings().value(kFolder, QDir::homePath()).toString());
    if (folder.isEmpty()) return;
    settings().setValue(kFolder, QFileInfo(folder).absolutePath());
    open(folder);
}

bool ModelsPane::isOpen(const QString& path) const {
    const ModelInfo* model = m_services.engine().model();
    return model != nullptr && cleanPath(fromPath(model->path)) == cleanPath(path);
}

/// Each model once: the open one, then recent ones, then what the caches hold, then what can be got.
void ModelsPane::refreshList() {
    std::vector<ModelEntry> known;
    ModelEntry demo;
    demo.path = demoPath();
    demo.name = tr("Demo model");
    demo.note = tr("Coloured shapes; comes with Diagonal");
    known.push_back(demo);
    for (const HubModel& model : m_hub)
        known.push_back(hubEntry(model));
    std::vector<ModelEntry> entries;
    QStringList listed;
    const auto add = [&](const QString& path, ModelEntry::Group group, const QString& name) {
        if (listed.contains(cleanPath(path))) return;
        listed << cleanPath(path);
        ModelEntry entry;
        entry.path = path;
        entry.name = name;
        entry.note = formatPath(QFileInfo(path).path());
        for (const ModelEntry& other : known)
            if (!other.path.isEmpty() && cleanPath(other.path) == cleanPath(path)) entry = other;
        entry.group = group;
        entries.push_back(entry);
    };
    if (const ModelInfo* model = m_services.engine().model())
        add(fromPath(model->path), ModelEntry::Group::Open, QString::fromStdString(model->name));
    for (const QString& path : m_services.recentModels())
        add(path, ModelEntry::Group::Recent, modelTitle(path));
    for (const ModelEntry& entry : known)
        if (entry.path.isEmpty() || !listed.contains(cleanPath(entry.path))) entries.push_back(entry);
    m_chooser->setEntries(entries);
    m_list->setEntries(std::move(entries));
    m_list->select(m_list->models().indexOf(m_shown).isValid() ? m_shown : keyOf(m_shown));
    refreshState();
}

QString ModelsPane::keyOf(const QString& path) const {
    return m_list->models().keyOf(
        [&](const ModelEntry& entry) { return !entry.path.isEmpty() && cleanPath(entry.path) == cleanPath(path); });
}

void ModelsPane::refreshState() {
    const ModelEntry* entry = m_list->selected();
    const bool isLoading = !m_loading.isEmpty() && m_loading == cleanPath(m_shown);
    m_report->setState(isOpen(m_shown), isLoading, entry != nullptr && entry->removable);
}

void ModelsPane::showEntry(const ModelEntry& entry) {
    m_opening.clear();
    if (!entry.path.isEmpty()) return inspect(entry.path);
    m_shown = entry.hubName;
    m_offer->show(entry, m_downloads.state(entry.hubName));
    showPage(Page::Offer);
}

void ModelsPane::inspect(const QString& path) {
    m_shown = path == QLatin1String("demo") ? demoPath() : path;
    m_list->select(keyOf(m_shown));
    m_busy->setText(tr("Reading %1").arg(modelTitle(m_shown)));
    m_mark->step();
    showPage(Page::Busy);
    m_reports.read(m_shown);
}

void ModelsPane::open(const QString& path) {
    m_followsOpen = false;
    m_opening = path;
    inspect(path);
}

void ModelsPane::use() {
    if (m_shown.isEmpty()) return;
    m_services.openModel(m_shown == demoPath() ? QStringLiteral("demo") : m_shown);
}

QString ModelsPane::nameOf(const QString& path) const {
    const ModelEntry* entry = m_list->models().entry(m_list->models().indexOf(keyOf(path)));
    return entry != nullptr ? entry->name : modelTitle(path);
}

void ModelsPane::showReport(const QString& path, std::shared_ptr<const ModelReport> report) {
    if (path != m_shown) return;
    m_report->setReport(nameOf(path), std::move(report));
    showPage(Page::Report);
    refreshState();
    if (m_opening == path && !isOpen(path)) use();
    m_opening.clear();
}

void ModelsPane::showError(const QString& path, const JobError& error) {
    if (path != m_shown) return;
    m_opening.clear();
    m_errorText = error.text();
    QString sentence = error.problem.isEmpty() ? error.subject : error.problem;
    if (!sentence.endsWith(QLatin1Char('.'))) sentence += QLatin1Char('.');
    if (!error.remedy.isEmpty()) sentence += QLatin1Char(' ') + error.remedy;
    if (!sentence.endsWith(QLatin1Char('.'))) sentence += QLatin1Char('.');
    m_error->setTexts(tr("%1 cannot be opened").arg(modelTitle(path)), error.subject + QStringLiteral(": ") + sentence);
    showPage(Page::Error);
}

void ModelsPane::showPage(Page page) {
    m_pages->setCurrentIndex(static_cast<int>(page));
}

ModelsPane::Page ModelsPane::page() const {
    return static_cast<Page>(m_pages->currentIndex());
}

QString ModelsPane::errorText() const {
    return m_errorText;
}

void ModelsPane::askRemove(const ModelEntry& entry) {
    const auto answer = QMessageBox::question(
        this, tr("Remove a model"),
        tr("Remove %1 (%2) from this computer? It can be got again.").arg(entry.name, formatBytes(entry.bytes)),
        QMessageBox::Yes | QMessageBox::Cancel, QMessageBox::Cancel);
    if (answer == QMessageBox::Yes) remove(entry.hubName);
}

void ModelsPane::remove(const QString& hubName) {
    EngineService::TaskHandler handler;
    auto isShownGone = std::make_shared<bool>(false);
    handler.finished = [this, hubName, isShownGone] {
        for (HubModel& model : m_hub)
            if (QString::fromStdString(model.about.name) == hubName) model.path.clear();
        refreshList();
        if (const ModelEntry* entry = m_list->models().entry(m_list->models().indexOf(hubName));
            entry != nullptr && (m_shown == hubName || *isShownGone)) {
            m_list->select(hubName);
            showEntry(ModelEntry(*entry));
        }
        m_reports.listHub();
    };
    handler.failed = [this](const JobError& error) { m_services.notifyError(error); };
    m_services.engine().runTask(
        this, tr("Removing %1").arg(hubName),
        [name = hubName.toStdString(), shown = toPath(m_shown), isShownGone](const JobContext&) {
            removeModel(name);
            std::error_code ignored;
            *isShownGone = !std::filesystem::exists(shown, ignored);
        },
        std::move(handler));
}

ConvertDialog* ModelsPane::convert() {
    if (m_dialog != nullptr && m_dialog->isConverting()) {
        m_dialog->open();
        return m_dialog;
    }
    if (page() != Page::Report) return nullptr;
    delete m_dialog;
    m_dialog = new ConvertDialog(m_services, nameOf(m_shown), fromPath(m_report->report()->info.path), this);
    connect(m_dialog, &ConvertDialog::useRequested, this, &ModelsPane::open);
    connect(m_dialog, &ConvertDialog::converted, &m_services, &Services::addRecentModel);
    m_dialog->open();
    return m_dialog;
}

void ModelsPane::compare() {
    m_followsOpen = false;
    m_opening.clear();
    m_shown.clear();
    m_list->select({});
    showPage(Page::Compare);
}

void ModelsPane::showEvent(QShowEvent* event) {
    Pane::showEvent(event);
    m_reports.listHub();
}

}  // namespace diagonal
