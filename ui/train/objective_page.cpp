// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/objective_page.h"

#include <QLineEdit>
#include <QLocale>
#include <QSpinBox>
#include <QVBoxLayout>
#include <cmath>

#include "ui/train/data_preview.h"
#include "ui/train/form.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/format.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kSteps = 0, kEpochs = 1;

QSpinBox* spinBox(int low, int high) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    box->setGroupSeparatorShown(true);
    return box;
}

QString number(double value) {
    return QString::number(value, 'g', 6);
}

bool readNumber(const QLineEdit* field, double low, double high, double& value) {
    bool ok = false;
    const double read = QString(field->text()).replace(QLatin1Char(','), QLatin1Char('.')).toDouble(&ok);
    if (!ok || !(read >= low && read <= high)) return false;
    value = read;
    return true;
}

}  // namespace

ObjectivePage::ObjectivePage(WizardState& state, QWidget* parent) : WizardPage(state, parent) {
    auto* page = new FormPage(tr("How should it learn?"),
                              tr("Contrastive loss, image-to-text and text-to-image, with AdamW: in each batch every "
                                 "picture has to find its caption among all others."));
    m_unit = new SegmentedControl;
    m_unit->addSegment(tr("Steps"));
    m_unit->addSegment(tr("Epochs"));
    m_length = spinBox(1, 1'000'000'000);
    auto* length = new QWidget;
    auto* lengthRow = new QHBoxLayout(length);
    lengthRow->setContentsMargins(0, 0, 0, 0);
    lengthRow->addWidget(m_unit);
    lengthRow->addWidget(m_length, 1);
    length->setFocusProxy(m_length);
    m_batch = spinBox(2, 1 << 20);
    m_batch->setSingleStep(32);
    m_rate = new QLineEdit;
    m_warmup = spinBox(0, 1'000'000'000);
    m_decay = new QLineEdit;
    m_seed = spinBox(0, 1'000'000'000);
    m_lengthField = new FormField(tr("Length"), length, {});
    m_batchField =
        new FormField(tr("Batch size"), m_batch, tr("Pairs in a step. Larger means more negatives for each picture."));
    m_rateField = new FormField(tr("Learning rate"), m_rate,
                                tr("The highest. From scratch about 5e-4; fine-tuning wants 1e-6 to 1e-5."));
    auto* warmup = new FormField(tr("Warm-up"), m_warmup,
                                 tr("Steps until the highest learning rate; then it falls along a cosine."));
    m_decayField = new FormField(tr("Weight decay"), m_decay, tr("Not on biases, gains and the logit scale."));
    auto* seed = new FormField(tr("Seed"), m_seed, tr("Of everything random: equal seeds, equal runs."));
    page->addPair(m_lengthField, m_batchField);
    page->addGap(8);
    page->addPair(m_rateField, warmup);
    page->addGap(8);
    page->addPair(m_decayField, seed);
    page->body()->addStretch(1);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(page);

    for (QSpinBox* box : {m_length, m_batch, m_warmup, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &ObjectivePage::take);
    for (QLineEdit* field : {m_rate, m_decay})
        connect(field, &QLineEdit::textEdited, this, &ObjectivePage::take);
    connect(m_unit, &SegmentedControl::activated, this, [this](int unit) {
        // The same length in the other unit.
        const size_t images = m_state.preview ? trainingImages(m_state.preview->summary) : 0;
        const double perEpoch = std::max(1.0, std::floor(static_cast<double>(images) / m_batch->value()));
        const double value = unit == kSteps ? m_length->value() * perEpoch : m_length->value() / perEpoch;
        m_loading = true;
        m_length->setValue(static_cast<int>(std::max(1.0, std::round(value))));
        m_loading = false;
        take();
    });
}

void ObjectivePage::load() {
    const TrainOptions& options = m_state.options;
    m_loading = true;
    m_unit->setCurrentIndex(options.epochs > 0 ? kEpochs : kSteps);
    m_length->setValue(static_cast<int>(options.epochs > 0 ? options.epochs : options.steps));
    m_batch->setValue(options.batchSize);
    m_rate->setText(number(options.learningRate));
    m_warmup->setValue(static_cast<int>(options.warmup));
    m_decay->setText(number(options.weightDecay));
    m_seed->setValue(static_cast<int>(options.seed));
    m_loading = false;
    showLength();
}

void ObjectivePage::take() {
    if (m_loading) return;
    TrainOptions& options = m_state.options;
    const bool epochs = m_unit->currentIndex() == kEpochs;
    options.epochs = epochs ? m_length->value() : 0;
    options.steps = epochs ? 0 : m_length->value();
    options.batchSize = m_batch->value();
    options.warmup = m_warmup->value();
    options.seed = static_cast<uint64_t>(m_seed->value());
    check();
    showLength();
    Q_EMIT edited();
}

bool ObjectivePage::check() {
    const bool rate = readNumber(m_rate, 1e-12, 10, m_state.options.learningRate);
    const bool decay = readNumber(m_decay, 0, 10, m_state.options.weightDecay);
    m_rateField->setError(rate ? QString() : tr("Give a number above 0, such as 5e-4."));
    m_decayField->setError(decay ? QString() : tr("Give a number from 0 to 10, such as 0.2."));
    const size_t images = m_state.preview ? trainingImages(m_state.preview->summary) : 0;
    const bool isAll = images > 0 && static_cast<size_t>(m_batch->value()) > images;
    m_batchField->setHint(isAll ? tr("More than the %1 training images: every batch is all of them.")
                                      .arg(formatCount(static_cast<qint64>(images)))
                                : tr("Pairs in a step. Larger means more negatives for each picture."));
    return rate && decay;
}

void ObjectivePage::showLength() {
    const size_t images = m_state.preview ? trainingImages(m_state.preview->summary) : 0;
    if (images == 0) {
        m_lengthField->setHint(tr("A step is one batch, an epoch once through all training images."));
        return;
    }
    const double perEpoch = std::max(1.0, std::floor(static_cast<double>(images) / m_batch->value()));
    const double steps = m_unit->currentIndex() == kEpochs ? m_length->value() * perEpoch : m_length->value();
    m_lengthField->setHint(tr("%1 steps: %2 times through %3 images.")
                               .arg(formatCount(static_cast<qint64>(steps)),
                                    QLocale().toString(steps / perEpoch, 'f', 1),
                                    formatCount(static_cast<qint64>(images))));
}

QString ObjectivePage::stepSummary() const {
    const TrainOptions& options = m_state.options;
    const QString length = options.epochs > 0 ? tr("%n epochs", nullptr, static_cast<int>(options.epochs))
                                              : tr("%1 steps").arg(formatCount(options.steps));
    return tr("batch %1, %2").arg(formatCount(options.batchSize), length);
}

void ObjectivePage::focusFirst() {
    m_length->setFocus();
}

}  // namespace diagonal
