// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/objective_page.h"

#include <QLocale>
#include <QSpinBox>
#include <QVBoxLayout>
#include <cmath>

#include "ui/style/layouts.h"
#include "ui/train/data_preview.h"
#include "ui/train/form.h"
#include "ui/train/option_texts.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/format.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kSteps = 0, kEpochs = 1;

bool hasTargets(const std::string& loss) {
    return loss == "contrastive" || loss == "soft";
}

QString lossHint(const std::string& loss) {
    if (loss == "soft")
        return ObjectivePage::tr(
            "Contrastive, but equal pictures and equal captions of a batch share the probability: "
            "for class folders and captions that repeat.");
    if (loss == "mutual")
        return ObjectivePage::tr(
            "Contrastive, but captions share the probability as far as the model finds them and their pictures "
            "alike, as the tutorial OpenAI-CLIP has it: embeddings of any length, temperature 1.");
    if (loss == "sigmoid")
        return ObjectivePage::tr(
            "Says of each pair for itself whether it belongs together, as SigLIP does. Good with "
            "small batches too.");
    if (loss == "fastclip")
        return ObjectivePage::tr(
            "Contrastive, for batches that are small beside the data: each picture and caption remembers how hard it "
            "was to tell apart.");
    return ObjectivePage::tr(
        "Each picture has to find its caption among all others of the batch, and each caption its "
        "picture, as CLIP does.");
}

}  // namespace

ObjectivePage::ObjectivePage(WizardState& state, QWidget* parent) : WizardPage(state, parent), m_form(state.options) {
    m_page = new FormPage(tr("How should it learn?"),
                          tr("What a batch has to get right, how large it is, and how far each step goes."));
    m_loss = m_form.addSegments("loss", lossHint("contrastive"));
    m_page->body()->addWidget(m_loss);
    m_page->addGap(8);
    m_lengthField = makeLength();
    m_batch = m_form.addCount("batch_size", {}, {}, 32);
    m_page->addPair(m_lengthField, m_batch);
    m_page->addGap(8);
    m_warmup = m_form.addCount("warmup", tr("Steps until the highest learning rate."), tr("none"));
    m_page->addPair(m_form.addNumber("lr", tr("The highest. From scratch about 5e-4; fine-tuning wants 1e-6 to 1e-5.")),
                    m_warmup);
    m_page->addGap(8);
    fillTargets();
    fillOptimizer();
    m_page->body()->addStretch(1);
    setLayout(makeColumn({m_page}));
    connect(&m_form, &OptionForm::edited, this, [this] {
        if (m_state.options.loss != m_lossBefore) takeLoss();
        dropWhatDoesNotFit();
        refresh();
        Q_EMIT edited();
    });
}

/// A choice of the mutual loss is one of the tutorial's objective; another choice takes that back.
void ObjectivePage::takeLoss() {
    TrainOptions& options = m_state.options;
    const bool isTutorials = options.temperature == 1 && options.fixTemperature;
    if (options.loss == "mutual") {
        options.normalize = false;
        options.temperature = 1;
        options.fixTemperature = true;
    } else if (m_lossBefore == "mutual") {
        options.normalize = true;
        if (isTutorials) options.temperature = 0;
        if (isTutorials) options.fixTemperature = false;
    }
    m_lossBefore = options.loss;
    m_form.load();
}

/// What the loss that was chosen has no use for goes back to its default.
void ObjectivePage::dropWhatDoesNotFit() {
    const TrainOptions initial;
    TrainOptions fitting = m_state.options;
    if (!hasTargets(fitting.loss)) fitting.labelSmoothing = 0;
    constexpr double kOfUnitLengths = 0.05;  // else all targets are alike
    if (fitting.loss != "mutual") {
        fitting.targetTemperature = 0;
        fitting.targetGradient = false;
        if (!hasTargets(fitting.loss)) fitting.normalize = true;
    } else if (fitting.normalize && fitting.targetTemperature == 0) {
        fitting.targetTemperature = kOfUnitLengths;
    }
    if (fitting.schedule != "plateau") {
        fitting.plateauPatience = initial.plateauPatience;
        fitting.plateauFactor = initial.plateauFactor;
    }
    if (fitting.fixTemperature) fitting.temperatureLearningRate = 0;
    if (m_state.preview && m_state.preview->summary.teachers.empty()) fitting.distillWeight = 0;
    if (fitting.distillWeight == 0) fitting.distillTemperature = 0;
    if (fitting.loss != "fastclip") {
        fitting.fastClipGamma = initial.fastClipGamma;
        fitting.fastClipRho = initial.fastClipRho;
        fitting.gammaDecayEpochs = initial.gammaDecayEpochs;
    }
    if (differences(fitting, m_state.options).empty()) return;
    m_state.options = fitting;
    m_form.load();
}

