// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/data_page.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/pictures/drop_frame.h"
#include "ui/style/layouts.h"
#include "ui/train/augmentation_section.h"
#include "ui/train/data_widgets.h"
#include "ui/train/form.h"
#include "ui/train/option_texts.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"

namespace diagonal {

namespace {

constexpr int kDelay = 350;

bool isScenes(const QString& spec) {
    return spec.startsWith(QLatin1String("scenes:"));
}

QString expanded(QString path) {
    path = path.trimmed();
    if (path == QLatin1String("~") || path.startsWith(QLatin1String("~/"))) path.replace(0, 1, QDir::homePath());
    return path;
}

/// Several files are shards, or they lie in one folder of data. What is a file is told by its ending: a disk may be
/// slow.
QString specOf(const QStringList& paths) {
    const QFileInfo first(paths.first());
    return paths.size() > 1 && !first.suffix().isEmpty() ? first.path() : paths.first();
}

/// The value of a key in "scenes:count=20000,seed=1".
qint64 sceneValue(const QString& spec, const QString& key, qint64 otherwise) {
    const QStringList items = spec.mid(7).split(QLatin1Char(','));
    for (const QString& item : items)
        if (item.startsWith(key + QLatin1Char('='))) return item.mid(key.size() + 1).toLongLong();
    return otherwise;
}

}  // namespace

DataPage::DataPage(WizardState& state, EngineService& engine, QWidget* parent)
    : WizardPage(state, parent),
      m_engine(engine),
      m_templates(state.options),
      m_order(state.options),
      m_panel(new DataPanel) {
    auto* page =
        new FormPage(tr("What should the model learn from?"),
                     tr("Pictures with captions, or in folders named after what they show. Drop them here, or choose "
                        "them: class folders, CSV, Flickr8k, metadata.jsonl of Hugging Face, JSON of COCO or "
                        "Karpathy, tar shards, packed data. Without any, Diagonal draws scenes of coloured shapes."));
    QVBoxLayout* body = page->body();
    body->addWidget(makePathRow());

    m_mark = new TextLabel;
    m_kind = new TextLabel({}, 13, 600);
    m_status = makeWrapped({}, 13, 400, &Tokens::text2);
    followTheme(this, [this] { paintMark(); });
    body->addLayout(makeRow({{m_mark, 0, Qt::AlignTop}, {m_kind, 0, Qt::AlignTop}, {m_status, 1, Qt::AlignTop}}, 8));
    body->addWidget(makeOptionsRow());
    m_templatesField = m_templates.addText(
        "templates",
        tr("A text with {} where the class stands, the name of a set (photos), or a file with one a line. A picture "
           "gets another of them each time."),
        QStringLiteral("a photo of a {}."));
    m_templatesField->hide();
    body->addWidget(m_templatesField);
    m_splits = new SplitBar;
    body->addWidget(m_splits);
    m_augmentation = new AugmentationSection(state.options);
    body->addWidget(m_augmentation);
    m_reading = page->addSection(tr("Captions and order"));
    m_reading->body()->addWidget(
        m_order.addSegments("captions", tr("Which of an image's captions an epoch shows, where there are several.")));
    m_reading->body()->addWidget(m_order.addCount(
        "shuffle_buffer",
        tr("Images. Data is read in its order and drawn from this buffer: for disks that are slow to seek."),
        tr("none: any order"), 1000));
    body->addWidget(new Hairline);
    body->addWidget(makeSampleHeader());
    m_samples = new SampleGrid;
    body->addWidget(m_samples);
    body->addStretch(1);

    setLayout(makeColumn({page}));

    auto* drop = new DropOverlay(this);
    connect(drop, &DropOverlay::pathsDropped, this, [this](const QStringList& paths) { setSpec(specOf(paths)); });
    connect(&m_templates, &OptionForm::edited, this, &DataPage::lookSoon);
    connect(m_augmentation, &AugmentationSection::edited, this, &WizardPage::edited);
    connect(&m_order, &OptionForm::edited, this, [this] {
        m_reading->setSummary(OptionTexts::reading(m_state.options));
        Q_EMIT edited();
    });
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelay);
    connect(&m_delay, &QTimer::timeout, this, &DataPage::look);
}

