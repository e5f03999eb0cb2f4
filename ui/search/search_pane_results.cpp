// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDesktopServices>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <cmath>

#include "ui/base/paths.h"
#include "ui/pictures/frame_name.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/result_grid.h"
#include "ui/search/result_side.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/search_texts.h"
#include "ui/search/video_page.h"
#include "ui/shell/services.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

namespace {

constexpr int kNarrowPane = 1000, kNarrowResults = 240;

}  // namespace

// From the query to the results.

void SearchPane::queryChanged() {
    const std::vector<SearchTerm> terms = m_field->terms();
    if (terms != m_search->terms()) {
        m_showsChance = false;
        m_isAnotherQuestion = true;
    }
    const bool hadMarks = !m_search->liked().isEmpty() || !m_search->disliked().isEmpty();
    const bool hasMarks =
        std::ranges::any_of(terms, [](const SearchTerm& term) { return term.kind == SearchTerm::Kind::Marks; });
    m_search->setTerms(terms);
    if (hadMarks && !hasMarks) m_search->clearMarks();  // its chip was closed
    m_results->setStale(m_search->isStale());
    showStatus();
}

void SearchPane::filterChanged() {
    SearchFilter filter = m_filters->filter();
    filter.sources = m_folders->chosenSources();
    m_isAnotherQuestion = true;
    m_search->setFilter(filter);
}

void SearchPane::answered() {
    const SearchAnswerPtr answer = m_search->answer();
    const ResultRow* before = m_results->row(current());
    const bool hasVideo = !m_video->isHidden();
    const QString file = hasVideo ? m_video->frames().path : before != nullptr ? before->file : QString();
    const bool isBelowShown = answer && (answer->result.above > 0 || m_showsChance);
    const Place place = placeNow();
    m_results->setAnswer(answer, isBelowShown);
    m_results->setStale(m_search->isStale());
    QStringList problems;
    for (const SearchTerm& term : m_field->chips())
        problems << m_search->problemOf(term);
    m_field->setProblems(problems);
    m_filters->showResult(answer ? &answer->result : nullptr);
    if (answer) {
        const SearchResult& result = answer->result;
        const qint64 chance = static_cast<qint64>(std::llround(result.chance));
        m_grid->setChance(tr("chance alone: %1 of %2 above %3")
                              .arg(formatCount(chance), formatCount(result.looked), formatSigma(result.line)));
    }
    int row = -1;
    for (int i = 0; i < m_results->rowCount() && row < 0 && !file.isEmpty(); ++i)
        if (m_results->row(i).file == file) row = i;
    const bool staysInPlace = !m_isAnotherQuestion && !place.files.empty();
    if (!m_search->isStale()) m_isAnotherQuestion = false;
    if (row < 0 && m_results->rowCount() > 0) row = staysInPlace ? std::min(place.row, m_results->rowCount() - 1) : 0;
    showPage();
    if (row >= 0)
        choose(row);
    else
        m_side->showResult({});
    if (staysInPlace)
        goTo(place);
    else if (row == 0)
        shownView()->scrollToTop();
    if (hasVideo) m_video->showAnswer(m_library->snapshot(), answer);
    showStatus();
    showPanels();
}

void SearchPane::showStatus() {
    const SearchAnswerPtr answer = m_search->answer();
    const bool hasResults = m_results->rowCount() > 0;
    m_send->setEnabled(hasResults);
    m_exportButton->setEnabled(hasResults);
    m_export->setEnabled(hasResults);
    m_similar->setEnabled(current().isValid());
    if (!m_search->isEmpty() && (m_search->isBusy() || m_search->isPreparing())) {
        m_field->setStatus(tr("Searching…"));
        return;
    }
    if (!answer) {
        m_field->setStatus({});
        return;
    }
    const SearchResult& result = answer->result;
    QStringList found, inShort;
    if (result.picturesAbove > 0 || result.momentsAbove == 0) {
        inShort << tr("%Ln image(s)", nullptr, static_cast<int>(result.picturesAbove));
        const int groups = m_results->groups();
        found << (groups > 0 ? tr("%1 in %Ln group(s)", nullptr, groups).arg(inShort.first()) : inShort.first());
    }
    if (result.momentsAbove > 0) {
        inShort << tr("%Ln moment(s)", nullptr, static_cast<int>(result.momentsAbove));
        found << inShort.last();
    }
    const QString time = tr("%1 ms").arg(formatCount(std::llround(result.seconds * 1000)));
    QString status = tr("%1 above the line, %2").arg(found.join(tr(" and ")), time);
    if (result.recall < 1)
        status += QStringLiteral(", ") + tr("finds %1 of the best").arg(formatPercent(result.recall));
    if (answer->isCut())
        status += QStringLiteral(", ") + tr("the best %1 are shown").arg(formatCount(std::ssize(result.hits)));
    for (const SearchTerm& term : m_search->terms())
        if (!m_search->problemOf(term).isEmpty())
            status += QStringLiteral(", ") + tr("“%1” does not count").arg(term.text);
    m_field->setStatus(status);
    m_resultHead->setNote(inShort.join(tr(" and ")));
}

