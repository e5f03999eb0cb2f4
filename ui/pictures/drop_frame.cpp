// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/drop_frame.h"

#include <QDragEnterEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QPlainTextEdit>
#include <QUrl>

#include "ui/base/paths.h"
#include "ui/pictures/picture_sources.h"
#include "ui/style/paint.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

QString dropText(const QStringList& paths) {
    if (paths.isEmpty()) return DropFrame::tr("Drop this picture");
    return DropFrame::tr("Drop %n file(s)", nullptr, static_cast<int>(paths.size()));
}

/// What a drag means at a place. False: nothing. Of a picture only its kind is asked, it comes with the drop. Where
/// nobody takes pictures or links, they are refused with the check's reason, or not let in.
template <typename Place>
bool judge(const Place& place, const QMimeData* data, const DropCheck& check, DropLook& look, QString& text) {
    const QStringList paths = droppedPaths(data);
    const bool takesImages = place.isHeard(QMetaMethod::fromSignal(&Place::imageDropped));
    const bool takesLinks = place.isHeard(QMetaMethod::fromSignal(&Place::linkDropped));
    if (paths.isEmpty() && !data->hasImage() && (!takesLinks || pictureSources(data).isEmpty())) return false;
    const QString reason = check ? check(paths) : QString();
    if (paths.isEmpty() && !takesImages && reason.isEmpty()) return false;
    look = reason.isEmpty() ? DropLook::Over : DropLook::Refused;
    text = reason.isEmpty() ? dropText(paths) : reason;
    return true;
}

void deliver(auto& target, const QMimeData* data) {
    const PictureSources sources = pictureSources(data);
    if (!sources.paths.isEmpty()) {
        Q_EMIT target.pathsDropped(sources.paths);
    } else if (!sources.image.isNull()) {
        Q_EMIT target.imageDropped(sources.image);
    } else if (!sources.link.isEmpty()) {
        Q_EMIT target.linkDropped(sources.link);
    }
}

}  // namespace

QStringList droppedPaths(const QMimeData* data) {
    QStringList paths;
    if (data == nullptr) return paths;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile()) paths.append(fromUrl(url));
    return paths;
}

bool acceptCopy(QDropEvent* event) {
    event->setAccepted(event->possibleActions().testFlag(Qt::CopyAction));
    if (event->isAccepted()) event->setDropAction(Qt::CopyAction);
    return event->isAccepted();
}

void paintDropFrame(QPainter& painter, const QRect& area, DropLook look, const QString& text) {
    const Tokens& t = Theme::instance().tokens();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(area).adjusted(1, 1, -1, -1);
    if (look == DropLook::Idle) {
        QPen pen(t.outline, 1.5);
        pen.setDashPattern({5 / 1.5, 4 / 1.5});
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        painter.setBrush(t.sunken);
        painter.drawRoundedRect(frame, px(8), px(8));
    } else {
        const bool refused = look == DropLook::Refused;
        painter.setPen(QPen(refused ? t.error : t.accent, 2));
        painter.setBrush(refused ? t.errorSoft : t.accentSoft);
        painter.drawRoundedRect(frame, px(8), px(8));
        painter.setFont(Theme::instance().font(20, 600));
        painter.setPen(refused ? t.error : t.accent);
        painter.drawText(area.adjusted(px(16), px(16), -px(16), -px(16)), Qt::AlignCenter | Qt::TextWordWrap, text);
    }
    painter.restore();
}

DropFrame::DropFrame(QWidget* parent) : QWidget(parent) {
    setAcceptDrops(true);
    followTheme(this, [this] { update(); });
}

void DropFrame::setLook(DropLook look, const QString& text) {
    m_look = look;
    m_text = text;
    for (QWidget* child : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        // What stands inside makes room for the one sentence, but keeps its place.
        QSizePolicy policy = child->sizePolicy();
        policy.setRetainSizeWhenHidden(true);
        child->setSizePolicy(policy);
        child->setVisible(look == DropLook::Idle);
    }
    update();
}

void DropFrame::dragEnterEvent(QDragEnterEvent* event) {
    DropLook look = DropLook::Idle;
    QString text;
    if (judge(*this, event->mimeData(), m_check, look, text) && acceptCopy(event)) setLook(look, text);
}

void DropFrame::dragLeaveEvent(QDragLeaveEvent*) {
    setLook(DropLook::Idle, {});
}

void DropFrame::dropEvent(QDropEvent* event) {
    const bool refused = m_look == DropLook::Refused;
    setLook(DropLook::Idle, {});
    if (!refused && acceptCopy(event)) deliver(*this, event->mimeData());
}

void DropFrame::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintDropFrame(painter, rect(), m_look, m_text);
}

DropOverlay::DropOverlay(QWidget* pane) : QWidget(pane) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
    pane->setAcceptDrops(true);
    pane->installEventFilter(this);
}

bool DropOverlay::eventFilter(QObject* watched, QEvent* event) {
    if (watched != parent()) return false;
    if (event->type() == QEvent::Show) {
        // Over a field too a drag is meant for the pane: a field would take the files' names as text.
        for (auto* field : parentWidget()->findChildren<QLineEdit*>())
            field->setAcceptDrops(false);
        for (auto* field : parentWidget()->findChildren<QPlainTextEdit*>())
            field->viewport()->setAcceptDrops(false);
    }
    if (event->type() == QEvent::DragEnter) {
        auto* drag = static_cast<QDragEnterEvent*>(event);
        if (!judge(*this, drag->mimeData(), m_check, m_look, m_text) || !acceptCopy(drag)) return false;
        setGeometry(parentWidget()->rect());
        raise();
        show();
        update();
        return true;
    }
    if (event->type() == QEvent::DragLeave) {
        hide();
        return true;
    }
    if (event->type() == QEvent::Drop && isVisible()) {
        auto* drop = static_cast<QDropEvent*>(event);
        hide();
        if (m_look != DropLook::Refused && acceptCopy(drop)) deliver(*this, drop->mimeData());
        return true;
    }
    return false;
}

void DropOverlay::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setOpacity(0.94);
    paintDropFrame(painter, rect().adjusted(px(4), px(4), -px(4), -px(4)), m_look, m_text);
}

}  // namespace diagonal
