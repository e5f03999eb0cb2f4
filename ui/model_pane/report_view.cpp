// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/report_view.h"

#include <QApplication>
#include <QClipboard>
#include <QLocale>
#include <QPushButton>
#include <QRegularExpression>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/model_pane/files_section.h"
#include "ui/model_pane/part_tree_view.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/fact_grid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

namespace {

QString words(const std::string& text) {
    return engineText(text);
}

/// "CLIP's own, 49,408 tokens".
QString withSeparators(QString text) {
    static const QRegularExpression number(QStringLiteral("\\d{4,}"));
    const QRegularExpressionMatch found = number.match(text);
    if (found.hasMatch()) text.replace(found.captured(), formatCount(found.captured().toLongLong()));
    return text;
}

QString flopsText(int64_t flops) {
    const double giga = static_cast<double>(flops) / 1e9;
    if (giga < 0.1) return ReportView::tr("%1 MFLOPs").arg(QLocale().toString(1000 * giga, 'f', 1));
    return ReportView::tr("%1 GFLOPs").arg(QLocale().toString(giga, 'f', giga < 100 ? 1 : 0));
}

std::vector<FactGroup> factsOf(const ModelReport& report) {
    const ModelInfo& info = report.info;
    const QString flopsHint = ReportView::tr(
        "A multiplication and an addition count as two. One image; one text that "
        "fills the context.");
    FactGroup size{ReportView::tr("Size"),
                   {{ReportView::tr("Parameters"), formatCount(info.parameters), true},
                    {ReportView::tr("Image tower"), formatCount(report.imageParameters), true},
                    {ReportView::tr("Text tower"), formatCount(report.textParameters), true},
                    {ReportView::tr("One image"), flopsText(report.imageFlops), true, flopsHint},
                    {ReportView::tr("One text"), flopsText(report.textFlops), true, flopsHint},
                    {ReportView::tr("On disk"), formatBytes(static_cast<qint64>(report.bytes)), true}}};
    FactGroup input{ReportView::tr("Images and texts"),
                    {{ReportView::tr("Image size"), QStringLiteral("%1 × %1").arg(info.imageSize)},
                     {ReportView::tr("Preprocessing"), words(info.preprocessing)},
                     {ReportView::tr("Tokenizer"), withSeparators(words(info.tokenizer))},
                     {ReportView::tr("Context"), ReportView::tr("%n token(s)", nullptr, info.contextLength)},
                     {ReportView::tr("Embedding"), ReportView::tr("%n dimension(s)", nullptr, info.embedDim)}}};
    QString activation = words(info.activation);
    if (!info.activationFrom.empty()) activation += ReportView::tr(", from %1").arg(words(info.activationFrom));
    FactGroup weights{ReportView::tr("Model"),
                      {{ReportView::tr("Architecture"), words(info.architecture)},
                       {ReportView::tr("Built as"), words(report.summary)},
                       {ReportView::tr("Activation"), activation},
                       {ReportView::tr("Stored as"), words(info.dtype)},
                       {ReportView::tr("Temperature"),
                        ReportView::tr("%1, logit scale %2")
                            .arg(formatTemperature(info.temperature), QLocale().toString(info.logitScale, 'f', 2))}}};
    if (info.architecture == report.summary) weights.facts.erase(weights.facts.begin() + 1);
    if (info.hasLogitBias)
        weights.facts.push_back({ReportView::tr("Logit bias"), QLocale().toString(info.logitBias, 'f', 3)});
    std::vector<FactGroup> groups{weights, input, size};
    if (!info.metadata.empty()) {
        FactGroup more{ReportView::tr("Also in the files"), {}};
        for (const auto& [name, value] : info.metadata)
            more.facts.push_back({words(name), words(value)});
        groups.push_back(more);
    }
    return groups;
}

}  // namespace