void SearchPane::showPage() {
    const SearchAnswerPtr answer = m_search->answer();
    if (m_results->rowCount() > 0) {
        m_shownTitle.clear();
        // Beside a video there is no room for a table.
        const bool isTable = m_filters->showsTable() && m_video->isHidden();
        m_center->setCurrentWidget(isTable ? static_cast<QWidget*>(m_table) : static_cast<QWidget*>(m_grid));
        return;
    }
    const ShownLibrary& state = m_library->state();
    QString problem = m_library->isOpen() ? m_search->modelProblem() : QString();
    for (const SearchTerm& term : m_search->terms())
        if (problem.isEmpty()) problem = m_search->problemOf(term);
    if (!answer && !problem.isEmpty()) {
        showMessage(tr("Not searched"), tr("%1.").arg(problem));
    } else if (answer && answer->result.looked == 0) {
        showMessage(tr("Nothing to look at"), tr("No picture passes the filters, or no folder is chosen."),
                    m_filters->isFiltering() ? tr("Reset the filters") : QString());
    } else if (answer) {
        QStringList words;
        for (const SearchTerm& term : answer->terms)
            words << term.shown();
        const bool isOwnLine = m_search->line().has_value();
        const QString text =
            isOwnLine
                ? tr("Nothing reaches your line, %1.").arg(formatSigma(answer->result.line))
                : tr("Nothing in the library is closer to “%1” than chance.").arg(words.join(QStringLiteral(", ")));
        showMessage(tr("Nothing found"), text, tr("Show the closest all the same"));
    } else if (!m_library->fitsModel()) {
        showMessage(tr("Not searched"), tr("The library was made with another model. Embed it again, or open that "
                                           "model."));
    } else if (state.counts.rows == 0 && m_library->isBusy()) {
        showMessage(tr("The library is being made"),
                    tr("The first pictures can be searched in a moment; the others join while you search."));
    } else if (state.counts.rows == 0) {
        showMessage(tr("The library is empty"), tr("Add a folder with pictures or videos."));
    } else {
        showMessage(tr("What do you look for?"),
                    tr("Describe it in words. “−word” leaves out what looks so; a picture that you drop or paste finds "
                       "others like it."));
    }
    m_center->setCurrentWidget(m_message);
}

void SearchPane::showMessage(const QString& title, const QString& text, const QString& link) {
    m_shownTitle = title;
    m_message->setTexts(title, text);
    m_messageButton->setText(link);
    m_messageButton->setVisible(!link.isEmpty());
}

QString SearchPane::message() const {
    return m_shownTitle;
}

QAbstractItemView* SearchPane::shownView() const {
    return m_center->currentWidget() == m_table ? static_cast<QAbstractItemView*>(m_table) : m_grid;
}

SearchPane::Place SearchPane::placeNow() const {
    Place place;
    place.row = std::max(0, current().row());
    for (const QString& file : m_results->files(selected()))
        place.selected.insert(file);
    const QAbstractItemView* view = shownView();
    place.isTop = view->verticalScrollBar()->value() == 0;
    const QAbstractItemModel* model = view->model();
    for (int i = 0; i < model->rowCount(); ++i) {
        const QModelIndex index = model->index(i, ResultModel::Name);
        const QRect area = view->visualRect(index);
        if (area.bottom() < 0 || area.top() > view->viewport()->height()) continue;
        const QModelIndex source = view == m_table ? m_sorted->mapToSource(index) : index;
        place.files.emplace_back(m_results->row(source.row()).file, area.top());
    }
    return place;
}

