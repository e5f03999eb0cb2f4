// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/chooser_view.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>

#include "engine/base/file.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/model_pane/front_plot.h"
#include "ui/model_pane/score_table.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

const QString kDataKey = QStringLiteral("models/compareData");
const QString kLimitKey = QStringLiteral("models/compareLimit");

constexpr int kUsualLimit = 500, kMostPictures = 1000000;

}  // namespace

ChooserView::ChooserView(Services& services, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_scoring(services.engine()),
      m_data(new QLineEdit),
      m_limit(new QSpinBox),
      m_start(makeButton(tr("Compare"), {}, ButtonKind::Primary)),
      m_stop(makeButton(tr("Stop"), {}, ButtonKind::Danger)),
      m_error(makeWrapped({}, 12, 400, &Tokens::error)),
      m_mark(new BusyMark),
      m_bar(new Bar),
      m_progress(new TabularLabel({}, 12, 400, &Tokens::text2)),
      m_notice(new NoticeBar),
      m_table(new ScoreTable(m_scores)),
      m_results(new QStackedWidget),
      m_plot(new FrontPlot),
      m_note(makeWrapped({}, 12, 400, &Tokens::text2)),
      m_copy(makeButton(tr("Copy"), QStringLiteral("ui/copy"))),
      m_export(makeButton(tr("Export CSV…"), QStringLiteral("ui/export"))) {
    setLayout(makeColumn({makeHeader(),
                          makeDataRow(),
                          m_progressRow = makeProgressRow(),
                          m_notice,
                          {makeRow({m_table}, 0, {18, 0, 16, 0}), 1},
                          new Hairline,
                          {makeResults(), 1}}));
    connectScoring();
    connect(m_data, &QLineEdit::textChanged, this, &ChooserView::refresh);
    connect(m_data, &QLineEdit::returnPressed, this, &ChooserView::start);
    connect(&m_scores, &ScoreTableModel::dataChanged, this, &ChooserView::refresh);
    connect(&m_scores, &ScoreTableModel::modelReset, this, &ChooserView::refresh);
    connect(m_table, &ScoreTable::copyRequested, this, &ChooserView::copy);
    connect(m_start, &QPushButton::clicked, this, &ChooserView::start);
    connect(m_stop, &QPushButton::clicked, this, &ChooserView::stop);
    connect(m_copy, &QPushButton::clicked, this, &ChooserView::copy);
    connect(m_export, &QPushButton::clicked, this, &ChooserView::chooseExport);
    m_data->setText(settings().value(kDataKey).toString());
    m_limit->setValue(settings().value(kLimitKey, kUsualLimit).toInt());
    showError({});
}

QWidget* ChooserView::makeHeader() {
    auto* header = new Panel(&Tokens::surface, Qt::BottomEdge);
    header->setLayout(makeColumn(
        {new TextLabel(tr("Which model is best for your pictures?"), 20, 600),
         new ElidedLabel(
             tr("Each model looks for the picture of a caption among all pictures, and for a caption of each picture."),
             12, 400, &Tokens::text2)},
        2, {24, 12, 16, 12}));
    return header;
}

QWidget* ChooserView::makeDataRow() {
    auto* page = new QWidget;
    m_data->setPlaceholderText(tr("Pictures with captions: a folder, a CSV file, shards…"));
    m_data->setAccessibleName(tr("Pictures with captions"));
    m_data->setToolTip(
        tr("As for training: a folder of Flickr8k, COCO or captioned images, a CSV or TSV file with a column for the "
           "picture and one for the caption, WebDataset shards, or scenes:count=500"));
    m_data->setClearButtonEnabled(true);
    QPushButton* file = makeButton(tr("File…"), QStringLiteral("ui/plus"));
    QPushButton* folder = makeButton(tr("Folder…"), QStringLiteral("ui/folder"));
    auto* most = new TextLabel(tr("At most"), 12, 400, &Tokens::text2);
    m_limit->setRange(0, kMostPictures);
    m_limit->setSingleStep(100);
    m_limit->setSpecialValueText(tr("all pictures"));
    m_limit->setSuffix(tr(" pictures"));
    m_limit->setAccessibleName(tr("At most so many pictures"));
    m_limit->setToolTip(tr("The same ones for each model, drawn by a hash of their names; 0 takes all"));
    page->setLayout(makeColumn({makeRow({{m_data, 1}, file, folder, most, m_limit, m_start, m_stop}, 8), m_error}, 6,
                               {24, 12, 16, 12}));
    connect(file, &QPushButton::clicked, this, &ChooserView::chooseFile);
    connect(folder, &QPushButton::clicked, this, &ChooserView::chooseFolder);
    return page;
}

QWidget* ChooserView::makeProgressRow() {
    auto* page = new QWidget;
    page->setLayout(makeRow({m_mark, {m_bar, 1}, m_progress}, 8, {24, 0, 16, 12}));
    page->hide();
    return page;
}

QWidget* ChooserView::makeResults() {
    auto* empty = new EmptyState(tr("Check the models to compare, and choose pictures with captions"),
                                 tr("Recall and time then stand here side by side. Nothing is downloaded."));
    auto* page = new QWidget;
    auto* head = new SectionHeader(tr("Recall against time"));
    head->setNote(tr("◆ no other model here is both better and quicker"));
    head->addRight(m_copy);
    head->addRight(m_export);
    m_copy->setToolTip(tr("The table, for a spreadsheet"));
    page->setLayout(makeColumn({head, {m_plot, 1}, m_note}, 4, {24, 0, 16, 12}));
    m_results->addWidget(empty);
    m_results->addWidget(page);
    return m_results;
}

void ChooserView::connectScoring() {
    connect(&m_scoring, &ModelScoring::begun, &m_scores, &ScoreTableModel::setBusy);
    connect(&m_scoring, &ModelScoring::scored, this,
            [this](const QString& model, const std::shared_ptr<const ModelScore>& score) {
                m_scores.setScore(model, score);
                if (!score->unreadable.empty())
                    m_notice->notice(NoticeBar::Kind::Warning,
                                     tr("%Ln picture(s) could not be read and do not count, the first: %1", nullptr,
                                        static_cast<int>(score->unreadable.size()))
                                         .arg(formatPath(fromPath(score->unreadable.front().path))));
            });
    connect(&m_scoring, &ModelScoring::failed, this, [this](const QString& model, const JobError& error) {
        m_scores.setError(model, error.text());
        m_notice->notice(NoticeBar::Kind::Error, error.text());
    });
    connect(&m_scoring, &ModelScoring::progressed, this, &ChooserView::showProgress);
    connect(&m_scoring, &ModelScoring::dataFailed, this, [this](const JobError& error) {
        m_scores.setBusy({});
        showError(error.text());
        if (!isVisible()) m_services.notifyError(error);
        Q_EMIT runningChanged();
    });
    connect(&m_scoring, &ModelScoring::ended, this, [this](bool cancelled) {
        m_scores.setBusy({});
        refresh();
        if (!isVisible() && !cancelled) m_services.notify(tr("The models are compared"));
        Q_EMIT runningChanged();
    });
}

void ChooserView::setEntries(const std::vector<ModelEntry>& entries) {
    std::vector<ModelEntry> here;
    for (const ModelEntry& entry : entries)
        if (!entry.path.isEmpty()) here.push_back(entry);
    m_scores.setEntries(here);
}

void ChooserView::setData(const QString& data) {
    m_data->setText(data);
}

void ChooserView::setLimit(int pictures) {
    m_limit->setValue(pictures);
}

void ChooserView::start() {
    if (isRunning() || !m_start->isEnabled()) return;
    const QString data = m_data->text().trimmed();
    settings().setValue(kDataKey, data);
    settings().setValue(kLimitKey, m_limit->value());
    m_scores.clearScores();
    m_notice->hide();
    m_bar->setValue(0);
    m_progress->setText(tr("Looking for pictures"));
    m_scoring.start(data, static_cast<size_t>(m_limit->value()), m_scores.chosen());
    showError({});
    Q_EMIT runningChanged();
}

void ChooserView::showProgress(const JobState& state) {
    m_mark->step();
    if (state.total <= 0) return;
    m_bar->setValue(static_cast<double>(state.done) / static_cast<double>(state.total));
    QString text = tr("%1 of %2 pictures and captions").arg(formatCount(state.done), formatCount(state.total));
    if (state.secondsLeft >= 0) text += tr(" · %1 left").arg(formatTimeLeft(state.secondsLeft));
    m_progress->setText(state.cancelling ? tr("Stopping") : text);
}

void ChooserView::showError(const QString& text) {
    m_error->setText(text);
    m_error->setVisible(!text.isEmpty());
    refresh();
}

QString ChooserView::errorText() const {
    return m_error->text();
}

QString ChooserView::noteText() const {
    return m_note->text();
}

void ChooserView::refresh() {
    const bool hasData = !m_data->text().trimmed().isEmpty(), hasModels = !m_scores.chosen().isEmpty();
    m_start->setVisible(!isRunning());
    m_stop->setVisible(isRunning());
    m_start->setEnabled(hasData && hasModels);
    m_start->setToolTip(!hasModels ? tr("Check a model first")
                        : hasData  ? QString()
                                   : tr("Choose pictures with captions first"));
    m_progressRow->setVisible(isRunning());
    const bool hasScores = m_scores.hasScores();
    m_copy->setEnabled(hasScores);
    m_export->setEnabled(hasScores);
    m_results->setCurrentIndex(hasScores ? 1 : 0);
    std::vector<FrontPlot::Point> points;
    QString note;
    for (const ScoreTableModel::Row& row : m_scores.rows()) {
        if (!row.score) continue;
        const ModelScore& score = *row.score;
        points.push_back({row.entry.name, 1000 * score.imageSeconds, score.recall.mean(), row.isOnFront});
        note =
            tr("%1 pictures with %2 captions, on %3, %4. Recall in per cent; times are those of the warm model in "
               "batches, without reading files.")
                .arg(formatCount(static_cast<qint64>(score.pictures)), formatCount(static_cast<qint64>(score.captions)),
                     QString::fromStdString(score.device), QString::fromStdString(score.precision));
    }
    m_plot->setPoints(std::move(points));
    m_note->setText(note);
}

void ChooserView::chooseFile() {
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Pictures with captions"), QFileInfo(m_data->text()).absolutePath(),
                                     tr("Captions (*.csv *.tsv *.txt *.json *.jsonl *.token *.tar);;All files (*)"));
    if (!file.isEmpty()) setData(file);
}

void ChooserView::chooseFolder() {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Pictures with captions"), QFileInfo(m_data->text()).absolutePath());
    if (!folder.isEmpty()) setData(folder);
}

void ChooserView::copy() const {
    QApplication::clipboard()->setText(m_scores.plainText());
    m_services.notify(tr("The table is in the clipboard"));
}

void ChooserView::chooseExport() {
    const QString file = chooseSaveFile(this, tr("Export the comparison"), QStringLiteral("models.csv"),
                                        {{tr("CSV"), QStringLiteral(".csv")}});
    if (!file.isEmpty()) exportTo(file);
}

void ChooserView::exportTo(const QString& file) {
    saveTo(m_services, this, file,
           [file, csv = m_scores.csv().toStdString()](const JobContext&) { writeFile(toPath(file), csv); });
}

}  // namespace diagonal
