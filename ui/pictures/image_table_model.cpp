// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/image_table_model.h"

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "engine/inference/export.h"
#include "ui/pictures/image_order.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

QString numberText(double value) {
    return QString::fromStdString(csvNumber(value));
}

/// A cell in one line, defused for spreadsheets.
QString cellText(QString text) {
    for (QChar& c : text)
        if (c.category() == QChar::Other_Control) c = ' ';
    return !text.isEmpty() && QStringLiteral("=+-@").contains(text[0]) ? '\'' + text : text;
}

}  // namespace

double leadPoints(const ImageItem& image) {
    return 100 * (image.top.probability - image.top.secondProbability);
}

int ImageTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

bool ImageTableModel::isNumber(int column) {
    return column == Probability || column == Cosine || column == Lead;
}

QVariant ImageTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Lead     ? Qt::AlignHCenter  // clear of the text beside it
                                    : isNumber(section) ? Qt::AlignRight
                                                        : Qt::AlignLeft) |
                                   Qt::AlignVCenter);
    if (role == Qt::InitialSortOrderRole) return isNumber(section) ? Qt::DescendingOrder : Qt::AscendingOrder;
    if (role == Qt::ToolTipRole && section == Lead)
        return tr("How many percentage points the best label is ahead of the next");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Picture:
            return tr("Picture");
        case Name:
            return tr("File");
        case Folder:
            return tr("Folder");
        case Label:
            return tr("Label");
        case Probability:
            return tr("Probability");
        case Cosine:
            return tr("Cosine");
        case Lead:
            return tr("Lead");
        case Second:
            return tr("Second label");
        case Verdict:
            return tr("Verdict");
        case Pixels:
            return tr("Pixels");
        default:
            return {};
    }
}

QVariant ImageTableModel::data(const QModelIndex& index, int role) const {
    const ImageItem* image = imageAt(index);
    if (image == nullptr) return {};
    switch (role) {
        case Qt::DisplayRole:
            return text(*image, index.column());
        case Qt::TextAlignmentRole:
            return headerData(index.column(), Qt::Horizontal, role);
        case Qt::ToolTipRole:
            return index.column() == Picture || index.column() == Name || index.column() == Folder
                       ? formatPath(image->path)
                       : text(*image, index.column());
        case Qt::AccessibleTextRole:
            return index.column() == Picture
                       ? image->name
                       : tr("%1: %2").arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(),
                                          text(*image, index.column()));
        case ImageRowsModel::ItemRole:
            return QVariant::fromValue(image);
        default:
            return {};
    }
}

QString ImageTableModel::verdict(const ImageItem& image) const {
    switch (image.verdict()) {
        case Verdict::Failed:
            return tr("Failed: %1").arg(image.error);
        case Verdict::Sure:
            return tr("Sure");
        case Verdict::Unsure:
            return tr("Unsure");
        case Verdict::None:
            return tr("None");
        case Verdict::Waiting:
            break;
    }
    return image.stale ? tr("Waiting") : QString();
}

QString ImageTableModel::second(const ImageItem& image) const {
    return image.top.second < 0 || image.isFailed() ? QString() : images().labels().value(image.top.second);
}

QString ImageTableModel::text(const ImageItem& image, int column) const {
    const bool scored = !image.isFailed() && image.hasScores();
    switch (column) {
        case Probability:
            return scored ? formatPercent(image.top.probability) : QString();
        case Cosine:
            return scored ? formatCosine(image.top.cosine) : QString();
        case Lead:  // never 100: no label is certain
            return scored && image.top.second >= 0 ? QLocale().toString(std::min(99.0, leadPoints(image)), 'f', 0)
                                                   : QString();
        default:
            return plainText(image, column);
    }
}

QString ImageTableModel::plainText(const ImageItem& image, int column) const {
    const bool scored = !image.isFailed() && image.hasScores();
    switch (column) {
        case Name:
            return image.name;
        case Folder:
            return parentFolderName(image.path);
        case Label:
            return scored && !image.assigned ? tr("No label") : image.givenLabel();
        case Probability:
            return scored ? numberText(image.top.probability) : QString();
        case Cosine:
            return scored ? numberText(image.top.cosine) : QString();
        case Lead:
            return scored && image.top.second >= 0 ? numberText(leadPoints(image)) : QString();
        case Second:
            return second(image);
        case Verdict:
            return verdict(image);
        case Pixels:
            return image.size.isEmpty() ? QString() : tr("%1 × %2").arg(image.size.width()).arg(image.size.height());
        default:
            return {};
    }
}

