// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a folder of many images in a Label pane, filters, removes, restores and relabels every second of them, and
// prints how long each step takes, the longest piece of work on the UI thread in it (its own time), and the memory:
// QT_QPA_PLATFORM=offscreen diagonal-many-images [COUNT] [DIMENSIONS]
#include <sys/resource.h>
#include <time.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QSettings>
#include <QTemporaryDir>
#include <cstdio>
#include <filesystem>

#include "ui/label/grid_column.h"
#include "ui/label/image_filter_chips.h"
#include "ui/label/label_pane.h"
#include "ui/label/table_column.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/image_table.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"
#include "ui/widgets/chip.h"

using namespace diagonal;

namespace {

/// Milliseconds that this thread has computed: other programs on the machine do not count.
double computed() {
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

/// Times each event from its delivery to its return.
class WatchedApplication : public QApplication {
  public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (m_depth++ == 0) m_start = computed();
        const bool taken = QApplication::notify(receiver, event);
        if (--m_depth == 0) m_longest = std::max(m_longest, computed() - m_start);
        return taken;
    }
    double takeLongest() { return std::exchange(m_longest, 0); }

  private:
    int m_depth = 0;
    double m_start = 0, m_longest = 0;
};

class Bench {
  public:
    explicit Bench(WatchedApplication& application) : m_application(application) {
        std::printf("%-34s %9s %9s %9s\n", "", "ms", "piece ms", "peak MiB");
    }
    /// Does it as an event of its own, and goes on until `isDone`, or until nothing is left to do.
    void step(const char* what, const std::function<void()>& work, const std::function<bool()>& isDone = {}) {
        QApplication::processEvents();
        m_application.takeLongest();
        QElapsedTimer clock;
        clock.start();
        QMetaObject::invokeMethod(&m_application, work, Qt::QueuedConnection);
        QApplication::processEvents();
        while (isDone && !isDone())
            QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 5);
        QApplication::processEvents();
        rusage usage = {};
        ::getrusage(RUSAGE_SELF, &usage);
        std::printf("%-34s %9lld %9.1f %9ld\n", what, static_cast<long long>(clock.elapsed()),
                    m_application.takeLongest(), usage.ru_maxrss / 1024);
        std::fflush(stdout);
    }

  private:
    WatchedApplication& m_application;
};

/// A file takes 65,000 hard links at most on ext4.
void makePictures(const QDir& folder, int count) {
    QImage picture(64, 48, QImage::Format_RGB32);
    picture.fill(Qt::red);
    QString source;
    for (int i = 0; i < count; ++i) {
        const QString file = folder.filePath(QStringLiteral("image%1.png").arg(i));
        if (i % 50'000 == 0)
            picture.save(source = file);
        else
            std::filesystem::create_hard_link(source.toStdString(), file.toStdString());
    }
}

/// Of the first two axes: even rows surely the first label, odd ones between both.
std::vector<std::pair<quint64, ImageEmbedding>> embeddings(const ImageList& images, int first, int count, int dim) {
    std::vector<std::pair<quint64, ImageEmbedding>> results;
    for (int row = first; row < std::min(first + count, images.rowCount()); ++row) {
        ImageEmbedding one;
        one.width = one.height = 64;
        one.values.assign(static_cast<size_t>(dim), 0);
        one.values[0] = row % 2 == 0 ? 1 : 0.7071F;
        one.values[1] = row % 2 == 0 ? 0 : 0.7071F;
        results.emplace_back(images.item(row).id, std::move(one));
    }
    return results;
}

}  // namespace

int main(int argc, char** argv) {
    const QTemporaryDir folder, settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    WatchedApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("DiagonalBenchmark"));
    Theme::instance().install(application);
    const int count = argc > 1 ? std::max(1, QByteArray(argv[1]).toInt()) : 100'000;
    const int dim = argc > 2 ? std::max(2, QByteArray(argv[2]).toInt()) : 512;
    makePictures(QDir(folder.path()), count);

    Services services;
    LabelPane pane(services);
    pane.resize(1364, 800);
    pane.show();
    ImageList& images = pane.session().images();
    GridColumn& grid = pane.gridColumn();
    const auto chip = [&grid](ImageFilter filter) { grid.chips().setCurrentIndex(static_cast<int>(filter)); };
    const auto isScored = [&] { return images.isScored() && images.counts().waiting == 0; };
    const auto label = [&](const QStringList& lines, float x) {
        Embeddings texts{dim, std::vector<float>(static_cast<size_t>(dim) * 2)};
        texts.values[0] = x;
        texts.values[static_cast<size_t>(dim) + 1] = 1;
        images.setLabels(lines, texts);
    };
    images.setTemperature(0.1);
    label({"red", "blue"}, 1);

    Bench bench(application);
    bench.step(
        "list and show", [&] { pane.openPaths({folder.path()}); },
        [&] { return images.rowCount() == count && !pane.intake().isBusy(); });
    int next = 0;
    const std::function<void()> embed = [&] {
        images.setEmbeddings(embeddings(images, next, 500, dim));
        next += 500;
        if (next < images.rowCount()) QMetaObject::invokeMethod(&application, embed, Qt::QueuedConnection);
    };
    bench.step("scores of all, 500 at a time", embed, isScored);
    bench.step("scroll to the end", [&] { grid.grid().scrollToBottom(); });
    bench.step("every second filtered out", [&] { chip(ImageFilter::Unsure); });
    bench.step("and back", [&] { chip(ImageFilter::All); });
    bench.step(
        "temperature while filtered",
        [&] {
            chip(ImageFilter::Unsure);
            images.setTemperature(0.2);
        },
        isScored);
    bench.step(
        "labels edited while filtered",
        [&] {
            images.invalidateScores();
            label({"red", "green"}, 0.99F);
        },
        isScored);
    bench.step("rows ordered anew after that", [&] { grid.shown().refresh(); });
    bench.step("those shown selected", [&] { grid.grid().selectAll(); });
    bench.step("and removed", [&] { pane.removeSelected(); });
    bench.step("the filter taken off", [&] { chip(ImageFilter::All); });
    bench.step(
        "restored", [&] { pane.undoStack().undo(); }, isScored);
    bench.step("removed once more", [&] { pane.undoStack().redo(); });
    bench.step(
        "restored once more", [&] { pane.undoStack().undo(); }, isScored);
    bench.step("grouped by label", [&] { grid.shown().setGrouped(true); });
    bench.step("by label, least sure first", [&] { grid.shown().setOrder(ImageOrder::LeastSure); });
    bench.step("table", [&] { pane.showView("table"); });
    bench.step("table without every second", [&] { pane.tableColumn().chips().setCurrentIndex(2); });
    bench.step("and back", [&] { pane.tableColumn().chips().setCurrentIndex(0); });
    bench.step("all selected and removed", [&] {
        pane.tableColumn().table().selectAll();
        pane.removeSelected();
    });
    bench.step(
        "restored", [&] { pane.undoStack().undo(); }, isScored);
    return 0;
}
