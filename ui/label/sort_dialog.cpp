// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sort_dialog.h"

#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/label/sort_preview.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kTypingPause = 250;  // milliseconds
const QString kFolderKey = QStringLiteral("label/sortFolder");

QVariant dataOf(SortMode mode) {
    return static_cast<int>(mode);
}
QVariant dataOf(SortChoices::Unsure unsure) {
    return static_cast<int>(unsure);
}

}  // namespace

SortDialog::SortDialog(Services& services, const ImageList& images, std::vector<quint64> shown,
                       const QString& usualFolder, QWidget* parent)
    : QDialog(parent),
      m_services(services),
      m_images(images),
      m_shownIds(std::move(shown)),
      m_destination(new QLineEdit),
      m_error(makeWrapped({}, 12, 400, &Tokens::error)),
      m_which(new SegmentedControl),
      m_mode(new SegmentedControl),
      m_unsureLabel(new TextLabel),
      m_unsure(new SegmentedControl),
      m_othersLabel(new TextLabel),
      m_others(new SegmentedControl),
      m_preview(new SortPreview),
      m_sort(makeButton({}, QStringLiteral("ui/folders"), ButtonKind::Primary)) {
    setWindowTitle(tr("Sort into folders"));
    for (int row = 0; row < images.rowCount(); ++row)
        m_allIds.push_back(images.item(row).id);
    if (m_shownIds.empty()) m_shownIds = m_allIds;
    m_which->addSegment(tr("Shown (%1)").arg(formatCount(static_cast<qint64>(m_shownIds.size()))), true);
    m_which->addSegment(tr("All (%1)").arg(formatCount(static_cast<qint64>(m_allIds.size()))), false);
    m_mode->addSegment(tr("Copy"), dataOf(SortMode::Copy));
    m_mode->addSegment(tr("Move"), dataOf(SortMode::Move));
    m_mode->setSegmentToolTip(0, tr("The pictures stay where they are, too"));
    m_mode->setSegmentToolTip(1, tr("The pictures leave their folders; the list follows them"));
    m_unsure->addSegment(tr("Sort as well"), dataOf(SortChoices::Unsure::Sort));
    m_unsure->addSegment(tr("Leave alone"), dataOf(SortChoices::Unsure::Leave));
    m_unsure->addSegment(tr("Into “%1”").arg(unsureFolder()), dataOf(SortChoices::Unsure::Folder));
    m_others->addSegment(tr("Leave alone"), false);
    m_others->addSegment(tr("Into “%1”").arg(othersFolder()), true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(px(24), px(20), px(24), px(16));
    column->setSpacing(px(12));
    column->addWidget(new TextLabel(tr("Sort into folders"), 20, 600));
    auto* about = makeWrapped(tr("Each picture goes into a folder named as its best label. Nothing is overwritten."),
                              12, 400, &Tokens::text2);
    column->addWidget(about);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(px(16));
    grid->setVerticalSpacing(px(8));
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);  // first: Tab goes in the order in which the controls get their parent
    auto* folder = new QWidget;
    QPushButton* chooseButton = makeButton(tr("Choose…"), QStringLiteral("ui/folder"));
    folder->setLayout(makeRow({{m_destination, 1}, chooseButton}, 8));
    addRow(grid, new TextLabel(tr("Destination")), folder, m_destination);
    grid->addWidget(m_error, grid->rowCount(), 1);
    m_which->setParent(this);
    m_which->setVisible(m_shownIds.size() < m_allIds.size());
    if (m_shownIds.size() < m_allIds.size()) addRow(grid, new TextLabel(tr("Which")), m_which);
    addRow(grid, new TextLabel(tr("Pictures")), m_mode);
    addRow(grid, m_unsureLabel, m_unsure);
    addRow(grid, m_othersLabel, m_others);
    column->addSpacing(px(4));
    column->addWidget(m_preview, 1);

    QPushButton* cancel = makeButton(tr("Cancel"));
    m_sort->setDefault(true);
    column->addLayout(makeRow({stretch(1), cancel, m_sort}, 8));
    resize(px(640), px(580));
    setTabOrder(m_which, m_mode);
    setTabOrder(m_mode, m_unsure);
    setTabOrder(m_unsure, m_others);
    m_destination->setFocus();

    m_wait.setSingleShot(true);
    m_wait.setInterval(kTypingPause);
    connect(&m_wait, &QTimer::timeout, this, &SortDialog::look);
    connect(m_destination, &QLineEdit::textChanged, this, &SortDialog::change);
    for (SegmentedControl* control : {m_which, m_mode, m_unsure, m_others}) {
        control->setCurrentIndex(0);
        connect(control, &SegmentedControl::currentChanged, this, &SortDialog::change);
    }
    connect(m_which, &SegmentedControl::currentChanged, this, &SortDialog::showCounts);
    connect(chooseButton, &QPushButton::clicked, this, &SortDialog::chooseFolder);
    connect(cancel, &QPushButton::clicked, this, &SortDialog::reject);
    connect(m_sort, &QPushButton::clicked, this, &SortDialog::requestSort);
    showCounts();
    showError({});
    setDestination(settings().value(kFolderKey, usualFolder).toString());
    look();
}