QWidget* DataPage::makePathRow() {
    auto* row = new QWidget;
    m_path = new QLineEdit;
    m_path->setAccessibleName(tr("Data"));
    auto* choose = makeButton(tr("Choose…"), QStringLiteral("ui/folder"));
    auto* menu = new QMenu(choose);
    menu->addAction(tr("A folder…"), this, &DataPage::choose);
    menu->addAction(tr("A file…"), this, [this] {
        const QString file = QFileDialog::getOpenFileName(
            this, tr("Data to train on"), {}, tr("Data (*.csv *.tsv *.txt *.json *.jsonl *.tar);;All files (*)"));
        if (!file.isEmpty()) setSpec(file);
    });
    choose->setMenu(menu);
    m_useScenes = makeButton(tr("Use scenes instead"), QStringLiteral("ui/grid"));
    row->setLayout(makeRow({{m_path, 1}, choose, m_useScenes}, 8));
    connect(m_path, &QLineEdit::textEdited, this, &DataPage::take);
    connect(m_useScenes, &QPushButton::clicked, this,
            [this] { setSpec(QString::fromStdString(defaultOptions().trainData)); });
    return row;
}

QWidget* DataPage::makeOptionsRow() {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    const auto group = [layout] {
        auto* widget = new QWidget;
        auto* inner = new QHBoxLayout(widget);
        inner->setContentsMargins(0, 0, 0, 0);
        inner->setSpacing(px(16));
        layout->addWidget(widget);
        return widget;
    };
    m_sceneOptions = group();
    m_count = new QSpinBox;
    m_count->setRange(200, 2'000'000);
    m_count->setSingleStep(1000);
    m_count->setGroupSeparatorShown(true);
    m_seed = new QSpinBox;
    m_seed->setRange(0, 1'000'000);
    m_sceneOptions->layout()->addWidget(new FormField(tr("Scenes"), m_count, tr("Drawn as they are needed.")));
    m_sceneOptions->setMaximumWidth(px(420));
    m_sceneOptions->layout()->addWidget(new FormField(tr("Seed"), m_seed, tr("Equal seeds, equal scenes.")));
    m_columnOptions = group();
    m_imageColumn = new QComboBox;
    m_captionColumn = new QComboBox;
    m_columnOptions->layout()->addWidget(new FormField(tr("Image column"), m_imageColumn, {}));
    m_columnOptions->layout()->addWidget(new FormField(tr("Caption column"), m_captionColumn, {}));
    layout->addStretch();
    m_columnOptions->hide();
    const auto scenes = [this] {
        if (!m_loading) setSpec(QStringLiteral("scenes:count=%1,seed=%2").arg(m_count->value()).arg(m_seed->value()));
    };
    connect(m_count, &QSpinBox::valueChanged, this, scenes);
    connect(m_seed, &QSpinBox::valueChanged, this, scenes);
    const auto columns = [this] {
        m_state.options.imageKey = m_imageColumn->currentData().toString().toStdString();
        m_state.options.captionKey = m_captionColumn->currentData().toString().toStdString();
        lookSoon();
    };
    connect(m_imageColumn, &QComboBox::activated, this, columns);
    connect(m_captionColumn, &QComboBox::activated, this, columns);
    return row;
}

QWidget* DataPage::makeSampleHeader() {
    auto* row = new QWidget;
    m_sampleNote = new TextLabel({}, 12, 400, &Tokens::text2);
    auto* others = makeButton(tr("Show others"), QStringLiteral("ui/refresh"));
    row->setLayout(makeRow({new TextLabel(tr("Sample"), 13, 600), {m_sampleNote, 1}, others}, 12));
    connect(others, &QPushButton::clicked, this, [this] {
        ++m_round;
        look();
    });
    return row;
}

