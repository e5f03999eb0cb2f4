// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/single_instance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalServer>
#include <QLocalSocket>
#include <QStandardPaths>
#include <QThread>
#include <QUrl>
#include <utility>

#include "ui/base/paths.h"

namespace diagonal {

namespace {

const QByteArray kTaken = QByteArrayLiteral("taken\n");
constexpr qint64 kMostBytes = 64 << 20;
constexpr int kRetryMilliseconds = 50, kAnswerMilliseconds = 200;

/// For this person alone. Where there is no session the cache will do; Qt would complain on the terminal.
QString privateFolder() {
    const QString session = qEnvironmentVariable("XDG_RUNTIME_DIR");
    const QString folder =
        session.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::CacheLocation) : session;
    QDir().mkpath(folder);
    return folder;
}

/// JSON holds no name that is not UTF-8: as an address it does.
QString writtenPath(const QString& path) {
    const bool isUtf8 = QString::fromUtf8(path.toUtf8()) == path;
    return isUtf8 ? path : QString::fromLatin1(toUrl(path).toEncoded());
}

QString readPath(const QString& written) {
    const QUrl url(written);
    return url.isLocalFile() ? fromUrl(url) : written;
}

/// One line.
QByteArray toLine(const OpenRequest& request) {
    QJsonArray paths;
    for (const QString& path : request.paths)
        paths.append(writtenPath(path));
    const QJsonObject object{{QStringLiteral("paths"), paths},
                             {QStringLiteral("model"), writtenPath(request.model)},
                             {QStringLiteral("pane"), request.pane},
                             {QStringLiteral("activation"), request.activation}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

OpenRequest toRequest(const QByteArray& line) {
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    OpenRequest request;
    for (const QJsonValue& path : object.value(QLatin1String("paths")).toArray())
        request.paths.append(readPath(path.toString()));
    request.model = readPath(object.value(QLatin1String("model")).toString());
    request.pane = object.value(QLatin1String("pane")).toString();
    request.activation = object.value(QLatin1String("activation")).toString();
    return request;
}

}  // namespace

SingleInstance::SingleInstance(const QString& name, QObject* parent)
    : QObject(parent), m_file(privateFolder() + QStringLiteral("/diagonal-") + name) {
}

SingleInstance::~SingleInstance() {
    if (m_server != nullptr) m_server->close();
    if (m_lock >= 0) ::close(m_lock);
}

QString SingleInstance::startName() {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation).toUtf8());
    for (const char* variable : {"WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM"})
        hash.addData('\n' + qgetenv(variable));
    return QString::fromLatin1(hash.result().toHex().left(16));
}

SingleInstance::Role SingleInstance::begin(const OpenRequest& request, int milliseconds) {
    m_lock =
        ::open(QFile::encodeName(m_file + QStringLiteral(".lock")).constData(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (m_lock < 0) return Role::Alone;
    const QDeadlineTimer deadline(milliseconds);
    do {
        if (::flock(m_lock, LOCK_EX | LOCK_NB) == 0) return Role::First;
        QLocalSocket socket;
        socket.connectToServer(m_file);
        // A first one that is starting has no socket yet.
        if (socket.waitForConnected(kAnswerMilliseconds)) {
            socket.write(toLine(request));
            while (!socket.canReadLine() && socket.state() == QLocalSocket::ConnectedState && !deadline.hasExpired())
                socket.waitForReadyRead(kAnswerMilliseconds);
            if (socket.readLine() == kTaken) return Role::HandedOver;
            socket.abort();  // who comes to read it late sees that nobody waits
        }
        QThread::msleep(kRetryMilliseconds);
    } while (!deadline.hasExpired());
    ::close(std::exchange(m_lock, -1));
    return Role::Alone;
}

void SingleInstance::listen() {
    m_server = new QLocalServer(this);
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    QLocalServer::removeServer(m_file);  // of one that was killed; the lock says that it is gone
    connect(m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket* socket = m_server->nextPendingConnection()) {
            connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QLocalSocket::readyRead, this, [this, socket] { take(socket); });
            take(socket);
        }
    });
    m_server->listen(m_file);
}

void SingleInstance::take(QLocalSocket* socket) {
    if (socket->bytesAvailable() > kMostBytes) return socket->abort();
    if (!socket->canReadLine()) return;
    const OpenRequest request = toRequest(socket->readLine(kMostBytes));
    socket->write(kTaken);
    socket->flush();
    // Whoever gave up waiting has opened a window of its own.
    if (socket->state() != QLocalSocket::ConnectedState) return;
    socket->disconnectFromServer();
    Q_EMIT requested(request);
}

}  // namespace diagonal
