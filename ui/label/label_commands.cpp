// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_commands.h"

#include <QCoreApplication>
#include <QDateTime>

namespace diagonal {

namespace {

constexpr qint64 kPauseMilliseconds = 1000;

QString removalOf(int count) {
    return QCoreApplication::translate("diagonal::LabelPane", "remove %Ln image(s)", nullptr, count);
}

}  // namespace

RemoveImagesCommand::RemoveImagesCommand(ImageList& images, const QList<int>& rows)
    : QUndoCommand(removalOf(static_cast<int>(rows.size()))), m_images(images) {
    for (const int row : rows)
        m_ids << images.item(row).id;
}

void RemoveImagesCommand::redo() {
    QList<int> rows;
    for (const quint64 id : m_ids)
        if (const int row = m_images.rowOf(id); row >= 0) rows << row;
    m_taken = m_images.take(rows);
    m_bytes = 0;
    const auto labels = static_cast<size_t>(m_images.labels().size());
    for (const ImageItem& one : m_taken)
        m_bytes += sizeof(float) * (one.embedding.size() + (one.cosines ? labels : 0));
}

void RemoveImagesCommand::undo() {
    m_images.restore(std::move(m_taken));
    m_taken.clear();
    m_bytes = 0;
}

void RemoveImagesCommand::letGo() const {
    for (ImageItem& one : m_taken) {
        one.waiting = one.waiting || !one.isFailed();
        one.embedding = {};
        one.cosines = {};
    }
    m_bytes = 0;
}

void boundMemory(const QUndoStack& stack, size_t mostBytes) {
    size_t bytes = 0;
    for (int i = stack.index() - 1; i >= 0; --i) {
        const auto* removal = dynamic_cast<const RemoveImagesCommand*>(stack.command(i));
        if (removal == nullptr) continue;
        if (bytes + removal->bytes() > mostBytes) removal->letGo();
        bytes += removal->bytes();
    }
}

EditLabelsCommand::EditLabelsCommand(QString before, QString after, bool typed, Apply apply)
    : QUndoCommand(QCoreApplication::translate("diagonal::LabelPane", "edit labels")),
      m_before(std::move(before)),
      m_after(std::move(after)),
      m_typed(typed),
      m_time(QDateTime::currentMSecsSinceEpoch()),
      m_apply(std::move(apply)) {
}

bool EditLabelsCommand::mergeWith(const QUndoCommand* other) {
    const auto* next = static_cast<const EditLabelsCommand*>(other);
    if (!next->m_typed || next->m_time - m_time > kPauseMilliseconds) return false;
    m_after = next->m_after;
    m_time = next->m_time;
    return true;
}

}  // namespace diagonal