FormField* ObjectivePage::makeLength() {
    m_unit = new SegmentedControl({tr("Steps"), tr("Epochs")});
    m_unit->setAccessibleName(tr("Unit of the length"));
    m_length = new QSpinBox;
    m_length->setRange(1, 1'000'000'000);
    m_length->setGroupSeparatorShown(true);
    auto* length = new QWidget;
    length->setLayout(makeRow({m_unit, {m_length, 1}}, 8));
    length->setFocusProxy(m_length);
    connect(m_length, &QSpinBox::valueChanged, this, &ObjectivePage::takeLength);
    connect(m_unit, &SegmentedControl::activated, this, &ObjectivePage::changeUnit);
    auto* field = new FormField(tr("Length"), length, {});
    m_length->setAccessibleName(tr("Length"));
    return field;
}

void ObjectivePage::fillTargets() {
    m_targets = m_page->addSection(tr("Temperature and targets"));
    QVBoxLayout* column = m_targets->body();
    m_temperature = m_form.addNumber("temperature", tr("Low is decided, high is careful."), tr("the model's own"));
    FormPage::addPair(column, m_temperature,
                      m_form.addNumber("min_temperature", tr("A learned temperature stays above it.")));
    m_smoothing =
        m_form.addNumber("label_smoothing", tr("Part of the probability that all captions of a batch share."));
    column->addWidget(m_form.addSwitch("fix_temperature", tr("Else it is learned with the weights.")));
    m_temperatureRate =
        m_form.addNumber("lr_tau", tr("Constant, a third of it from 0.03 down."), tr("as the weights; FastCLIP 2e-4"));
    FormPage::addPair(column, m_smoothing, m_temperatureRate);
    fillMutual(column);
    m_gamma = m_form.addNumber("fastclip_gamma", tr("Share of the newest batch in what is remembered, at last."));
    m_gammaEpochs = m_form.addCount("gamma_decay_epochs", tr("From 1 at the start."), tr("half of all"));
    FormPage::addPair(column, m_gamma, m_gammaEpochs);
    m_rho = m_form.addNumber("fastclip_rho", tr("More keeps the temperature lower."));
    FormPage::addPair(column, m_rho, nullptr);
    m_distillation = m_form.addNumber("distill_weight", {}, tr("none"));
    m_teacherTemperature = m_form.addNumber("distill_temperature", {}, tr("the teacher's own"));
    FormPage::addPair(column, m_distillation, m_teacherTemperature);
}

void ObjectivePage::fillMutual(QVBoxLayout* column) {
    m_normalize =
        m_form.addSwitch("normalize", tr("The loss sees embeddings of length 1, as search does; else as they are."));
    column->addWidget(m_normalize);
    m_targetTemperature =
        m_form.addNumber("target_temperature", tr("Low: only what is very much alike."), tr("1 / temperature"));
    m_targetGradient = m_form.addSwitch("target_gradient", tr("As the tutorial has it."));
    FormPage::addPair(column, m_targetTemperature, m_targetGradient);
}

void ObjectivePage::fillSchedule(QVBoxLayout* column) {
    column->addWidget(m_form.addSegments("lr_scheduler", tr("Of the learning rate after the warm-up.")));
    m_patience = m_form.addCount("plateau_patience",
                                 tr("So many validations in a row may be no better before the learning rate falls."));
    m_factor = m_form.addNumber("plateau_factor", tr("Then it is so many times what it was."));
    FormPage::addPair(column, m_patience, m_factor);
}

void ObjectivePage::fillOptimizer() {
    m_optimizer = m_page->addSection(tr("Schedule and optimizer"));
    QVBoxLayout* column = m_optimizer->body();
    fillSchedule(column);
    m_imageRate = m_form.addNumber("image_lr", {}, tr("as above"));
    m_textRate = m_form.addNumber("text_lr", {}, tr("as above"));
    FormPage::addPair(column, m_imageRate, m_textRate);
    FormPage::addPair(column,
                      m_form.addNumber("head_lr", tr("Of the projections behind the towers."), tr("as their towers")),
                      m_form.addNumber("layer_decay", tr("Each layer learns at so many times the rate of the one above "
                                                         "it. 0.6 to 0.9 to fine-tune; 1: all alike.")));
    FormPage::addPair(column, m_form.addNumber("wd", tr("Not on biases, gains and the logit scale.")),
                      m_form.addNumber("grad_clip", tr("Longer gradients are shortened to it."), tr("any")));
    FormPage::addPair(column, m_form.addNumber("beta1", tr("Of AdamW: memory of the gradient.")),
                      m_form.addNumber("beta2", tr("Of AdamW: memory of its square.")));
    FormPage::addPair(
        column, m_form.addNumber("eps", tr("Of AdamW: keeps quotients finite.")),
        m_form.addNumber("spike_factor", tr("A batch whose gradient is so many times the usual is left out."),
                         tr("never")));
    FormPage::addPair(
        column, m_form.addNumber("ema_decay", tr("Such as 0.999. The averaged weights become the model."), tr("none")),
        nullptr);
}

void ObjectivePage::load() {
    const TrainOptions& options = m_state.options;
    m_lossBefore = options.loss;
    dropWhatDoesNotFit();
    m_form.load();
    m_loading = true;
    m_unit->setCurrentIndex(options.epochs > 0 ? kEpochs : kSteps);
    m_length->setValue(static_cast<int>(options.epochs > 0 ? options.epochs : options.steps));
    m_loading = false;
    refresh();
}

void ObjectivePage::takeLength() {
    if (m_loading) return;
    const bool epochs = m_unit->currentIndex() == kEpochs;
    m_state.options.epochs = epochs ? m_length->value() : 0;
    m_state.options.steps = epochs ? 0 : m_length->value();
    showLength();
    Q_EMIT edited();
}

/// The same length in the other unit.
void ObjectivePage::changeUnit(int unit) {
    const auto each = static_cast<double>(std::max<int64_t>(1, stepsPerEpoch()));
    const double value = unit == kSteps ? m_length->value() * each : m_length->value() / each;
    m_loading = true;
    m_length->setValue(static_cast<int>(std::max(1.0, std::round(value))));
    m_loading = false;
    takeLength();
}

void ObjectivePage::refresh() {
    const TrainOptions& options = m_state.options;
    m_loss->setHint(lossHint(options.loss));
    m_smoothing->setEnabled(hasTargets(options.loss));
    m_temperatureRate->setEnabled(!options.fixTemperature);
    for (FormField* field : {m_gamma, m_gammaEpochs, m_rho})
        field->setVisible(options.loss == "fastclip");
    for (FormField* field : {m_targetTemperature, m_targetGradient})
        field->setVisible(options.loss == "mutual");
    m_normalize->setEnabled(hasTargets(options.loss) || options.loss == "mutual");
    for (FormField* field : {m_patience, m_factor})
        field->setVisible(options.schedule == "plateau");
    refreshTeacher();
    m_imageRate->setEnabled(!options.lockImage);
    m_imageRate->setHint(options.lockImage ? tr("The image tower is locked.") : QString());
    m_textRate->setEnabled(!options.lockText);
    m_textRate->setHint(options.lockText ? tr("The text tower is locked.") : QString());
    m_targets->setSummary(OptionTexts::temperature(options));
    m_optimizer->setSummary(OptionTexts::optimizer(options));
    const size_t images = m_state.preview ? trainingImages(m_state.preview->summary) : 0;
    const bool isAll = images > 0 && static_cast<size_t>(options.batchSize) > images;
    m_batch->setHint(isAll ? tr("More than the %1 training images: every batch is all of them.")
                                 .arg(formatCount(static_cast<qint64>(images)))
                           : tr("Pairs in a step. Larger means more negatives for each picture."));
    showLength();
}

/// Only a pack has teachers.
void ObjectivePage::refreshTeacher() {
    QStringList names;
    if (m_state.preview)
        for (const Teacher& teacher : m_state.preview->summary.teachers)
            names << QString::fromStdString(teacher.name);
    const bool isTaught = !names.isEmpty();
    m_distillation->setEnabled(isTaught);
    m_teacherTemperature->setEnabled(isTaught && m_state.options.distillWeight > 0);
    m_distillation->setHint(
        isTaught ? tr("Part of the loss that learns from %1, such as 0.7.").arg(names.join(QStringLiteral(", ")))
                 : tr("Needs a pack with a teacher: diagonal-cli dataset pack … --teacher MODEL."));
}

void ObjectivePage::showLength() {
    m_warmup->setWarning(warmupWarning());
    const auto each = static_cast<double>(stepsPerEpoch());
    if (each == 0) {
        m_lengthField->setHint(tr("A step is one batch, an epoch once through all training images."));
        return;
    }
    const double steps = m_unit->currentIndex() == kEpochs ? m_length->value() * each : m_length->value();
    m_lengthField->setHint(tr("%1 steps: %2 times through %3 images.")
                               .arg(formatCount(static_cast<qint64>(steps)), QLocale().toString(steps / each, 'f', 1),
                                    formatCount(static_cast<qint64>(trainingImages(m_state.preview->summary)))));
}

bool ObjectivePage::check() {
    const TrainOptions& options = m_state.options;
    const bool isLow =
        options.temperature > 0 && !options.fixTemperature && options.temperature < options.minTemperature;
    const QString problem = tr("Give at least the lowest temperature, or lower that.");
    if (isLow || m_temperature->error() == problem) m_temperature->setError(isLow ? problem : QString());
    return m_form.isGood();
}

QString ObjectivePage::stepSummary() const {
    const TrainOptions& options = m_state.options;
    const QString length = options.epochs > 0 ? tr("%n epochs", nullptr, static_cast<int>(options.epochs))
                                              : tr("%1 steps").arg(formatCount(options.steps));
    const QString batch = tr("batch %1, %2").arg(formatCount(options.batchSize), length);
    if (options.loss == "contrastive") return batch;
    return tr("%1, %2").arg(batch, formatWithin(OptionTexts::value("loss", options)));
}

void ObjectivePage::focusFirst() {
    m_length->setFocus();
}

}  // namespace diagonal
