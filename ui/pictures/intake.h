// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QObject>
#include <QStringList>
#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <vector>

#include "ui/jobs/engine_service.h"
#include "ui/pictures/drop_frame.h"

namespace diagonal {

class Services;

using Failures = std::vector<std::pair<QString, QString>>;  ///< path, reason

/// For dialogs that open pictures: every format that is read.
QString pictureFileFilter(bool listsToo = false);

/// How pictures come into a pane: dropped, pasted, chosen; as files, folders, lists of files, or without a file. What
/// the paths are is looked at on a worker thread alone, and found files come while it looks. A model among them is
/// opened instead. UI thread only.
class Intake : public QObject {
    Q_OBJECT

  public:
    /// key: of the settings ("label"). All of the pane becomes a place to drop.
    Intake(Services& services, const QString& key, QWidget* pane);
    ~Intake() override;

    /// Another place to drop, of the empty page.
    DropFrame* makeFrame();
    /// Why nothing can come at the moment; empty when it can.
    void setCheck(const std::function<QString()>& check);
    /// Pictures without a file are let in: they become files for as long as the program runs.
    void takePictures();
    /// What else a pane reads: gets all paths on a worker thread, and says what is to be done on the UI thread with
    /// what it has read; nothing: pictures are to be looked for. May throw Error. It is made anew, on the UI thread,
    /// for each time that something comes.
    using Reader = std::function<std::function<void()>(const QStringList& paths, const JobContext& job)>;
    void setReader(std::function<Reader()> makeReader) { m_makeReader = std::move(makeReader); }

    void add(const QStringList& paths);
    /// Returns the file that it becomes, which is found once it has been written; empty: there is nothing to write.
    QString addPicture(const QImage& image);
    void paste();
    /// Files that the person chooses.
    void chooseFiles(const QString& title, const QString& filter);
    void chooseFolder();

    bool isBusy() const { return !m_jobs.empty(); }
    void cancel();
    /// Whether a file will be gone with the program.
    bool isTemporary(const QString& path) const;

  Q_SIGNALS:
    /// isFirst: of what came at a time.
    void found(const QStringList& files, const diagonal::Failures& failures, bool isFirst);
    void busyChanged();

  private:
    void connectPlace(auto* place);
    void run(const QString& title, std::function<void(const JobContext&)> work, const std::function<void()>& poll,
             std::function<void()> finished);
    void explainLink();
    QString lastFolder() const;

    Services& m_services;
    QString m_key;
    QWidget* m_pane;
    DropOverlay* m_overlay;
    DropCheck m_check;
    bool m_takesPictures = false;
    std::function<Reader()> m_makeReader;
    std::vector<JobId> m_jobs;
    int m_pasted = 0;
    std::unique_ptr<QTemporaryDir> m_pastedFolder;
};

}  // namespace diagonal
