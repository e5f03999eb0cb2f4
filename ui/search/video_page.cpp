// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/video_page.h"

#include <QComboBox>
#include <QListView>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/base/paths.h"
#include "ui/pictures/confusion.h"
#include "ui/pictures/frame_name.h"
#include "ui/pictures/picture_view.h"
#include "ui/search/moment_delegate.h"
#include "ui/search/moment_timeline.h"
#include "ui/search/search_texts.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/button_row.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kTick = 40;  // milliseconds between looks at whether a frame is there

QListView* makeMomentList(QStandardItemModel* model, const QString& name) {
    auto* list = new QListView;
    list->setModel(model);
    list->setItemDelegate(new MomentDelegate(list));
    list->setFrameShape(QFrame::NoFrame);
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list->setUniformItemSizes(true);
    list->setMouseTracking(true);
    list->setAccessibleName(name);
    return list;
}

}  // namespace

VideoPage::VideoPage(Services& services, QWidget* parent)
    : Panel(&Tokens::surface, Qt::LeftEdge, parent),
      m_services(services),
      m_picture(new PictureView),
      m_timeline(new MomentTimeline) {
    auto* screen = makeColumn({makeHead(), {m_picture, 1}, makeTransport()});
    setLayout(makeColumn({{makeRow({{screen, 3}, {makeMoments(), 2}}), 1}, new Hairline, m_timeline}, 0, {1, 0, 0, 0}));
    m_player.setInterval(kTick);
    connect(&m_player, &QTimer::timeout, this, &VideoPage::play);
    connect(m_timeline, &QAbstractSlider::valueChanged, this, &VideoPage::showTime);
    connect(m_timeline, &MomentTimeline::frameStepped, this, &VideoPage::stepFrame);
    connect(m_timeline, &MomentTimeline::momentStepped, this, &VideoPage::stepMoment);
    connect(m_timeline, &MomentTimeline::playToggled, this, [this] { setPlaying(!isPlaying()); });
    auto* leave = new QShortcut(Qt::Key_Escape, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(leave, &QShortcut::activated, this, &VideoPage::closeRequested);
}

QWidget* VideoPage::makeHead() {
    m_name = new ElidedLabel({}, 13, 600);
    m_name->setElideMode(Qt::ElideMiddle);
    m_facts = new ElidedLabel({}, 12, 400, &Tokens::text2);
    auto* reveal = makeButton(tr("Reveal"), {}, ButtonKind::Quiet);
    auto* close = new IconButton(QStringLiteral("ui/close"), tr("Close the video"));
    auto* head = new Panel(&Tokens::surface, Qt::BottomEdge);
    head->setLayout(makeRow({m_name, {m_facts, 1}, reveal, close}, 12, {16, 5, 12, 6}));
    connect(reveal, &QPushButton::clicked, this, [this] { Q_EMIT revealRequested(m_frames.path); });
    connect(close, &QToolButton::clicked, this, &VideoPage::closeRequested);
    return head;
}

QWidget* VideoPage::makeTransport() {
    const auto button = [this](const char* icon, const QString& text, auto slot) {
        auto* made = new IconButton(QLatin1String(icon), text);
        connect(made, &QToolButton::clicked, this, slot);
        return made;
    };
    m_skipBack = button("ui/skip-prev", tr("Previous moment"), [this] { stepMoment(-1); });
    auto* back = button("ui/chevron-left", tr("Previous frame"), [this] { stepFrame(-1); });
    m_play = button("ui/play", tr("Play without sound"), [this] { setPlaying(!isPlaying()); });
    auto* next = button("ui/chevron-right", tr("Next frame"), [this] { stepFrame(1); });
    m_skipNext = button("ui/skip-next", tr("Next moment"), [this] { stepMoment(1); });
    m_time = new TabularLabel({}, 13, 600);
    m_score = new ElidedLabel({}, 12, 400, &Tokens::text2);
    auto* copy =
        button("ui/copy", tr("Copy the frame"), [this] { Q_EMIT copyRequested(frameName(m_frames.path, time())); });
    auto* search = makeButton(tr("Search from this frame"), QStringLiteral("ui/image"));
    connect(search, &QPushButton::clicked, this, [this] { Q_EMIT searchRequested(frameName(m_frames.path, time())); });
    auto* row = new Panel(&Tokens::surface, Qt::TopEdge);
    row->setLayout(
        makeRow({m_skipBack, back, m_play, next, m_skipNext, gap(8), m_time, gap(8), {m_score, 1}, copy, search}, 4,
                {16, 7, 16, 6}));
    return row;
}

QWidget* VideoPage::makeMoments() {
    m_momentHead = new SectionHeader(tr("Moments"));
    m_momentHead->setContentsMargins(px(16), 0, px(8), 0);
    m_order = new QComboBox;
    m_order->addItems({tr("By time"), tr("Best first")});
    m_order->setAccessibleName(tr("Order of moments"));
    setQuiet(m_order);
    m_momentHead->addRight(m_order);
    m_moments = new QStandardItemModel(this);
    m_below = new QStandardItemModel(this);
    m_list = makeMomentList(m_moments, tr("Moments above the line"));
    m_belowHead = new SectionHeader(tr("Below the line"));
    m_belowHead->setContentsMargins(px(16), 0, px(16), 0);
    m_belowList = makeMomentList(m_below, tr("Moments below the line"));
    m_none = makeWrapped({}, 12, 400, &Tokens::text2);
    m_none->setContentsMargins(px(16), px(4), px(16), px(8));
    m_exportFrames = makeButton(tr("Export frames…"));
    m_exportCsv = makeButton(tr("CSV…"));
    m_exportEdl = makeButton(tr("EDL…"));
    m_exportFrames->setToolTip(tr("The best frame of each moment as a picture"));
    m_exportCsv->setToolTip(tr("Times of moments as CSV"));
    m_exportEdl->setToolTip(tr("Moments as an edit list (EDL)"));
    for (QPushButton* button : {m_exportCsv, m_exportEdl})
        button->setAccessibleName(button->toolTip());
    auto* exports = new ButtonRow(Qt::AlignLeft);
    for (QPushButton* button : {m_exportFrames, m_exportCsv, m_exportEdl})
        exports->addButton(button);
    auto* panel = new Panel(&Tokens::surface, Qt::LeftEdge);
    panel->setMinimumWidth(px(230));
    panel->setMaximumWidth(px(320));
    panel->setLayout(makeColumn({m_momentHead,
                                 m_none,
                                 {m_list, 3},
                                 new Hairline,
                                 m_belowHead,
                                 {m_belowList, 1},
                                 new Hairline,
                                 {makeRow({{exports, 1}}, 0, {16, 8, 8, 8})}},
                                0, {1, 0, 0, 0}));
    connect(m_order, &QComboBox::currentIndexChanged, this, &VideoPage::showMoments);
    for (QListView* list : {m_list, m_belowList}) {
        const auto go = [this](const QModelIndex& index) {
            if (index.isValid()) setTime(index.data(MomentTimeRole).toLongLong());
        };
        connect(list->selectionModel(), &QItemSelectionModel::currentChanged, this, go);
        connect(list, &QAbstractItemView::clicked, this, go);
    }
    connect(m_exportFrames, &QPushButton::clicked, this, &VideoPage::exportFramesRequested);
    connect(m_exportCsv, &QPushButton::clicked, this, &VideoPage::exportCsvRequested);
    connect(m_exportEdl, &QPushButton::clicked, this, &VideoPage::exportEdlRequested);
    return panel;
}

void VideoPage::showVideo(const std::shared_ptr<const Snapshot>& snapshot, int file, const SearchAnswerPtr& answer) {
    if (!snapshot || file < 0 || static_cast<size_t>(file) >= snapshot->files.size()) return;
    m_goesToBest = true;
    read(snapshot, file, answer);
}

void VideoPage::showAnswer(const std::shared_ptr<const Snapshot>& snapshot, const SearchAnswerPtr& answer) {
    if (m_frames.path.isEmpty()) return;
    // In another snapshot it may stand elsewhere; what joined since the answer's is in the present one.
    if (answer) {
        const int file = fileAt(answer->snapshot(), m_frames.path, m_frames.file);
        if (file >= 0) return read(answer->searcher->snapshot(), file, answer);
    }
    if (!snapshot) return;
    const int file = fileAt(*snapshot, m_frames.path, m_frames.file);
    if (file < 0)
        Q_EMIT closeRequested();
    else
        read(snapshot, file, nullptr);
}

void VideoPage::read(const std::shared_ptr<const Snapshot>& snapshot, int file, const SearchAnswerPtr& answer) {
    const QString path = fromPath(snapshot->paths[static_cast<size_t>(file)]);
    if (path != m_frames.path) {
        setPlaying(false);
        m_frames = {};
        m_timeline->setFrames(&m_frames);
    }
    m_frames.file = file;
    m_frames.path = path;
    const bool hasAnswer = answer && answer->searcher->snapshot() == snapshot;
    m_services.compute(
        &m_readOwner, {},
        [=](const JobContext&) {
            if (!hasAnswer) return readVideoFrames(*snapshot, file);
            const auto& hits = answer->result.hits;
            const auto hit =
                std::ranges::find_if(hits, [file](const SearchHit& one) { return one.file == file && one.isAbove; });
            return readVideoFrames(*answer->searcher, file, answer->query,
                                   hit == hits.end() ? std::vector<Moment>() : hit->moments, answer->result.line);
        },
        [this](VideoFrames frames) { took(std::move(frames)); });
}

void VideoPage::took(VideoFrames frames) {
    m_frames = std::move(frames);
    m_timeline->setFrames(&m_frames);
    m_name->setText(shownName(m_frames.path));
    QStringList facts{shownName(parentFolderName(m_frames.path)), formatTime(m_frames.duration)};
    if (m_frames.width > 0) facts << QStringLiteral("%1 × %2").arg(m_frames.width).arg(m_frames.height);
    facts << tr("%Ln frame(s) looked at", nullptr, static_cast<int>(m_frames.points.size()));
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    showMoments();
    // Also where another read took the place of the one that was asked for.
    if (std::exchange(m_goesToBest, false)) setTime(m_frames.bestTime());
    showTime();
}

void VideoPage::showMoments() {
    const auto fill = [this](QStandardItem* item, qint64 time, float cosine, float relevance, const QString& span) {
        item->setText(formatTime(time));
        item->setData(time, MomentTimeRole);
        item->setData(span, MomentSpanRole);
        item->setData(frameName(m_frames.path, time), MomentPictureRole);
        item->setData(cosine, MomentCosineRole);
        item->setData(relevance, MomentRelevanceRole);
        item->setAccessibleText(QStringLiteral("%1, %2").arg(formatTime(time), formatSigma(relevance)));
    };
    const QSignalBlocker blockers[] = {QSignalBlocker(m_list->selectionModel()),
                                       QSignalBlocker(m_belowList->selectionModel())};
    m_moments->clear();
    m_below->clear();
    std::vector<Moment> ordered = m_frames.moments;
    if (m_order->currentIndex() == 1) std::ranges::stable_sort(ordered, std::greater<>(), &Moment::relevance);
    const int best = m_frames.bestMoment();
    for (const Moment& moment : ordered) {
        auto* item = new QStandardItem;
        const QString cue = QString::fromStdString(moment.cue);
        const QString span = tr("%1 to %2").arg(formatTime(moment.start), formatTime(moment.stop));
        fill(item, moment.best, moment.cosine, moment.relevance, cue.isEmpty() ? span : cue);
        item->setData(
            best >= 0 && ordered.size() > 1 && moment.best == m_frames.moments[static_cast<size_t>(best)].best,
            MomentBestRole);
        item->setToolTip(cue.isEmpty() ? span : span + '\n' + cue);
        m_moments->appendRow(item);
    }
    for (const CurvePoint& point : m_frames.below) {
        auto* item = new QStandardItem;
        fill(item, point.time, point.cosine, point.relevance, tr("stays below"));
        item->setData(true, MomentBelowRole);
        m_below->appendRow(item);
    }
    // Others are there for what their subtitles say.
    const auto above = std::ranges::count_if(
        ordered, [this](const Moment& moment) { return !(moment.relevance < m_frames.line) || moment.cue.empty(); });
    const QString counted = tr("%1 above %2").arg(formatCount(above), formatSigma(m_frames.line));
    const auto said = static_cast<qint64>(ordered.size()) - above;
    m_momentHead->setNote(!m_frames.hasQuery ? QString()
                          : said == 0        ? counted
                                             : tr("%1, %2 said").arg(counted, formatCount(said)));
    const bool hasMoments = m_moments->rowCount() > 0, hasBelow = m_below->rowCount() > 0;
    m_none->setText(m_frames.hasQuery ? tr("Nothing in this video is above the line.")
                                      : tr("Search for something, and its moments stand here."));
    m_none->setVisible(!hasMoments);
    m_list->setVisible(hasMoments || !hasBelow);
    // The few best below the line are seen whole where there are moments above it.
    const int shown = std::min(m_below->rowCount(), hasMoments ? 2 : m_below->rowCount());
    m_belowList->setMinimumHeight(px(shown * MomentDelegate::kHeight));
    m_belowList->setMaximumHeight(hasMoments ? px(shown * MomentDelegate::kHeight) : QWIDGETSIZE_MAX);
    m_belowHead->setVisible(hasBelow);
    m_belowHead->setNote(formatCount(m_below->rowCount()));
    m_belowList->setVisible(hasBelow);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_exportFrames), static_cast<QWidget*>(m_exportCsv), static_cast<QWidget*>(m_exportEdl),
          static_cast<QWidget*>(m_skipBack), static_cast<QWidget*>(m_skipNext)})
        widget->setEnabled(hasMoments);
}

