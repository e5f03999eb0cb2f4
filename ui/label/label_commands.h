// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QUndoCommand>
#include <QUndoStack>
#include <functional>

#include "ui/pictures/image_list.h"

namespace diagonal {

/// Takes images out of the list; undo brings them back with their scores.
class RemoveImagesCommand : public QUndoCommand {
  public:
    RemoveImagesCommand(ImageList& images, const QList<int>& rows);
    void redo() override;
    void undo() override;

    /// What the images hold that can be computed again: embeddings and scores.
    size_t bytes() const { return m_bytes; }
    void letGo() const;

  private:
    ImageList& m_images;
    QList<quint64> m_ids;
    mutable std::vector<ImageItem> m_taken;
    mutable size_t m_bytes = 0;
};

/// Lets go of what removed images hold beyond so many bytes, the earliest first.
void boundMemory(const QUndoStack& stack, size_t mostBytes);

/// A change of the labels' text. What is typed without a pause in between is one step.
class EditLabelsCommand : public QUndoCommand {
  public:
    using Apply = std::function<void(const QString&)>;
    EditLabelsCommand(QString before, QString after, bool typed, Apply apply);
    int id() const override { return m_typed ? 1 : -1; }
    bool mergeWith(const QUndoCommand* other) override;
    void redo() override { m_apply(m_after); }
    void undo() override { m_apply(m_before); }

  private:
    QString m_before, m_after;
    bool m_typed;
    qint64 m_time;
    Apply m_apply;
};

}  // namespace diagonal
