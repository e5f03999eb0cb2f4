// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>
#include <QtTest>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/inference/session.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "tests/ui/file_watch.h"
#include "tests/ui/ui_test.h"
#include "training/data/pack_writer.h"
#include "training/run/option_info.h"
#include "ui/base/paths.h"
#include "ui/train/data_page.h"
#include "ui/train/form.h"
#include "ui/train/memory_line.h"
#include "ui/train/option_texts.h"
#include "ui/train/pretrained_towers.h"
#include "ui/train/train_command.h"
#include "ui/train/wizard.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/segmented_control.h"

using namespace diagonal;

namespace {

enum Page { kData, kModel, kObjective, kOutput, kReview };

/// The field of a page whose input has this label.
FormField* field(TrainWizard& wizard, const char* key) {
    const QString label = OptionTexts::label(key);
    for (FormField* one : wizard.findChildren<FormField*>())
        if (one->input()->accessibleName() == label) return one;
    return nullptr;
}

template <typename Input>
Input* input(TrainWizard& wizard, const char* key) {
    FormField* found = field(wizard, key);
    return found != nullptr ? qobject_cast<Input*>(found->input()) : nullptr;
}

QAbstractButton* checkBox(TrainWizard& wizard, const char* key) {
    for (auto* box : wizard.findChildren<QCheckBox*>())
        if (box->text() == OptionTexts::label(key)) return box;
    return nullptr;
}

/// Beside its button.
QLineEdit* pathField(TrainWizard& wizard, const char* key) {
    for (auto* edit : wizard.findChildren<QLineEdit*>())
        if (edit->accessibleName() == OptionTexts::label(key)) return edit;
    return nullptr;
}

void type(QLineEdit* edit, const QString& text) {
    edit->selectAll();
    QTest::keyClicks(edit, text);
}

bool showsError(TrainWizard& wizard, const char* text) {
    return std::ranges::any_of(wizard.findChildren<FormField*>(),
                               [text](const FormField* one) { return one->error().contains(text); });
}

Disclosure* sectionOf(QWidget* widget) {
    while (widget != nullptr && qobject_cast<Disclosure*>(widget) == nullptr)
        widget = widget->parentWidget();
    return qobject_cast<Disclosure*>(widget);
}

/// A folder for each colour with some pictures in it.
void drawClasses(const QDir& folder, int each) {
    for (const QString& name : {QStringLiteral("red"), QStringLiteral("blue")}) {
        folder.mkpath(name);
        for (int i = 0; i < each; ++i) {
            QImage picture(24, 24, QImage::Format_RGB888);
            picture.fill(QColor(name).darker(100 + i));
            picture.save(folder.filePath(QStringLiteral("%1/%2.png").arg(name).arg(i)));
        }
    }
}

}  // namespace

class TestTrainWizard : public PaneTest<TrainWizard> {
    Q_OBJECT

