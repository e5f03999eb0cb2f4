// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/picture_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <algorithm>

#include "ui/base/paths.h"
#include "ui/pictures/paint_thumbnail.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/shell/services.h"
#include "ui/style/paint.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

namespace {

constexpr int kTileWidth = 91, kTileHeight = 110, kPictureHeight = 62, kPanelEdge = 16;

/// The picture, what was answered and how surely, and what its own label got.
class AnswerDelegate : public CellDelegate {
  public:
    explicit AnswerDelegate(QObject* parent) : CellDelegate({kTileWidth, kTileHeight}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const QRect all = cell.rect.adjusted(px(2), px(2), -px(2), -px(2));
        cell.roundGround(all);
        const QRect inside = all.adjusted(px(4), px(4), -px(4), -px(4));
        const QRect picture(inside.left(), inside.top(), inside.width(), px(kPictureHeight));
        const QString file = index.data(AnswerListModel::FileRole).toString();
        const bool isFailed = file.isEmpty() || !ThumbnailCache::instance().error(file).isEmpty();
        paintThumbnail(cell, picture, file, isFailed, 96);
        if (index.data(AnswerListModel::SuspectRole).toBool()) {
            const QRect mark(picture.left() + px(3), picture.top() + px(3), px(20), px(20));
            paintFrame(cell.painter, cell.placed(mark), px(3), colour(&Tokens::warnSoft), Qt::transparent);
            paintIcon(cell.painter, cell.placed(mark), QStringLiteral("ui/flag"), colour(&Tokens::warn));
        }
        const QRect first(inside.left(), picture.bottom() + px(3), inside.width(), px(16));
        const QRect second = first.translated(0, px(16));
        const int number = px(44);
        cell.text(first.adjusted(0, 0, -number, 0), index.data(AnswerListModel::AnswerRole).toString(), &Tokens::text2,
                  11);
        cell.number(first, index.data(AnswerListModel::SureRole).toString(), &Tokens::text, 11, 500);
        cell.text(second.adjusted(0, 0, -number, 0), AnswerListModel::tr("own"), cell.quiet(), 11);
        cell.number(second, index.data(AnswerListModel::OwnRole).toString(), cell.quiet(), 11);
    }
};

}  // namespace

int AnswerListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_items.size());
}

size_t AnswerListModel::picture(int row) const {
    return m_row.answers()->pictures[m_items[static_cast<size_t>(row)]];
}

QVariant AnswerListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Answers& answers = m_row.answers()->answers;
    const size_t item = m_items[static_cast<size_t>(index.row())];
    const QString answer = m_row.className(answers.predicted[item]);
    const QString sure = formatShortPercent(static_cast<double>(answers.confidence[item]));
    const QString own = formatShortPercent(static_cast<double>(answers.ownProbability[item]));
    const bool isSuspect = m_suspects.contains(picture(index.row()));
    const QString file = m_row.file(picture(index.row()));
    switch (role) {
        case FileRole:
            return m_row.files.value(static_cast<qsizetype>(picture(index.row())));
        case AnswerRole:
            return answer;
        case SureRole:
            return sure;
        case OwnRole:
            return own;
        case SuspectRole:
            return isSuspect;
        case Qt::DisplayRole:
            return shownName(file);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: {
            const QString text = tr("%1: answered %2, %3; its label %4, %5")
                                     .arg(shownName(file), answer, sure, m_row.className(answers.truth[item]), own);
            return isSuspect ? text + QStringLiteral(". ") + tr("The label may be wrong") : text;
        }
        default:
            return {};
    }
}

void AnswerListModel::set(const ShownRow& row, std::vector<size_t> items, const QSet<qulonglong>& suspects) {
    beginResetModel();
    m_row = row;
    m_items = std::move(items);
    m_suspects = suspects;
    endResetModel();
}

int AnswerListModel::suspects() const {
    int count = 0;
    for (int row = 0; row < rowCount(); ++row)
        count += m_suspects.contains(picture(row)) ? 1 : 0;
    return count;
}

