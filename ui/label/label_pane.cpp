// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_pane.h"

#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>

#include "ui/base/settings.h"
#include "ui/label/compare_view.h"
#include "ui/label/grid_column.h"
#include "ui/label/label_editor.h"
#include "ui/label/picture_column.h"
#include "ui/label/sample_scenes.h"
#include "ui/label/score_panel.h"
#include "ui/label/side_panel.h"
#include "ui/label/table_column.h"
#include "ui/pictures/drop_frame.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/image_table.h"
#include "ui/pictures/picture_view.h"
#include "ui/shell/services.h"
#include "ui/shell/splitter.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/row_view.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kNarrowPane = 1100 - 76;  // of the window, less the rail
constexpr int kGridWidth = 344, kSideWidth = 376;

}  // namespace

LabelPane::LabelPane(Services& services, QWidget* parent)
    : PaneShell(parent),
      m_services(services),
      m_session(services.engine()),
      m_relevance(services.engine(), m_session),
      m_sorting(services.engine(), m_session.images(), m_undo),
      m_intake(new Intake(services, QStringLiteral("label"), this)) {
    m_intake->takePictures();
    createActions();
    m_side = new SidePanel(services, m_session, m_undo);
    createColumns();
    m_emptyPage = createEmptyPage();
    addPage(m_emptyPage);
    m_compare = new CompareView(services, m_session);
    createViews();
    setSide(m_side, 988, kSideWidth);
    createToolbar();
    createNotices();

    connect(m_intake, &Intake::found, &m_session, &LabelSession::add);
    connect(m_intake, &Intake::busyChanged, this, &LabelPane::updateState);
    connect(&m_side->editor(), &LabelEditor::picturesPasted, m_intake, &Intake::paste);
    connect(&m_session.images(), &ImageList::scoresChanged, this, &LabelPane::updateState);
    connect(&m_session, &LabelSession::stateChanged, this, &LabelPane::updateState);
    connect(&m_session, &LabelSession::problem, &services, &Services::notifyError);
    connect(&services.engine(), &EngineService::modelChanged, this, [this] {
        m_noticeClosed = false;
        updateState();
    });
    connect(&m_session, &LabelSession::imagesAdded, this, [this](quint64 first) {
        const int row = m_session.images().rowOf(first);
        m_grid->chooseRow(row);
        m_table->chooseRow(row);
        currentChanged();
    });
    connect(&m_session, &LabelSession::exported, this,
            [this](const QString& file, int images, int failed, int unfinished) {
                QString text = tr("%Ln image(s) written to %1", nullptr, images).arg(formatPath(file));
                if (failed > 0) text = tr("%1 (with an error: %Ln)", nullptr, failed).arg(text);
                if (unfinished > 0)
                    text = tr("%1, %Ln of them without scores, which are not finished. Export again when they are",
                              nullptr, unfinished)
                               .arg(text);
                m_services.notify(text);
            });
    connect(m_compare, &CompareView::imageChosen, this, [this](int row) {
        m_grid->chooseRow(row);
        if (m_grid->currentRow() != row) m_side->setImage(row);  // the grid's filter leaves it out
    });
    connect(&m_compare->session(), &CompareSession::changed, this, &LabelPane::updateStop);
    // What undo brought back to an empty list is seen.
    connect(&m_session.images(), &ImageList::rearranged, this, [this](const std::vector<int>& places) {
        if (places.empty() && !showsComparison()) chooseRow(0);
    });
    for (QAbstractItemView* view :
         std::initializer_list<QAbstractItemView*>{&m_grid->grid(), &m_table->table(), &m_compare->list()})
        connect(view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &LabelPane::updateCounts);
    connectRelevance();
    updateState();
    currentChanged();
    showView(settings().value("label/view").toString());
}

LabelPane::~LabelPane() {
    // The children outlive this part of the object; none of them may tell it anything any more.
    disconnect(m_intake, nullptr, nullptr, nullptr);
    disconnect(&m_undo, nullptr, this, nullptr);
    disconnect(&m_session, nullptr, this, nullptr);
    disconnect(&m_session.images(), nullptr, this, nullptr);
    disconnect(&m_relevance, nullptr, this, nullptr);
    disconnect(&m_sorting, nullptr, this, nullptr);
    disconnect(&m_compare->session(), nullptr, this, nullptr);
    deleteParts();
}

