// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>

#include "engine/embeddings/items.h"
#include "tests/ui/file_watch.h"
#include "tests/ui/ui_test.h"
#include "ui/embeddings/data_source.h"
#include "ui/embeddings/embeddings_pane.h"
#include "ui/embeddings/export_panel.h"
#include "ui/embeddings/source_view.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/segmented_control.h"

using namespace diagonal;

class TestEmbeddingsPane : public PaneTest<EmbeddingsPane> {
    Q_OBJECT

  private:
    QByteArray written(const QString& name) {
        const QString file = m_folder.filePath(name);
        QSignalSpy finished(&m_pane->job(), &EmbeddingJob::finished);
        m_pane->exportTo(file);
        if (finished.isEmpty() && !finished.wait(20000)) return {};
        QFile result(file);
        return result.open(QIODevice::ReadOnly) ? result.readAll() : QByteArray();
    }

    QStringList m_images;
    QString m_empty;

  private Q_SLOTS:
    void initTestCase() {
        for (int i = 0; i < 30; ++i)
            m_images << picture(QStringLiteral("pictures/%1.png").arg(i), QColor::fromHsv(i * 10, 255, 255));
        m_empty = emptyFile("empty.png");
    }

    void init() {
        UiTest::init();
        openPane();
        openModel(tinyModel());
    }

    void nothingToWriteIsSaid() {
        QVERIFY(!m_pane->exportPanel().exportButton().isEnabled());
        QVERIFY(!m_pane->exportPanel().exportButton().toolTip().isEmpty());
    }

