// SPDX-License-Identifier: GPL-3.0-or-later
// How long a person waits in the Label pane: from a picture's arrival to its label, and from a label's change to the
// last of 10,000 rows. QT_QPA_PLATFORM=offscreen diagonal-label-latency MODEL PICTURE...
#include <QApplication>
#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QStringList>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>

#include "ui/label/label_session.h"

using namespace diagonal;

namespace {

constexpr int kRows = 10'000, kRepeats = 9;

double milliseconds(const std::function<void()>& start, const std::function<bool()>& isDone) {
    QElapsedTimer clock;
    clock.start();
    start();
    while (!isDone())
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void report(const char* what, std::vector<double> times) {
    std::sort(times.begin(), times.end());
    std::printf("%-40s median %7.1f ms, from %.1f to %.1f (%zu times)\n", what, times[times.size() / 2], times.front(),
                times.back(), times.size());
}

std::vector<float> randomUnit(std::mt19937& generator, int64_t dim) {
    std::normal_distribution<float> normal;
    std::vector<float> values(static_cast<size_t>(dim));
    double square = 0;
    for (float& value : values) {
        value = normal(generator);
        square += static_cast<double>(value) * value;
    }
    for (float& value : values)
        value /= static_cast<float>(std::sqrt(square));
    return values;
}

void fill(ImageList& images, int64_t dim) {
    QStringList paths;
    for (int i = 0; i < kRows; ++i)
        paths << QStringLiteral("/pictures/%1.jpg").arg(i);
    images.append(paths);
    std::mt19937 generator(1);
    std::vector<std::pair<quint64, ImageEmbedding>> embeddings;
    for (int row = 0; row < images.rowCount(); ++row)
        if (images.item(row).waiting) {
            ImageEmbedding one;
            one.values = randomUnit(generator, dim);
            embeddings.emplace_back(images.item(row).id, std::move(one));
        }
    images.setEmbeddings(embeddings);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc < 3) return std::fprintf(stderr, "diagonal-label-latency MODEL PICTURE...\n"), 2;
    qputenv("DIAGONAL_EMBEDDING_CACHE", "off");
    EngineService engine;
    LabelSession session(engine);
    ImageList& images = session.images();
    session.setTemplates({"a photo of a {}."});
    QStringList labels = {"dog",          "surfer",   "cyclist", "skier", "climber",
                          "skateboarder", "football", "street",  "child", "cat"};
    session.setLabels(labels);
    const auto isScored = [&] {
        if (engine.model() == nullptr || images.rowCount() == 0 || !images.isScored()) return false;
        const ImageItem& last = images.item(images.rowCount() - 1);
        return last.isFailed() || (last.hasScores() && !last.stale && images.labels().size() == labels.size());
    };
    std::printf("opened in %.1f ms\n", milliseconds([&] { engine.openModel(QString::fromLocal8Bit(argv[1])); },
                                                    [&] { return engine.model() != nullptr; }));
    // The labels are computed and the model is warmed up before a person's hand has moved.
    QTimer::singleShot(1500, &application, [] {});
    const QDeadlineTimer hand(1500);
    milliseconds([] {}, [&] { return hand.hasExpired() && images.labels() == labels; });
    std::vector<double> arrivals, changes;
    for (int i = 2; i < argc; ++i)
        arrivals.push_back(milliseconds([&] { session.add({QString::fromLocal8Bit(argv[i])}, {}, true); }, isScored));
    report("a picture arrives, until its label", arrivals);
    fill(images, engine.model()->embedDim);
    for (int i = 0; i < kRepeats; ++i) {
        labels[3] = QStringLiteral("person on a mountain %1").arg(i);
        changes.push_back(
            milliseconds([&] { session.setLabels(labels); }, [&] { return isScored() && images.labels() == labels; }));
    }
    report("a label changes, until 10,000 rows", changes);
    return 0;
}