qint64 VideoPage::time() const {
    return m_timeline->value();
}

void VideoPage::setTime(qint64 time) {
    m_timeline->setValue(static_cast<int>(time));
    showTime();
}

void VideoPage::showTime() {
    m_picture->showPicture(m_frames.path.isEmpty() ? QString() : frameName(m_frames.path, time()));
    m_time->setText(tr("%1 of %2").arg(formatTime(time(), true), formatTime(m_frames.duration)));
    const int frame = m_frames.frameAt(time());
    const bool hasScore = m_frames.hasQuery && frame >= 0;
    const CurvePoint point = hasScore ? m_frames.points[static_cast<size_t>(frame)] : CurvePoint();
    // As on a tile: there is no room for words beside it in a narrow window.
    const QString cosine = formatCosine(point.cosine), relevance = formatSigma(point.relevance);
    const QString words = hasScore ? tr("Cosine %1   %2").arg(cosine, relevance) : QString();
    m_score->setText(hasScore ? relevance + QStringLiteral("   ") + cosine : QString());
    m_score->setToolTip(words);
    m_score->setAccessibleName(words);
    m_timeline->setAccessibleDescription(m_time->text() + QLatin1String(", ") + words);
}

void VideoPage::stepFrame(int by) {
    setPlaying(false);
    const auto& points = m_frames.points;
    if (by > 0) {
        const auto next = std::ranges::find_if(points, [this](const CurvePoint& one) { return one.time > time(); });
        if (next != points.end()) setTime(next->time);
        return;
    }
    for (size_t i = points.size(); i-- > 0;)
        if (points[i].time < time()) return setTime(points[i].time);
}

