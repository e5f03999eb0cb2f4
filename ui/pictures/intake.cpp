// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/intake.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QTimer>
#include <mutex>
#include <utility>

#include "engine/base/error.h"
#include "engine/image/image_files.h"
#include "ui/base/engine_texts.h"
#include "ui/base/model_paths.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/pictures/picture_sources.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

constexpr int kTakeMilliseconds = 100;

/// What a look at paths has found, on its way from the thread that looks to the one that shows it. Any thread.
class Findings {
  public:
    void look(const QStringList& paths, const Intake::Reader& reader, const JobContext& job) {
        QStringList rest;
        for (const QString& path : paths)
            (isModelPath(path) ? m_models : rest) << path;
        job.throwIfStopped();
        if (rest.isEmpty()) return;
        if (reader) m_finish = reader(rest, job);
        if (!m_finish) walk(rest, job);
        job.throwIfStopped();
    }

    /// What has come since the last call.
    std::pair<QStringList, Failures> take() {
        const std::lock_guard lock(m_mutex);
        return {std::exchange(m_files, {}), std::exchange(m_failures, {})};
    }
    QString leftBehind() const { return leftBehindNote(m_left.leftBehind, m_left.leftBehindNames); }

    // Once the look is over.
    bool isEmpty() const { return m_empty && m_models.isEmpty() && !m_finish; }
    const QStringList& models() const { return m_models; }
    const std::function<void()>& finish() const { return m_finish; }

  private:
    void walk(const QStringList& paths, const JobContext& job) {
        std::vector<ListFailure> unlisted;
        std::vector<std::filesystem::path> inputs;
        for (const QString& path : expandPathLists(paths, unlisted))
            inputs.push_back(toPath(path));
        ImageFiles first;
        for (const ListFailure& failure : unlisted)
            first.failures.push_back({toPath(failure.path), failure.reason.toStdString()});
        keep(first);
        listImages(inputs, job.stop, [this](const ImageFiles& piece) { keep(piece); });
    }
    void keep(const ImageFiles& piece) {
        const std::lock_guard lock(m_mutex);
        for (const auto& file : piece.files)
            m_files << fromPath(file);
        for (const FileFailure& failure : piece.failures)
            m_failures.emplace_back(fromPath(failure.path), engineText(failure.reason));
        m_left.add({{}, {}, piece.leftBehind, piece.leftBehindNames});
        m_empty = m_empty && m_files.isEmpty() && m_failures.empty();
    }

    std::mutex m_mutex;
    QStringList m_files;
    Failures m_failures;
    ImageFiles m_left;  ///< of which only what was left out is kept
    bool m_empty = true;
    QStringList m_models;
    std::function<void()> m_finish;
};

}  // namespace

QString pictureFileFilter(bool listsToo) {
    QStringList filters = {Intake::tr("Images (*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.bmp *.gif *.tif *.tiff "
                                      "*.ppm *.pgm *.cr2 *.cr3 *.nef *.arw *.dng *.orf *.rw2 *.raf)"),
                           Intake::tr("Lists of images (*.txt *.lst)"), Intake::tr("All files (*)")};
    if (!listsToo) filters.removeAt(1);
    return filters.join(QStringLiteral(";;"));
}

Intake::Intake(Services& services, const QString& key, QWidget* pane)
    : QObject(pane), m_services(services), m_key(key), m_pane(pane), m_overlay(new DropOverlay(pane)) {
    connectPlace(m_overlay);
}

Intake::~Intake() = default;

void Intake::connectPlace(auto* place) {
    using Place = std::remove_pointer_t<decltype(place)>;
    place->setCheck([this](const QStringList& paths) { return m_check ? m_check(paths) : QString(); });
    connect(place, &Place::pathsDropped, this, &Intake::add);
    if (!m_takesPictures) return;
    connect(place, &Place::imageDropped, this, &Intake::addPicture);
    connect(place, &Place::linkDropped, this, &Intake::explainLink);
}

DropFrame* Intake::makeFrame() {
    auto* frame = new DropFrame;
    connectPlace(frame);
    return frame;
}

void Intake::setCheck(const std::function<QString()>& check) {
    m_check = [this, check](const QStringList& paths) {
        const QString reason = check();
        return reason.isEmpty() && paths.isEmpty() && !m_takesPictures
                   ? tr("Drop files: what comes of them has their names")
                   : reason;
    };
}

void Intake::takePictures() {
    m_takesPictures = true;
    connect(m_overlay, &DropOverlay::imageDropped, this, &Intake::addPicture);
    connect(m_overlay, &DropOverlay::linkDropped, this, &Intake::explainLink);
}