ReportView::ReportView(Services& services, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_title(new ElidedLabel({}, 20, 600)),
      m_state(new Pill(tr("Open now"))),
      m_provenance(new ElidedLabel({}, 12, 500, &Tokens::text2)),
      m_path(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_use(makeButton(tr("Use this model"), QStringLiteral("ui/check"), ButtonKind::Primary)),
      m_convert(makeButton(tr("Convert…"), QStringLiteral("ui/export"))),
      m_remove(makeButton(tr("Remove…"))),
      m_notice(new NoticeBar),
      m_facts(new FactGrid),
      m_treeHeader(new SectionHeader(tr("Architecture"))),
      m_tree(new PartTreeView(services)),
      m_files(new FilesSection(services.engine())) {
    auto* content = new QWidget;
    auto* copy = new IconButton(QStringLiteral("ui/copy"), tr("Copy the architecture as text"));
    connect(copy, &IconButton::clicked, this, [this] {
        m_tree->copyText();
        m_services.notify(tr("The architecture is in the clipboard"));
    });
    m_treeHeader->addRight(copy);
    content->setLayout(
        makeColumn({m_facts, gap(12), new Hairline, m_treeHeader, {m_tree, 1}, gap(12), new Hairline, m_files}, 0,
                   {24, 4, 24, 16}));
    m_notice->setClosable(false);
    setLayout(makeColumn({makeHeader(), m_notice, {makeScroll(content), 1}}));
    followTheme(this, [this] { m_tree->setMinimumHeight(px(260)); });

    connect(m_use, &QPushButton::clicked, this, &ReportView::useClicked);
    connect(m_convert, &QPushButton::clicked, this, &ReportView::convertClicked);
    connect(m_remove, &QPushButton::clicked, this, &ReportView::removeClicked);
    setState(false, false, false);
}

QWidget* ReportView::makeHeader() {
    auto* header = new Panel(&Tokens::surface, Qt::BottomEdge);
    m_title->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_title->setElideMode(Qt::ElideMiddle);
    m_path->setElideMode(Qt::ElideMiddle);
    m_path->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* copy = new IconButton(QStringLiteral("ui/copy"), tr("Copy the path"));
    auto* reveal = new IconButton(QStringLiteral("ui/folder"), tr("Show in folder"));
    connect(copy, &IconButton::clicked, this, [this] {
        if (m_report) QApplication::clipboard()->setText(fromPath(m_report->info.path));
        m_services.notify(tr("The path is in the clipboard"));
    });
    connect(reveal, &IconButton::clicked, this, [this] {
        if (m_report) m_services.showInFolder(fromPath(m_report->info.path));
    });
    header->setLayout(makeColumn({makeRow({m_title, m_state, stretch(1), m_remove, m_convert, m_use}, 8),
                                  makeRow({m_provenance, m_path, copy, reveal, stretch(1)}, 8)},
                                 2, {24, 12, 16, 10}));
    return header;
}

void ReportView::setReport(const QString& name, std::shared_ptr<const ModelReport> report) {
    m_report = std::move(report);
    const ModelInfo& info = m_report->info;
    m_title->setText(name);
    m_provenance->setText(words(info.format));
    m_path->setText(formatPath(fromPath(info.path)));
    m_facts->setGroups(factsOf(*m_report));
    m_treeHeader->setNote(tr("%Ln tensor(s)", nullptr, static_cast<int>(info.tensors.size())));
    m_tree->setReport(m_report);
    m_files->setReport(m_report);
    QStringList notes;
    if (!info.knows.empty()) notes << tr("This model knows %1 and nothing else.").arg(words(info.knows));
    for (const std::string& note : info.notes) {
        const QString sentence = words(note);
        notes << sentence.left(1).toUpper() + sentence.mid(1) + QLatin1Char('.');
    }
    if (notes.isEmpty())
        m_notice->hide();
    else
        m_notice->notice(NoticeBar::Kind::Info, notes.join(QLatin1Char(' ')));
}

void ReportView::setState(bool isOpen, bool isLoading, bool isRemovable) {
    m_state->setVisible(isOpen);
    m_use->setText(isLoading ? tr("Opening…") : tr("Use this model"));
    m_use->setEnabled(!isOpen && !isLoading);
    m_use->setToolTip(isOpen ? tr("It is in use already") : QString());
    m_remove->setVisible(isRemovable);
}

}  // namespace diagonal