void VideoPage::stepMoment(int by) {
    setPlaying(false);
    const auto& moments = m_frames.moments;
    if (by > 0) {
        const auto next = std::ranges::find_if(moments, [this](const Moment& one) { return one.best > time(); });
        if (next != moments.end()) setTime(next->best);
        return;
    }
    for (size_t i = moments.size(); i-- > 0;)
        if (moments[i].best < time()) return setTime(moments[i].best);
}

void VideoPage::setPlaying(bool playing) {
    if (playing == isPlaying()) return;
    m_play->setIconName(playing ? QStringLiteral("ui/pause") : QStringLiteral("ui/play"));
    m_play->setToolTip(playing ? tr("Pause") : tr("Play without sound"));
    m_play->setAccessibleName(m_play->toolTip());
    if (!playing) return m_player.stop();
    m_playedFrom = time() >= m_frames.duration ? 0 : time();
    m_clock.start();
    m_player.start();
}

/// As many frames as can be decoded meanwhile.
void VideoPage::play() {
    if (!m_picture->isDecoded()) return;
    const qint64 now = m_playedFrom + m_clock.elapsed();
    setTime(std::min(now, m_frames.duration));
    if (now >= m_frames.duration) setPlaying(false);
}

void VideoPage::hideEvent(QHideEvent* event) {
    setPlaying(false);
    Panel::hideEvent(event);
}

}  // namespace diagonal