QString DataPage::stepSummary() const {
    const QString name = dataName(m_state.options);
    if (!m_problem.isEmpty()) return tr("cannot be read yet");
    if (!m_preview) return name;
    return tr("%1, %Ln images", nullptr, static_cast<int>(trainingImages(m_preview->summary))).arg(name);
}

QWidget* DataPage::sidePanel() {
    return m_panel;
}

void DataPage::focusFirst() {
    m_path->setFocus();
}

void DataPage::choose() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Data to train on"));
    if (!folder.isEmpty()) setSpec(folder);
}

void DataPage::setSpec(const QString& spec) {
    m_path->setText(isScenes(spec) ? spec : shortPath(spec));
    take();
}

void DataPage::load() {
    const QString spec = fromPath(m_state.options.trainData);
    m_path->setText(isScenes(spec) ? spec : shortPath(spec));
    m_augmentation->load();
    m_templates.load();
    m_order.load();
    m_reading->setSummary(OptionTexts::reading(m_state.options));
    if ((!m_preview && !m_looking) || m_lookedAt != m_state.options.trainData) look();
}

void DataPage::take() {
    const QString spec = expanded(m_path->text());
    m_state.options.trainData = toPath(spec).native();
    m_state.options.imageKey.clear();
    m_state.options.captionKey.clear();
    m_round = 0;
    m_problem.clear();
    lookSoon();
}

void DataPage::lookSoon() {
    m_looking = true;
    m_delay.start();
    Q_EMIT edited();
}

void DataPage::look() {
    m_delay.stop();
    const std::string spec = m_state.options.trainData;
    const bool scenes = isScenes(QString::fromStdString(spec));
    m_loading = true;
    m_sceneOptions->setVisible(scenes);
    m_augmentation->setVisible(!scenes);  // a caption says where things are
    m_reading->setVisible(!scenes);
    m_useScenes->setEnabled(!scenes);
    if (scenes) {
        const QString text = QString::fromStdString(spec);
        m_count->setValue(static_cast<int>(sceneValue(text, QStringLiteral("count"), kDefaultScenes)));
        m_seed->setValue(static_cast<int>(sceneValue(text, QStringLiteral("seed"), 1)));
    }
    m_loading = false;
    m_looking = true;
    if (spec.empty()) {
        m_lookedAt = spec;
        fail({tr("Data"), tr("no data was given"), tr("Choose a folder or file, or use scenes.")});
        return;
    }
    if (m_lookedAt != spec) forget();
    m_lookedAt = spec;
    showStatus({}, tr("Looking at the data…"), false);
    const DatasetOptions options = datasetOptions(m_state.options);
    auto result = std::make_shared<std::shared_ptr<const DataPreview>>();
    m_lookJob =
        m_engine.runTask(&m_lookOwner, tr("Looking at the data"),
                         [spec, options, round = m_round, result](const JobContext& job) {
                             *result = std::make_shared<const DataPreview>(previewData(spec, options, round, job));
                         },
                         {[this, result] { showPreview(*result); }, [this](const JobError& error) { fail(error); },
                          [this] { m_looking = false; }});
}

/// What is shown of other data.
void DataPage::forget() {
    m_preview.reset();
    m_state.preview = nullptr;
    m_columnOptions->hide();
    m_splits->setSummary({});
    m_samples->setSamples({});
    m_sampleNote->clear();
    m_panel->clear();
    m_engine.cancel(m_checkJob);
}

void DataPage::stop() {
    if (m_delay.isActive() || m_looking) m_lookedAt.clear();  // and so looks again
    m_delay.stop();
    m_engine.cancel(m_lookJob);
    m_engine.cancel(m_checkJob);
}

