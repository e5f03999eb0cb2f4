// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QMetaMethod>
#include <QWidget>
#include <functional>

class QDropEvent;
class QMimeData;

namespace diagonal {

/// Local files and folders that a drag or the clipboard carries.
QStringList droppedPaths(const QMimeData* data);

/// Takes a drag or drop as a copy, whatever its source would rather: what is moved here would be deleted there.
/// False: the source lets nobody copy.
bool acceptCopy(QDropEvent* event);

/// Says why these paths (or, when the list is empty, a picture) cannot be dropped here; empty when they can.
using DropCheck = std::function<QString(const QStringList& paths)>;

enum class DropLook { Idle, Over, Refused };
void paintDropFrame(QPainter& painter, const QRect& area, DropLook look, const QString& text);

/// A place to drop files: put a layout with what it says into it.
class DropFrame : public QWidget {
    Q_OBJECT

  public:
    explicit DropFrame(QWidget* parent = nullptr);
    void setCheck(DropCheck check) { m_check = std::move(check); }
    DropLook look() const { return m_look; }
    bool isHeard(const QMetaMethod& signal) const { return isSignalConnected(signal); }

  Q_SIGNALS:
    void pathsDropped(const QStringList& paths);
    void imageDropped(const QImage& image);  ///< a picture without a file, from a browser
    void linkDropped(const QString& link);   ///< only an address came; links are let in where this is connected

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void setLook(DropLook look, const QString& text);

    DropCheck m_check;
    DropLook m_look = DropLook::Idle;
    QString m_text;
};

/// Makes a whole pane a place to drop: the same frame inside its edges while something is over it.
class DropOverlay : public QWidget {
    Q_OBJECT

  public:
    explicit DropOverlay(QWidget* pane);
    void setCheck(DropCheck check) { m_check = std::move(check); }
    bool isHeard(const QMetaMethod& signal) const { return isSignalConnected(signal); }

  Q_SIGNALS:
    void pathsDropped(const QStringList& paths);
    void imageDropped(const QImage& image);
    void linkDropped(const QString& link);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    DropCheck m_check;
    DropLook m_look = DropLook::Idle;
    QString m_text;
};

}  // namespace diagonal
