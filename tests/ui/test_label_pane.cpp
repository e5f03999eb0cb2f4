// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSplitter>
#include <nlohmann/json.hpp>

#include "tests/ui/bytes_in.h"
#include "tests/ui/drop.h"
#include "tests/ui/file_watch.h"
#include "tests/ui/label_pane_test.h"
#include "ui/label/first_model.h"
#include "ui/label/grid_column.h"
#include "ui/label/image_filter_chips.h"
#include "ui/label/label_editor.h"
#include "ui/label/named_sets.h"
#include "ui/label/picture_column.h"
#include "ui/label/prompt_editor.h"
#include "ui/label/prompt_preview.h"
#include "ui/label/relevance_bar.h"
#include "ui/label/score_panel.h"
#include "ui/label/side_panel.h"
#include "ui/label/table_column.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/picture_view.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/temperature_slider.h"

using namespace diagonal;

class TestLabelPane : public LabelPaneTest {
    Q_OBJECT

  private:
    void type(const QString& text) {
        auto& editor = m_pane->side().editor();
        editor.selectAll();
        const QStringList lines = text.split('\n');
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (i > 0) QTest::keyClick(&editor, Qt::Key_Return);
            QTest::keyClicks(&editor, lines[i]);
        }
    }

    QString m_red, m_blue, m_empty;

  private Q_SLOTS:
    void initTestCase() {
        m_red = picture("pictures/red.png", Qt::red);
        m_blue = picture("pictures/deep/blue.png", Qt::blue);
        m_empty = emptyFile("empty.png");
    }

    void init() {
        UiTest::init();
        openPaneFor({"red", "blue", "dog"});
    }

    /// Who has no model of their own gets the ways to one beside the demo model's shapes.
    void theFirstModelIsOffered() {
        settings().clear();
        cleanup();
        m_services = std::make_unique<Services>();
        m_pane = std::make_unique<LabelPane>(*m_services);
        m_pane->show();
        auto* first = m_pane->findChild<FirstModel*>();
        QVERIFY(first != nullptr && !first->isVisible());
        QSignalSpy loaded(&m_services->engine(), &EngineService::modelChanged);
        m_services->engine().openModel("demo");
        QVERIFY(loaded.wait(60000));
        QVERIFY(first->isVisible() && first->openLink().isVisible() && first->makeLink().isVisible());
        QTRY_VERIFY(first->getLink().isVisible());
        const QString text = first->getLink().text();
        QVERIFY2(text.contains("ViT-B/32") && (text.contains("354.0 MB") || text.contains("on this computer")),
                 qPrintable(text));
        QSignalSpy asked(m_services.get(), &Services::modelsRequested);
        first->openLink().click();
        QCOMPARE(asked.count(), 1);
        m_services->addRecentModel(m_folder.filePath("model"));
        QVERIFY(!first->isVisible());
    }

    void labelsAreReadFromLines() {
        const LabelList list = parseLabels(" cat \n\n dog\ncat\n  \nsmall   dog\n");
        QCOMPARE(list.labels, QStringList({"cat", "dog", "small dog"}));
        QCOMPARE(list.merged, QStringList({"cat"}));
    }

    void droppedFilesAndFoldersAreLabelled() {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(m_folder.filePath("pictures")), QUrl::fromLocalFile(m_empty)});
        QVERIFY(drop(*m_pane, data));
        QTRY_VERIFY(isLabelled());
        QCOMPARE(images().rowCount(), 3);
        QCOMPARE(images().counts().failed, 1);
        QVERIFY(m_pane->side().scores().model().hasScores());
        QCOMPARE(m_pane->gridColumn().position(), 0);
    }

    void missingFilesBecomeTilesWithAReason() {
        m_pane->openPaths({m_folder.filePath("pictures"), m_folder.filePath("gone.png")});
        QTRY_VERIFY(isLabelled());
        QCOMPARE(images().counts().failed, 1);
    }

    void picturesAndPathsArePasted() {
        QImage image(16, 16, QImage::Format_RGB32);
        image.fill(Qt::green);
        QApplication::clipboard()->setImage(image);
        m_pane->intake().paste();
        QTRY_VERIFY(isLabelled());
        QCOMPARE(images().rowCount(), 1);
        QApplication::clipboard()->setText(m_red + "\n" + m_blue + "\nno path\n");
        m_pane->intake().paste();
        QTRY_COMPARE(images().rowCount(), 3);
        QTRY_VERIFY(isLabelled());
        QApplication::clipboard()->setText("only words");
        QSignalSpy notified(m_services.get(), &Services::notified);
        m_pane->intake().paste();
        QCOMPARE(notified.size(), 1);
    }

    void selectedPicturesAreCounted() {
        m_pane->openPaths({m_red, m_blue});
        QTRY_VERIFY(isLabelled());
        QTRY_COMPARE(images().rowCount(), 2);
        m_pane->gridColumn().shown().refresh();
        const auto said = [this](const QString& text) {
            for (const auto* label : m_pane->findChildren<TextLabel*>())
                if (label->isVisible() && label->text().contains(text)) return true;
            return false;
        };
        QVERIFY(!said("selected"));
        m_pane->gridColumn().grid().selectAll();
        QVERIFY(said("2 of 2 image(s) selected"));
    }

    void splittersStayWhereTheyWerePut() {
        const auto side = [this] { return m_pane->side().width(); };
        auto* splitter = qobject_cast<QSplitter*>(m_pane->side().parentWidget());
        QVERIFY(splitter != nullptr);
        const int before = side();
        splitter->setSizes({splitter->width() - before - 60, before + 60});
        Q_EMIT splitter->splitterMoved(splitter->width() - before - 60, 1);
        QCOMPARE(side(), before + 60);
        reopenPane();
        QTRY_COMPARE(side(), before + 60);
    }

    void typingRescoresWithoutReadingImagesAgain() {
        m_pane->openPaths({m_red, m_blue});
        QTRY_VERIFY(isLabelled());
        const std::vector<float> embedding = images().item(0).embedding;
        type("green\nsquare");
        QVERIFY(images().item(0).stale);
        QVERIFY(!images().item(0).label.isEmpty());
        QTRY_VERIFY(isLabelled());
        QCOMPARE(images().labels(), QStringList({"green", "square"}));
        QCOMPARE(images().item(0).embedding, embedding);
        QCOMPARE(m_pane->side().scores().model().rowCount(), 2);
        QCOMPARE(settings().value("label/labels").toStringList(), QStringList({"green", "square"}));
    }

    void noLabelsAreNoError() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        auto& editor = m_pane->side().editor();
        editor.selectAll();
        QTest::keyClick(&editor, Qt::Key_Delete);
        QTRY_VERIFY(images().labels().isEmpty());
        QVERIFY(!m_pane->side().scores().model().hasScores());
    }

    void labelEditsAreUndone() {
        m_pane->side().replaceLabels({"one", "two"});
        QCOMPARE(m_pane->session().labels(), QStringList({"one", "two"}));
        m_pane->undoStack().undo();
        QCOMPARE(m_pane->session().labels(), QStringList({"red", "blue", "dog"}));
        m_pane->undoStack().redo();
        QCOMPARE(m_pane->side().editor().toPlainText(), QString("one\ntwo"));
        type("three");
        QCOMPARE(m_pane->session().labels(), QStringList("three"));
        QTest::keySequence(&m_pane->side().editor(), QKeySequence::Undo);
        QVERIFY(m_pane->session().labels() != QStringList("three"));
    }

    void removedImagesComeBack() {
        m_pane->openPaths({m_red, m_blue, m_empty});
        QTRY_VERIFY(isLabelled());
        m_pane->gridColumn().grid().choose(m_pane->gridColumn().shown().index(1, 0));
        m_pane->removeSelected();
        QCOMPARE(images().rowCount(), 2);
        QCOMPARE(m_pane->gridColumn().position(), 1);
        m_pane->undoStack().undo();
        QCOMPARE(images().rowCount(), 3);
        QCOMPARE(images().item(1).path, m_blue);
        QVERIFY(images().item(1).hasScores() && !images().item(1).stale);
        m_pane->gridColumn().shown().settle();
        m_pane->gridColumn().grid().selectAll();
        m_pane->removeSelected();
        QCOMPARE(images().rowCount(), 0);
        m_pane->undoStack().undo();
        QCOMPARE(images().rowCount(), 3);
    }

    void theOnlyPictureComesBackToBeSeen() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        for (const char* view : {"picture", "table"}) {
            m_pane->showView(view);
            m_pane->removeSelected();
            QVERIFY(!m_pane->gridColumn().isVisible() && !m_pane->tableColumn().isVisible());
            QTest::keySequence(m_pane.get(), QKeySequence::Undo);
            QCOMPARE(images().rowCount(), 1);
            QVERIFY(m_pane->side().scores().model().hasScores());
            QCOMPARE(view == QString("table") ? m_pane->tableColumn().currentRow() : m_pane->gridColumn().currentRow(),
                     0);
        }
    }

    void anotherModelLabelsAnew() {
        m_pane->openPaths({m_red, m_blue});
        QTRY_VERIFY(isLabelled());
        const std::vector<float> before = images().item(0).embedding;
        QSignalSpy loaded(&m_services->engine(), &EngineService::modelChanged);
        m_services->engine().openModel(tinyModel("other", true));
        QVERIFY(loaded.wait(20000));
        QTRY_VERIFY(isLabelled());
        QVERIFY(images().item(0).embedding != before);
    }

    void stoppedLabelsAreReadWhenAsked() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        {
            QObject scope;
            connect(&m_pane->session(), &LabelSession::stateChanged, &scope, [this] {
                if (m_pane->session().isReadingLabels()) m_pane->session().cancel();
            });
            type("green");
            QTRY_VERIFY(m_pane->session().areTextsStopped());
        }
        QVERIFY(!m_pane->session().isReadingLabels());
        QCOMPARE(images().counts().sure, 0);
        NoticeBar* stopped = nullptr;
        for (auto* bar : m_pane->findChildren<NoticeBar*>())
            if (bar->isVisible() && bar->text().contains("labels are not read")) stopped = bar;
        QVERIFY(stopped != nullptr);
        Q_EMIT stopped->linkActivated();
        QTRY_VERIFY(isLabelled());
        QCOMPARE(images().labels(), QStringList("green"));
        QVERIFY(!stopped->isVisible());
    }

    void cancelKeepsWhatIsDoneAndContinueDoesTheRest() {
        QStringList files;
        for (int i = 0; i < 200; ++i)
            files << picture(QStringLiteral("many-%1.png").arg(i), QColor::fromHsv(i, 255, 255));
        m_pane->openPaths(files);
        // A quick machine may be done before anyone looks.
        QTRY_VERIFY(m_pane->session().isEmbedding() || isLabelled());
        m_pane->session().cancel();
        QTRY_VERIFY(!m_pane->session().isEmbedding());
        if (m_pane->session().isPaused()) m_pane->session().resume();
        QTRY_VERIFY_WITH_TIMEOUT(isLabelled(), 20000);
        QCOMPARE(images().counts().all, 200);
    }

    void aPromptSetCanBeTakenBackInItsField() {
        auto& prompt = m_pane->side().prompt();
        prompt.setTemplates({"my own {}"});
        prompt.setTemplates({"a photo of a {}"});
        prompt.findChild<QPlainTextEdit*>()->undo();
        QCOMPARE(prompt.templates(), QStringList("my own {}"));
    }

    void aTemplateWithoutAPlaceIsRefused() {
        auto& prompt = m_pane->side().prompt();
        prompt.setTemplates({"a drawing of nothing"});
        QVERIFY(!prompt.error().isEmpty());
        QCOMPARE(m_pane->session().templates(), QStringList("a {}"));
        prompt.setTemplates({"a drawing of a {}"});
        QVERIFY(prompt.error().isEmpty());
        QCOMPARE(m_pane->session().templates(), QStringList("a drawing of a {}"));
        prompt.setTemplates({"the {}", "no place"});
        QVERIFY(prompt.error().contains("no place"));
        QCOMPARE(m_pane->session().templates(), QStringList("a drawing of a {}"));
        prompt.setTemplates({});
        QCOMPARE(m_pane->session().templates(), QStringList());
    }

    void severalTemplatesAreAnEnsemble() {
        m_pane->openPaths({m_red});
        type("red circle\nblue square");
        QTRY_VERIFY(isLabelled());
        const auto alone = images().item(0).cosines;
        m_pane->side().prompt().setTemplates({"a {}", "the {}", "one {} here"});
        QCOMPARE(m_pane->session().templates().size(), 3);
        QTRY_VERIFY(isLabelled());
        QVERIFY(images().item(0).cosines != alone);
        QVERIFY(m_pane->side().findChild<PromptPreview*>()->toolTip().startsWith("a red circle\nthe red circle"));
    }

    void synonymsCountAsOneLabelAndNegativeOnesAreNotGiven() {
        m_pane->openPaths({m_red});
        type("red circle | crimson disc\ngreen square");
        QTRY_VERIFY(isLabelled());
        QCOMPARE(m_pane->session().labels(), QStringList({"red circle | crimson disc", "green square"}));
        QCOMPARE(images().item(0).cosines->size(), size_t{2});
        const QString best = images().item(0).label;
        QVERIFY(images().item(0).assigned);
        QCOMPARE(images().givenCounts()[static_cast<size_t>(images().labels().indexOf(best))], 1);
        type(best == "green square" ? "red circle\n! green square" : "! red circle | crimson disc\ngreen square");
        QTRY_VERIFY(isLabelled());
        QCOMPARE(images().item(0).label, best);
        QVERIFY(!images().item(0).assigned);
    }

    void aLabelBelowItsThresholdIsNotGiven() {
        m_pane->openPaths({m_red});
        type("red circle @ 100%\ngreen square @ 100%");
        QTRY_VERIFY(isLabelled());
        QVERIFY(!images().item(0).assigned);
        type("red circle @ 1%\ngreen square @ 1%");
        QTRY_VERIFY(isLabelled());
        QVERIFY(images().item(0).assigned);
    }

    void aLineThatIsNoLabelIsToldAndTheOthersCount() {
        type("red circle\ncat | | dog\ngreen square");
        QCOMPARE(m_pane->session().labels(), QStringList({"red circle", "green square"}));
        type("red circle\ncat | |");
        QVERIFY(parseLabels(m_pane->side().editor().toPlainText()).problem.contains("cat | |"));
    }

    void sigmoidScoresEachLabelForItself() {
        m_pane->openPaths({m_red});
        type("red circle\ngreen square");
        QTRY_VERIFY(isLabelled());
        images().setScore(Score::Sigmoid, -1);
        for (const LabelScore& score : images().ranking(0)) {
            const double expected = 1 / (1 + std::exp(-score.cosine / images().temperature() + 1));
            QVERIFY(std::abs(score.probability - expected) < 1e-9);
        }
        images().setScore(Score::Softmax, 0);
    }

    void temperatureMovesTheScores() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        m_pane->side().temperature().setTemperature(1);
        Q_EMIT m_pane->side().temperature().temperatureChanged(1);
        const double flat = images().item(0).top.probability;
        Q_EMIT m_pane->side().temperature().temperatureChanged(0.001);
        const double sharp = images().item(0).top.probability;
        QVERIFY2(sharp > flat,
                 qPrintable(QStringLiteral("%1 %2 at %3").arg(sharp).arg(flat).arg(images().temperature())));
    }

    void exportsWhatTheCommandLineWrites() {
        m_pane->openPaths({m_red, m_empty});
        QTRY_VERIFY(isLabelled());
        QSignalSpy exported(&m_pane->session(), &LabelSession::exported);
        const QString file = m_folder.filePath("labels.csv");
        m_pane->exportTo(file);
        QVERIFY(exported.wait());
        QFile csv(file);
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QStringList lines = QString::fromUtf8(csv.readAll()).split("\r\n");
        QCOMPARE(lines[0], QString("image,rank,label,probability,cosine,error"));
        QVERIFY(lines[1].startsWith(m_red + ",1,"));
        QVERIFY(lines[3].startsWith(m_red + ",3,"));
        QVERIFY(lines[4].startsWith(m_empty + ",,,,,"));
        QCOMPARE(lines.size(), 6);
    }

    void anExportSaysWhatIsNotFinishedAndWhatIsNotGiven() {
        m_pane->openPaths({m_red, m_blue});
        type("red circle @ 100%\n! green square");
        QTRY_VERIFY(isLabelled());
        QCOMPARE(images().counts().none, 2);
        QSignalSpy exported(&m_pane->session(), &LabelSession::exported);
        QSignalSpy told(m_services.get(), &Services::notified);
        const QString file = m_folder.filePath("none.json");
        m_pane->exportTo(file);
        QVERIFY(exported.wait());
        const auto results = nlohmann::json::parse(bytesIn(file).toStdString())["results"];
        QCOMPARE(results[0]["verdict"].get<std::string>(), std::string("none"));
        QVERIFY(results[0]["label"].is_null());
        QCOMPARE(exported.last()[3].toInt(), 0);
        // In CSV there is a column for it where labels decide.
        const QString table = m_folder.filePath("none.csv");
        m_pane->exportTo(table);
        QVERIFY(exported.wait());
        const auto lines = bytesIn(table).split('\n');
        QCOMPARE(lines[0], QByteArray("image,rank,label,probability,cosine,error,verdict\r"));
        QVERIFY(lines[1].endsWith(",none\r"));
        images().invalidateScores();
        m_pane->exportTo(file);
        QVERIFY(exported.wait());
        QCOMPARE(exported.last()[3].toInt(), 2);
        const auto unfinished = nlohmann::json::parse(bytesIn(file).toStdString())["results"];
        QCOMPARE(unfinished[0]["verdict"].get<std::string>(), std::string("waiting"));
        QVERIFY(told.last()[0].toString().contains("not finished"));
    }

    void anExportThatFailsSaysSo() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        QSignalSpy problem(&m_pane->session(), &LabelSession::problem);
        m_pane->exportTo("/nowhere/at all/labels.csv");
        QVERIFY(problem.wait());
        QVERIFY(!problem.first().first().value<JobError>().text().isEmpty());
    }

    void selectionIsCopiedAsText() {
        m_pane->openPaths({m_red, m_empty});
        QTRY_VERIFY(isLabelled());
        m_pane->gridColumn().grid().selectAll();
        const QStringList lines = m_pane->selectionAsText().split('\n');
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0].split('\t').size(), 4);
        QVERIFY(lines[1].contains("Error"));
    }

    void filtersWithoutAnImageShowNone() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        const bool sure = images().counts().sure == 1;
        m_pane->gridColumn().chips().setCurrentIndex(sure ? 2 : 1);
        QCOMPARE(m_pane->gridColumn().shown().rowCount(), 0);
        QCOMPARE(m_pane->gridColumn().currentRow(), -1);
        m_pane->gridColumn().chips().setCurrentIndex(0);
        QCOMPARE(m_pane->gridColumn().shown().rowCount(), 1);
    }

    void roomIsKeptForImagesWithoutALabel() {
        ImageFilterChips chips;
        ImageCounts counts;
        counts.all = 200;
        const std::vector<Label> labels = {parseLabel("cat"), parseLabel("! dog")};
        const int width = chips.widestHint(counts, labels);
        counts.none = 200;
        QCOMPARE(chips.widestHint(counts, labels), width);
    }

    /// Whether pictures pass it or, as one of the two, none does.
    void typingLeavesTheFilterAlone() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        for (const int chip : {1, 2}) {
            m_pane->gridColumn().chips().setCurrentIndex(chip);
            type("green\nsquare");
            QTRY_VERIFY(isLabelled());
            QCOMPARE(m_pane->gridColumn().chips().currentIndex(), chip);
        }
    }

    void setsOfLabelsAreKept() {
        const NamedSets sets(TextSets::Labels);
        QVERIFY(!sets.lines(sets.builtIn().first()).isEmpty());
        QCOMPARE(sets.lines("cifar10").size(), 10);
        for (const QString& name : sets.builtIn())
            QCOMPARE(sets.lines(name).removeDuplicates(), 0);  // ImageNet has two classes "missile"
        sets.save("Pets / my own", {"cat", "dog"});
        sets.save("Others", {"x"});
        QCOMPARE(sets.own(), QStringList({"Pets / my own", "Others"}));
        QCOMPARE(sets.nameOf({"cat", "dog"}), QString("Pets / my own"));
        sets.remove("Pets / my own");
        QCOMPARE(sets.own(), QStringList("Others"));
        const NamedSets templates(TextSets::Templates);
        QCOMPARE(templates.own(), QStringList());
        QCOMPARE(templates.lines("imagenet-7").size(), 7);
    }

    void labelsAreImportedAndExported() {
        const QString file = m_folder.filePath("labels.txt");
        QSignalSpy notified(m_services.get(), &Services::notified);
        const FileWatch watch(m_folder.path());
        m_pane->side().exportLabels(file);
        QTRY_COMPARE(notified.count(), 1);
        m_pane->side().replaceLabels({"other"});
        m_pane->side().importLabels(file);
        QTRY_COMPARE(m_pane->session().labels(), QStringList({"red", "blue", "dog"}));
        m_pane->side().importLabels(m_folder.filePath("missing.txt"));
        QTRY_COMPARE(notified.count(), 3);
        QVERIFY(notified.last().at(1).toBool());
        QVERIFY2(watch.calls().isEmpty(), qPrintable(watch.calls().join('\n')));
    }

    void relevanceIsOfTheBestLabelUntilAnotherIsChosen() {
        m_pane->openPaths({m_red, m_blue});
        QTRY_VERIFY(isLabelled());
        RelevanceSession& relevance = m_pane->relevance();
        QVERIFY(!relevance.isOn() && relevance.map() == nullptr && relevance.status().isEmpty());
        QVERIFY(!m_pane->pictureColumn().picture().showsRelevance());

        m_pane->pictureColumn().relevance().setOn(true);
        QVERIFY(relevance.isWaiting());
        QVERIFY(relevance.status().contains(images().item(0).label));
        QTRY_VERIFY(relevance.map() != nullptr);
        QCOMPARE(relevance.label(), images().item(0).label);
        QCOMPARE(relevance.map()->imageWidth, 40);
        QVERIFY(settings().value("label/relevance").toBool());

        QString other;
        for (const QString& label : images().labels())
            if (label != relevance.label()) other = label;
        Q_EMIT m_pane->side().scores().labelActivated(other);
        QCOMPARE(relevance.label(), other);
        QVERIFY(relevance.map() == nullptr);
        QTRY_VERIFY(relevance.map() != nullptr);
        QCOMPARE(m_pane->pictureColumn().picture().showsRelevance(), !relevance.map()->isZero());
        QCOMPARE(m_pane->pictureColumn().picture().remark().isEmpty(), !relevance.map()->isZero());

        // Back to what was seen already: no second computation.
        Q_EMIT m_pane->pictureColumn().relevance().labelChosen({});
        QVERIFY(relevance.map() != nullptr && !relevance.isWaiting());
        QCOMPARE(relevance.label(), images().item(0).label);

        m_pane->pictureColumn().relevance().setOn(false);
        QVERIFY(relevance.map() == nullptr);
        QVERIFY(!m_pane->pictureColumn().picture().showsRelevance());
    }

    void relevanceFollowsPictureLabelsPromptAndModel() {
        m_pane->openPaths({m_red, m_blue, m_empty});
        QTRY_VERIFY(isLabelled());
        RelevanceSession& relevance = m_pane->relevance();
        m_pane->pictureColumn().relevance().setOn(true);
        QTRY_VERIFY(relevance.map() != nullptr);
        m_pane->gridColumn().step(1);
        QVERIFY(relevance.map() == nullptr);
        QTRY_VERIFY(relevance.map() != nullptr);
        m_pane->gridColumn().step(1);  // cannot be read
        QVERIFY(relevance.map() == nullptr && !relevance.isWaiting() && relevance.status().isEmpty());
        m_pane->gridColumn().step(-1);
        QVERIFY(relevance.map() != nullptr);

        relevance.setChosenLabel("dog");
        type("green\nsquare");
        QTRY_VERIFY(isLabelled());
        QCOMPARE(relevance.chosenLabel(), QString());
        QTRY_VERIFY(relevance.map() != nullptr);
        QVERIFY(QStringList({"green", "square"}).contains(relevance.label()));

        m_pane->side().prompt().setTemplates({"the {}"});
        QTRY_VERIFY(isLabelled());
        QTRY_VERIFY(relevance.map() != nullptr);

        QSignalSpy loaded(&m_services->engine(), &EngineService::modelChanged);
        m_services->engine().openModel(tinyModel("other", true));
        QVERIFY(loaded.wait(20000));
        QTRY_VERIFY(isLabelled());
        QTRY_VERIFY(relevance.map() != nullptr);
        QCOMPARE(relevance.map()->columns, 4);  // a ViT's patches; the ResNet before has one cell
    }

    void relevanceSaysWhatWentWrong() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        const QString gone = picture("gone.png", Qt::green);
        m_pane->openPaths({gone});
        QTRY_COMPARE(images().rowCount(), 2);
        QTRY_VERIFY(isLabelled());
        QFile::remove(gone);
        m_pane->gridColumn().chooseRow(1);
        m_pane->pictureColumn().relevance().setOn(true);
        QTRY_VERIFY(m_pane->relevance().status().contains("gone.png"));
        QCOMPARE(m_pane->pictureColumn().picture().remark(), m_pane->relevance().status());
        m_pane->gridColumn().chooseRow(0);
        QTRY_VERIFY(m_pane->relevance().map() != nullptr);
    }

    void relevanceHasShortcutsAndNames() {
        m_pane->openPaths({m_red});
        QTRY_VERIFY(isLabelled());
        RelevanceBar& bar = m_pane->pictureColumn().relevance();
        const auto press = [this](const QKeySequence& keys) {
            for (QAction* action : m_pane->viewActions())
                if (action->shortcut() == keys) action->trigger();
        };
        press(QKeySequence("Ctrl+G"));  // nothing to draw it on yet
        QVERIFY(!bar.showsGrid());
        press(QKeySequence("Ctrl+R"));
        QVERIFY(m_pane->relevance().isOn() && bar.isOn());
        press(QKeySequence("Ctrl+G"));
        QVERIFY(bar.showsGrid());
        press(QKeySequence("Ctrl+R"));
        QVERIFY(!m_pane->relevance().isOn() && !bar.isOn());
        for (const QWidget* part : bar.findChildren<QWidget*>(Qt::FindDirectChildrenOnly))
            if (part->focusPolicy() != Qt::NoFocus)
                QVERIFY2(!part->accessibleName().isEmpty(), part->metaObject()->className());
    }

    void theMapLiesOverItsPartOfThePicture() {
        PictureView view;
        view.resize(442, 242);  // the picture: 400 x 200, 21 from each edge
        QImage grey(40, 20, QImage::Format_RGB32);
        grey.fill(Qt::gray);
        const QString file = m_folder.filePath("grey.png");
        QVERIFY(grey.save(file));
        view.showPicture(file);
        QTRY_VERIFY(view.isDecoded());
        const QRgb plain = view.grab().toImage().pixel(221, 121);
        const RelevanceMap map{2, 2, {1, 1, 1, 1}, 40, 20, {10, 0, 20, 20}};
        view.setRelevance(&map);
        view.setRelevanceLook(0.5, false);
        const QImage half = view.grab().toImage();
        QVERIFY(half.pixel(221, 121) != plain);
        QVERIFY(half.pixel(125, 121) != plain);
        QCOMPARE(half.pixel(115, 121), plain);
        view.setRelevanceLook(0.5, true);
        const QImage gridded = view.grab().toImage();
        QVERIFY(gridded.pixel(221, 100) != half.pixel(221, 100));
        QCOMPARE(gridded.pixel(180, 100), half.pixel(180, 100));
        view.setRelevanceLook(0, false);
        QCOMPARE(view.grab().toImage().pixel(221, 121), plain);
    }

    void narrowWindowsShowOneSide() {
        QVERIFY(m_pane->side().isVisible());
        m_pane->resize(900, 700);
        QTRY_VERIFY(!m_pane->side().isVisible());
        m_pane->resize(1364, 800);
        QTRY_VERIFY(m_pane->side().isVisible());
    }
};

DIAGONAL_TEST(TestLabelPane);
#include "test_label_pane.moc"