    void aDroppedFolderIsPreviewedAndWritten() {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(m_folder.filePath("pictures")), QUrl::fromLocalFile(m_empty)});
        QDragEnterEvent enter(m_pane->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_pane.get(), &enter);
        QDropEvent event(m_pane->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_pane.get(), &event);
        QTRY_COMPARE(m_pane->source().inputs().size(), 31);
        QTRY_VERIFY(m_pane->source().preview().index(0, 1).data(EmbeddingTableModel::NumberRole).isValid());

        const QByteArray csv = written("out.csv");
        QVERIFY(csv.startsWith("path,e0,e1,"));
        QCOMPARE(csv.count("\r\n"), 31);
        QCOMPARE(m_pane->source().failures().rowCount(), 1);
        QVERIFY(m_pane->exportPanel().resultText().contains("30 image"));
        QVERIFY(QFile::exists(m_folder.filePath("out.csv.errors.csv")));
    }

    void theEndingSaysTheFormat() {
        m_pane->openPaths(m_images);
        QTRY_COMPARE(m_pane->source().inputs().size(), 30);
        const QByteArray npy = written("out.npy");
        QVERIFY(npy.startsWith("\x93NUMPY"));
        QVERIFY(npy.contains("(30, 24)"));
        QVERIFY(QFile::exists(m_folder.filePath("out.npy.paths.txt")));
        QVERIFY(!QFile::exists(m_folder.filePath("out.npy.errors.csv")));
        QVERIFY(written("out.safetensors").contains("embeddings"));
    }

    /// More than an editor can hold is embedded all the same.
    void manyTextsAreShownInPart() {
        const QString file = m_folder.filePath("many.txt");
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        for (int i = 0; i < 100000; ++i)
            out.write("text " + QByteArray::number(i) + '\n');
        out.close();
        m_pane->setTexts(true);
        {
            const FileWatch watch(m_folder.path());
            m_pane->openPaths({file});
            QTRY_COMPARE_WITH_TIMEOUT(m_pane->source().inputs().size(), 100000, 20000);
            QVERIFY2(watch.calls().isEmpty(), qPrintable(watch.calls().join('\n')));
        }
        QVERIFY(m_pane->source().editor().isReadOnly());
        QCOMPARE(m_pane->source().editor().blockCount(), 5000);
        m_pane->source().setContent({});
        m_pane->source().editor().undo();
        QVERIFY(m_pane->source().inputs().isEmpty());
        m_pane->source().editor().setPlainText("one\ntwo");
        QCOMPARE(m_pane->source().inputs(), QStringList({"one", "two"}));
        QVERIFY(!m_pane->source().editor().isReadOnly());
    }

    /// Whatever is opened meanwhile: rows of two models in one file would be told apart by nobody.
    void allTextsOfAFileAreOfOneModel() {
        EngineService& engine = m_services->engine();
        EmbeddingJob job(engine);
        std::vector<std::string> texts;
        for (int i = 0; i < 40000; ++i)
            texts.push_back("a red circle and " + std::to_string(i) + " blue squares");
        const EmbeddingRequest request{std::make_shared<TextItems>(texts), true, {}, m_folder.filePath("many.csv")};
        QSignalSpy finished(&job, &EmbeddingJob::finished), changed(&engine, &EngineService::modelChanged);
        bool isSwitched = false;
        connect(&job, &EmbeddingJob::progressed, this, [&](qint64 done) {
            if (done == 0 || std::exchange(isSwitched, true)) return;
            engine.openModel(tinyModel("other", true));
        });
        job.start(request);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 60000);
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, 60000);
        QFile file(request.file);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), static_cast<qsizetype>(texts.size()) + 1);
        const auto model = Session::open(m_folder.filePath("model").toStdString());
        for (const int row : {0, 128, 15000, 39999}) {
            const Embeddings expected = model->embedTexts(std::vector{texts[static_cast<size_t>(row)]});
            const QList<QByteArray> cells = lines[row + 1].trimmed().split(',');
            for (int i = 0; i < 24; ++i)
                QVERIFY2(
                    std::abs(cells[cells.size() - 24 + i].toFloat() - expected.values[static_cast<size_t>(i)]) < 1e-5F,
                    qPrintable(QString::number(row)));
        }
    }

    void normalisingIsAChoice() {
        m_pane->openPaths({m_images.first()});
        QTRY_COMPARE(m_pane->source().inputs().size(), 1);
        const QByteArray unit = written("unit.csv");
        const auto length = [](const QByteArray& csv) {
            double sum = 0;
            for (const QByteArray& cell : csv.split('\n')[1].trimmed().split(',').mid(1))
                sum += cell.toDouble() * cell.toDouble();
            return std::sqrt(sum);
        };
        QVERIFY(std::abs(length(unit) - 1) < 1e-4);
        settings().setValue("embeddings/normalize", false);
        m_pane = std::make_unique<EmbeddingsPane>(*m_services);
        m_pane->openPaths({m_images.first()});
        QTRY_COMPARE(m_pane->source().inputs().size(), 1);
        QVERIFY(std::abs(length(written("raw.csv")) - 1) > 1e-3);
    }

    void typedAndOpenedTextsAreWritten() {
        const QString file = m_folder.filePath("texts.txt");
        QFile texts(file);
        QVERIFY(texts.open(QIODevice::WriteOnly));
        QByteArray lines;
        for (int i = 0; i < 300; ++i)
            lines += "text number " + QByteArray::number(i) + "\n\n";
        texts.write(lines);
        texts.close();
        m_pane->setTexts(true);
        m_pane->source().editor().setPlainText("a red circle\n\n  =1+1 ");
        QCOMPARE(m_pane->source().inputs(), QStringList({"a red circle", "=1+1"}));
        m_pane->openPaths({file});
        QTRY_COMPARE(m_pane->source().inputs().size(), 302);
        const QByteArray csv = written("texts.csv");
        QCOMPARE(csv.count("\r\n"), 303);
        QVERIFY(csv.contains("\r\n'=1+1,"));
    }

    void whatWasClearedComesBack() {
        m_pane->openPaths(m_images);
        QTRY_COMPARE(m_pane->source().inputs().size(), 30);
        m_pane->clear();
        QVERIFY(m_pane->source().inputs().isEmpty());
        QTest::keySequence(m_pane.get(), QKeySequence::Undo);
        QCOMPARE(m_pane->source().inputs(), m_images);
        m_pane->setTexts(true);
        m_pane->source().editor().setPlainText("a red circle");
        m_pane->clear();
        QVERIFY(m_pane->source().texts().isEmpty());
        m_pane->undoStack().undo();
        QCOMPARE(m_pane->source().texts(), QStringList("a red circle"));
        m_pane->setTexts(false);
        QCOMPARE(m_pane->source().inputs(), m_images);
    }

    void whatCameSinceStaysWhereOneComesBack() {
        m_pane->setTexts(true);
        m_pane->source().editor().setPlainText("a red circle");
        m_pane->clear();
        m_pane->source().editor().setPlainText("a blue square");
        m_pane->setTexts(false);
        m_pane->openPaths(m_images);
        QTRY_COMPARE(m_pane->source().inputs().size(), 30);
        m_pane->undoStack().undo();
        QCOMPARE(m_pane->source().inputs(), m_images);
        QCOMPARE(m_pane->source().texts(), QStringList({"a red circle", "a blue square"}));
        m_pane->undoStack().redo();
        QVERIFY(m_pane->source().texts().isEmpty());
        QAction* undo = m_pane->editActions().first();
        QVERIFY(undo->isEnabled());
        m_pane->exportTo(m_folder.filePath("undo.csv"));
        QVERIFY(!undo->isEnabled());
        QTRY_VERIFY(!m_pane->job().isRunning());
        QVERIFY(undo->isEnabled());
    }

    void filesThatFailedAreShownAgain() {
        Q_EMIT m_pane->intake().found({m_images.first()}, {{m_folder.filePath("closed"), "no permission"}}, true);
        QCOMPARE(m_pane->source().failures().rowCount(), 1);
        m_pane->setTexts(true);
        QCOMPARE(m_pane->source().failures().rowCount(), 0);
        m_pane->setTexts(false);
        QCOMPARE(m_pane->source().failures().rowCount(), 1);
    }

    void textsAreCalledTexts() {
        QVERIFY(m_pane->exportPanel().formatHint().contains("path"));
        m_pane->setTexts(true);
        QVERIFY2(
            !m_pane->exportPanel().formatHint().contains("path") && m_pane->exportPanel().formatHint().contains("text"),
            qPrintable(m_pane->exportPanel().formatHint()));
    }

    void cancelWritesNothing() {
        m_pane->openPaths(m_images);
        QTRY_COMPARE(m_pane->source().inputs().size(), 30);
        QSignalSpy cancelled(&m_pane->job(), &EmbeddingJob::cancelled),
            finished(&m_pane->job(), &EmbeddingJob::finished);
        const QString file = m_folder.filePath("cancelled.csv");
        m_pane->exportTo(file);
        m_pane->job().cancel();
        QTRY_VERIFY(!m_pane->job().isRunning());
        QCOMPARE(cancelled.size() + finished.size(), 1);
        QCOMPARE(QFile::exists(file), finished.size() == 1);
        QVERIFY(m_pane->exportPanel().exportButton().isEnabled());
    }

    void aFullOrMissingPlaceIsAnError() {
        m_pane->openPaths({m_images.first()});
        QTRY_COMPARE(m_pane->source().inputs().size(), 1);
        QSignalSpy failed(&m_pane->job(), &EmbeddingJob::failed);
        m_pane->exportTo("/nowhere/at all/x.csv");
        QVERIFY(failed.wait());
        QVERIFY(!m_pane->exportPanel().resultText().isEmpty());
    }

    /// What was embedded before it was stopped is not embedded again.
    void aStoppedExportIsGoneOnWith() {
        m_pane->setTexts(true);
        QStringList texts;
        for (int i = 0; i < 20000; ++i)
            texts << QStringLiteral("a red circle and %1 blue squares").arg(i);
        m_pane->source().showTexts(texts);
        const QString file = m_folder.filePath("stopped.npy");
        QSignalSpy cancelled(&m_pane->job(), &EmbeddingJob::cancelled);
        const auto stop = connect(&m_pane->job(), &EmbeddingJob::progressed, this, [this](qint64 done) {
            if (done > 0) m_pane->job().cancel();
        });
        m_pane->exportTo(file);
        QTRY_COMPARE_WITH_TIMEOUT(cancelled.size(), 1, 60000);
        disconnect(stop);
        QVERIFY(m_pane->job().kept() > 0 && m_pane->job().kept() < 20000);
        QVERIFY(QFile::exists(file + ".partial"));
        QVERIFY(!QFile::exists(file));
        LinkLabel& resume = m_pane->exportPanel().resumeLink();
        QVERIFY(!resume.isHidden());
        QSignalSpy finished(&m_pane->job(), &EmbeddingJob::finished);
        resume.click();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 60000);
        QVERIFY(m_pane->job().resumed() > 0);
        QVERIFY(m_pane->exportPanel().resultText().contains("before"));
        QVERIFY(!QFile::exists(file + ".partial"));
        QVERIFY(written("whole.npy").size() > 20000 * 24 * 4);
        QFile went(file), whole(m_folder.filePath("whole.npy"));
        QVERIFY(went.open(QIODevice::ReadOnly) && whole.open(QIODevice::ReadOnly));
        QVERIFY(went.readAll() == whole.readAll());
    }

    void whatIsLeftCanBeDiscarded() {
        m_pane->setTexts(true);
        QStringList texts;
        for (int i = 0; i < 20000; ++i)
            texts << QStringLiteral("%1 blue squares").arg(i);
        m_pane->source().showTexts(texts);
        const QString file = m_folder.filePath("discarded.npy");
        QSignalSpy cancelled(&m_pane->job(), &EmbeddingJob::cancelled);
        connect(&m_pane->job(), &EmbeddingJob::progressed, this, [this](qint64 done) {
            if (done > 0) m_pane->job().cancel();
        });
        m_pane->exportTo(file);
        QTRY_COMPARE_WITH_TIMEOUT(cancelled.size(), 1, 60000);
        QVERIFY(QFile::exists(file + ".partial"));
        m_pane->exportPanel().discardLink().click();
        QTRY_VERIFY(!QFile::exists(file + ".partial"));
        QVERIFY(m_pane->exportPanel().resultText().isEmpty());
    }

    void sixteenBitsTakeHalfTheRoom() {
        m_pane->openPaths(m_images);
        QTRY_COMPARE(m_pane->source().inputs().size(), 30);
        m_pane->exportPanel().types().setCurrentIndex(1);
        const QByteArray npy = written("half.npy");
        m_pane->exportPanel().types().setCurrentIndex(0);
        QVERIFY(npy.contains("'<f2'"));
        QCOMPARE(npy.size(), 128 + 30 * 24 * 2);
    }

    void theProjectorIsAFolder() {
        m_pane->openPaths(m_images);
        QTRY_COMPARE(m_pane->source().inputs().size(), 30);
        written("map.projector");
        for (const char* name : {"tensors.tsv", "metadata.tsv", "sprite.png", "projector_config.pbtxt"})
            QVERIFY2(QFile::exists(m_folder.filePath("map.projector/") + name), name);
        QVERIFY(m_pane->exportPanel().resultText().contains("30 image"));
    }

    void aTableIsReadByAColumn() {
        const QString file = m_folder.filePath("table.csv");
        QFile table(file);
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("id,caption,title\n1,a dog,one\n2,,two\n3,\"a cat, sleeping\",three\n");
        table.close();
        m_pane->setTexts(true);
        m_pane->source().editor().setPlainText("typed");
        {
            const FileWatch watch(m_folder.path());
            m_pane->openPaths({file});
            QTRY_COMPARE(m_pane->source().inputs().size(), 3);
            QVERIFY2(watch.calls().isEmpty(), qPrintable(watch.calls().join('\n')));
        }
        QCOMPARE(m_pane->source().inputs(), QStringList({"typed", "a dog", "a cat, sleeping"}));
        QComboBox& columns = m_pane->source().columns();
        QCOMPARE(columns.currentText(), QStringLiteral("caption"));
        columns.setCurrentText(QStringLiteral("title"));
        Q_EMIT columns.activated(columns.currentIndex());
        QTRY_COMPARE(m_pane->source().inputs(), QStringList({"typed", "one", "two", "three"}));
        m_pane->clear();
        QVERIFY(columns.parentWidget()->isHidden());
    }

    void aTableNamesImages() {
        const QString file = m_folder.filePath("images.csv");
        QFile table(file);
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("first,image\npictures/1.png,pictures/2.png\npictures/3.png,pictures/4.png\n");
        table.close();
        m_pane->openPaths({m_images.first()});
        QTRY_COMPARE(m_pane->source().inputs().size(), 1);
        m_pane->openPaths({file});
        QTRY_COMPARE(m_pane->source().inputs().size(), 3);
        QVERIFY(m_pane->source().inputs().last().endsWith("pictures/4.png"));
        QComboBox& columns = m_pane->source().columns();
        columns.setCurrentText(QStringLiteral("first"));
        Q_EMIT columns.activated(columns.currentIndex());
        QTRY_VERIFY(m_pane->source().inputs().last().endsWith("pictures/3.png"));
        QCOMPARE(m_pane->source().inputs().size(), 3);
    }

    void aDataSetIsEmbedded() {
        m_pane->setKind(SourceKind::Data);
        QVERIFY(!m_pane->exportPanel().exportButton().isEnabled());
        m_pane->source().data().setSpec("scenes:count=12,seed=2,split=train");
        QTRY_COMPARE(m_pane->source().rows(), 12);
        QTRY_VERIFY(m_pane->source().preview().index(11, 1).data(EmbeddingTableModel::NumberRole).isValid());
        const QByteArray csv = written("data.csv");
        QVERIFY2(csv.startsWith("path,e0,"), csv.left(40).constData());
        QCOMPARE(csv.count("\r\n"), 13);
        m_pane->source().data().setSpec("/nowhere/at all");
        QTRY_VERIFY(m_pane->source().data().status().contains("nowhere"));
        QVERIFY(!m_pane->exportPanel().exportButton().isEnabled());
    }

    void sizesAreEstimated() {
        QCOMPARE(estimatedBytes("npy", 1000, 128, 0), qint64(512128));
        QCOMPARE(estimatedBytes("npy", 1000, 128, 0, FloatType::Float16), qint64(256128));
        QVERIFY(estimatedBytes("csv", 1000, 128, 0) > estimatedBytes("npy", 1000, 128, 0));
    }
};

DIAGONAL_TEST(TestEmbeddingsPane);
#include "test_embeddings_pane.moc"
