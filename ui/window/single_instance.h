// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

class QLocalServer;
class QLocalSocket;

namespace diagonal {

/// What a start of the program wants opened.
struct OpenRequest {
    QStringList paths;  ///< absolute
    QString model, pane;
    QString activation;  ///< the desktop's permission to take the focus ($XDG_ACTIVATION_TOKEN)
};

/// One window a person, home folder and display: a later start gives what it should open to the first one and ends. The
/// first holds a lock that the system releases with the process, however that ends, and listens on a local socket
/// that only this person may use.
class SingleInstance : public QObject {
    Q_OBJECT

  public:
    enum class Role {
        First,       ///< call listen() once the window is there
        HandedOver,  ///< the first one has the request
        Alone,       ///< the first one does not answer, or nothing can be locked
    };

    /// `name` tells which starts belong together; usually startName().
    explicit SingleInstance(const QString& name, QObject* parent = nullptr);
    ~SingleInstance() override;

    /// Waits for an answer of the first one, at most this long. Needs a QCoreApplication, no event loop.
    Role begin(const OpenRequest& request, int milliseconds = 3000);
    void listen();

    static QString startName();

  Q_SIGNALS:
    void requested(const diagonal::OpenRequest& request);

  private:
    void take(QLocalSocket* socket);

    QString m_file;  ///< of the socket; the lock's has an ending
    int m_lock = -1;
    QLocalServer* m_server = nullptr;
};

}  // namespace diagonal