  private:
    TrainWizard& begun(const QString& data = {}) {
        makePane().begin(data);
        m_pane->show();
        return *m_pane;
    }

  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_home.isValid());
        qputenv("HOME", m_home.path().toUtf8());
    }

    void everyOptionHasAWord() {
        const std::set<std::string> ownRows = {"train_data", "model", "out", "epochs", "steps"};
        for (const OptionInfo& info : optionInfos())
            if (!ownRows.contains(info.key))
                QVERIFY2(OptionTexts::label(info.key) != QString::fromStdString(info.key), info.key.c_str());
    }

    void choicesAreThoseOfTheCommandLine() {
        for (const OptionInfo& info : optionInfos()) {
            std::vector<std::string> offered;
            for (const auto& choice : OptionTexts::choices(info.key))
                if (!choice.value.empty()) offered.push_back(choice.value);
            if (!info.choices.empty()) QCOMPARE(offered, info.choices);
        }
    }

    void theCommandNamesSwitchesAndQuotesTexts() {
        TrainOptions options;
        options.trainData = "flowers";
        options.output = "run";
        options.epochs = 2;
        options.lockImage = true;
        options.augment = false;
        options.templates = "a photo of a {}, a flower.";
        options.keepBest = "val/text_to_image_R@1";
        options.learningRate = 0.00123456789;
        QCOMPARE(trainCommand(options),
                 QStringLiteral("diagonal-cli train --train-data flowers --templates 'a photo of a {}, a flower.' "
                                "--model small --out run --lock-image --lr 0.00123456789 --epochs 2 --no-augment "
                                "--keep-best val/text_to_image_R@1"));
    }

    void namesOfDataLeaveOutWhatIsNoName() {
        TrainOptions options;
        for (const auto& [spec, name] : {std::pair("pack:/data/photos", "photos"),
                                         {"/data/cc3m-{0000..0099}.tar", "cc3m"},
                                         {"csv:a/b.csv", "b"}}) {
            options.trainData = spec;
            QCOMPARE(dataName(options), QString::fromLatin1(name));
        }
    }

    void aWrongNumberIsSaidUnderItsFieldAndGoesNoFurther() {
        TrainWizard& wizard = begun();
        wizard.goTo(kObjective);
        const double before = wizard.options().learningRate;
        auto* rate = input<QLineEdit>(wizard, "lr");
        type(rate, QStringLiteral("fast"));
        QVERIFY(!field(wizard, "lr")->error().isEmpty());
        QCOMPARE(rate->accessibleDescription(), field(wizard, "lr")->error());
        QCOMPARE(wizard.options().learningRate, before);
        wizard.next();
        QCOMPARE(wizard.currentStep(), int(kObjective));
        type(rate, QStringLiteral("2e-4"));
        QVERIFY(field(wizard, "lr")->error().isEmpty());
        QCOMPARE(wizard.options().learningRate, 2e-4);
        wizard.next();
        QCOMPARE(wizard.currentStep(), int(kOutput));
    }

    void aFoldedFieldWithAnErrorIsUnfolded() {
        TrainWizard& wizard = begun();
        QVERIFY(QTest::qWaitForWindowActive(&wizard));
        wizard.goTo(kObjective);
        auto* smoothing = input<QLineEdit>(wizard, "label_smoothing");
        Disclosure* section = sectionOf(smoothing);
        QVERIFY(section != nullptr && !section->isOpen());
        section->setOpen(true);
        type(smoothing, QStringLiteral("2"));
        section->setOpen(false);
        wizard.next();
        QCOMPARE(wizard.currentStep(), int(kObjective));
        QVERIFY(section->isOpen());
        QVERIFY(smoothing->hasFocus());
    }

    void anEmptyFieldStandsForItsWord() {
        TrainWizard& wizard = begun();
        wizard.goTo(kObjective);
        auto* average = input<QLineEdit>(wizard, "ema_decay");
        QVERIFY(average->text().isEmpty() && !average->placeholderText().isEmpty());
        type(average, QStringLiteral("0,99"));
        QCOMPARE(wizard.options().emaDecay, 0.99);
        average->selectAll();
        QTest::keyClick(average, Qt::Key_Delete);
        QCOMPARE(wizard.options().emaDecay, 0.0);
        QVERIFY(field(wizard, "ema_decay")->error().isEmpty());
    }

    void theSigmoidLossTakesSmoothingAway() {
        TrainWizard& wizard = begun();
        wizard.goTo(kObjective);
        type(input<QLineEdit>(wizard, "label_smoothing"), QStringLiteral("0.1"));
        QCOMPARE(wizard.options().labelSmoothing, 0.1);
        auto* loss = input<SegmentedControl>(wizard, "loss");
        for (int i = 0; i < 4 && wizard.options().loss != "sigmoid"; ++i)
            QTest::keyClick(loss, Qt::Key_Right);
        QCOMPARE(wizard.options().loss, std::string("sigmoid"));
        QCOMPARE(wizard.options().labelSmoothing, 0.0);
        QVERIFY(!field(wizard, "label_smoothing")->isEnabled());
        checkOptions(wizard.options());
    }

    void fastClipsOptionsAreThereWithItAlone() {
        TrainWizard& wizard = begun();
        wizard.goTo(kObjective);
        auto* loss = input<SegmentedControl>(wizard, "loss");
        const std::vector<const char*> own = {"fastclip_gamma", "gamma_decay_epochs", "fastclip_rho"};
        for (const char* key : own)
            QVERIFY(field(wizard, key)->isHidden());
        type(input<QLineEdit>(wizard, "label_smoothing"), QStringLiteral("0.1"));
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(loss, Qt::Key_Right);
        QCOMPARE(wizard.options().loss, std::string("fastclip"));
        QCOMPARE(wizard.options().labelSmoothing, 0.0);
        QVERIFY(!field(wizard, "label_smoothing")->isEnabled());
        for (const char* key : own)
            QVERIFY(!field(wizard, key)->isHidden());
        type(input<QLineEdit>(wizard, "fastclip_rho"), QStringLiteral("8"));
        type(input<QLineEdit>(wizard, "fastclip_gamma"), QStringLiteral("0.5"));
        QCOMPARE(wizard.options().fastClipRho, 8.0);
        checkOptions(wizard.options());
        QTest::keyClick(loss, Qt::Key_Left);
        QCOMPARE(wizard.options().loss, std::string("sigmoid"));
        QCOMPARE(wizard.options().fastClipRho, TrainOptions().fastClipRho);
        QCOMPARE(wizard.options().fastClipGamma, TrainOptions().fastClipGamma);
        checkOptions(wizard.options());
    }

    /// One choice is the tutorial's objective, and another takes it back.
    void mutualTargetsComeAsTheTutorialHasThem() {
        TrainWizard& wizard = begun();
        wizard.goTo(kObjective);
        auto* loss = input<SegmentedControl>(wizard, "loss");
        QVERIFY(field(wizard, "target_temperature")->isHidden());
        const TrainOptions before = wizard.options();
        for (int i = 0; i < 2; ++i)
            QTest::keyClick(loss, Qt::Key_Right);
        QCOMPARE(wizard.options().loss, std::string("mutual"));
        QVERIFY(!wizard.options().normalize && wizard.options().fixTemperature);
        QCOMPARE(wizard.options().temperature, 1.0);
        QVERIFY(!field(wizard, "target_temperature")->isHidden());
        checkOptions(wizard.options());
        auto* normalize = checkBox(wizard, "normalize");
        normalize->click();
        QVERIFY(wizard.options().normalize && wizard.options().targetTemperature > 0);
        checkOptions(wizard.options());
        for (int i = 0; i < 2; ++i)
            QTest::keyClick(loss, Qt::Key_Left);
        QCOMPARE(wizard.options().loss, std::string("contrastive"));
        QCOMPARE(wizard.options().temperature, before.temperature);
        QVERIFY(!wizard.options().fixTemperature && wizard.options().normalize);
        QCOMPARE(wizard.options().targetTemperature, 0.0);
        checkOptions(wizard.options());
    }

    void twoPretrainedTowersAskForTheirWeights() {
        TrainWizard& wizard = begun();
        wizard.goTo(kModel);
        const TrainOptions before = wizard.options();
        QVERIFY(!pathField(wizard, "image_weights")->isVisibleTo(&wizard));
        QRadioButton *towers = nullptr, *tiny = nullptr;
        for (QRadioButton* button : wizard.findChildren<QRadioButton*>()) {
            if (button->text().contains(QLatin1String("pretrained"))) towers = button;
            if (button->text() == QLatin1String("tiny")) tiny = button;
        }
        QVERIFY(towers != nullptr && tiny != nullptr);
        towers->click();
        const TrainOptions& options = wizard.options();
        QCOMPARE(options.model, pretrainedTowersModel());
        QCOMPARE(options.loss, std::string("contrastive"));
        QCOMPARE(options.imageLearningRate, 1e-4);
        QCOMPARE(options.textLearningRate, 1e-5);
        QCOMPARE(options.headLearningRate, 1e-3);
        QCOMPARE(options.schedule, std::string("plateau"));
        QCOMPARE(options.plateauPatience, int64_t{1});
        QCOMPARE(options.keepBest, std::string("val/loss"));
        QCOMPARE(options.trainData, before.trainData);
        checkOptions(options);

        wizard.next();  // not without weights
        QCOMPARE(wizard.currentStep(), int(kModel));
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("resnet50.pth")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        type(pathField(wizard, "image_weights"), file.fileName());
        type(pathField(wizard, "text_weights"), folder.filePath(QStringLiteral("none")));
        wizard.next();
        QCOMPARE(wizard.currentStep(), int(kModel));
        Q_EMIT wizard.findChild<DataPage*>()->previewed();  // pages load anew
        QTRY_VERIFY(showsError(wizard, "nothing at this place"));
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("none")));  // it has come since
        wizard.next();
        QTRY_COMPARE(wizard.currentStep(), int(kObjective));
        wizard.goTo(kModel);
        type(pathField(wizard, "text_weights"), folder.path());
        QCOMPARE(QString::fromStdString(options.textWeights.string()), folder.path());
        checkBox(wizard, "lock_image")->click();
        QVERIFY(options.lockImage);
        QCOMPARE(options.imageLearningRate, 0.0);
        checkOptions(options);
        wizard.next();  // looks for them first
        QTRY_COMPARE(wizard.currentStep(), int(kObjective));

        wizard.goTo(kModel);
        for (QRadioButton* button : wizard.findChildren<QRadioButton*>())
            if (button->text() == QLatin1String("tiny")) tiny = button;
        tiny->click();
        QCOMPARE(options.model, std::string("tiny"));
        QVERIFY(options.imageWeights.empty() && options.textWeights.empty() && !options.lockImage);
        QCOMPARE(options.schedule, TrainOptions().schedule);
        QCOMPARE(options.headLearningRate, 0.0);
        QCOMPARE(options.keepBest, std::string());
        checkOptions(options);
    }

    void namesOfAnyBytesComeBack() {
        const std::filesystem::path path = "/nowhere/caf\xe9";
        TrainWizard& wizard = begun();
        wizard.setData(fromPath(path));
        QCOMPARE(wizard.options().trainData, path.native());
        TrainOptions options = wizard.options();
        options.imageWeights = path;
        wizard.showOptions(options);
        wizard.goTo(kModel);
        auto* edit = pathField(wizard, "image_weights");
        QCOMPARE(edit->text(), fromPath(path));
        Q_EMIT edit->textEdited(edit->text());
        QCOMPARE(wizard.options().imageWeights.native(), path.native());
    }

    void findingsScrollByKeyboard() {
        QVERIFY(std::ranges::any_of(begun().findChildren<QScrollArea*>(), [](const QScrollArea* one) {
            return one->accessibleName() == "Worth a look" && one->focusPolicy() == Qt::StrongFocus;
        }));
    }

    void onlyAPackWithATeacherOffersItsShare() {
        const QTemporaryDir folder;
        const std::string taught = folder.filePath(QStringLiteral("taught")).toStdString();
        const auto data = openDataset("scenes:count=40,seed=1,size=32");
        PackOptions pack;
        pack.tokenizer = trainSentencePieceTokenizer(data->captions(0), 30, 24);
        pack.tokenizerConfig = {.contextLength = 24, .vocabularySize = pack.tokenizer->vocabularySize()};
        pack.teachers = {Session::open("demo", {.device = "cpu"})};
        packDataset(*data, taught, pack);
        TrainWizard& wizard = begun();
        wizard.goTo(kObjective);
        QVERIFY(!field(wizard, "distill_weight")->isEnabled());
        wizard.setData(QString::fromStdString(taught));
        const auto isOffered = [&](const char* key) {
            wizard.goTo(kObjective);
            return field(wizard, key)->isEnabled();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isOffered("distill_weight"), 20000);
        QVERIFY(!isOffered("distill_temperature"));
        type(input<QLineEdit>(wizard, "distill_weight"), QStringLiteral("0.7"));
        QCOMPARE(wizard.options().distillWeight, 0.7);
        type(input<QLineEdit>(wizard, "distill_temperature"), QStringLiteral("0.02"));
        QCOMPARE(wizard.options().distillTemperature, 0.02);
        checkOptions(wizard.options());
        wizard.setData(QStringLiteral("scenes:count=400,seed=1"));
        QTRY_VERIFY_WITH_TIMEOUT(!isOffered("distill_weight"), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(wizard.options().distillWeight, 0.0, 20000);
        checkOptions(wizard.options());
    }

    void aMicroBatchIsNoLargerThanTheBatch() {
        TrainWizard& wizard = begun();
        wizard.goTo(kOutput);
        input<QSpinBox>(wizard, "micro_batch")->setValue(wizard.options().batchSize + 1);
        wizard.next();
        QCOMPARE(wizard.currentStep(), int(kOutput));
        QVERIFY(!field(wizard, "micro_batch")->error().isEmpty());
        // The other way out is a larger batch, on another page.
        wizard.goTo(kObjective);
        input<QSpinBox>(wizard, "batch_size")->setValue(wizard.options().microBatch);
        wizard.goTo(kOutput);
        wizard.next();
        QCOMPARE(wizard.currentStep(), int(kReview));
    }

    /// The memory that the run would take follows what is chosen, on this page and on others.
    void whatARunNeedsFollowsTheOptions() {
        TrainWizard& wizard = begun();
        TrainOptions options = wizard.options();
        options.model = "ViT-B-32";
        options.batchSize = 512;
        wizard.showOptions(options);
        wizard.goTo(kOutput);
        const auto* memory = wizard.findChild<MemoryLine*>();
        QVERIFY(memory != nullptr);
        const auto gigabytes = [&] {
            const auto number = QRegularExpression(QStringLiteral("about ([0-9.,]+) GB")).match(memory->text());
            return number.captured(1).replace(QLatin1Char(','), QLatin1Char('.')).toDouble();
        };
        const double whole = gigabytes();
        QVERIFY2(whole > 15 && whole < 40, qPrintable(memory->text()));
        input<QSpinBox>(wizard, "micro_batch")->setValue(32);
        const double parts = gigabytes();
        QVERIFY2(parts > 2 && parts < whole / 4, qPrintable(memory->text()));
        wizard.goTo(kObjective);
        input<QSpinBox>(wizard, "batch_size")->setValue(8192);
        wizard.goTo(kOutput);
        QVERIFY2(gigabytes() > parts + 1.5, qPrintable(memory->text()));  // pictures of two batches
    }

    void classFoldersAskForATemplateAndSuggestSoftTargets() {
        QTemporaryDir folder;
        drawClasses(QDir(folder.path()), 30);
        TrainWizard& wizard = begun(folder.path());
        FormField* templates = field(wizard, "templates");
        QVERIFY(!templates->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(templates->isVisible(), 20000);
        QCOMPARE(wizard.options().loss, std::string("soft"));
        type(qobject_cast<QLineEdit*>(templates->input()), QStringLiteral("a {} square"));
        QCOMPARE(wizard.options().templates, std::string("a {} square"));
        wizard.setData(QStringLiteral("scenes:count=400,seed=1"));
        QTRY_VERIFY_WITH_TIMEOUT(!templates->isVisible(), 20000);
    }

    /// What a page shows is what it will do.
    void startingOverLooksAtItsOwnData() {
        QTemporaryDir folder;
        drawClasses(QDir(folder.path()), 30);
        TrainWizard& wizard = begun(folder.path());
        const auto shows = [&wizard](const QString& word) {
            for (const QLabel* label : wizard.findChildren<QLabel*>())
                if (label->isVisibleTo(&wizard) && label->text().contains(word)) return true;
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(shows("Class folders"), 20000);
        wizard.begin();
        QVERIFY(!shows("Class folders"));
        QCOMPARE(wizard.options().trainData.rfind("scenes:", 0), size_t{0});
        QTRY_VERIFY_WITH_TIMEOUT(shows("Scenes"), 20000);
        wizard.goTo(kReview);
        QVERIFY(!shows(QFileInfo(folder.path()).fileName()));
        const auto images = static_cast<int>(0.8 * kDefaultScenes);
        QVERIFY(images > 100);  // of the folder's 60 none
        QVERIFY(!shows("57 training images"));
    }

    void whatWasChosenStaysUntilTheRunStarts() {
        TrainWizard& wizard = makePane();
        wizard.open();
        wizard.show();
        wizard.goTo(kObjective);
        input<QSpinBox>(wizard, "batch_size")->setValue(20);
        QSignalSpy cancelled(&wizard, &TrainWizard::cancelled);
        QTest::keyClick(&wizard, Qt::Key_Escape);
        QCOMPARE(cancelled.count(), 1);
        wizard.open();
        QCOMPARE(wizard.options().batchSize, 20);
        QCOMPARE(wizard.currentStep(), int(kObjective));
        QPushButton* startOver = nullptr;
        for (auto* button : wizard.findChildren<QPushButton*>())
            if (button->text() == "Start over") startOver = button;
        QVERIFY(startOver != nullptr && startOver->isVisible());
        startOver->click();
        QVERIFY(wizard.options().batchSize != 20);
        QCOMPARE(wizard.currentStep(), int(kData));
        startOver->click();  // takes it back
        QCOMPARE(wizard.options().batchSize, 20);
        QCOMPARE(wizard.currentStep(), int(kObjective));
        wizard.goTo(kReview);
        wizard.next();
        wizard.open();
        QVERIFY(wizard.options().batchSize != 20);
    }

    void whatIsLookedAtStopsWithTheWizard() {
        QTemporaryDir folder;
        drawClasses(QDir(folder.path()), 30);
        TrainWizard& wizard = begun(folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(!m_services->engine().jobs().isEmpty(), 20000);
        QTest::keyClick(&wizard, Qt::Key_Escape);
        for (const JobState& job : m_services->engine().jobs())
            QVERIFY(job.cancelling);
        QTRY_VERIFY_WITH_TIMEOUT(m_services->engine().jobs().isEmpty(), 20000);
    }

    void whatIsNoDataIsSaidAsItWasFound() {
        QTemporaryDir folder;
        TrainWizard& wizard = begun();
        const auto says = [&wizard](const QString& words) {
            for (const QLabel* label : wizard.findChildren<QLabel*>())
                if (label->isVisibleTo(&wizard) && label->text().contains(words))
                    return !label->text().contains("csv:");
            return false;
        };
        wizard.setData(folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(says("The folder is empty"), 20000);
        wizard.setData(folder.filePath("nowhere"));
        QTRY_VERIFY_WITH_TIMEOUT(says("There is no such file or folder"), 20000);
        QDir(folder.path()).mkdir("pictures");
        for (int i = 0; i < 3; ++i) {
            QImage picture(8, 8, QImage::Format_RGB32);
            picture.fill(Qt::red);
            picture.save(folder.filePath(QStringLiteral("pictures/%1.png").arg(i)));
        }
        wizard.setData(folder.filePath("pictures"));
        QTRY_VERIFY_WITH_TIMEOUT(says("and no captions"), 20000);
    }

    /// Typing a path on a disk that does not answer must not stop the window.
    void theWizardLooksAtNoForeignPathItself() {
        QTemporaryDir folder;
        drawClasses(QDir(folder.path()), 4);
        TrainWizard& wizard = begun();
        const FileWatch watch(folder.path());
        wizard.setData(folder.path());
        QTRY_COMPARE_WITH_TIMEOUT(wizard.options().model, std::string("tiny"), 20000);
        QTRY_VERIFY_WITH_TIMEOUT(m_services->engine().jobs().isEmpty(), 20000);
        TrainOptions options = wizard.options();
        options.output = folder.filePath("runs/mine").toStdString();
        options.model = folder.filePath("model").toStdString();
        wizard.showOptions(options);
        wizard.goTo(kOutput);
        for (QLineEdit* edit : wizard.findChildren<QLineEdit*>())
            if (edit->text().contains("runs")) QTest::keyClicks(edit, "x");
        wizard.goTo(kModel);
        for (QRadioButton* button : wizard.findChildren<QRadioButton*>())
            if (button->text() == QLatin1String("Two pretrained towers")) button->click();
        type(pathField(wizard, "image_weights"), folder.filePath("none.pth"));
        wizard.next();
        QTRY_VERIFY(showsError(wizard, "nothing at this place"));
        QVERIFY2(watch.calls().isEmpty(), qPrintable(watch.calls().join('\n')));
    }

    void aShortRunIsWarnedOfWhatItDoesNotReach() {
        TrainWizard& wizard = begun();
        TrainOptions options = wizard.options();
        options.epochs = 0;
        options.steps = 60;
        options.warmup = 100;
        options.validateEvery = 150;
        options.saveEvery = 900;
        const auto warnings = [&wizard] {
            for (const QLabel* label : wizard.findChildren<QLabel*>())
                if (label->isVisibleTo(&wizard) && label->text().contains("warm-up of 100")) return label->text();
            return QString();
        };
        const auto says = [&wizard](const QString& words) {
            for (const QLabel* label : wizard.findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(words)) return true;
            return false;
        };
        wizard.showOptions(options);
        QCOMPARE(warnings().count("60"), 3);
        for (const int page : {kObjective, kOutput}) {  // where they are set
            wizard.goTo(page);
            QVERIFY(warnings().isEmpty() == (page == kOutput));
            QCOMPARE(says("before the first checkpoint"), page == kOutput);
            QCOMPARE(says("before the first validation"), page == kOutput);
        }
        options.warmup = 6;
        wizard.showOptions(options);
        QVERIFY(warnings().isEmpty());
    }

    void theReviewTellsTheTimeByAnEarlierRun() {
        Services services;
        std::vector<RunSummary> runs;
        TrainWizard wizard(services);
        wizard.setPastRuns(&runs);
        wizard.begin();
        wizard.show();
        const auto says = [&wizard](const QString& words) {
            for (const QLabel* label : wizard.findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(words)) return true;
            return false;
        };
        TrainOptions options = wizard.options();
        options.epochs = 3;
        options.steps = 0;
        wizard.showOptions(options);
        QVERIFY(says("told once the data is known"));
        options.epochs = 0;
        options.steps = 600;
        options.batchSize = 64;
        wizard.showOptions(options);
        QTRY_VERIFY(says("no run of this model"));
        TrainOptions before = options;
        before.batchSize = 32;
        RunSummary run;
        run.name = "earlier";
        run.step = 100;
        run.seconds = 30;  // 3,200 pairs; the new run has twelve times as many
        run.options = std::make_shared<const TrainOptions>(before);
        before.lockImage = true;
        RunSummary other = run;
        other.name = "locked";
        other.options = std::make_shared<const TrainOptions>(before);
        runs = {other, run};  // which may be read while the wizard is open
        wizard.showOptions(options);
        QTRY_VERIFY(says("about 6 min, as fast as “earlier” went"));
    }

    void otherDataLeavesAloneWhatWasEdited() {
        QTemporaryDir folder;
        drawClasses(QDir(folder.path()), 30);
        TrainWizard& wizard = begun();
        wizard.goTo(kObjective);
        input<QSpinBox>(wizard, "batch_size")->setValue(20);
        QCOMPARE(wizard.options().model, std::string("demo"));
        wizard.setData(folder.path());
        QTRY_COMPARE_WITH_TIMEOUT(wizard.options().model, std::string("tiny"), 20000);
        QCOMPARE(wizard.options().batchSize, 20);
        QCOMPARE(wizard.options().epochs, int64_t{30});
    }

    void theReviewSaysWhatDiffers() {
        TrainWizard& wizard = begun();
        TrainOptions options = wizard.options();
        options.precision = "bf16";
        options.grayscale = 0.25;
        wizard.showOptions(options);
        QCOMPARE(wizard.currentStep(), int(kReview));
        QStringList words;
        for (const QLabel* label : wizard.findChildren<QLabel*>())
            if (label->isVisibleTo(&wizard)) words << label->text();
        for (const char* key : {"precision", "grayscale", "vocabulary_size"})
            QVERIFY2(words.contains(OptionTexts::label(key)), key);
        QVERIFY(words.contains(QStringLiteral("0.25")));
        QVERIFY(!words.contains(OptionTexts::label("blur")));
    }

    void aDisclosureOpensByKeyboard() {
        Disclosure section(QStringLiteral("More"));
        section.body()->addWidget(new QLabel(QStringLiteral("inside")));
        section.show();
        QVERIFY(!section.isOpen());
        QTest::keyClick(section.head(), Qt::Key_Return);
        QVERIFY(section.isOpen());
        QTest::keyClick(section.head(), Qt::Key_Left);
        QVERIFY(!section.isOpen());
        QTest::keyClick(section.head(), Qt::Key_Space);
        QVERIFY(section.isOpen());
        QVERIFY(!section.grab().isNull());
    }

  private:
    QTemporaryDir m_home;
};

DIAGONAL_TEST(TestTrainWizard);
#include "test_train_wizard.moc"