void DataPage::showPreview(std::shared_ptr<const DataPreview> preview) {
    const bool sameData = m_preview && m_round > 0;
    m_preview = std::move(preview);
    m_state.preview = m_preview.get();
    m_looking = false;
    m_problem.clear();
    const DatasetSummary& summary = m_preview->summary;
    const QString kind = QString::fromStdString(summary.kind);
    const qint64 images = static_cast<qint64>(summary.images), captions = static_cast<qint64>(summary.captions);
    const QString counts = tr("%1 images with %2 captions").arg(formatCount(images), formatCount(captions));
    showStatus(engineText(kind),
               kind == QLatin1String("Scenes")
                   ? tr("coloured shapes drawn by Diagonal; a fifth of the combinations is held out for validation")
                   : tr("recognised, %1").arg(counts),
               false);
    fillColumns();
    m_templatesField->setVisible(m_preview->hasTemplates);
    m_splits->setSummary(summary);
    m_samples->setSamples(m_preview->samples);
    m_sampleNote->setText(tr("%1 of %2 images, each with one of its captions")
                              .arg(formatCount(static_cast<qint64>(m_preview->samples.size())), formatCount(images)));
    if (sameData) return;
    m_panel->showSummary(summary, false);
    if (kind != QLatin1String("Scenes")) checkImages();
    Q_EMIT previewed();
}

void DataPage::checkImages() {
    const std::string spec = m_state.options.trainData;
    const DatasetOptions options = datasetOptions(m_state.options);
    auto result = std::make_shared<DatasetSummary>();
    m_panel->setNote(tr("checking the images…"));
    m_checkJob = m_engine.runTask(
        &m_checkOwner, tr("Checking images"),
        [spec, options, result](const JobContext& job) { *result = summarize(spec, options, true, job); },
        {[this, result, spec] {
             if (spec == m_state.options.trainData) m_panel->showSummary(*result, true);
         },
         [this](const JobError& error) { m_panel->setNote(error.problem); },
         [this, spec] {
             if (spec == m_lookedAt && m_preview) m_panel->setNote(tr("not all images were checked"));
         }});
}

void DataPage::fail(const JobError& error) {
    m_looking = false;
    forget();
    m_problem = error.problem;
    QString text = error.problem.left(1).toUpper() + error.problem.mid(1) + QLatin1Char('.');
    if (!error.remedy.isEmpty()) text += QLatin1Char(' ') + error.remedy;
    if (!text.endsWith(QLatin1Char('.'))) text += QLatin1Char('.');
    showStatus({}, text, true);
    // A template that was wrong can be corrected.
    if (m_state.options.templates.empty()) m_templatesField->hide();
    Q_EMIT previewed();
}

bool DataPage::check() {
    if (m_path->text().trimmed().isEmpty()) look();
    return m_problem.isEmpty() && m_augmentation->isGood() && m_order.isGood();
}

void DataPage::showStatus(const QString& kind, const QString& text, bool isError) {
    m_mark->setVisible(isError || !kind.isEmpty());
    m_isWrong = isError;
    paintMark();
    m_kind->setText(kind);
    m_kind->setVisible(!kind.isEmpty());
    m_status->setText(text);
    m_status->setColour(isError ? &Tokens::error : &Tokens::text2);
}

void DataPage::paintMark() {
    const QString icon = m_isWrong ? QStringLiteral("ui/error") : QStringLiteral("ui/check");
    m_mark->setPixmap(Theme::instance().pixmap(icon, px(16), colour(m_isWrong ? &Tokens::error : &Tokens::accent),
                                               devicePixelRatioF()));
}

void DataPage::fillColumns() {
    m_columnOptions->setVisible(!m_preview->columns.isEmpty());
    const auto fill = [this](QComboBox* box, const std::string& chosen) {
        const QSignalBlocker blocker(box);
        box->clear();
        box->addItem(tr("Guess by name"), QString());
        for (const QString& column : m_preview->columns)
            box->addItem(column, column);
        box->setCurrentIndex(std::max(0, box->findData(QString::fromStdString(chosen))));
    };
    fill(m_imageColumn, m_state.options.imageKey);
    fill(m_captionColumn, m_state.options.captionKey);
}

}  // namespace diagonal
