// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/export_panel.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

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
      m_format(new SegmentedControl),
      m_normalize(new QCheckBox(tr("Normalise to unit length"))),
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
      m_failures(new LinkLabel(tr("Show what failed"))) {
    setLayout(makeColumn({optionsSection(), new Hairline, amountSection(), runSection(), stretch(1)}));
    setMinimumWidth(px(320));
    refresh();
}

QWidget* ExportPanel::optionsSection() {
    m_format->addSegment(QStringLiteral("CSV"), "csv");
    m_format->addSegment(QStringLiteral("NPY"), "npy");
    m_format->addSegment(QStringLiteral("safetensors"), "safetensors");
    m_format->setStretched(true);
    m_format->setAccessibleName(tr("File format"));
    m_format->setCurrentData(settings().value("embeddings/format", "csv"));
    if (m_format->currentIndex() < 0) m_format->setCurrentIndex(0);
    m_normalize->setChecked(settings().value("embeddings/normalize", true).toBool());
    m_normalize->setToolTip(tr("Of unit length, the dot product of two embeddings is their cosine similarity"));
    auto* hint = makeWrapped(tr("Dot products are then cosines. Off: the numbers as the model gives them"), 12, 400,
                             &Tokens::text2);
    connect(m_format, &SegmentedControl::currentChanged, this, [this] {
        settings().setValue("embeddings/format", format());
        refresh();
    });
    connect(m_normalize, &QCheckBox::toggled, this, [this](bool on) {
        settings().setValue("embeddings/normalize", on);
        Q_EMIT normalizedChanged(on);
    });
    return sectionOf({new SectionHeader(tr("File")), m_format, m_formatHint, gap(8), m_normalize, hint});
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
    m_resultRow->setLayout(makeColumn({m_result, makeRow({m_folder, m_failures, stretch()}, 16)}, 8));
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

QString ExportPanel::formatHint() const {
    return m_formatHint->text();
}

QString ExportPanel::resultText() const {
    return m_resultRow->isHidden() ? QString() : m_result->text();
}

void ExportPanel::setAmount(bool texts, qint64 rows, qint64 dim, qint64 nameBytes, const QString& model) {
    if (texts != std::exchange(m_texts, texts)) m_resultRow->hide();  // of the other kind
    m_rows = rows;
    m_dim = dim;
    m_nameBytes = nameBytes;
    m_model = model;
    refresh();
}

void ExportPanel::refresh() {
    const QString name = format();
    if (name == "csv")
        m_formatHint->setText(m_texts
                                  ? tr("A row each: the text, e0, e1, … Opens in any spreadsheet; large for many rows")
                                  : tr("A row each: path, e0, e1, … Opens in any spreadsheet; large for many rows"));
    else if (name == "npy")
        m_formatHint->setText(m_texts ? tr("For numpy.load. The texts stand beside it in FILE.paths.txt")
                                      : tr("For numpy.load. The names stand beside it in FILE.paths.txt"));
    else
        m_formatHint->setText(m_texts ? tr("The tensor “embeddings”, with the texts in its metadata")
                                      : tr("The tensor “embeddings”, with the names in its metadata"));

    const bool ready = m_rows > 0 && m_dim > 0;
    m_export->setEnabled(ready && !m_running);
    m_export->setToolTip(m_rows == 0  ? (m_texts ? tr("There are no texts yet") : tr("There are no images yet"))
                         : m_dim == 0 ? tr("The model is still being loaded")
                                      : QString());
    if (!ready) {
        m_amount->setText(QStringLiteral("–"));
        m_details->setText(m_texts ? tr("Type texts, or open a text file with one text a line")
                                   : tr("Drop images or a folder, or open them"));
        return;
    }
    m_amount->setText(tr("%1 × %2 numbers").arg(formatCount(m_rows), formatCount(m_dim)));
    const QString what = m_texts ? tr("one row per text") : tr("one row per image");
    m_details->setText(tr("32-bit floats, %1, about %2. Embedded by %3")
                           .arg(what, formatBytes(estimatedBytes(name, m_rows, m_dim, m_nameBytes)), m_model));
}

void ExportPanel::setRunning(bool running) {
    // The keyboard stays here: a button that cannot be used hands it on to wherever.
    const bool hadFocus = m_export->hasFocus() || m_cancel->hasFocus();
    m_running = running;
    m_progressRow->setVisible(running);
    if (hadFocus && running) m_cancel->setFocus();
    if (running) m_resultRow->hide();
    m_format->setEnabled(!running);
    m_normalize->setEnabled(!running);
    refresh();
    if (hadFocus && !running) m_export->setFocus();
}

void ExportPanel::showProgress(qint64 done, qint64 total, double perSecond, double secondsLeft) {
    m_busy->step();
    m_bar->setValue(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0);
    QStringList parts{tr("%1 of %2").arg(formatCount(done), formatCount(total))};
    if (done > 0 && done < total)
        parts << formatRate(perSecond, m_texts ? tr("texts/s") : tr("images/s"))
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
}

void ExportPanel::showStopped(const QString& text) {
    showResult(text, {}, 0);
}

}  // namespace diagonal
