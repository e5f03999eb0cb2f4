// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/result_side.h"

#include <QFileDialog>
#include <QGridLayout>
#include <QPushButton>
#include <algorithm>

#include "ui/base/paths.h"
#include "ui/pictures/confusion.h"
#include "ui/pictures/frame_name.h"
#include "ui/search/caption_list.h"
#include "ui/search/region_view.h"
#include "ui/search/search_texts.h"
#include "ui/search/thumb_button.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/button_row.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kMostAlike = 8;

void clear(QLayout& layout) {
    while (QLayoutItem* item = layout.takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
}

QWidget* section(QLayout* layout) {
    auto* widget = new QWidget;
    widget->setLayout(makeColumn({new Hairline, {layout}}));
    return widget;
}

}  // namespace

ResultSide::ResultSide(Services& services, ResultModel& results, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_results(results),
      m_captions(new CaptionList(services, this)) {
    m_content = new QWidget;
    m_content->setLayout(makeColumn({makeHead(), makeWhy(), makeAlike(), makeCaptions(), makeButtons(), stretch(1)}));
    m_nothing = makeWrapped(tr("Choose a result to see why it is here, what is like it, and its nearest captions."), 12,
                            400, &Tokens::text2);
    auto* nothing = new QWidget;
    nothing->setLayout(makeColumn({m_nothing, stretch(1)}, 0, {16, 16, 16, 16}));
    auto* both = new QWidget;
    both->setLayout(makeColumn({nothing, {m_content, 1}}));
    auto* scroll = makeScroll(both);
    setLayout(makeColumn({{scroll, 1}}, 0, {1, 0, 0, 0}));
    setMinimumWidth(px(260));
    connect(m_captions, &CaptionList::changed, this, &ResultSide::showCaptions);
    connect(m_captions, &CaptionList::failed, &services, &Services::notifyError);
    showResult({});
}

QWidget* ResultSide::makeHead() {
    m_picture = new RegionView;
    m_name = new ElidedLabel({}, 13, 600);
    m_name->setElideMode(Qt::ElideMiddle);
    m_facts = new ElidedLabel({}, 12, 400, &Tokens::text2);
    auto* head = new QWidget;
    head->setLayout(makeColumn({m_picture, gap(6), m_name, m_facts}, 2, {16, 14, 16, 12}));
    connect(m_picture, &RegionView::regionChosen, this,
            [this](const QRectF& region) { Q_EMIT regionRequested(m_picture->picture(), region); });
    connect(m_picture, &RegionView::activated, this, &ResultSide::openRequested);
    return head;
}

QWidget* ResultSide::makeWhy() {
    auto* header = new SectionHeader(tr("Why it is here"));
    m_whyGrid = new QGridLayout;
    m_whyGrid->setContentsMargins(0, 0, 0, 0);
    m_whyGrid->setHorizontalSpacing(px(10));
    m_whyGrid->setVerticalSpacing(px(4));
    m_whyGrid->setColumnStretch(0, 1);
    m_why = section(makeColumn({header, {m_whyGrid}}, 0, {16, 0, 16, 12}));
    return m_why;
}

QWidget* ResultSide::makeAlike() {
    m_alikeHead = new SectionHeader(tr("Alike"));
    m_alikeRow = makeRow({}, 4);
    auto* strip = new QWidget;
    strip->setLayout(m_alikeRow);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(strip);
    scroll->setFixedHeight(px(74));
    scroll->viewport()->setAutoFillBackground(false);
    strip->setAutoFillBackground(false);
    m_alike = section(makeColumn({m_alikeHead, scroll}, 0, {16, 0, 16, 8}));
    return m_alike;
}

QWidget* ResultSide::makeCaptions() {
    auto* header = new SectionHeader(tr("Nearest captions"));
    m_captionFile = new LinkLabel(tr("Choose a list…"));
    m_captionFile->setLook(12, 400);
    header->addRight(m_captionFile);
    m_captionRows = makeColumn({}, 2);
    connect(m_captionFile, &QAbstractButton::clicked, this, &ResultSide::chooseCaptions);
    return section(makeColumn({header, {m_captionRows}}, 0, {16, 0, 16, 12}));
}

QWidget* ResultSide::makeButtons() {
    m_video = makeButton(tr("Moments"), QStringLiteral("ui/film"));
    m_similar = makeButton(tr("Find similar"), QStringLiteral("ui/image"));
    m_open = makeButton(tr("Open"));
    m_reveal = makeButton(tr("Reveal"));
    m_like = new IconButton(QStringLiteral("ui/plus"), tr("More like this"));
    m_dislike = new IconButton(QStringLiteral("ui/minus"), tr("Less like this"));
    for (IconButton* button : {m_like, m_dislike})
        button->setCheckable(true);
    auto* row = new ButtonRow(Qt::AlignLeft);
    for (QPushButton* button : {m_video, m_similar, m_open, m_reveal})
        row->addButton(button);
    auto* marks = makeRow({m_like, new TextLabel(tr("More like this"), 12, 400, &Tokens::text2), gap(8), m_dislike,
                           new TextLabel(tr("Less like this"), 12, 400, &Tokens::text2), stretch(1)},
                          4);
    connect(m_video, &QPushButton::clicked, this, &ResultSide::videoRequested);
    connect(m_similar, &QPushButton::clicked, this, &ResultSide::similarRequested);
    connect(m_open, &QPushButton::clicked, this, &ResultSide::openRequested);
    connect(m_reveal, &QPushButton::clicked, this, &ResultSide::revealRequested);
    connect(m_like, &QToolButton::clicked, this, [this] { Q_EMIT markRequested(true); });
    connect(m_dislike, &QToolButton::clicked, this, [this] { Q_EMIT markRequested(false); });
    return section(makeColumn({row, {marks}}, 8, {16, 12, 16, 12}));
}

const ResultRow* ResultSide::current() const {
    return m_results.row(m_index);
}

void ResultSide::showResult(const QModelIndex& index) {
    m_index = index;
    const ResultRow* row = current();
    m_content->setVisible(row != nullptr);
    m_nothing->parentWidget()->setVisible(row == nullptr);
    if (row == nullptr) {
        m_shown = {};
        m_answer.reset();
        m_picture->showPicture({});
        m_captions->setPicture(nullptr);
        return;
    }
    const SearchHit& hit = m_results.hit(*row);
    const bool isAlike = std::ranges::find(hit.alike, m_shown.row) != hit.alike.end();
    const qint64 shown = m_answer == m_results.answer() && isAlike ? m_shown.row : hit.row;
    m_answer = m_results.answer();
    showRow(shown);
    showAlike(hit);
}

void ResultSide::showRow(qint64 row) {
    const Snapshot& snapshot = m_answer->snapshot();
    const LibraryRow& place = snapshot.rows[static_cast<size_t>(row)];
    const LibraryFile& file = snapshot.files[static_cast<size_t>(place.file)];
    m_shown.row = row;
    m_shown.file = fromPath(snapshot.paths[static_cast<size_t>(place.file)]);
    m_shown.isVideo = file.kind == MediaKind::Video;
    m_shown.picture = m_shown.isVideo ? frameName(m_shown.file, place.time) : m_shown.file;
    m_picture->showPicture(m_shown.picture);
    m_name->setText(shownName(m_shown.file));
    m_name->setToolTip(formatPath(m_shown.file));
    QStringList facts{shownName(parentFolderName(m_shown.file))};
    if (file.width > 0) facts << QStringLiteral("%1 × %2").arg(file.width).arg(file.height);
    if (m_shown.isVideo) facts << formatTime(file.duration);
    if (file.date != 0) facts << formatDate(file.date);
    if (file.camera > 0 && file.camera < snapshot.cameras.size())
        facts << QString::fromStdString(snapshot.cameras[file.camera]);
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_video->setVisible(m_shown.isVideo);
    m_like->setChecked(m_results.isMarked(row, true));
    m_dislike->setChecked(m_results.isMarked(row, false));
    m_captions->setPicture(m_answer->searcher, row);
    showCaptions();
    const SearchHit& hit = m_results.hit(*current());
    if (row == hit.row) return showWhy(hit);
    m_services.compute(
        &m_whyOwner, {},
        [answer = m_answer, row](const JobContext&) { return answer->searcher->explain(row, answer->query); },
        [this, answer = m_answer, row](const SearchHit& explained) {
            if (answer == m_answer && row == m_shown.row) showWhy(explained);
        });
}

void ResultSide::showWhy(const SearchHit& hit) {
    m_explained = hit;
    clear(*m_whyGrid);
    const auto number = [this](int line, int column, const QString& text, int weight, ColourRole role) {
        m_whyGrid->addWidget(new TabularLabel(text, 12, weight, role), line, column, Qt::AlignRight);
    };
    const QStringList heads{tr("Cosine"), tr("Alone"), tr("Adds")};
    for (int i = 0; i < heads.size(); ++i)
        m_whyGrid->addWidget(new TextLabel(heads[i], 11, 400, &Tokens::text3), 0, i + 1, Qt::AlignRight);
    int line = 1;
    for (size_t i = 0; i < hit.terms.size() && i < m_results.answer()->terms.size(); ++i, ++line) {
        const TermScore& score = hit.terms[i];
        m_whyGrid->addWidget(new ElidedLabel(m_results.answer()->terms[i].shown(), 12, 400, &Tokens::text), line, 0);
        number(line, 1, formatCosine(score.cosine), 400, &Tokens::text2);
        number(line, 2, formatSigned(score.alone), 400, &Tokens::text2);
        number(line, 3, formatSigned(score.adds), 600, &Tokens::text);
    }
    m_whyGrid->addWidget(new Hairline, line++, 0, 1, 4);
    m_whyGrid->addWidget(new ElidedLabel(tr("Together, above background"), 12, 600), line, 0, 1, 3);
    number(line, 3, formatSigma(hit.relevance), 600, &Tokens::text);
}

QString ResultSide::whyText() const {
    if (current() == nullptr) return {};
    QStringList parts;
    for (size_t i = 0; i < m_explained.terms.size() && i < m_answer->terms.size(); ++i)
        parts << m_answer->terms[i].shown() + ' ' + formatSigned(m_explained.terms[i].adds);
    return parts.join(QStringLiteral("; "));
}

void ResultSide::showAlike(const SearchHit& hit) {
    clear(*m_alikeRow);
    m_alike->setVisible(!hit.alike.empty());
    if (hit.alike.empty()) return;
    const Snapshot& snapshot = m_results.answer()->snapshot();
    m_alikeHead->setNote(formatCount(static_cast<qint64>(hit.alike.size()) + 1));
    std::vector<int64_t> rows{hit.row};
    rows.insert(rows.end(), hit.alike.begin(), hit.alike.end());
    for (size_t i = 0; i < rows.size() && i < kMostAlike; ++i) {
        const LibraryRow& one = snapshot.rows[static_cast<size_t>(rows[i])];
        if (one.file < 0) continue;
        const QString path = fromPath(snapshot.paths[static_cast<size_t>(one.file)]);
        const bool isVideo = snapshot.files[static_cast<size_t>(one.file)].kind == MediaKind::Video;
        const QString picture = isVideo ? frameName(path, one.time) : path;
        auto* thumb = new ThumbButton(picture, shownName(path));
        thumb->setChecked(rows[i] == m_shown.row);
        m_alikeRow->addWidget(thumb);
        connect(thumb, &QAbstractButton::clicked, this, [this, row = rows[i]] {
            showRow(row);
            for (auto* other : m_alike->findChildren<ThumbButton*>())
                other->setChecked(other == sender());
        });
    }
    m_alikeRow->addStretch(1);
}

void ResultSide::showCaptions() {
    clear(*m_captionRows);
    const bool hasFile = !m_captions->file().isEmpty();
    m_captionFile->setText(hasFile ? shownName(m_captions->file()) : tr("Choose a list…"));
    m_captionFile->updateGeometry();
    if (!hasFile || m_captions->nearest().empty()) {
        const QString text = !hasFile               ? tr("Of a file of captions or words, one a line")
                             : m_captions->isBusy() ? tr("Embedding captions…")
                                                    : QString();
        if (!text.isEmpty()) m_captionRows->addWidget(makeWrapped(text, 12, 400, &Tokens::text3));
        return;
    }
    for (const CaptionList::Nearest& one : m_captions->nearest()) {
        auto* line = new QWidget;
        line->setLayout(makeRow(
            {{new ElidedLabel(one.text, 12), 1}, new TabularLabel(formatCosine(one.cosine), 12, 400, &Tokens::text2)},
            8));
        m_captionRows->addWidget(line);
    }
}

void ResultSide::chooseCaptions() {
    const QString file = QFileDialog::getOpenFileName(this, tr("A list of captions or words"), {},
                                                      tr("Lists (*.txt *.csv *.tsv *.lst);;All files (*)"));
    if (!file.isEmpty()) m_captions->setFile(file);
}

}  // namespace diagonal