/// What is chosen stays so, and the topmost file that is still there stays where it is seen.
void SearchPane::goTo(const Place& place) {
    const QScopedValueRollback choosing(m_isChoosing, true);
    QHash<QString, QModelIndex> shown;
    QAbstractItemView* view = shownView();
    for (int i = 0; i < m_results->rowCount(); ++i) {
        const QModelIndex source = m_results->index(i, ResultModel::Name);
        const QModelIndex index = view == m_table ? m_sorted->mapFromSource(source) : source.siblingAtColumn(0);
        shown.insert(m_results->row(i).file, index);
        if (place.selected.contains(m_results->row(i).file))
            view->selectionModel()->select(
                index, view == m_table ? QItemSelectionModel::Select | QItemSelectionModel::Rows
                                       : QItemSelectionModel::SelectionFlags(QItemSelectionModel::Select));
    }
    if (place.isTop) return view->scrollToTop();
    for (const auto& [file, top] : place.files) {
        const QModelIndex index = shown.value(file);
        if (!index.isValid()) continue;
        view->scrollTo(index);
        QScrollBar* bar = view->verticalScrollBar();
        return bar->setValue(bar->value() + view->visualRect(index).top() - top);
    }
}

// The chosen hit.

QModelIndex SearchPane::current() const {
    return m_center->currentWidget() == m_table ? m_sorted->mapToSource(m_table->currentIndex())
                                                : m_grid->currentIndex();
}

QModelIndexList SearchPane::selected() const {
    QModelIndexList rows;
    if (m_center->currentWidget() == m_table) {
        for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
            rows << m_sorted->mapToSource(index);
    } else {
        rows = m_grid->selectionModel()->selectedIndexes();
        erase_if(rows, [](const QModelIndex& index) { return index.column() != 0; });
    }
    std::ranges::sort(rows, {}, &QModelIndex::row);
    return rows;
}

