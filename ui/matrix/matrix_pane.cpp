// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_pane.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QPushButton>

#include "ui/base/paths.h"
#include "ui/matrix/captions_panel.h"
#include "ui/matrix/matrix_export.h"
#include "ui/matrix/matrix_side.h"
#include "ui/matrix/matrix_view.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/panel.h"

namespace diagonal {

namespace {

constexpr int kScenes = 12, kMostImages = 1000, kRefresh = 40, kMostUndos = 100;

/// What is shown and where it came from, changed for what was: there and back, with all that was typed meanwhile.
class ReplaceItems : public QUndoCommand {
  public:
    ReplaceItems(MatrixSession& session, QString& path, MatrixItems items, QString itsPath, const QString& text)
        : QUndoCommand(text),
          m_session(session),
          m_path(path),
          m_items(std::move(items)),
          m_itsPath(std::move(itsPath)) {}
    void redo() override { exchange(); }
    void undo() override { exchange(); }

  private:
    void exchange() {
        const MatrixItems before = m_session.items();
        m_path.swap(m_itsPath);
        m_session.setItems(std::exchange(m_items, before));
    }

    MatrixSession& m_session;
    QString& m_path;
    MatrixItems m_items;
    QString m_itsPath;
};

}  // namespace

MatrixPane::MatrixPane(Services& services, QWidget* parent)
    : PaneShell(parent),
      m_services(services),
      m_session(new MatrixSession(services.engine(), this)),
      m_intake(new Intake(services, QStringLiteral("matrix"), this)),
      m_refresh([this] { m_view->refresh(); }, kRefresh) {
    m_intake->takePictures();
    m_intake->setReader([this] { return pairReader(); });
    connect(m_intake, &Intake::found, this, &MatrixPane::addImages);
    makeActions();
    makeToolbar();
    m_side = new MatrixSide;
    m_view = new MatrixView(*m_session, *m_side);
    m_notice = addNotice(true);
    m_captions = new CaptionsPanel;
    m_captionsPanel = new Panel(&Tokens::surface, Qt::RightEdge);
    m_captionsPanel->setFixedWidth(px(320));
    m_captionsPanel->setLayout(makeColumn({m_captions}, 0, {0, 0, 1, 0}));
    m_captionsPanel->hide();

    m_incomplete = new EmptyState({}, {});
    for (QWidget* page : {makeEmptyState(), static_cast<QWidget*>(m_incomplete), static_cast<QWidget*>(m_view)})
        addPage(page);
    auto* side = makeScroll(m_side);
    side->setMinimumWidth(px(352));
    setSide(side, 1011, 352, m_captionsPanel);

    connect(m_session, &MatrixSession::itemsChanged, this, &MatrixPane::itemsChanged);
    connect(m_session, &MatrixSession::analysed, this, &MatrixPane::analysed);
    connect(m_session, &MatrixSession::failed, &services, &Services::notifyError);
    connect(m_side, &MatrixSide::viewChanged, &m_refresh, &Throttle::request);
    connect(m_side, &MatrixSide::orderChanged, this, [this] { m_session->setOrder(m_side->order()); });
    connect(m_captions, &CaptionsPanel::captionsEdited, m_session, &MatrixSession::setCaptions);
    connect(m_captions, &CaptionsPanel::pairedChanged, m_session, &MatrixSession::setPaired);
    connect(m_captions, &CaptionsPanel::closeRequested, this, [this] { editCaptions(false); });
    connect(m_notice, &NoticeBar::linkActivated, this, [this] {
        if (m_session->isStopped())
            m_session->resume();
        else
            Q_EMIT m_services.modelsRequested();
    });
    connect(m_notice, &NoticeBar::closed, this, [this] { m_noticeClosed = true; });
    connect(&services.engine(), &EngineService::modelChanged, this, &MatrixPane::modelChanged);
    modelChanged();
    itemsChanged();
}

MatrixPane::~MatrixPane() = default;

void MatrixPane::makeActions() {
    m_undo.setUndoLimit(kMostUndos);
    m_undoAction = m_undo.createUndoAction(this, tr("&Undo"));
    m_redoAction = m_undo.createRedoAction(this, tr("&Redo"));
    m_undoAction->setShortcut(QKeySequence::Undo);
    m_redoAction->setShortcuts(redoKeys());
    addActions({m_undoAction, m_redoAction});
    m_addImages = makeAction(tr("Add images…"), QKeySequence::Open,
                             [this] { m_intake->chooseFiles(tr("Add images"), pictureFileFilter()); });
    m_openPairs = makeAction(tr("Open pairs…"), {}, [this] {
        const QString file = QFileDialog::getOpenFileName(this, tr("Images with captions"), {},
                                                          tr("Tables (*.csv *.tsv *.txt);;All files (*)"));
        if (!file.isEmpty()) openPairs(file);
    });
    m_paste = makeAction(tr("&Paste"), QKeySequence::Paste, [this] { m_intake->paste(); });
    m_export = makeAction(tr("Export matrix…"), QKeySequence(Qt::CTRL | Qt::Key_E), &MatrixPane::chooseExport);
    m_editCaptions = makeAction(tr("Edit captions…"), {}, [this] { editCaptions(!m_captionsPanel->isVisible()); });
    m_copy = makeAction(tr("Copy picture of the matrix"), {}, &MatrixPane::copyPicture);
    m_clear = makeAction(tr("Remove all images and captions"), {},
                         [this] { replace({}, {}, tr("remove all images and captions")); });
    m_fit = makeAction(tr("Fit"), {}, [this] { m_view->heatmap()->fit(); });
    m_zoomIn = makeAction(tr("Zoom in"), {}, [this] { m_view->heatmap()->zoomBy(1.25); });
    m_zoomOut = makeAction(tr("Zoom out"), {}, [this] { m_view->heatmap()->zoomBy(0.8); });
}

void MatrixPane::makeToolbar() {
    m_source = new ElidedLabel({}, 13, 600);
    m_limit = new QComboBox;
    m_limit->setAccessibleName(tr("Pairs shown"));
    for (const int count : {24, 64, 200, 1000})
        m_limit->addItem(tr("first %Ln", nullptr, count), count);
    auto* pairs = makeButton(tr("Open pairs…"), QStringLiteral("ui/table"));
    auto* images = makeButton(tr("Add images…"), QStringLiteral("ui/image"));
    m_captionsButton = makeButton(tr("Edit captions…"), QStringLiteral("ui/text"));
    auto* zoomOut = new IconButton(QStringLiteral("ui/minus"), tr("Zoom out"));
    auto* fit = new LinkLabel(tr("Fit"));
    fit->setLook(13, 400);
    auto* zoomIn = new IconButton(QStringLiteral("ui/plus"), tr("Zoom in"));
    m_exportButton = makeButton(tr("Export…"), QStringLiteral("ui/export"));
    m_source->setMaximumWidth(px(320));
    toolbar().add(
        {m_source, m_limit, pairs, images, m_captionsButton, stretch(1), zoomOut, fit, zoomIn, m_exportButton});
    connect(pairs, &QPushButton::clicked, m_openPairs, &QAction::trigger);
    connect(images, &QPushButton::clicked, m_addImages, &QAction::trigger);
    connect(m_captionsButton, &QPushButton::clicked, m_editCaptions, &QAction::trigger);
    connect(m_exportButton, &QPushButton::clicked, m_export, &QAction::trigger);
    connect(zoomOut, &QToolButton::clicked, m_zoomOut, &QAction::trigger);
    connect(zoomIn, &QToolButton::clicked, m_zoomIn, &QAction::trigger);
    connect(fit, &QAbstractButton::clicked, m_fit, &QAction::trigger);
    connect(m_limit, &QComboBox::activated, this, [this] {
        if (!m_pairsPath.isEmpty()) openPairs(m_pairsPath);
    });
}

QWidget* MatrixPane::makeEmptyState() {
    m_empty = new EmptyState(tr("Compare images with captions"),
                             tr("Drop images and type captions, or open a file of pairs. Every image is compared with "
                                "every caption; matching pairs stand on the diagonal."));
    m_empty->setDrawing(true);
    auto* images = m_empty->addButton(tr("Add images…"), QStringLiteral("ui/image"), ButtonKind::Primary);
    auto* pairs = m_empty->addButton(tr("Open pairs…"), QStringLiteral("ui/table"));
    auto* scenes = m_empty->addButton(tr("Try with sample scenes"), QStringLiteral("ui/grid"));
    connect(images, &QPushButton::clicked, m_addImages, &QAction::trigger);
    connect(pairs, &QPushButton::clicked, m_openPairs, &QAction::trigger);
    connect(scenes, &QPushButton::clicked, this, &MatrixPane::showSampleScenes);
    return m_empty;
}

QString MatrixPane::heading() const {
    return m_source->text();
}

int MatrixPane::limit() const {
    return m_limit->currentData().toInt();
}

/// A step of the undo stack; without anything before there is nothing to go back to.
void MatrixPane::replace(const MatrixItems& items, const QString& path, const QString& text) {
    if (m_session->items().files.isEmpty() && m_session->items().captions.isEmpty()) {
        m_pairsPath = path;
        m_session->setItems(items);
    } else {
        m_undo.push(new ReplaceItems(*m_session, m_pairsPath, items, path, text));
    }
}

void MatrixPane::load(const QString& title, const QString& path,
                      const std::function<MatrixItems(const JobContext&)>& read) {
    m_services.compute(&m_loadOwner, title, read, [this, path, title](const MatrixItems& items) {
        m_noticeClosed = false;
        replace(items, path, title);
    });
}

Intake::Reader MatrixPane::pairReader() {
    return [this, count = limit()](const QStringList& paths, const JobContext& job) -> std::function<void()> {
        const std::optional<MatrixItems> items = readDropped(paths, count, job);
        if (!items) return {};
        return [this, path = paths.first(), items = *items] {
            m_noticeClosed = false;
            replace(items, path, tr("Opening pairs"));
        };
    };
}

/// As many as can be looked at; a picture has a row of all captions.
void MatrixPane::addImages(const QStringList& files, const Failures& failures) {
    QStringList unreadable;
    for (const auto& [path, reason] : failures)
        unreadable << QStringLiteral("%1: %2").arg(nameInSentence(path), reason);
    const qsizetype room = std::max<qsizetype>(0, kMostImages - m_session->items().files.size());
    if (files.size() > room)
        m_services.notify(
            tr("A matrix shows %1 images; %Ln were left out", nullptr, static_cast<int>(files.size() - room))
                .arg(formatCount(kMostImages)));
    m_noticeClosed = false;
    m_pairsPath.clear();
    m_session->addImages(files.first(std::min(room, files.size())), unreadable);
    if (m_session->items().captions.isEmpty()) editCaptions(true);
}

bool MatrixPane::openPaths(const QStringList& paths) {
    if (paths.isEmpty()) return false;
    m_intake->add(paths);
    return true;
}

void MatrixPane::openPairs(const QString& path) {
    load(tr("Opening pairs"), path,
         [path, count = limit()](const JobContext& job) { return readPairs(path, count, job); });
}

void MatrixPane::showSampleScenes() {
    if (!m_scenes) m_scenes = std::make_unique<QTemporaryDir>();
    load(tr("Drawing scenes"), {},
         [folder = m_scenes->path()](const JobContext& job) { return drawSampleScenes(folder, kScenes, job); });
}

void MatrixPane::editCaptions(bool shown) {
    m_captionsPanel->setVisible(shown);
    if (shown) m_captions->focusEditor();
}

void MatrixPane::itemsChanged() {
    const MatrixItems& items = m_session->items();
    const auto images = static_cast<int>(items.files.size()), captions = static_cast<int>(items.captions.size());
    m_captions->setCaptions(items.captions, images, items.paired);
    QString source;
    if (!items.title.isEmpty() && items.available > images) {
        source = tr("%1, %2 of %3 pairs").arg(items.title, formatCount(images), formatCount(items.available));
    } else if (!items.title.isEmpty()) {
        source = tr("%1, %Ln pairs", nullptr, images).arg(items.title);
    } else if (images + captions > 0) {
        source = QStringLiteral("%1, %2").arg(tr("%Ln images", nullptr, images), tr("%Ln captions", nullptr, captions));
    }
    m_source->setText(source);
    m_source->setVisible(!source.isEmpty());
    m_limit->setVisible(!m_pairsPath.isEmpty() && items.paired && items.available > 24);
    if (images == 0 && captions == 0) {
        showPage(m_empty);
    } else if (images == 0 || captions == 0) {
        m_incomplete->setTexts(
            images == 0 ? tr("Drop images here") : tr("Type captions, one a line"),
            images == 0 ? tr("Each is compared with every caption.") : tr("Each is compared with every image."));
        if (captions == 0) editCaptions(true);
        showPage(m_incomplete);
    } else {
        showPage(m_view);
    }
    const bool hasMatrix = page() == m_view;
    for (QAction* action : {m_export, m_copy, m_fit, m_zoomIn, m_zoomOut})
        action->setEnabled(hasMatrix);
    m_exportButton->setEnabled(hasMatrix);
    m_exportButton->setToolTip(hasMatrix ? QString() : tr("Needs images and captions"));
    m_clear->setEnabled(images + captions > 0);
    showNotices();
}

void MatrixPane::analysed() {
    m_side->showAnalysis(m_session->analysis(), m_session->isPaired());
    m_view->refresh();
    showNotices();
}

void MatrixPane::modelChanged() {
    if (const ModelInfo* model = m_services.engine().model()) m_side->setModelTemperature(model->temperature);
    m_noticeClosed = false;
    showNotices();
}

void MatrixPane::showNotices() {
    const QStringList unreadable = m_session->unreadable();
    const ModelInfo* model = m_services.engine().model();
    const bool scenes = m_scenes && !m_session->items().files.isEmpty() &&
                        m_session->items().files.first().startsWith(m_scenes->path());
    const bool hasItems = !m_session->items().files.isEmpty();
    m_notice->setClosable(!m_session->isStopped());
    if (m_session->isStopped()) {
        m_notice->notice(NoticeBar::Kind::Info, tr("Stopped: the matrix is not finished"), tr("Continue"));
    } else if (m_noticeClosed) {
        m_notice->hide();
    } else if (!unreadable.isEmpty()) {
        const int shown = std::min<int>(3, static_cast<int>(unreadable.size()));
        QString text = unreadable.mid(0, shown).join(QStringLiteral("; "));
        if (unreadable.size() > shown)
            text = tr("%1 and %n more", nullptr, static_cast<int>(unreadable.size()) - shown).arg(text);
        m_notice->notice(NoticeBar::Kind::Warning, tr("%1. The other images are compared.").arg(text));
        m_notice->setToolTip(unreadable.join(QLatin1Char('\n')));
    } else if (hasItems && !scenes && model != nullptr && !model->knows.empty()) {
        m_notice->notice(NoticeBar::Kind::Info, tr("This model knows coloured shapes and nothing else."),
                         tr("Open a CLIP model…"));
    } else if (m_session->truncatedCaptions() > 0) {
        m_notice->notice(NoticeBar::Kind::Warning,
                         tr("%Ln caption(s) are longer than this model reads; their ends are left out.", nullptr,
                            m_session->truncatedCaptions()));
    } else {
        m_notice->hide();
    }
}

void MatrixPane::chooseExport() {
    const QString file =
        chooseSaveFile(this, tr("Export matrix"), QStringLiteral("matrix.csv"),
                       {{tr("CSV table"), ".csv"}, {tr("NumPy array"), ".npy"}, {tr("PNG picture"), ".png"}});
    if (!file.isEmpty()) exportTo(file);
}

void MatrixPane::exportTo(const QString& file) {
    MatrixExport job;
    job.file = file;
    job.matrix = m_view->shown();
    job.names = m_view->shownNames();
    job.captions = m_view->shownCaptions();
    job.colours = m_side->colours();
    std::tie(job.low, job.high) = m_view->range();
    saveTo(m_services, this, file, [job](const JobContext&) { writeMatrix(job); });
}

void MatrixPane::copyPicture() {
    constexpr int kPixels = 1200;
    const int cells = std::max(m_view->heatmap()->rows(), m_view->heatmap()->columns());
    if (cells == 0) return;
    QGuiApplication::clipboard()->setImage(m_view->heatmap()->toImage(std::clamp(kPixels / cells, 1, 32)));
    m_services.notify(tr("Copied a picture of the matrix"));
}

}  // namespace diagonal
