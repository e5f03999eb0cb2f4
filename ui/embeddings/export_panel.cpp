// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/export_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/base/settings.h"
#include "ui/style/layouts.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

QWidget* sectionOf(std::initializer_list<LayoutItem> items) {
    auto* section = new QWidget;
    section->setLayout(makeColumn(items, 6, {16, 0, 16, 16}));
    return section;
}

}  // namespace

ExportPanel::ExportPanel(QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_format(new QComboBox),
      m_type(new SegmentedControl),
      m_normalize(new QCheckBox(tr("Normalise to unit length"))),
      m_videos(new QWidget),
      m_every(new QDoubleSpinBox),
      m_patches(new QCheckBox(tr("Also parts of each frame"))),
      m_formatHint(makeWrapped({}, 12, 400, &Tokens::text2)),
      m_amount(new TextLabel({}, 20, 600)),
      m_details(makeWrapped({}, 12, 400, &Tokens::text2)),
      m_export(makeButton(tr("Export…"), "ui/export", ButtonKind::Primary)),
      m_progressRow(new QWidget),
      m_busy(new BusyMark),
      m_bar(new Bar),
      m_progress(new TabularLabel({}, 12, 400, &Tokens::text2)),
      m_cancel(makeButton(tr("Cancel"))),
      m_resultRow(new QWidget),
      m_result(makeWrapped({}, 13, 400)),
      m_folder(new LinkLabel(tr("Show in folder"))),
      m_failures(new LinkLabel(tr("Show what failed"))),
      m_resume(new LinkLabel(tr("Resume"))),
      m_discard(new LinkLabel(tr("Discard"))) {
    setLayout(makeColumn({optionsSection(), videoSection(), new Hairline, amountSection(), runSection(), stretch(1)}));
    setMinimumWidth(px(320));
    refresh();
}

QWidget* ExportPanel::optionsSection() {
    m_format->addItem(QStringLiteral("CSV"), "csv");
    m_format->addItem(QStringLiteral("NPY"), "npy");
    m_format->addItem(QStringLiteral("safetensors"), "safetensors");
    m_format->addItem(tr("Projector of TensorBoard"), "projector");
    m_format->setAccessibleName(tr("File format"));
    m_format->setCurrentIndex(std::max(0, m_format->findData(settings().value("embeddings/format", "csv"))));
    m_type->addSegment(tr("32-bit"), static_cast<int>(FloatType::Float32));
    m_type->addSegment(tr("16-bit"), static_cast<int>(FloatType::Float16));
    m_type->setStretched(true);
    m_type->setAccessibleName(tr("Numbers"));
    m_type->setCurrentIndex(settings().value("embeddings/half", false).toBool() ? 1 : 0);
    m_type->setToolTip(tr("16-bit floats take half the room and keep three digits"));
    m_normalize->setChecked(settings().value("embeddings/normalize", true).toBool());
    m_normalize->setToolTip(tr("Of unit length, the dot product of two embeddings is their cosine similarity"));
    auto* hint = makeWrapped(tr("Dot products are then cosines. Off: the numbers as the model gives them"), 12, 400,
                             &Tokens::text2);
    connect(m_format, &QComboBox::currentIndexChanged, this, [this] {
        settings().setValue("embeddings/format", format());
        refresh();
    });
    connect(m_type, &SegmentedControl::currentChanged, this, [this] {
        settings().setValue("embeddings/half", type() == FloatType::Float16);
        refresh();
    });
    connect(m_normalize, &QCheckBox::toggled, this, [this](bool on) {
        settings().setValue("embeddings/normalize", on);
        Q_EMIT normalizedChanged(on);
    });
    return sectionOf(
        {new SectionHeader(tr("File")), m_format, m_formatHint, gap(8), m_type, gap(8), m_normalize, hint});
}

QWidget* ExportPanel::videoSection() {
    m_every->setRange(0.5, 3600);
    m_every->setDecimals(1);
    m_every->setValue(VideoSampling().every);
    m_every->setSuffix(tr(" s"));
    m_every->setAccessibleName(tr("Seconds between frames of a long shot"));
    m_patches->setToolTip(tr("Half-overlapping parts, a row each: small things are found"));
    auto* every = new TextLabel(tr("A frame every"));
    m_videos->setLayout(
        makeColumn({new Hairline, new SectionHeader(tr("Videos")),
                    makeWrapped(tr("Each shot has a frame; long ones have more"), 12, 400, &Tokens::text2),
                    makeRow({every, m_every, stretch()}, 8), m_patches},
                   6, {16, 0, 16, 16}));
    m_videos->hide();
    return m_videos;
}

QWidget* ExportPanel::amountSection() {
    setButtonBig(m_export);
    connect(m_export, &QPushButton::clicked, this, &ExportPanel::exportClicked);
    return sectionOf({new SectionHeader(tr("What will be written")), m_amount, m_details, gap(8), m_export});
}

QWidget* ExportPanel::runSection() {
    m_progress->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_progressRow->setLayout(makeColumn({makeRow({m_busy, {m_progress, 1}, m_cancel}, 8), m_bar}, 8));
    m_bar->setAccessibleName(tr("Progress of the export"));
    connect(m_cancel, &QPushButton::clicked, this, &ExportPanel::cancelClicked);
    m_resultRow->setLayout(
        makeColumn({m_result, makeRow({m_resume, m_discard, m_folder, m_failures, stretch()}, 16)}, 8));
    m_resume->setToolTip(tr("Go on with what is left"));
    m_discard->setToolTip(tr("Remove what was embedded already"));
    connect(m_resume, &QAbstractButton::clicked, this, &ExportPanel::resumeClicked);
    connect(m_discard, &QAbstractButton::clicked, this, [this] {
        m_resultRow->hide();
        Q_EMIT discardClicked();
    });
    connect(m_folder, &QAbstractButton::clicked, this, &ExportPanel::showFolderClicked);
    connect(m_failures, &QAbstractButton::clicked, this, &ExportPanel::showFailuresClicked);
    m_progressRow->hide();
    m_resultRow->hide();
    return sectionOf({m_progressRow, m_resultRow});
}

QString ExportPanel::format() const {
    return m_format->currentData().toString();
}

bool ExportPanel::normalized() const {
    return m_normalize->isChecked();
}

FloatType ExportPanel::type() const {
    return static_cast<FloatType>(m_type->currentData().toInt());
}

VideoSampling ExportPanel::sampling() const {
    VideoSampling sampling;
    sampling.every = m_every->value();
    sampling.patches = m_patches->isChecked();
    return sampling;
}

QString ExportPanel::formatHint() const {
    return m_formatHint->text();
}

QString ExportPanel::resultText() const {
    return m_resultRow->isHidden() ? QString() : m_result->text();
}

void ExportPanel::setAmount(const Amount& amount) {
    if (amount.texts != m_amountOf.texts || amount.data != m_amountOf.data) m_resultRow->hide();  // of another kind
    m_amountOf = amount;
    refresh();
}

void ExportPanel::refresh() {
    const QString name = format();
    const bool texts = m_amountOf.texts;
    if (name == "csv")
        m_formatHint->setText(texts
                                  ? tr("A row each: the text, e0, e1, … Opens in any spreadsheet; large for many rows")
                                  : tr("A row each: path, e0, e1, … Opens in any spreadsheet; large for many rows"));
    else if (name == "npy")
        m_formatHint->setText(texts ? tr("For numpy.load. The texts stand beside it in FILE.paths.txt")
                                    : tr("For numpy.load. The names stand beside it in FILE.paths.txt"));
    else if (name == "safetensors")
        m_formatHint->setText(texts ? tr("The tensor “embeddings”, with the texts in its metadata")
                                    : tr("The tensor “embeddings”, with the names in its metadata"));
    else
        m_formatHint->setText(
            texts ? tr("A folder with tensors.tsv and metadata.tsv, for tensorboard --logdir")
                  : tr("A folder with tensors.tsv, metadata.tsv and small pictures, for tensorboard --logdir"));
    m_type->setEnabled(!m_running && name != "projector");
    m_videos->setVisible(m_amountOf.videos > 0);

    const qint64 rows = m_amountOf.rows;
    const bool ready = rows > 0 && m_amountOf.dim > 0;
    m_export->setEnabled(ready && !m_running);
    const QString nothing = m_amountOf.data ? tr("There is no data set yet")
                            : texts         ? tr("There are no texts yet")
                                            : tr("There are no images yet");
    m_export->setToolTip(rows == 0 ? nothing : m_amountOf.dim == 0 ? tr("The model is still being loaded") : QString());
    if (!ready) {
        m_amount->setText(QStringLiteral("–"));
        m_details->setText(m_amountOf.data ? tr("Name a data set, or choose its folder or file")
                           : texts         ? tr("Type texts, or open a text file with one text a line, or a table")
                                           : tr("Drop images, videos, a folder or a table, or open them"));
        return;
    }
    m_amount->setText(tr("%1 × %2 numbers").arg(formatCount(rows), formatCount(m_amountOf.dim)));
    const bool isHalf = type() == FloatType::Float16 && name != "projector";
    QStringList said{isHalf ? tr("16-bit floats") : tr("32-bit floats")};
    said << (texts ? tr("one row per text") : tr("one row per image"));
    if (m_amountOf.videos > 0) said << tr("of %Ln video(s) one per key frame", nullptr, m_amountOf.videos);
    const qint64 bytes = estimatedBytes(name, rows, m_amountOf.dim, m_amountOf.nameBytes,
                                        isHalf ? FloatType::Float16 : FloatType::Float32);
    said << (m_amountOf.videos > 0 ? tr("at least %1") : tr("about %1")).arg(formatBytes(bytes));
    m_details->setText(tr("%1. Embedded by %2").arg(said.join(tr(", ")), m_amountOf.model));
}

void ExportPanel::setRunning(bool running) {
    // The keyboard stays here: a button that cannot be used hands it on to wherever.
    const bool hadFocus = m_export->hasFocus() || m_cancel->hasFocus();
    m_running = running;
    m_progressRow->setVisible(running);
    if (hadFocus && running) m_cancel->setFocus();
    if (running) m_resultRow->hide();
    for (QWidget* option : std::initializer_list<QWidget*>{m_format, m_normalize, m_every, m_patches})
        option->setEnabled(!running);
    refresh();
    if (hadFocus && !running) m_export->setFocus();
}

void ExportPanel::showProgress(qint64 done, qint64 total, double perSecond, double secondsLeft) {
    m_busy->step();
    m_bar->setValue(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0);
    QStringList parts{tr("%1 of %2").arg(formatCount(done), formatCount(total))};
    if (done > 0 && done < total)
        parts << formatRate(perSecond, m_amountOf.texts ? tr("texts/s") : tr("images/s"))
              << tr("%1 left").arg(formatTimeLeft(secondsLeft));
    if (done == total) parts << tr("writing");
    m_progress->setText(parts.join(QStringLiteral(" · ")));
}

void ExportPanel::showResult(const QString& text, const QString& file, qint64 failures) {
    setRunning(false);
    m_result->setText(text);
    m_resultRow->show();
    m_folder->setVisible(!file.isEmpty());
    m_folder->setToolTip(file);
    m_failures->setVisible(failures > 0);
    m_resume->hide();
    m_discard->hide();
}

void ExportPanel::showStopped(const QString& text, bool canResume) {
    showResult(text, {}, 0);
    m_resume->setVisible(canResume);
    m_discard->setVisible(canResume);
}

}  // namespace diagonal
