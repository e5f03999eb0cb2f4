// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/confusion_page.h"

#include <QPainter>
#include <QScrollArea>
#include <QSignalBlocker>

#include "ui/evaluate/tints.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kPairRow = 42, kLegendWidth = 186;
constexpr size_t kMostPairs = 40;

class PairDelegate : public CellDelegate {
  public:
    explicit PairDelegate(QObject* parent) : CellDelegate({160, kPairRow}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        if (cell.isSelected)
            cell.painter.fillRect(cell.rect, colour(&Tokens::accentSoft));
        else if (cell.isHovered)
            cell.painter.fillRect(cell.rect, colour(&Tokens::hover));
        cell.focus();
        const QRect inside = cell.inside();
        const QRect first(inside.left(), inside.top() + px(4), inside.width() - px(36), px(17));
        cell.text(first, index.data(MostConfusedModel::TruthRole).toString(), &Tokens::text, 12,
                  cell.isSelected ? 600 : 400);
        cell.text(first.translated(0, px(17)),
                  MostConfusedModel::tr("as %1", "confused with a class")
                      .arg(index.data(MostConfusedModel::PredictedRole).toString()),
                  cell.quiet());
        cell.number(QRect(inside.left(), first.top(), inside.width(), first.height()),
                    index.data(MostConfusedModel::CountRole).toString(), &Tokens::text);
    }
};

/// Colours from one end to the other with words at the ends.
class TintScale : public QWidget {
  public:
    TintScale(bool isRight, QString low, QString high)
        : m_isRight(isRight), m_low(std::move(low)), m_high(std::move(high)) {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setAccessibleName(QStringLiteral("%1 – %2").arg(m_low, m_high));
        followTheme(this, [this] { update(); });
    }
    QSize sizeHint() const override { return {px(120), px(30)}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const int steps = std::max(1, width() / 6);
        for (int i = 0; i < steps; ++i) {
            const double part = (i + 0.5) / steps;
            const double share = m_isRight ? kLeastRight + (1 - kLeastRight) * part : kMostWrong * part;
            painter.fillRect(QRect(width() * i / steps, 0, width() / steps + 1, px(10)),
                             confusionTint(share, m_isRight));
        }
        painter.setFont(Theme::instance().font(11));
        painter.setPen(colour(&Tokens::text3));
        const QRect words(0, px(12), width(), px(16));
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, m_low);
        painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, m_high);
    }

  private:
    bool m_isRight;
    QString m_low, m_high;
};

}  // namespace

int MostConfusedModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_pairs.size());
}

QVariant MostConfusedModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const ClassConfusion& pair = m_pairs[static_cast<size_t>(index.row())];
    const QString truth = m_row.className(pair.truth), predicted = m_row.className(pair.predicted);
    const QString count = formatCount(static_cast<qint64>(pair.count));
    if (role == TruthRole) return truth;
    if (role == PredictedRole) return predicted;
    if (role == CountRole) return count;
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole || role == Qt::AccessibleTextRole)
        return tr("%1 as %2: %3").arg(truth, predicted, count);
    return {};
}

void MostConfusedModel::set(const ShownRow& row) {
    beginResetModel();
    m_row = row;
    const TaskResult* result = row.answers();
    m_pairs = result != nullptr ? mostConfused(result->answers, kMostPairs) : std::vector<ClassConfusion>();
    endResetModel();
}

ConfusionPage::ConfusionPage(QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_matrix(new ConfusionMatrix),
      m_pairs(new QListView),
      m_note(new TextLabel({}, 11, 400, &Tokens::text3)) {
    auto* scroll = makeScroll(m_matrix);
    scroll->setWidgetResizable(false);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_pairs->setModel(&m_model);
    m_pairs->setItemDelegate(new PairDelegate(m_pairs));
    m_pairs->setFrameShape(QFrame::NoFrame);
    m_pairs->setMouseTracking(true);
    m_pairs->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_pairs->setAccessibleName(tr("Most confused"));
    auto* side = new QWidget;
    side->setLayout(makeColumn({new TextLabel(tr("Right, share of its row"), 12, 600),
                                new TintScale(true, QStringLiteral("60%"), QStringLiteral("100%")),
                                new TextLabel(tr("Wrong"), 12, 600),
                                new TintScale(false, QStringLiteral("0"), tr("15% and more")),
                                new Hairline,
                                gap(4),
                                new TextLabel(tr("Most confused"), 12, 600),
                                {m_pairs, 1}},
                               4, {8, 12, 8, 0}));
    side->setFixedWidth(px(kLegendWidth));
    setLayout(makeRow({{makeColumn({{scroll, 1}, makeRow({m_note}, 0, {16, 2, 8, 6})}), 1}, side}));
    connect(m_matrix, &ConfusionMatrix::currentMoved, scroll, [scroll](const QRect& cell) {
        scroll->ensureVisible(cell.center().x(), cell.center().y(), cell.width(), cell.height());
    });
    connect(m_matrix, &ConfusionMatrix::cellChosen, this, [this](int truth, int predicted) {
        const auto& pairs = m_model.pairs();
        const QSignalBlocker blocker(m_pairs->selectionModel());
        m_pairs->selectionModel()->clear();
        for (size_t i = 0; i < pairs.size(); ++i)
            if (pairs[i].truth == truth && pairs[i].predicted == predicted)
                m_pairs->setCurrentIndex(m_model.index(static_cast<int>(i)));
        m_pairs->viewport()->update();
        Q_EMIT cellChosen(truth, predicted);
    });
    connect(m_pairs->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        if (!index.isValid()) return;
        const ClassConfusion& pair = m_model.pairs()[static_cast<size_t>(index.row())];
        m_matrix->choose(pair.truth, pair.predicted);
        Q_EMIT cellChosen(pair.truth, pair.predicted);
    });
}

void ConfusionPage::setRow(const ShownRow& row) {
    m_model.set(row);
    m_matrix->setRow(row);
    m_matrix->resize(m_matrix->sizeHint());
    m_note->setText(m_matrix->leftOut() == 0
                        ? tr("Rows: the label. Columns: the answer")
                        : tr("Rows: the label. Columns: the answer. %Ln class(es) with the fewest mistakes left out",
                             nullptr, static_cast<int>(m_matrix->leftOut())));
}

}  // namespace diagonal
