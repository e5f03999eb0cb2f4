// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_strip.h"

#include <QStackedWidget>
#include <algorithm>

#include "ui/label/bar_list.h"
#include "ui/label/label_session.h"
#include "ui/label/named_sets.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kMostLabels = 200;  // by template: each costs a sentence a template
constexpr int kWordsAtOnce = 50;  // between two such parts pictures and typing get their turn
constexpr int kNearest = 10;
const QString kBestSeven = QStringLiteral("imagenet-7"), kVocabulary = QStringLiteral("imagenet"),
              kSmallVocabulary = QStringLiteral("cifar100");

}  // namespace

LabelStrip::LabelStrip(EngineService& engine, LabelSession& session, QWidget* parent)
    : QWidget(parent),
      m_engine(engine),
      m_session(session),
      m_templateStudy(engine),
      m_wordStudy(engine),
      m_continue(new LinkLabel(tr("Continue"))),
      m_header(new SectionHeader(tr("All images by top label"))),
      m_views(new SegmentedControl),
      m_pages(new QStackedWidget),
      m_counts(new BarList),
      m_templates(new BarList),
      m_words(new BarList) {
    m_views->addSegment(tr("Counts"), Counts);
    m_views->addSegment(tr("By template"), ByTemplate);
    m_views->addSegment(tr("Nearest words"), NearestWords);
    m_views->setSegmentToolTip(1, tr("How each sentence around the labels moves the answer for this image"));
    m_views->setSegmentToolTip(2, tr("Which words of a vocabulary come nearest to this image"));
    m_views->setCurrentIndex(0);
    m_views->setAccessibleName(tr("What stands below the picture"));
    m_continue->setLook(12, 600);
    m_continue->setToolTip(tr("Read the texts that are missing"));
    m_continue->hide();
    m_header->addRight(m_continue);
    m_header->addRight(m_views);
    m_header->setContentsMargins(px(16), 0, px(16), 0);
    for (BarList* bars : {m_counts, m_templates, m_words})
        m_pages->addWidget(bars);
    m_pages->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setLayout(makeColumn({m_header, makeRow({m_pages}, 0, {8, 0, 0, 0})}, 0, {0, 0, 0, 10}));

    connect(m_views, &SegmentedControl::currentChanged, this, [this] {
        m_pages->setCurrentIndex(view());
        m_templateStudy.setOn(view() == ByTemplate);
        m_wordStudy.setOn(view() == NearestWords);
        updateParts();
    });
    connect(&session, &LabelSession::labelsChanged, this, &LabelStrip::updateParts);
    connect(&engine, &EngineService::modelChanged, this, &LabelStrip::updateParts);
    connect(&session.images(), &ImageList::scoresChanged, this, &LabelStrip::refresh);
    connect(&m_templateStudy, &TextStudy::changed, this, &LabelStrip::refresh);
    connect(&m_wordStudy, &TextStudy::changed, this, &LabelStrip::refresh);
    connect(m_continue, &QAbstractButton::clicked, this,
            [this] { (view() == ByTemplate ? m_templateStudy : m_wordStudy).resume(); });
    connect(m_words, &BarList::chosen, this, &LabelStrip::wordChosen);
    updateParts();
}

LabelStrip::View LabelStrip::view() const {
    return static_cast<View>(m_views->currentData().toInt());
}

void LabelStrip::setView(View view) {
    m_views->setCurrentData(view);
}

bool LabelStrip::isReading() const {
    return (view() == ByTemplate && !m_templateStudy.isComplete()) ||
           (view() == NearestWords && !m_wordStudy.isComplete());
}

void LabelStrip::setImage(int row) {
    m_image = row < 0 ? 0 : m_session.images().item(row).id;
    refresh();
}

void LabelStrip::setChosenLabel(const QString& label) {
    m_chosen = label;
    refresh();
}

QStringList LabelStrip::vocabulary() const {
    const ModelInfo* model = m_engine.model();
    if (model == nullptr || model->knows.empty()) {
        const NamedSets sets(TextSets::Labels);
        const QStringList many = sets.lines(kVocabulary);
        return many.isEmpty() ? sets.lines(kSmallVocabulary) : many;
    }
    QStringList words;
    for (const std::string& label : model->suggestedLabels)
        words << QString::fromStdString(label);
    return words;
}

