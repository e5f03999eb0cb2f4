// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/data_source.h"

#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kDelay = 400;

/// What a task has found out.
struct Found {
    std::shared_ptr<const EmbeddingItems> items;
    QString kind;
    QStringList names;
    qint64 images = 0, captions = 0, missing = 0;
};

Found open(const std::string& spec, Split split, DataPart part, const JobContext& job) {
    DatasetOptions options;
    options.split = split;
    options.opening = {job.stop, {}};
    const auto dataset = openDataset(spec, options);
    Found found;
    found.kind = QString::fromStdString(dataset->kind());
    found.images = static_cast<qint64>(dataset->size());
    found.missing = static_cast<qint64>(dataset->missing());
    for (size_t i = 0; i < dataset->size(); ++i) {
        job.throwIfStopped();
        found.captions += static_cast<qint64>(dataset->captionCount(i));
        if (part == DataPart::Images && found.names.size() < DataSource::kNames)
            found.names << fromPath(std::filesystem::path(dataset->name(i)));
        for (size_t k = 0; part == DataPart::Captions && k < dataset->captionCount(i); ++k)
            if (found.names.size() < DataSource::kNames) {
                const std::string_view caption = dataset->caption(i, k);
                found.names << QString::fromUtf8(caption.data(), static_cast<qsizetype>(caption.size()));
            }
    }
    found.items = std::make_shared<DatasetItems>(dataset, part);
    return found;
}

}  // namespace

DataSource::DataSource(Services& services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_spec(new QLineEdit),
      m_part(new SegmentedControl),
      m_split(new QComboBox),
      m_choose(makeButton(tr("Choose…"), QStringLiteral("ui/folder"))),
      m_status(makeWrapped({}, 12, 400, &Tokens::text2)) {
    auto* header = new SectionHeader(tr("Data set"));
    header->setNote(tr("as for training: pictures with captions, or in folders named after what they show"));
    m_spec->setAccessibleName(tr("Data set"));
    m_spec->setPlaceholderText(tr("A folder or a file, or scenes:count=1000"));
    auto* menu = new QMenu(m_choose);
    menu->addAction(tr("A folder…"), this, &DataSource::chooseFolder);
    menu->addAction(tr("A file…"), this, &DataSource::chooseFile);
    static_cast<QPushButton*>(m_choose)->setMenu(menu);
    m_part->addSegment(tr("Images"), static_cast<int>(DataPart::Images));
    m_part->addSegment(tr("Captions"), static_cast<int>(DataPart::Captions));
    m_part->setCurrentIndex(0);
    m_part->setAccessibleName(tr("What of the data set is embedded"));
    m_split->setAccessibleName(tr("Part of the data set"));
    m_split->addItem(tr("All parts"), static_cast<int>(Split::All));
    m_split->addItem(tr("Training"), static_cast<int>(Split::Train));
    m_split->addItem(tr("Validation"), static_cast<int>(Split::Validation));
    m_split->addItem(tr("Test"), static_cast<int>(Split::Test));
    setLayout(makeColumn({header, makeRow({{m_spec, 1}, m_choose}, 8), gap(8), makeRow({m_part, m_split, stretch()}, 8),
                          gap(8), m_status},
                         0, {16, 0, 16, 12}));
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelay);
    connect(&m_delay, &QTimer::timeout, this, &DataSource::read);
    connect(m_spec, &QLineEdit::textChanged, &m_delay, qOverload<>(&QTimer::start));
    connect(m_part, &SegmentedControl::currentChanged, this, &DataSource::read);
    connect(m_split, &QComboBox::activated, this, &DataSource::read);
}

void DataSource::setSpec(const QString& spec) {
    m_spec->setText(spec);
    m_delay.stop();
    read();
}

QString DataSource::spec() const {
    return m_spec->text().trimmed();
}

DataPart DataSource::part() const {
    return static_cast<DataPart>(m_part->currentData().toInt());
}

QString DataSource::status() const {
    return m_status->text();
}

void DataSource::setLocked(bool locked) {
    for (QWidget* widget : std::initializer_list<QWidget*>{m_spec, m_part, m_split, m_choose})
        widget->setEnabled(!locked);
}

void DataSource::chooseFile() {
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Data to embed"), {}, tr("Data (*.csv *.tsv *.txt *.json *.jsonl *.tar);;All files (*)"));
    if (!file.isEmpty()) setSpec(file);
}

void DataSource::chooseFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Data to embed"));
    if (!folder.isEmpty()) setSpec(folder);
}

void DataSource::read() {
    m_items.reset();
    m_names.clear();
    m_rows = 0;
    m_status->setColour(&Tokens::text2);
    setInvalid(m_spec, false);
    m_status->setText(spec().isEmpty() ? QString() : tr("Reading…"));
    Q_EMIT changed();
    auto found = std::make_shared<Found>();
    EngineService::TaskHandler handler;
    handler.finished = [this, found, part = part()] {
        if (!found->items) return;
        m_items = found->items;
        m_names = found->names;
        m_rows = part == DataPart::Images ? found->images : found->captions;
        QStringList said{tr("%1: %Ln image(s)", nullptr, static_cast<int>(found->images)).arg(found->kind),
                         tr("%Ln caption(s)", nullptr, static_cast<int>(found->captions))};
        if (found->missing > 0) said << tr("%Ln file(s) not found", nullptr, static_cast<int>(found->missing));
        m_status->setText(said.join(QStringLiteral(" · ")));
        Q_EMIT changed();
    };
    handler.failed = [this](const JobError& error) {
        setInvalid(m_spec, true);
        m_status->setColour(&Tokens::error);
        m_status->setText(error.text());
        Q_EMIT changed();
    };
    // Also with nothing to read: it takes the place of what is being read.
    m_services.engine().runTask(
        this, tr("Reading data"),
        [found, spec = toPath(spec()).native(), split = static_cast<Split>(m_split->currentData().toInt()),
         part = part()](const JobContext& job) {
            if (!spec.empty()) *found = open(spec, split, part, job);
        },
        std::move(handler));
}

}  // namespace diagonal
