// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/template_page.h"

#include <QPushButton>
#include <algorithm>

#include "ui/widgets/buttons.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kTemplateRow = 28, kTemplateNumber = 60;

class TemplateDelegate : public CellDelegate {
  public:
    explicit TemplateDelegate(QObject* parent) : CellDelegate({120, kTemplateRow}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        cell.ground();
        const QString text = index.data().toString();
        if (index.column() == TemplateTableModel::Template) return cell.text(cell.inside(), text, &Tokens::text);
        const bool isBest = index.data(TemplateTableModel::BestRole).toBool();
        cell.bar(cell.inside().adjusted(0, 0, -px(kTemplateNumber), 0),
                 index.data(TemplateTableModel::ShareRole).toDouble(), isBest ? &Tokens::accent : &Tokens::bar);
        cell.number(cell.inside(), text, &Tokens::text, 12, isBest ? 600 : 400);
    }
};

}  // namespace

int TemplateTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_scores.size());
}

int TemplateTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TemplateTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const TemplateScore& score = m_scores[static_cast<size_t>(index.row())];
    const TaskResult* result = m_row.result(EvaluationTask::Templates);
    const double share = index.column() == Alone ? score.alone : score.withEarlier;
    if (role == ShareRole) return share;
    if (role == BestRole) return share >= (index.column() == Alone ? m_best : m_bestEnsemble);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    return index.column() == Template ? QString::fromStdString(result->templates->templates[score.number])
                                      : shareText(share);
}

QVariant TemplateTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Template ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    return section == Template ? tr("Template") : section == Alone ? tr("Alone") : tr("With those above");
}

void TemplateTableModel::set(const ShownRow& row, bool greedy) {
    beginResetModel();
    m_row = row;
    m_scores.clear();
    const TaskResult* result = row.result(EvaluationTask::Templates);
    if (result != nullptr && result->templates)
        m_scores = greedy ? result->templates->greedy : result->templates->inOrder;
    m_best = m_bestEnsemble = 0;
    for (const TemplateScore& score : m_scores) {
        m_best = std::max(m_best, score.alone);
        m_bestEnsemble = std::max(m_bestEnsemble, score.withEarlier);
    }
    endResetModel();
}

TemplatePage::TemplatePage(QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_view(new RowView({0, 190, 190})),
      m_order(new SegmentedControl({tr("As given"), tr("Chosen")})),
      m_note(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_empty(makeWrapped({}, 12, 400, &Tokens::text2)),
      m_use(makeButton(tr("Add the chosen as a prompt set"), QStringLiteral("ui/plus"))) {
    m_order->setAccessibleName(tr("Order of templates"));
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new TemplateDelegate(m_view));
    m_view->setAccessibleName(tr("Templates"));
    setExportMenu(m_view, QStringLiteral("templates"));
    setLayout(makeColumn({makeRow({m_order, {m_note, 1}, m_use}, 12, {16, 8, 16, 8}),
                          m_empty,
                          {makeRow({{m_view, 1}}, 0, {8, 0, 0, 0}), 1}}));
    m_empty->setContentsMargins(px(16), px(8), px(16), px(8));
    connect(m_order, &SegmentedControl::currentChanged, this, &TemplatePage::refresh);
    connect(m_use, &QPushButton::clicked, this, [this] { Q_EMIT choiceUsed(chosen()); });
    refresh();
}

QStringList TemplatePage::chosen() const {
    QStringList lines;
    if (const TaskResult* result = m_row.result(EvaluationTask::Templates); result != nullptr && result->templates)
        for (const TemplateScore& score : result->templates->greedy)
            lines << QString::fromStdString(result->templates->templates[score.number]);
    return lines;
}

void TemplatePage::setRow(const ShownRow& row) {
    m_row = row;
    refresh();
}

void TemplatePage::refresh() {
    m_model.set(m_row, m_order->currentIndex() == 1);
    const TaskResult* result = m_row.result(EvaluationTask::Templates);
    const bool isThere = result != nullptr && result->templates.has_value();
    for (QWidget* widget : std::initializer_list<QWidget*>{m_view, m_order, m_use})
        widget->setVisible(isThere);
    m_empty->setVisible(!isThere);
    m_empty->setText(
        tr("Tick Templates among the tasks and give a model a set of several templates, such as OpenAI 80: "
           "each is tried alone, and a few that help each other are chosen."));
    if (!isThere) return m_note->setText({});
    const Metric* accuracy = result->metric("acc1");
    m_note->setText(tr("Measured on %1; the chosen get %2 on other pictures")
                        .arg(chosenOnText(result->templates->chosenOn),
                             accuracy != nullptr ? shareText(accuracy->value) : QStringLiteral("–")));
}

}  // namespace diagonal
