// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <semaphore>

#include "tests/engine/tiny_model.h"
#include "tests/registry.h"
#include "ui/jobs/engine_service.h"
#include "ui/jobs/progress_meter.h"
#include "ui/jobs/task_pool.h"
#include "ui/jobs/throttle.h"
#include "ui/jobs/training_service.h"
#include "ui/jobs/worker.h"

using namespace diagonal;

namespace {

constexpr int kPatience = 60000;  // of a busy machine; nothing here waits that long

}  // namespace

class TestJobs : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        m_model = m_folder.filePath("model");
        writeTinyModel(m_model.toStdString());
        for (int i = 0; i < 40; ++i) {
            QImage image(20, 20, QImage::Format_RGB32);
            image.fill(QColor::fromHsv(i * 9, 200, 200));
            m_images.append(m_folder.filePath(QStringLiteral("%1.png").arg(i)));
            QVERIFY(image.save(m_images.last()));
        }
    }

    void throttleNeverLosesTheLast() {
        int runs = 0;
        int value = 0;
        int seen = 0;
        Throttle throttle([&] {
            ++runs;
            seen = value;
        });
        for (value = 1; value <= 1000; ++value)
            throttle.request();
        value = 1000;
        QTRY_COMPARE_WITH_TIMEOUT(seen, 1000, kPatience);
        QVERIFY(runs <= 5);
        throttle.flush();
    }

    void meterComputesRateAndTimeLeft() {
        ProgressMeter meter;
        QCOMPARE(meter.secondsLeft(), -1.0);
        meter.reportAt(0, 0, 100);
        meter.reportAt(2000, 20, 100);
        QCOMPARE(meter.perSecond(), 10.0);
        QCOMPARE(meter.secondsLeft(), 8.0);
    }

    void workerRunsUrgentWorkFirstAndBetween() {
        std::vector<int> order;
        std::binary_semaphore begun(0), filled(0), done(0);
        Worker worker;
        worker.add(1, [&] {
            begun.release();
            filled.acquire();
            order.push_back(1);
            worker.runUrgent();
            order.push_back(3);
        });
        begun.acquire();
        worker.add(1, [&] {
            order.push_back(4);
            done.release();
        });
        worker.add(0, [&] { order.push_back(2); });
        filled.release();
        done.acquire();
        QCOMPARE(order, std::vector<int>({1, 2, 3, 4}));
    }

    void aTaskThatHangsHoldsUpItsOwnerAlone() {
        EngineService service;
        QObject hanging, other;
        std::binary_semaphore end(0);
        QStringList done;
        service.runTask(&hanging, "Checking", [&](const JobContext&) { end.acquire(); },
                        {[&] { done << "hanging"; }, {}, {}});
        service.runTask(&hanging, "Listing", [](const JobContext&) {}, {[&] { done << "after"; }, {}, {}});
        service.runTask(&other, "Listing", [](const JobContext&) {}, {[&] { done << "other"; }, {}, {}});
        QTRY_COMPARE_WITH_TIMEOUT(done, QStringList("other"), kPatience);
        end.release();
        QTRY_COMPARE_WITH_TIMEOUT(done, QStringList({"other", "hanging", "after"}), kPatience);
    }

    /// Looks at a mount that does not answer, as many as there are threads and more.
    void tasksThatHangTakeNoThreadFromOthers() {
        std::counting_semaphore<> end(0);
        std::binary_semaphore done(0);
        TaskPool pool(2, std::chrono::milliseconds(10));
        std::array<int, 6> owners = {};
        for (const int& owner : owners)
            pool.add(&owner, [&end] { end.acquire(); });
        pool.add(this, [&done] { done.release(); });
        done.acquire();
        QVERIFY(!pool.end(std::chrono::milliseconds(1)));
        end.release(std::ssize(owners));
        QVERIFY(pool.end(std::chrono::minutes(1)));
    }

    void whatHangsIsLeftBehindAtTheEnd() {
        const QString fifo = m_folder.filePath("fifo");
        QCOMPARE(::mkfifo(QFile::encodeName(fifo).constData(), 0600), 0);
        const auto begun = std::make_shared<std::counting_semaphore<>>(0);
        const auto hang = [begun, name = QFile::encodeName(fifo)](const JobContext&) {
            begun->release();
            ::close(::open(name.constData(), O_RDONLY));
            begun->release();
        };
        {
            EngineService service;
            service.runTask(this, "Looking", hang, {[] { QFAIL("is heard"); }, {}, {}});
            service.runLongTask(this, "Converting", {}, hang, {[] { QFAIL("is heard"); }, {}, {}});
            begun->acquire();
            begun->acquire();
            QVERIFY(!service.end(std::chrono::milliseconds(10)));
        }
        const int other = ::open(QFile::encodeName(fifo).constData(), O_WRONLY);
        begun->acquire();
        begun->acquire();
        ::close(other);
        EngineService quiet;
        QVERIFY(quiet.end(std::chrono::minutes(1)));
    }

    void tasksOfOneOrderRunOneAfterTheOther() {
        EngineService service;
        std::vector<std::unique_ptr<QObject>> owners;
        std::atomic<int> running = 0, most = 0, next = 0;
        std::vector<int> order;
        for (int i = 0; i < 50; ++i) {
            owners.push_back(std::make_unique<QObject>());
            service.runTask(
                owners.back().get(), "Sorting",
                [&, i](const JobContext&) {
                    most = std::max<int>(most, ++running);
                    order.push_back(i);
                    --running;
                    ++next;
                },
                {}, this);
        }
        QTRY_COMPARE_WITH_TIMEOUT(next.load(), 50, kPatience);
        QCOMPARE(most.load(), 1);
        QVERIFY(std::is_sorted(order.begin(), order.end()));
    }

    /// A callback may end its own job; what is left of it is not touched.
    void aCallbackMayCancelItsOwnJob() {
        EngineService service;
        open(service);
        JobId job = 0;
        int ended = 0;
        const QString marked = m_folder.path();
        job = service.embedImages(this, "Labelling", m_images, true,
                                  {[&, marked](std::vector<ImageEmbedding>) {
                                       service.cancel(job);
                                       QCOMPARE(marked, m_folder.path());
                                   },
                                   [&](bool) { ++ended; },
                                   {}});
        QTRY_COMPARE_WITH_TIMEOUT(ended, 1, kPatience);
        QVERIFY(service.jobs().isEmpty());
    }

    void errorsReadAsOneSentence() {
        const JobError error{"a.png", "the file is empty", "Choose another"};
        QCOMPARE(error.text(), QStringLiteral("a.png: the file is empty. Choose another."));
    }

    void modelOpensInTheBackground() {
        EngineService service;
        QVERIFY(service.model() == nullptr);
        open(service);
        QVERIFY(service.model() != nullptr);
        QVERIFY(!service.isLoadingModel());
        QVERIFY(!service.device().isEmpty());
    }

    void aModelThatFailsLeavesTheOldOne() {
        EngineService service;
        open(service);
        const QString name = QString::fromStdString(service.model()->name);
        QSignalSpy failed(&service, &EngineService::modelFailed);
        service.openModel(m_folder.filePath("nothing-here"));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatience);
        QCOMPARE(QString::fromStdString(service.model()->name), name);
        QVERIFY(!service.isLoadingModel());
    }

    void openingAModelIsAJobThatCanBeCancelled() {
        EngineService service;
        open(service);
        QSignalSpy changed(&service, &EngineService::modelChanged), cancelled(&service, &EngineService::modelCancelled);
        // Held up behind a task of the engine's own thread, it stays for a while.
        QStringList texts;
        for (int i = 0; i < 200000; ++i)
            texts << QStringLiteral("a long text with number %1").arg(i);
        QObject slow;
        service.embedLabels(&slow, texts, {}, {});
        service.openModel(m_model);
        QVERIFY(service.isLoadingModel());
        const auto titles = [&] {
            QStringList all;
            for (const JobState& job : service.jobs())
                all << job.title;
            return all;
        };
        QTRY_VERIFY_WITH_TIMEOUT(titles().contains("Opening model"), kPatience);
        QVERIFY(titles().contains("Embedding texts"));
        for (const JobState& job : service.jobs())
            service.cancel(job.id);
        QCOMPARE(cancelled.count(), 1);
        QVERIFY(!service.isLoadingModel());
        bool next = false;
        service.embedTexts(this, {"red"}, true, {[&](Embeddings, std::vector<size_t>) { next = true; }, {}});
        QTRY_VERIFY_WITH_TIMEOUT(next, kPatience);
        QCOMPARE(changed.count(), 0);
    }

    void whereAModelCameFromOpensItAgain() {
        EngineService service;
        open(service);
        QCOMPARE(service.modelSource(), m_model);
        QSignalSpy changed(&service, &EngineService::modelChanged);
        service.openModel(QDir().relativeFilePath(m_model));
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatience);
        QVERIFY(QDir::isAbsolutePath(service.modelSource()));
        QCOMPARE(QDir::cleanPath(service.modelSource()), m_model);
    }

    /// Progress, a time and Cancel for what takes minutes with a large model and many templates.
    void manyTextsAreAJobAfterAMoment() {
        EngineService service;
        open(service);
        QStringList texts;
        for (int i = 0; i < 200000; ++i)
            texts << QStringLiteral("a long text with number %1").arg(i);
        bool isCancelled = false;
        service.embedLabels(this, texts, {"a {}", "the {}"}, {{}, {}, [&] { isCancelled = true; }});
        QVERIFY(service.jobs().isEmpty());
        const auto hasProgress = [&] {
            const auto jobs = service.jobs();
            return jobs.size() == 1 && jobs[0].done > 0 && jobs[0].total == texts.size() && jobs[0].secondsLeft >= 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(hasProgress(), kPatience);
        service.cancel(service.jobs().first().id);
        QVERIFY(isCancelled);
        QVERIFY(service.jobs().isEmpty());
        JobError error;
        service.cancel(service.embedTexts(this, texts, true, {{}, [&](const JobError& e) { error = e; }}));
        QVERIFY(!error.problem.isEmpty());
    }

    void withoutAModelRequestsFailWithAReason() {
        EngineService service;
        JobError error;
        service.embedTexts(this, {"a"}, true, {{}, [&](JobError e) { error = e; }});
        QTRY_VERIFY_WITH_TIMEOUT(!error.problem.isEmpty(), kPatience);
    }

    void imagesStreamInAndNoneIsLost() {
        EngineService service;
        open(service);
        QStringList files = m_images;
        files.append(m_folder.filePath("missing.png"));
        QList<size_t> seen;
        int failures = 0;
        int finished = 0;
        service.embedImages(this, "Labelling", files, true,
                            {[&](std::vector<ImageEmbedding> batch) {
                                 for (const ImageEmbedding& image : batch) {
                                     seen.append(image.index);
                                     failures += image.error.empty() ? 0 : 1;
                                 }
                             },
                             [&](bool cancelled) {
                                 QVERIFY(!cancelled);
                                 QCOMPARE(seen.size(), files.size());
                                 ++finished;
                             },
                             {}});
        QCOMPARE(service.jobs().size(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(finished, 1, kPatience);
        QCOMPARE(failures, 1);
        QVERIFY(service.jobs().isEmpty());
    }

    void aNewerRequestSupersedesTheOlder() {
        EngineService service;
        open(service);
        QStringList answers;
        const auto ask = [&](const QString& text) {
            service.embedTexts(this, {text}, true,
                               {[&answers, text](Embeddings, std::vector<size_t>) { answers.append(text); }, {}});
        };
        for (int i = 0; i < 20; ++i)
            ask(QStringLiteral("red circle %1").arg(i));
        bool labels = false;
        service.embedLabels(
            this, {"red circle"}, {"a {}"},
            {[&](Embeddings embeddings, std::vector<size_t>) { labels = embeddings.count() == 1; }, {}});
        QTRY_VERIFY_WITH_TIMEOUT(labels, kPatience);
        QCOMPARE(answers, QStringList{"red circle 19"});
    }

    /// A look that hangs, at a disk that is gone: the same owner's next look does not wait for it.
    void aLookThatHangsHoldsUpNoOther() {
        EngineService service;
        QObject owner;
        std::binary_semaphore end(0), done(0);
        service.runTask(&owner, {}, [&](const JobContext&) { end.acquire(); }, {});
        service.runTask(&owner, {}, [&](const JobContext&) { done.release(); }, {});
        done.acquire();
        end.release();
    }

    /// More of them than there are threads.
    void looksThatHangLeaveOtherTasksTheirThreads() {
        constexpr int kLooks = 100;
        EngineService service;
        std::array<QObject, kLooks> owners;
        std::counting_semaphore<> end(0);
        std::binary_semaphore done(0);
        for (QObject& owner : owners)
            service.runTask(&owner, {}, [&](const JobContext&) { end.acquire(); }, {});
        service.runTask(this, "Exporting", [&](const JobContext&) { done.release(); }, {});
        const bool isDone = done.try_acquire_for(std::chrono::milliseconds(kPatience));
        end.release(kLooks);
        QVERIFY(isDone);
    }

    /// The model that is compared with is in use until another one is there in its place.
    void theSecondModelStaysUntilTheNextIsLoaded() {
        EngineService service;
        open(service);
        int opened = 0, failed = 0, embedded = 0;
        EngineService::SecondModelHandler handler{
            [&](const ModelInfo&, qint64) { ++opened; }, [&](const JobError&) { ++failed; }, {}};
        service.openSecondModel(this, m_model, handler);
        QTRY_COMPARE_WITH_TIMEOUT(opened, 1, kPatience);
        service.openSecondModel(this, m_folder.filePath("no model"), handler);
        QTRY_COMPARE_WITH_TIMEOUT(failed, 1, kPatience);
        service.embedLabels(this, {"red"}, {"a {}"},
                            {[&](Embeddings, std::vector<size_t>) { ++embedded; },
                             [](const JobError& error) { QFAIL(qPrintable(error.text())); }},
                            ModelSlot::Second);
        QTRY_COMPARE_WITH_TIMEOUT(embedded, 1, kPatience);
    }

    void ownersDoNotSupersedeEachOther() {
        EngineService service;
        open(service);
        QObject first, second;
        int answers = 0;
        const auto count = [&](Embeddings, std::vector<size_t>) { ++answers; };
        service.embedTexts(&first, {"red"}, true, {count, {}});
        service.embedTexts(&second, {"blue"}, true, {count, {}});
        QTRY_COMPARE_WITH_TIMEOUT(answers, 2, kPatience);
    }

    void cancelEndsAtOnceAndDropsTheRest() {
        EngineService service;
        open(service);
        int ended = 0;
        bool late = false;
        QStringList many;
        for (int i = 0; i < 50; ++i)
            many += m_images;
        const JobId id = service.embedImages(this, "Labelling", many, true,
                                             {[&](std::vector<ImageEmbedding>) { late = late || ended > 0; },
                                              [&](bool cancelled) { ended += cancelled ? 1 : 100; },
                                              {}});
        service.cancel(id);
        QCOMPARE(ended, 1);
        QVERIFY(service.jobs().isEmpty());
        bool next = false;
        service.embedTexts(this, {"red"}, true, {[&](Embeddings, std::vector<size_t>) { next = true; }, {}});
        QTRY_VERIFY_WITH_TIMEOUT(next, kPatience);
        QVERIFY(!late);
        QCOMPARE(ended, 1);
    }

    void aGoneOwnerIsNotCalled() {
        EngineService service;
        open(service);
        bool called = false;
        auto owner = std::make_unique<QObject>();
        service.embedTexts(owner.get(), {"red"}, true, {[&](Embeddings, std::vector<size_t>) { called = true; }, {}});
        service.embedImages(owner.get(), "Labelling", m_images, true,
                            {{}, [&](bool) { called = true; }, [&](JobError) { called = true; }});
        owner.reset();
        QVERIFY(service.jobs().isEmpty());
        bool next = false;
        service.embedTexts(this, {"red"}, true, {[&](Embeddings, std::vector<size_t>) { next = true; }, {}});
        QTRY_VERIFY_WITH_TIMEOUT(next, kPatience);
        QVERIFY(!called);
    }

    void tasksReportFinishAndFail() {
        EngineService service;
        bool finished = false;
        service.runTask(this, "Exporting", [](const JobContext& job) { job.progress(1, 1); },
                        {[&] { finished = true; }, {}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(finished, kPatience);
        JobError error;
        service.runTask(this, "Exporting",
                        [](const JobContext&) { throw Error("a.csv", "the disk is full", "Free some"); },
                        {{}, [&](JobError e) { error = e; }, {}});
        QTRY_COMPARE_WITH_TIMEOUT(error.subject, QStringLiteral("a.csv"), kPatience);
        QVERIFY(service.jobs().isEmpty());
    }

    void aCancelledTaskEndsWhenItHasEnded() {
        EngineService service;
        bool cancelled = false;
        const JobId id = service.runTask(this, "Waiting",
                                         [](const JobContext& job) {
                                             std::binary_semaphore stopped(0);
                                             const std::stop_callback onStop(job.stop, [&] { stopped.release(); });
                                             stopped.acquire();
                                             job.throwIfStopped();
                                         },
                                         {{}, {}, [&] { cancelled = true; }});
        service.cancel(id);
        QTRY_VERIFY_WITH_TIMEOUT(cancelled, kPatience);
        QVERIFY(service.jobs().isEmpty());
    }

    void closingStopsWhatRuns() {
        auto service = std::make_unique<EngineService>();
        open(*service);
        bool called = false;
        QStringList many;
        for (int i = 0; i < 200; ++i)
            many += m_images;
        service->embedImages(this, "Labelling", many, true, {{}, [&](bool) { called = true; }, {}});
        service.reset();
        QVERIFY(!called);
    }

    void aRunThatCannotStartFails() {
        TrainingService service;
        QSignalSpy failed(&service, &TrainingService::failed);
        TrainOptions options;
        options.trainData = m_folder.filePath("no-data").toStdString();
        options.output = m_folder.filePath("run").toStdString();
        service.start(options);
        QVERIFY(service.isRunning());
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatience);
        QVERIFY(!service.isRunning());
    }

    void everyStepOfARunArrives() {
        TrainingService service;
        QList<qint64> steps;
        connect(&service, &TrainingService::stepsDone, this, [&](const std::vector<StepMetrics>& batch) {
            for (const StepMetrics& step : batch)
                steps.append(step.step);
        });
        QSignalSpy finished(&service, &TrainingService::finished);
        QSignalSpy failed(&service, &TrainingService::failed);
        TrainOptions options;
        options.trainData = "scenes:count=64,seed=1";
        options.model = "tiny";
        options.output = m_folder.filePath("scenes-run").toStdString();
        options.steps = 4;
        options.batchSize = 8;
        options.warmup = 1;
        options.vocabularySize = 300;
        options.validateEvery = 1000;
        service.start(options);
        QTRY_VERIFY_WITH_TIMEOUT(finished.count() + failed.count() == 1, 60000);
        if (!failed.isEmpty()) QFAIL(qPrintable(failed.first().first().value<JobError>().text()));
        QCOMPARE(steps.size(), 4);
        QVERIFY(std::is_sorted(steps.begin(), steps.end()));
        QVERIFY(!service.isRunning());
    }

    void slicesGiveWayToWhatIsAskedFor() {
        EngineService service;
        QSignalSpy loaded(&service, &EngineService::modelChanged);
        service.openModel(m_model);
        QVERIFY(loaded.wait(kPatience));
        std::atomic<int> slices = 0, words = -1;
        QObject owner;
        bool finished = false, hasProgressed = false;
        std::binary_semaphore asked(0);
        EngineService::SliceHandler handler;
        handler.progressed = [&] { hasProgressed = true; };
        handler.finished = [&] { finished = true; };
        service.runWithModel(
            &owner, QStringLiteral("Slices"), QStringLiteral("files/s"),
            [&](Session& session, const JobContext& job) {
                if (slices == 0) asked.acquire();
                if (session.info().embedDim == 0) throw Cancelled();
                job.progress(++slices, 5);
                return slices < 5;
            },
            handler);
        EngineService::TextHandler text;
        text.finished = [&](const Embeddings&, const std::vector<size_t>&) { words = 1; };
        service.embedTexts(&owner, {QStringLiteral("a cat")}, true, text);
        asked.release();
        QTRY_VERIFY_WITH_TIMEOUT(finished, kPatience);
        QCOMPARE(slices.load(), 5);
        QCOMPARE(words.load(), 1);
        QVERIFY(hasProgressed);
    }

    void cancelledSlicesEnd() {
        EngineService service;
        QSignalSpy loaded(&service, &EngineService::modelChanged);
        service.openModel(m_model);
        QVERIFY(loaded.wait(kPatience));
        QObject owner;
        bool cancelled = false;
        EngineService::SliceHandler handler;
        handler.cancelled = [&] { cancelled = true; };
        const JobId id = service.runWithModel(
            &owner, QStringLiteral("Slices"), {}, [](Session&, const JobContext&) { return true; }, handler);
        service.cancel(id);
        QTRY_VERIFY_WITH_TIMEOUT(cancelled, kPatience);
        QVERIFY(service.jobs().isEmpty());
    }

  private:
    void open(EngineService& service) {
        QSignalSpy changed(&service, &EngineService::modelChanged);
        service.openModel(m_model);
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, 30000);
    }

    QTemporaryDir m_folder;
    QString m_model;
    QStringList m_images;
};

DIAGONAL_TEST(TestJobs);
#include "test_jobs.moc"
