// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/part_tree_model.h"

#include "engine/inference/export.h"
#include "ui/base/engine_texts.h"
#include "ui/widgets/format.h"

namespace diagonal {

struct PartTreeModel::Node {
    const ModelPart* part = nullptr;
    const Node* parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;

    static std::unique_ptr<Node> make(const ModelPart& part, const Node* parent, int row) {
        auto node = std::make_unique<Node>();
        node->part = &part;
        node->parent = parent;
        node->row = row;
        for (const ModelPart& child : part.parts)
            node->children.push_back(make(child, node.get(), static_cast<int>(node->children.size())));
        return node;
    }
};

namespace {

void writeText(const ModelPart& part, int depth, QString& text) {
    text += QString(2 * depth, QLatin1Char(' ')) + QString::fromStdString(part.name) + QLatin1Char('\t') +
            QString::fromStdString(part.shape) + QLatin1Char('\t') + QString::fromStdString(part.dtype) +
            QLatin1Char('\t') + QString::number(part.parameters) + QLatin1Char('\n');
    for (const ModelPart& child : part.parts)
        writeText(child, depth + 1, text);
}

void writeCsv(const ModelPart& part, const QString& prefix, QString& text) {
    const QString name = prefix + QString::fromStdString(part.name);
    if (part.parts.empty())
        text += QString::fromStdString(csvText(name.toStdString()) + ',' + csvText(part.shape) + ',' +
                                       csvText(part.dtype)) +
                QLatin1Char(',') + QString::number(part.parameters) + QStringLiteral("\r\n");
    for (const ModelPart& child : part.parts)
        writeCsv(child, name + QLatin1Char('.'), text);
}

}  // namespace

PartTreeModel::PartTreeModel(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {
}

PartTreeModel::~PartTreeModel() = default;

void PartTreeModel::setReport(std::shared_ptr<const ModelReport> report) {
    beginResetModel();
    m_report = std::move(report);
    m_root = m_report ? Node::make(m_report->tree, nullptr, 0) : std::make_unique<Node>();
    endResetModel();
}

const PartTreeModel::Node& PartTreeModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? *static_cast<const Node*>(index.constInternalPointer()) : *m_root;
}

QModelIndex PartTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, nodeOf(parent).children[static_cast<size_t>(row)].get());
}

QModelIndex PartTreeModel::parent(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    const Node* parent = nodeOf(index).parent;
    return parent == m_root.get() ? QModelIndex() : createIndex(parent->row, 0, parent);
}

int PartTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent).children.size());
}

int PartTreeModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QVariant PartTreeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const ModelPart& part = *nodeOf(index).part;
    if (role == Qt::TextAlignmentRole && index.column() == Parameters)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (index.column()) {
        case Name:
            return QString::fromStdString(part.name);
        case Shape:
            return engineText(part.shape);
        case Type:
            return QString::fromStdString(part.dtype);
        default:
            return formatCount(part.parameters);
    }
}

QVariant PartTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Parameters ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const QStringList names{tr("Name"), tr("Shape"), tr("Type"), tr("Parameters")};
    return names.value(section);
}

QString PartTreeModel::text() const {
    QString text;
    for (const auto& child : m_root->children)
        writeText(*child->part, 0, text);
    return text;
}

QString PartTreeModel::csv() const {
    QString text = QStringLiteral("name,shape,dtype,parameters\r\n");
    for (const auto& child : m_root->children)
        writeCsv(*child->part, {}, text);
    return text;
}

}  // namespace diagonal
