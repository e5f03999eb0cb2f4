// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a folder of many images in the Label pane's list and grid and prints how long that takes and what memory it
// needs: QT_QPA_PLATFORM=offscreen diagonal-many-images [COUNT]
#include <sys/resource.h>
#include <unistd.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QTemporaryDir>
#include <cstdio>
#include <filesystem>

#include "engine/image/image_files.h"
#include "ui/label/grid_column.h"
#include "ui/label/image_grid.h"
#include "ui/models/image_list_model.h"
#include "ui/style/theme.h"

using namespace diagonal;

namespace {

QElapsedTimer stepClock;

void report(const char* what) {
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("%-34s %7lld ms   peak %5ld MiB\n", what, static_cast<long long>(stepClock.restart()),
                usage.ru_maxrss / 1024);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme::instance().install(application);
    const int count = argc > 1 ? std::max(1, QByteArray(argv[1]).toInt()) : 100'000;
    const QTemporaryDir folder;
    QImage picture(64, 48, QImage::Format_RGB32);
    picture.fill(Qt::red);
    const QString original = folder.filePath("original.bin");
    picture.save(original, "PNG");
    // A file takes 65,000 hard links at most on ext4.
    for (int i = 0; i < count; ++i) {
        if (i % 50'000 == 0) picture.save(original + QString::number(i / 50'000), "PNG");
        const QString source = original + QString::number(i / 50'000);
        const QString target = folder.filePath(QStringLiteral("image%1.png").arg(i));
        std::filesystem::create_hard_link(source.toStdString(), target.toStdString());
    }
    ImageListModel images;
    GridColumn column(images);
    column.resize(360, 800);
    column.show();
    QApplication::processEvents();
    stepClock.start();
    report("empty window");

    std::vector<QStringList> pieces;
    listImages({folder.path().toStdString()}, {}, [&pieces](const ImageFiles& piece) {
        QStringList names;
        for (const auto& file : piece.files)
            names << QString::fromStdString(file.string());
        pieces.push_back(names);
    });
    report("listed");
    qint64 slowest = 0;
    for (const QStringList& piece : pieces) {
        QElapsedTimer one;
        one.start();
        images.append(piece);
        QApplication::processEvents();
        slowest = std::max(slowest, one.elapsed());
    }
    report("added piece by piece, painted");
    std::printf("  %d rows in %zu pieces, the slowest %lld ms\n", images.rowCount(), pieces.size(),
                static_cast<long long>(slowest));
    column.grid().scrollToBottom();
    QApplication::processEvents();
    report("scrolled to the end");
    column.shown().setOrder(ImageOrder::Name);
    QApplication::processEvents();
    report("sorted by name");
    column.shown().setFilter(ImageFilter::Failed);
    column.shown().setFilter(ImageFilter::All);
    QApplication::processEvents();
    report("filtered and back");
    images.invalidateScores();
    QApplication::processEvents();
    report("all rows changed");
    column.grid().selectAll();
    report("all selected");
    images.take(column.selectedRows());
    QApplication::processEvents();
    report("all removed");
    return 0;
}