void LabelPane::createToolbar() {
    m_openButton = makeButton(tr("Open…"), "ui/folder");
    m_openButton->setToolTip(tr("Open images (%1)").arg(m_open->shortcut().toString(QKeySequence::NativeText)));
    connect(m_openButton, &QPushButton::clicked, m_open, &QAction::trigger);
    m_pasteButton = makeButton(tr("Paste"), "ui/paste");
    m_pasteButton->setToolTip(
        tr("Paste a picture or files (%1)").arg(m_paste->shortcut().toString(QKeySequence::NativeText)));
    connect(m_pasteButton, &QPushButton::clicked, m_intake, &Intake::paste);
    auto* undo = new IconButton("ui/undo", tr("Undo"));
    undo->setEnabled(false);
    connect(undo, &QAbstractButton::clicked, &m_undo, &QUndoStack::undo);
    connect(&m_undo, &QUndoStack::canUndoChanged, undo, &QWidget::setEnabled);
    connect(&m_undo, &QUndoStack::undoTextChanged, undo,
            [undo](const QString& text) { undo->setToolTip(text.isEmpty() ? tr("Undo") : tr("Undo: %1").arg(text)); });
    m_narrowView = new SegmentedControl;
    m_narrowView->addSegment(tr("Picture"), {}, "ui/picture");
    m_narrowView->addSegment(tr("Scores"), {}, "ui/text");
    m_narrowView->setCurrentIndex(0);
    m_narrowView->setAccessibleName(tr("Panel"));
    m_narrowView->hide();
    connect(m_narrowView, &SegmentedControl::currentChanged, this, &LabelPane::arrange);
    m_counts = new TextLabel({}, 12, 400, &Tokens::text2);
    m_exportButton = makeButton(tr("Export…"), "ui/export");
    connect(m_exportButton, &QPushButton::clicked, this, &LabelPane::chooseExport);
    for (QPushButton* button : {m_openButton, m_pasteButton, m_sortButton, m_exportButton})
        button->setAccessibleName(button->text());
    toolbar().add(
        {m_openButton, m_pasteButton, undo, m_views, m_narrowView, stretch(1), m_counts, m_sortButton, m_exportButton});
}

QWidget* LabelPane::createEmptyPage() {
    auto* page = new Panel(&Tokens::surface);
    DropFrame* frame = m_intake->makeFrame();
    auto* empty =
        new EmptyState(tr("Drop images to label them"),
                       tr("Files, whole folders, or a picture from your browser. Nothing leaves this computer."));
    empty->setDrawing(true);
    connect(empty->addButton(tr("Open images…"), "ui/image", ButtonKind::Primary), &QPushButton::clicked, m_open,
            &QAction::trigger);
    connect(empty->addButton(tr("Open folder…"), "ui/folder"), &QPushButton::clicked, m_openFolder, &QAction::trigger);
    connect(empty->addButton(tr("Paste"), "ui/paste"), &QPushButton::clicked, m_intake, &Intake::paste);
    frame->setLayout(makeColumn({empty}, 0, {16, 16, 16, 16}));
    m_scenes = new SampleScenes(m_services);
    page->setLayout(makeColumn({{frame, 1}, m_scenes}, 20, {24, 24, 24, 18}));
    connect(m_scenes, &SampleScenes::chosen, this, [this](const QString& file) { m_intake->add({file}); });
    return page;
}

void LabelPane::createColumns() {
    m_table = new TableColumn(m_session.images());
    m_grid = new GridColumn(m_session.images());
    m_picture = new PictureColumn(m_services.engine(), m_session);
    m_columns = makeSplitter(Qt::Horizontal, QStringLiteral("label/innerSplitter"),
                             {{m_grid, kGridWidth}, {m_picture, 644}}, 1);
    connect(&m_grid->grid(), &ImageGrid::currentImageChanged, this, &LabelPane::currentChanged);
    // Once for all that moves at a time.
    m_currentTimer.setSingleShot(true);
    connect(&m_currentTimer, &QTimer::timeout, this, &LabelPane::currentChanged);
    connect(&m_grid->shown(), &ImageRowsModel::refreshed, &m_currentTimer, [this] { m_currentTimer.start(0); });
    connect(&m_grid->shown(), &QAbstractItemModel::rowsRemoved, &m_currentTimer, [this] { m_currentTimer.start(0); });
    connect(&m_grid->grid(), &QWidget::customContextMenuRequested, this,
            [this](const QPoint& position) { showContextMenu(m_grid->grid().viewport()->mapToGlobal(position)); });
    connect(&m_picture->picture(), &QWidget::customContextMenuRequested, this,
            [this](const QPoint& position) { showContextMenu(m_picture->picture().mapToGlobal(position)); });
    connect(m_picture, &PictureColumn::stepped, m_grid, &GridColumn::step);
    connect(m_table, &TableColumn::currentImageChanged, this, &LabelPane::currentChanged);
    connect(&m_table->table(), &QWidget::customContextMenuRequested, this,
            [this](const QPoint& position) { showContextMenu(m_table->table().viewport()->mapToGlobal(position)); });
    connect(&m_side->scores(), &ScorePanel::modeChanged, &m_grid->grid(), &ImageGrid::setShowsCosine);
}