/// poll: on the UI thread, some times a second and once at the end.
void Intake::run(const QString& title, std::function<void(const JobContext&)> work, const std::function<void()>& poll,
                 std::function<void()> finished) {
    // A context of its own each: what comes later must not supersede this.
    auto* context = new QObject(this);
    auto* timer = new QTimer(context);
    connect(timer, &QTimer::timeout, this, poll);
    timer->start(kTakeMilliseconds);
    auto job = std::make_shared<JobId>(0);
    const auto done = [this, context, job, poll] {
        poll();
        context->deleteLater();
        std::erase(m_jobs, *job);
        Q_EMIT busyChanged();
    };
    EngineService::TaskHandler handler;
    handler.finished = [done, finished = std::move(finished)] {
        done();
        finished();
    };
    handler.failed = [this, done](const JobError& error) {
        m_services.notifyError(error);
        done();
    };
    handler.cancelled = done;
    *job = m_services.engine().runTask(context, title, std::move(work), std::move(handler));
    m_jobs.push_back(*job);
    Q_EMIT busyChanged();
}

void Intake::add(const QStringList& paths) {
    if (paths.isEmpty()) return;
    auto findings = std::make_shared<Findings>();
    const auto poll = [this, findings, isFirst = std::make_shared<bool>(true)] {
        const auto [files, failures] = findings->take();
        if (!files.isEmpty() || !failures.empty()) Q_EMIT found(files, failures, std::exchange(*isFirst, false));
    };
    const auto finished = [this, findings, paths] {
        m_services.openOneOf(findings->models());
        if (findings->finish()) findings->finish()();
        if (const QString note = findings->leftBehind(); !note.isEmpty()) m_services.notify(note);
        if (findings->isEmpty())
            m_services.notifyError({shownName(paths.first()), tr("there are no images in it"),
                                    tr("Choose a folder with JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF files.")});
    };
    const Reader reader = m_makeReader ? m_makeReader() : Reader();
    run(
        tr("Looking for images"),
        [findings, paths, reader](const JobContext& job) { findings->look(paths, reader, job); }, poll, finished);
}

QString Intake::addPicture(const QImage& image) {
    if (image.isNull()) return {};
    if (!m_pastedFolder)
        m_pastedFolder = std::make_unique<QTemporaryDir>(QDir::tempPath() + '/' + kPastedFolder + "XXXXXX");
    const QString file = m_pastedFolder->filePath(QStringLiteral("%1 %2.png").arg(tr("Picture")).arg(++m_pasted));
    const auto work = [image, file](const JobContext&) {
        if (!image.save(file, "PNG"))
            throw Error(file.toStdString(), tr("the picture could not be stored").toStdString(),
                        tr("Make room in the folder for temporary files.").toStdString());
    };
    run(
        tr("Storing the picture"), work, [] {}, [this, file] { Q_EMIT found({file}, {}, true); });
    return file;
}

bool Intake::isTemporary(const QString& path) const {
    return m_pastedFolder && path.startsWith(m_pastedFolder->path());
}

void Intake::paste() {
    const QMimeData* data = QApplication::clipboard()->mimeData();
    const PictureSources sources = pictureSources(data);
    QStringList paths = sources.paths;
    if (sources.isEmpty() && data != nullptr && data->hasText())
        for (const QString& line : data->text().split('\n', Qt::SkipEmptyParts))
            if (const QString path = line.trimmed(); QDir::isAbsolutePath(path)) paths << path;
    const QString reason = m_check ? m_check(paths) : QString();
    if (!paths.isEmpty())
        reason.isEmpty() ? add(paths) : m_services.notify(reason);
    else if (m_takesPictures && !sources.image.isNull())
        addPicture(sources.image);
    else if (m_takesPictures && !sources.link.isEmpty())
        explainLink();
    else
        m_services.notify(m_takesPictures ? tr("There is no picture and no file in the clipboard")
                                          : tr("There are no files in the clipboard"));
}

void Intake::explainLink() {
    m_services.notify(
        tr("Only a link came, and nothing is fetched from the network. Copy the picture itself (“Copy image” in the "
           "browser) and paste it"));
}

QString Intake::lastFolder() const {
    return settings().value(m_key + "/folder", QDir::homePath()).toString();
}

void Intake::chooseFiles(const QString& title, const QString& filter) {
    const QStringList files = QFileDialog::getOpenFileNames(m_pane, title, lastFolder(), filter);
    if (files.isEmpty()) return;
    settings().setValue(m_key + "/folder", QFileInfo(files.first()).absolutePath());
    add(files);
}

void Intake::chooseFolder() {
    const QString folder = QFileDialog::getExistingDirectory(m_pane, tr("Open folder"), lastFolder());
    if (folder.isEmpty()) return;
    settings().setValue(m_key + "/folder", folder);
    keepRecentFolder(folder);
    add({folder});
}

void Intake::cancel() {
    for (const JobId job : std::vector(m_jobs))
        m_services.engine().cancel(job);
}

}  // namespace diagonal