void LabelStrip::updateParts() {
    const QStringList& used = m_session.templates();
    if (view() == ByTemplate) {
        const QStringList texts = labelTexts(m_session.labelList().parsed);
        std::vector<TextStudy::Part> parts;
        m_templateNames.clear();
        const auto add = [&](const QString& name, const QStringList& templates) {
            if (m_templateNames.contains(name)) return;
            m_templateNames << name;
            parts.push_back({texts, templates});
        };
        const QStringList seven = NamedSets(TextSets::Templates).lines(kBestSeven);
        for (const QString& one : used)
            add(one, {one});
        if (used.size() > 1) {
            add(tr("Mean of all %1").arg(formatCount(used.size())), used);
        } else {
            add(QStringLiteral("{}"), {});
            for (const QString& one : seven)
                add(one, {one});
            if (!seven.isEmpty()) add(tr("Mean of the best 7"), seven);
        }
        if (texts.isEmpty() || texts.size() > kMostLabels) parts.clear();
        m_templateStudy.setParts(std::move(parts));
    } else if (view() == NearestWords) {
        std::vector<TextStudy::Part> parts;
        const QStringList words = vocabulary();
        for (int first = 0; first < words.size(); first += kWordsAtOnce)
            parts.push_back({words.mid(first, kWordsAtOnce), used.mid(0, 1)});
        m_wordStudy.setParts(std::move(parts));
    }
    refresh();
}

void LabelStrip::refresh() {
    m_continue->setVisible((view() == ByTemplate && m_templateStudy.isStopped()) ||
                           (view() == NearestWords && m_wordStudy.isStopped()));
    if (view() == Counts) {
        showCounts();
    } else if (view() == ByTemplate) {
        showTemplates();
    } else {
        showWords();
    }
}

void LabelStrip::showCounts() {
    const ImageList& images = m_session.images();
    m_header->setTitle(tr("All images by top label"));
    m_counts->set(tr("All images by top label"), countRows(images.labels(), images.givenCounts()), {});
}

void LabelStrip::showTemplates() {
    const ImageList& images = m_session.images();
    const int row = images.rowOf(m_image);
    const LabelList& labels = m_session.labelList();
    const QString label = m_chosen.isEmpty() && row >= 0 ? images.item(row).label : m_chosen;
    const qsizetype index = labels.names.indexOf(label);
    if (row < 0 || index < 0 || images.item(row).embedding.empty() || m_templateStudy.parts().empty()) {
        m_header->setTitle(tr("This image by template"));
        const bool tooMany = labels.names.size() > kMostLabels;
        m_templates->set(
            tr("By template"), {},
            tooMany ? tr("This is shown for up to %1 labels").arg(kMostLabels) : tr("Choose an image that has scores"));
        return;
    }
    m_header->setTitle(tr("“%1” in this image, by template").arg(label));
    std::vector<BarRow> rows;
    for (size_t i = 0; i < m_templateStudy.parts().size(); ++i) {
        const TextStudy::Part& part = m_templateStudy.parts()[i];
        BarRow one{m_templateNames[static_cast<qsizetype>(i)], 0, {}, part.templates.size() > 1};
        if (part.embeddings) {
            const auto cosines =
                bestOfSynonyms(labelCosines(images.item(row).embedding, *part.embeddings), labels.parsed);
            for (const LabelScore& score : rankLabels(cosines, images.scoring()))
                if (score.label == static_cast<size_t>(index)) one.share = score.probability;
            one.number = formatPercent(one.share);
        }
        rows.push_back(std::move(one));
    }
    m_templates->set(tr("By template"), std::move(rows), {});
}

void LabelStrip::showWords() {
    const ImageList& images = m_session.images();
    const int row = images.rowOf(m_image);
    m_header->setTitle(tr("Nearest words"));
    if (row < 0 || images.item(row).embedding.empty()) {
        m_words->set(tr("Nearest words"), {}, tr("Choose an image that has scores"));
        return;
    }
    std::vector<std::pair<float, QString>> found;
    size_t done = 0;
    for (const TextStudy::Part& part : m_wordStudy.parts()) {
        if (!part.embeddings) continue;
        ++done;
        const auto cosines = labelCosines(images.item(row).embedding, *part.embeddings);
        for (size_t i = 0; i < cosines.size(); ++i)
            found.emplace_back(cosines[i], part.texts[static_cast<qsizetype>(i)]);
    }
    const size_t all = m_wordStudy.parts().size();
    if (done < all) m_header->setTitle(tr("Nearest words (%1% read)").arg(100 * done / all));
    const size_t shown = std::min<size_t>(kNearest, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<ptrdiff_t>(shown), found.end(),
                      [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<BarRow> rows;
    for (size_t i = 0; i < shown; ++i) {
        const double share = found[0].first > 0 ? found[i].first / found[0].first : 0;
        rows.push_back({found[i].second, std::max(0.0, share), formatCosine(found[i].first), false, found[i].second});
    }
    m_words->set(tr("Nearest words"), std::move(rows),
                 all == 0                  ? tr("There are no words to compare with")
                 : m_wordStudy.isStopped() ? tr("The vocabulary is not read")
                                           : tr("Reading the vocabulary…"));
}

}  // namespace diagonal