PicturePanel::PicturePanel(Services& services, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_title(new ElidedLabel({}, 13, 600)),
      m_note(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_view(new QListView),
      m_suspects(new ElidedLabel({}, 12, 500, &Tokens::warn)),
      m_review(new LinkLabel(tr("Review"))),
      m_open(new LinkLabel(tr("Open in Label"))) {
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new AnswerDelegate(m_view));
    m_view->setViewMode(QListView::IconMode);
    m_view->setResizeMode(QListView::Adjust);
    m_view->setMovement(QListView::Static);
    m_view->setUniformItemSizes(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setMouseTracking(true);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setAccessibleName(tr("Pictures"));
    auto* more = new IconButton(QStringLiteral("ui/more"), tr("More"));
    m_review->setLook(12, 600);
    m_open->setLook(12, 600);
    setLayout(makeColumn(
        {makeRow({{makeColumn({m_title, m_note}, 2), 1}, {more, 0, Qt::AlignTop}}, 8, {kPanelEdge, 10, 8, 8}),
         {makeRow({{m_view, 1}}, 0, {8, 0, 0, 0}), 1},
         new Hairline,
         makeRow({{m_suspects, 1}, m_review, m_open}, 12, {kPanelEdge, 8, kPanelEdge, 8})}));
    setMinimumWidth(px(236));
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, m_view, [this] { m_view->viewport()->update(); });
    connect(m_view, &QListView::customContextMenuRequested, this,
            [this](const QPoint& at) { openMenu(m_view->viewport()->mapToGlobal(at)); });
    connect(more, &QToolButton::clicked, this,
            [this, more] { openMenu(more->mapToGlobal(QPoint(0, more->height()))); });
    connect(m_view, &QListView::activated, m_open, &LinkLabel::click);
    connect(m_review, &LinkLabel::clicked, this, &PicturePanel::reviewClicked);
    connect(m_open, &LinkLabel::clicked, this,
            [this] { Q_EMIT m_services.paneRequested(QStringLiteral("label"), chosenFiles()); });
    clear();
}

QString PicturePanel::heading() const {
    return m_title->text();
}

void PicturePanel::setRow(const ShownRow& row) {
    m_row = row;
    clear();
}

void PicturePanel::clear() {
    show({}, {}, 0);
    m_note->setText(m_row.answers() == nullptr ? QString() : tr("Choose a cell or a class to see its pictures"));
}

void PicturePanel::showCell(int truth, int predicted) {
    const TaskResult* result = m_row.answers();
    if (result == nullptr) return;
    std::vector<size_t> items;
    size_t all = 0;
    for (size_t i = 0; i < result->answers.size(); ++i) {
        if (result->answers.truth[i] != truth) continue;
        ++all;
        if (result->answers.predicted[i] == predicted) items.push_back(i);
    }
    show(std::move(items),
         truth == predicted ? tr("%1, answered rightly").arg(m_row.className(truth))
                            : tr("%1, answered %2").arg(m_row.className(truth), m_row.className(predicted)),
         all);
}

void PicturePanel::showClass(int truth) {
    const TaskResult* result = m_row.answers();
    if (result == nullptr) return;
    std::vector<size_t> items;
    size_t all = 0;
    for (size_t i = 0; i < result->answers.size(); ++i) {
        if (result->answers.truth[i] != truth) continue;
        ++all;
        if (!result->answers.isRight(i)) items.push_back(i);
    }
    show(std::move(items), tr("%1, mistakes").arg(m_row.className(truth)), all);
    m_chosenClass = truth;
}

void PicturePanel::show(std::vector<size_t> items, const QString& title, size_t of) {
    m_chosenClass = -1;
    QSet<qulonglong> suspects;
    if (const TaskResult* result = m_row.answers())
        std::ranges::stable_sort(items, std::ranges::greater(),
                                 [&](size_t i) { return result->answers.confidence[i]; });
    if (const TaskResult* probe = m_row.result(EvaluationTask::LinearProbe))
        for (const SuspectedLabel& one : probe->suspected)
            suspects.insert(one.picture);
    const size_t count = items.size();
    m_model.set(m_row, std::move(items), suspects);
    m_title->setText(title);
    m_note->setText({});
    if (of > 0)
        m_note->setText(tr("%1 of %2 pictures (%3). Surest answer first")
                            .arg(formatCount(static_cast<qint64>(count)), formatCount(static_cast<qint64>(of)),
                                 shareText(static_cast<double>(count) / static_cast<double>(of))));
    const int wrong = m_model.suspects();
    m_suspects->setText(wrong == 0 ? QString() : tr("%1 may be labelled wrongly").arg(formatCount(wrong)));
    m_review->setVisible(wrong > 0);
    m_open->setEnabled(!shownFiles().isEmpty());
}

QStringList PicturePanel::shownFiles() const {
    QStringList files;
    for (int row = 0; row < m_model.rowCount(); ++row)
        if (const QString file = m_model.index(row).data(AnswerListModel::FileRole).toString(); !file.isEmpty())
            files << file;
    return files;
}

QStringList PicturePanel::chosenFiles() const {
    QStringList files;
    for (const QModelIndex& index : m_view->selectionModel()->selectedIndexes())
        if (const QString file = index.data(AnswerListModel::FileRole).toString(); !file.isEmpty()) files << file;
    return files.isEmpty() ? shownFiles() : files;
}

void PicturePanel::openMenu(const QPoint& at) {
    const QStringList files = chosenFiles();
    QMenu menu;
    menu.addAction(tr("Open in Label"), this,
                   [this, files] { Q_EMIT m_services.paneRequested(QStringLiteral("label"), files); });
    menu.addAction(tr("Show in folder"), this, [this, files] { m_services.showInFolder(files.first()); });
    menu.addAction(tr("Copy paths"), this,
                   [files] { QApplication::clipboard()->setText(files.join(QLatin1Char('\n'))); });
    for (QAction* action : menu.actions())
        action->setEnabled(!files.isEmpty());
    menu.exec(at);
}

}  // namespace diagonal