QString ImageTableModel::asText(const QModelIndexList& rows, const QList<int>& columns) const {
    QStringList head;
    for (const int column : columns)
        head << headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    QStringList lines = {head.join('\t')};
    for (const QModelIndex& row : rows)
        if (const ImageItem* image = imageAt(row)) {
            QStringList cells;
            for (const int column : columns)
                cells << (isNumber(column) ? plainText(*image, column) : cellText(plainText(*image, column)));
            lines << cells.join('\t');
        }
    return lines.join('\n') + '\n';
}

Confusion ImageTableModel::confusion() const {
    const QStringList& labels = images().labels();
    const FolderLabels folders(labels);
    std::vector<std::pair<int, int>> pairs;
    for (int row = 0; row < images().rowCount(); ++row) {
        const ImageItem& one = images().item(row);
        const auto verdict = one.verdict();
        if (verdict == Verdict::Failed || verdict == Verdict::Waiting) continue;
        const int truth = folders.labelOf(one.path);
        if (truth >= 0) pairs.emplace_back(truth, one.assigned ? one.top.best : Confusion::kNone);
    }
    return {labels, pairs};
}

void ImageTableModel::sort(int column, Qt::SortOrder order) {
    m_column = column;
    m_order = order;
    refresh();
}

void ImageTableModel::setFilter(const ImageTableFilter& filter) {
    if (filter == m_filter) return;
    m_filter = filter;
    refresh();
}

bool ImageTableModel::accepts(const ImageItem& image, const FolderLabels& folders) const {
    if (!passes(image, m_filter.state)) return false;
    const auto verdict = image.verdict();
    if (m_filter.label &&
        (verdict == Verdict::Failed || verdict == Verdict::Waiting || image.givenLabel() != *m_filter.label))
        return false;
    if (m_filter.truth) {
        const int truth = folders.labelOf(image.path);
        if (image.isFailed() || truth < 0 || images().labels()[truth] != *m_filter.truth) return false;
    }
    if (m_filter.words.isEmpty()) return true;
    const QString folder = parentFolderName(image.path);
    return std::all_of(m_filter.words.begin(), m_filter.words.end(), [&](const QString& word) {
        return image.name.contains(word, Qt::CaseInsensitive) || folder.contains(word, Qt::CaseInsensitive) ||
               (image.isFailed() ? image.error : image.givenLabel()).contains(word, Qt::CaseInsensitive);
    });
}

std::vector<ImageRowsModel::Row> ImageTableModel::wantedRows() {
    const FolderLabels folders(m_filter.truth ? images().labels() : QStringList());
    std::vector<int> wanted;
    for (int row = 0; row < images().rowCount(); ++row)
        if (!m_filter.isActive() || accepts(images().item(row), folders)) wanted.push_back(row);
    const auto item = [this](int row) -> const ImageItem& { return images().item(row); };
    const auto scored = [&item](int row) { return !item(row).isFailed() && item(row).hasScores(); };
    const double none = std::nan("");
    switch (m_column) {
        case Label:
            orderByText(wanted, m_order, [&](int row) { return item(row).givenLabel(); });
            break;
        case Name:
        case Folder:
        case Second:
            orderByText(wanted, m_order, [&](int row) { return plainText(item(row), m_column); });
            break;
        case Probability:
            orderByNumber(wanted, m_order, [&](int row) { return scored(row) ? item(row).top.probability : none; });
            break;
        case Cosine:
            orderByNumber(wanted, m_order, [&](int row) { return scored(row) ? double{item(row).top.cosine} : none; });
            break;
        case Lead:
            orderByNumber(wanted, m_order, [&](int row) { return scored(row) ? leadPoints(item(row)) : none; });
            break;
        case Verdict:
            // Sure, unsure, none; then failed.
            orderByNumber(wanted, m_order, [&](int row) {
                const auto verdict = item(row).verdict();
                return verdict == Verdict::Waiting ? none : static_cast<double>(verdict);
            });
            break;
        case Pixels:
            orderByNumber(wanted, m_order, [&](int row) {
                const QSize size = item(row).size;
                return size.isEmpty() ? none : static_cast<double>(size.width()) * size.height();
            });
            break;
        default:
            if (m_order == Qt::DescendingOrder) std::reverse(wanted.begin(), wanted.end());
            break;
    }
    std::vector<Row> rows;
    rows.reserve(wanted.size());
    for (const int row : wanted)
        rows.push_back({row});
    return rows;
}

}  // namespace diagonal