void SearchPane::choose(int row) {
    const QScopedValueRollback choosing(m_isChoosing, true);
    const QModelIndex index = m_results->index(row, 0);
    m_grid->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    const QModelIndex sorted = m_sorted->mapFromSource(index);
    m_table->selectionModel()->setCurrentIndex(sorted, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (m_center->currentWidget() == m_table)
        m_table->scrollTo(sorted);
    else
        m_grid->scrollTo(index);
    currentChanged();
}

void SearchPane::currentChanged() {
    m_side->showResult(current());
    m_similar->setEnabled(current().isValid());
    if (m_video->isHidden() || m_isChoosing) return;
    // Beside an open video, another video is opened by walking to it.
    const ResultRow* row = m_results->row(current());
    if (row != nullptr && row->isVideo && row->file != m_video->frames().path) openVideo(row->file);
}

void SearchPane::activate() {
    if (const ResultRow* row = m_results->row(current())) openFile(row->file, row->isVideo);
}

void SearchPane::openFile(const QString& file, bool isVideo) {
    if (isVideo)
        openVideo(file);
    else
        QDesktopServices::openUrl(toUrl(file));
}

void SearchPane::mark(qint64 row, bool liked) {
    if (row < 0 || (!liked && m_search->liked().isEmpty() && m_search->terms().empty())) return;
    m_field->takeWeights();
    m_search->mark(row, liked);
}

void SearchPane::marksChanged() {
    m_results->setMarks(m_search->liked(), m_search->disliked());
    std::vector<SearchTerm> chips = m_field->chips();
    const auto isOfMarks = [](const SearchTerm& term) { return term.kind == SearchTerm::Kind::Marks; };
    const auto before = std::ranges::find_if(chips, isOfMarks);
    const double weight = before == chips.end() ? 1 : before->weight;
    std::erase_if(chips, isOfMarks);
    const int likes = static_cast<int>(m_search->liked().size());
    const int dislikes = static_cast<int>(m_search->disliked().size());
    if (likes + dislikes > 0) {
        SearchTerm term;
        term.kind = SearchTerm::Kind::Marks;
        term.weight = weight;
        term.text = dislikes == 0 ? tr("like %1 marked").arg(formatCount(likes))
                    : likes == 0  ? tr("unlike %1 marked").arg(formatCount(dislikes))
                                  : tr("like %1, unlike %2 marked").arg(formatCount(likes), formatCount(dislikes));
        chips.push_back(term);
    }
    m_field->setChips(chips);
    if (m_field->terms() != m_search->terms()) m_isAnotherQuestion = true;
    m_search->setTerms(m_field->terms());
    m_side->showResult(current());
}

// Pictures as terms.

void SearchPane::searchPicture(const QString& picture, const QString& name) {
    SearchTerm term;
    term.kind = SearchTerm::Kind::Picture;
    term.text = name;
    term.path = picture;
    m_field->addChip(term);
}

void SearchPane::findSimilar(bool isAlone) {
    if (const ResultRow* row = m_results->row(current()))
        findSimilarTo(m_results->hit(*row).row, row->picture, isAlone);
}

void SearchPane::findSimilarTo(qint64 row, const QString& picture, bool isAlone) {
    SearchTerm term;
    term.kind = SearchTerm::Kind::Row;
    term.text = tr("like this picture");
    term.path = picture;
    term.row = row;
    if (isAlone) {
        m_field->edit().clear();
        m_field->setChips({});
    }
    m_field->addChip(term);
}

/// The whole of a frame likewise: frames have no file of their own.
void SearchPane::searchRegion(const QString& picture, const QRectF& region) {
    const FrameName frame = frameOf(picture);
    const bool isWhole = region == QRectF(0, 0, 1, 1);
    const QString name = !isWhole          ? tr("part of %1").arg(shownName(picture))
                         : frame.isFrame() ? tr("frame at %1").arg(formatTime(frame.milliseconds))
                                           : shownName(picture);
    constexpr int kLargest = 2048;
    m_services.compute(
        &m_regionOwner, {},
        [picture, region](const JobContext&) {
            ShownPicture shown = readPicture(picture, kLargest, false);
            const QSize size = shown.image.size();
            const QRect part = QRectF(region.x() * size.width(), region.y() * size.height(),
                                      region.width() * size.width(), region.height() * size.height())
                                   .toAlignedRect();
            if (!shown.image.isNull()) shown.image = shown.image.copy(part & shown.image.rect());
            return shown;
        },
        [this, picture, name](const ShownPicture& shown) {
            if (shown.image.isNull()) return m_services.notifyError({shownName(picture), shown.problem, {}});
            m_pictureNames.insert(m_intake->addPicture(shown.image), name);
        });
}

/// The chosen row stays so where grid and table take turns.
void SearchPane::showView() {
    const int row = current().row();
    showPage();
    showPanels();
    if (row >= 0) choose(row);
}

// Videos.

/// What joined the library since the answer is shown without one.
void SearchPane::openVideo(const QString& path) {
    SearchAnswerPtr answer = m_search->answer();
    std::shared_ptr<const Snapshot> snapshot = answer ? answer->searcher->snapshot() : m_library->snapshot();
    int file = snapshot ? fileAt(*snapshot, path) : -1;
    if (file < 0 && answer) {
        answer.reset();
        snapshot = m_library->snapshot();
        file = snapshot ? fileAt(*snapshot, path) : -1;
    }
    if (file < 0) return;
    m_video->showVideo(snapshot, file, answer);
    if (!m_video->isHidden()) return;
    m_found->setMaximumWidth(px(kNarrowResults));
    m_grid->setNarrow(true);
    m_resultHead->show();
    m_video->show();
    showView();
}

void SearchPane::closeVideo() {
    if (m_video->isHidden()) return;
    m_video->hide();
    m_found->setMaximumWidth(QWIDGETSIZE_MAX);
    m_grid->setNarrow(false);
    m_resultHead->hide();
    showView();
    m_center->currentWidget()->setFocus(Qt::OtherFocusReason);
}

/// In a narrow pane the folders stand in place of the side, where they are asked for.
void SearchPane::showPanels() {
    const bool isNarrow = width() < px(kNarrowPane);
    if (isNarrow != m_isNarrow) {
        m_isNarrow = isNarrow;
        m_foldersView->setChecked(!isNarrow && m_wantsFolders);
    }
    const bool hasVideo = !m_video->isHidden(), hasFolders = !hasVideo && m_foldersView->isChecked();
    m_folders->setVisible(hasFolders);
    m_side->setVisible(!hasVideo && !(isNarrow && hasFolders));
    m_found->setVisible(!hasVideo || (m_results->rowCount() > 0 && !isNarrow));
}

}  // namespace diagonal
