// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/review_page.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGridLayout>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <set>

#include "engine/base/error.h"
#include "training/run/option_info.h"
#include "ui/base/paths.h"
#include "ui/style/layouts.h"
#include "ui/train/data_preview.h"
#include "ui/train/form.h"
#include "ui/train/option_texts.h"
#include "ui/train/pretrained_towers.h"
#include "ui/train/train_command.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"

namespace diagonal {

ReviewPage::ReviewPage(WizardState& state, QWidget* parent) : WizardPage(state, parent), m_facts(new QGridLayout) {
    auto* page = new FormPage(tr("Ready to train"), tr("Start, and watch it learn. Stopping saves; nothing is lost."));
    m_problem = makeWrapped({}, 13, 400, &Tokens::error);
    m_problem->hide();
    page->body()->addWidget(m_problem);
    m_warnings = makeWrapped({}, 13, 400, &Tokens::warn);
    m_warnings->hide();
    page->body()->addWidget(m_warnings);
    m_facts->setHorizontalSpacing(px(24));
    m_facts->setVerticalSpacing(px(8));
    m_facts->setColumnStretch(1, 1);
    page->body()->addLayout(m_facts);
    page->addGap(16);
    auto* head = new QHBoxLayout;
    head->addWidget(new TextLabel(tr("The same on the command line"), 13, 600));
    head->addStretch();
    m_copy = makeButton(tr("Copy"), QStringLiteral("ui/copy"));
    head->addWidget(m_copy);
    page->body()->addLayout(head);
    m_command = new QPlainTextEdit;
    m_command->setReadOnly(true);
    m_command->setTabChangesFocus(true);
    m_command->setAccessibleName(tr("Command"));
    m_command->setFixedHeight(px(96));
    page->body()->addWidget(m_command);
    page->body()->addStretch(1);
    setLayout(makeColumn({page}));
    followTheme(this, [this] {
        QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        font.setPixelSize(Theme::instance().font(12).pixelSize());
        m_command->setFont(font);
    });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_command->toPlainText());
        m_copy->setText(tr("Copied"));
    });
}

void ReviewPage::load() {
    while (QLayoutItem* item = m_facts->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const TrainOptions& options = m_state.options;
    const size_t images = m_state.preview ? trainingImages(m_state.preview->summary) : 0;
    QString data = fromPath(options.trainData);
    if (!data.startsWith(QLatin1String("scenes:"))) data = formatPath(data);
    if (images > 0) data += tr(", %1 training images").arg(formatCount(static_cast<qint64>(images)));
    addFact(tr("Data"), data);
    const bool fineTune = options.model == toPath(m_state.finetunePath).native() && !m_state.finetunePath.isEmpty();
    addFact(tr("Model"), fineTune ? tr("%1, fine-tuned").arg(m_state.finetuneName)
                         : options.model == pretrainedTowersModel()
                             ? tr("two pretrained towers")
                             : tr("%1, from scratch").arg(QString::fromStdString(options.model)));
    addFact(OptionTexts::label("loss"), OptionTexts::value("loss", options));
    addFact(tr("Length"), options.epochs > 0 ? tr("%1 epochs").arg(formatCount(options.epochs))
                                             : tr("%1 steps").arg(formatCount(options.steps)));
    addFact(tr("Time"), timeText());
    addFact(tr("Batch size"), formatCount(options.batchSize));
    addFact(tr("Learning rate"), tr("%1 after %2 steps of warm-up, weight decay %3")
                                     .arg(OptionTexts::number(options.learningRate), formatCount(options.warmup),
                                          OptionTexts::number(options.weightDecay)));
    addFact(tr("Validation"), tr("every %1 steps").arg(formatCount(options.validateEvery)));
    addFact(tr("Checkpoints"), tr("every %1 steps, the newest %2 are kept")
                                   .arg(formatCount(options.saveEvery), formatCount(options.keepCheckpoints)));
    addOthers();
    addFact(tr("Run folder"), formatPath(fromPath(options.output)));
    m_command->setPlainText(trainCommand(options));
    m_copy->setText(tr("Copy"));
    QStringList warnings{warmupWarning(), validationWarning(), checkpointWarning()};
    warnings.removeAll(QString());
    m_warnings->setText(warnings.join(QLatin1Char('\n')));
    m_warnings->setVisible(!warnings.isEmpty());
    check();
}

void ReviewPage::addFact(const QString& name, const QString& value) {
    const int row = m_facts->count() / 2;
    m_facts->addWidget(new TextLabel(name, 13, 400, &Tokens::text2), row, 0, Qt::AlignTop);
    auto* label = makeWrapped(value);
    m_facts->addWidget(label, row, 1);
}

/// By the newest run that was computed likewise; its validations and checkpoints count.
QString ReviewPage::timeText() const {
    static const std::set<std::string> kDecisive = {"model",     "lock_image",  "lock_text",         "device",
                                                    "precision", "micro_batch", "grad_checkpointing"};
    constexpr int64_t kFewestSteps = 10;
    const TrainOptions& options = m_state.options;
    if (runSteps() == 0) return tr("told once the data is known");
    for (const RunSummary& run : m_state.pastRuns ? *m_state.pastRuns : std::vector<RunSummary>()) {
        if (run.options == nullptr || run.step < kFewestSteps || run.seconds <= 0) continue;
        const std::set<std::string> others = differences(*run.options, options);
        if (std::any_of(others.begin(), others.end(), [](const auto& key) { return kDecisive.contains(key); }))
            continue;
        const double pairs = static_cast<double>(run.step) * run.options->batchSize;
        const double seconds = run.seconds / pairs * static_cast<double>(runSteps()) * options.batchSize;
        const QString time =
            seconds < 90 || seconds >= 3600 ? formatTimeLeft(seconds) : tr("%1 min").arg(std::lround(seconds / 60));
        return tr("about %1, as fast as “%2” went").arg(time, run.name);
    }
    return tr("told while it trains: no run of this model, computed likewise, went before");
}

/// Whatever else is not as it would be without a word.
void ReviewPage::addOthers() {
    static const std::set<std::string> kShown = {
        "train_data", "model", "out",    "loss", "epochs",         "steps",      "batch_size",
        "lr",         "wd",    "warmup", "seed", "validate_every", "save_every", "keep_checkpoints"};
    const std::set<std::string> others = differences(m_state.options, {});
    for (const OptionInfo& info : optionInfos())
        if (others.contains(info.key) && !kShown.contains(info.key))
            addFact(OptionTexts::label(info.key), OptionTexts::value(info.key, m_state.options));
    addFact(OptionTexts::label("seed"), QString::number(m_state.options.seed));
}

bool ReviewPage::check() {
    QString problem;
    try {
        checkOptions(m_state.options);
    } catch (const Error& error) {
        problem = OptionTexts::inWords(QString::fromUtf8(error.what()));
    }
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    return problem.isEmpty();
}

void ReviewPage::focusFirst() {
    m_copy->setFocus();
}

}  // namespace diagonal