SortDialog::~SortDialog() {
    stopLooking();
}

void SortDialog::addRow(QGridLayout* grid, TextLabel* label, QWidget* row, QWidget* control) {
    const int line = grid->rowCount();
    (control != nullptr ? control : row)->setAccessibleName(label->text());
    grid->addWidget(label, line, 0);
    grid->addWidget(row, line, 1, control == nullptr ? Qt::AlignLeft : Qt::Alignment());
}

const std::vector<quint64>& SortDialog::ids() const {
    return m_which->currentData().toBool() ? m_shownIds : m_allIds;
}

/// A choice about no picture is none.
void SortDialog::showCounts() {
    const SortCounts counts = sortCounts(m_images, ids());
    m_unsureLabel->setText(tr("%Ln unsure", nullptr, counts.unsure));
    m_othersLabel->setText(tr("%Ln without a label", nullptr, counts.others));
    m_unsure->setAccessibleName(m_unsureLabel->text());
    m_others->setAccessibleName(m_othersLabel->text());
    for (QWidget* widget : std::initializer_list<QWidget*>{m_unsureLabel, m_unsure})
        widget->setVisible(counts.unsure > 0);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_othersLabel, m_others})
        widget->setVisible(counts.others > 0);
}

SortChoices SortDialog::choices() const {
    return {QDir::cleanPath(m_destination->text()), static_cast<SortMode>(m_mode->currentData().toInt()),
            static_cast<SortChoices::Unsure>(m_unsure->currentData().toInt()), m_others->currentData().toBool()};
}

void SortDialog::setDestination(const QString& folder) {
    m_destination->setText(folder);
}

QString SortDialog::errorText() const {
    return m_error->text();
}

void SortDialog::chooseFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Choose a folder"), m_destination->text());
    if (!folder.isEmpty()) setDestination(folder);
}

/// Answers to earlier choices are dropped.
void SortDialog::stopLooking() {
    ++m_run;
    if (m_job != 0) m_services.engine().cancel(m_job);
    m_job = 0;
}

void SortDialog::change() {
    stopLooking();
    m_shown.reset();
    m_sort->setEnabled(false);
    m_wait.start();
}

void SortDialog::look() {
    m_wait.stop();
    stopLooking();
    const QString folder = m_destination->text();
    if (folder.isEmpty() || QDir::isRelativePath(folder)) {
        showError(folder.isEmpty() ? tr("Choose a folder") : tr("Give the whole path of the folder"));
        return;
    }
    auto job = std::make_shared<SortJob>(makeSortJob(m_images, ids(), choices()));
    auto plan = std::make_shared<SortPlan>();
    EngineService::TaskHandler handler;
    handler.finished = [this, run = m_run, job, plan] {
        if (run != m_run) return;
        m_job = 0;
        m_shown = job;
        showError({});
        m_preview->show(*job, *plan);
        showButton(static_cast<int>(plan->count()));
    };
    handler.failed = [this, run = m_run](const JobError& error) {
        if (run != m_run) return;
        m_job = 0;
        showError(error.text());
    };
    handler.cancelled = [this, run = m_run] {
        if (run == m_run) m_job = 0;
    };
    m_job = m_services.engine().runTask(
        this, tr("Planning the sort"),
        [job, plan](const JobContext& context) {
            *plan = planSort(job->items, toPath(job->choices.destination), job->choices.mode, context);
        },
        std::move(handler));
}

void SortDialog::showError(const QString& text) {
    m_error->setText(text);
    m_error->setVisible(!text.isEmpty());
    if (text.isEmpty()) return;
    m_preview->clear();
    showButton(0);
}

void SortDialog::showButton(int count) {
    const bool isMove = choices().mode == SortMode::Move;
    m_sort->setEnabled(count > 0);
    if (count > 0)
        m_sort->setText(isMove ? tr("Move %Ln picture(s)", nullptr, count) : tr("Copy %Ln picture(s)", nullptr, count));
    else
        m_sort->setText(isMove ? tr("Nothing to move") : tr("Nothing to copy"));
}

void SortDialog::requestSort() {
    if (m_shown == nullptr) return;
    settings().setValue(kFolderKey, m_shown->choices.destination);
    Q_EMIT sortRequested(*m_shown);
    accept();
}

}  // namespace diagonal