void LabelPane::createNotices() {
    m_progress = addNotice(false);
    m_notice = addNotice(true);
    connect(m_progress, &NoticeBar::linkActivated, &m_session, &LabelSession::resume);
    connect(m_notice, &NoticeBar::linkActivated, &m_services, &Services::modelsRequested);
    connect(m_notice, &NoticeBar::closed, this, [this] { m_noticeClosed = true; });
}

void LabelPane::currentChanged() {
    const int row = currentRow();
    m_side->setImage(row);
    // Nothing shows a map in the table: none is computed.
    m_relevance.setImage(showsTable() ? -1 : row);
    if (!showsTable()) m_picture->setImage(row, m_grid->position(), m_grid->shown().rowCount());
}

void LabelPane::updateState() {
    const int images = m_session.images().rowCount();
    updateCounts();
    setButtonKind(m_openButton, images == 0 ? ButtonKind::Normal : ButtonKind::Primary);
    showPage(images == 0 ? m_emptyPage : m_viewList[m_views->currentIndex()].page);
    m_grid->shown().setLive(page() == m_columns);
    m_table->shown().setLive(page() == m_table);
    m_compare->setActive(page() == m_compare);
    const bool exportable = images > 0 && !m_session.images().labels().isEmpty();
    m_export->setEnabled(exportable);
    m_exportButton->setEnabled(exportable);
    m_exportButton->setToolTip(exportable ? tr("All images with all labels, probabilities and cosines, as CSV or JSON")
                               : images == 0 ? tr("There are no images yet")
                                             : tr("There are no labels yet"));
    updateSort(exportable);
    updateStop();
    m_remove->setEnabled(images > 0);
    m_copy->setEnabled(images > 0);
    m_selectAll->setEnabled(images > 0);
    m_find->setEnabled(images > 0);
    m_next->setEnabled(images > 1);
    m_previous->setEnabled(images > 1);
    updateNotices();
    arrange();
}

void LabelPane::updateCounts() {
    const int images = m_session.images().rowCount();
    const QString labels = tr("%Ln label(s)", nullptr, static_cast<int>(m_session.labels().size()));
    int selected = 0;
    for (const QItemSelectionRange& range : viewItems().selectionModel()->selection())
        selected += range.height();
    QString text = images == 0 ? tr("No images yet") : tr("%Ln image(s)", nullptr, images);
    if (selected > 1) text = tr("%1 of %2 selected").arg(formatCount(selected), text);
    if (m_intake->isBusy()) text = tr("Looking for images…");
    m_counts->setText(tr("%1 · %2", "images and labels").arg(text, labels));
}

void LabelPane::updateStop() {
    const CompareSession& comparison = m_compare->session();
    m_stop->setEnabled(m_session.isEmbedding() || m_session.isReadingLabels() || m_intake->isBusy() ||
                       comparison.isEmbedding() || comparison.isOpening());
}

void LabelPane::updateNotices() {
    const ImageList& images = m_session.images();
    const ImageCounts counts = images.counts();
    if (m_session.areTextsStopped()) {
        m_progress->notice(NoticeBar::Kind::Info, tr("Stopped: the labels are not read, so no image has their scores"),
                           tr("Continue"));
    } else if (m_session.isPaused() && counts.waiting > 0 && !m_session.isEmbedding()) {
        const QLocale locale;
        m_progress->notice(NoticeBar::Kind::Info,
                           tr("Stopped: %1 of %2 images are labelled")
                               .arg(locale.toString(counts.all - counts.waiting), locale.toString(counts.all)),
                           tr("Continue"));
    } else {
        m_progress->hide();
    }
    const ModelInfo* model = m_services.engine().model();
    if (model != nullptr && counts.unfamiliar > 0 && !m_noticeClosed)
        m_notice->notice(NoticeBar::Kind::Warning,
                         tr("%1 Other things: %Ln picture(s)", nullptr, counts.unfamiliar).arg(knowledgeOf(*model)),
                         tr("Open a CLIP model…"));
    else
        m_notice->hide();
}

void LabelPane::resizeEvent(QResizeEvent* event) {
    Pane::resizeEvent(event);
    arrange();
}

// In a narrow window picture and side panel take turns.
void LabelPane::arrange() {
    const bool narrow = width() < px(kNarrowPane);
    const bool sideOnly = narrow && m_narrowView->currentIndex() == 1;
    m_narrowView->setVisible(narrow);
    // The toolbar makes room for that.
    m_counts->setVisible(!narrow);
    for (QPushButton* button : {m_openButton, m_pasteButton, m_sortButton, m_exportButton})
        button->setText(narrow ? QString() : button->accessibleName());
    m_side->setVisible(!narrow || sideOnly);
    m_picture->setVisible(!sideOnly);
    pages().setVisible(!sideOnly || page() == m_columns);
}

}  // namespace diagonal
