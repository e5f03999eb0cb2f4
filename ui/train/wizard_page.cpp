// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/wizard_page.h"

#include <algorithm>

#include "ui/train/data_preview.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/format.h"

namespace diagonal {

int64_t WizardPage::stepsPerEpoch() const {
    const auto images = static_cast<int64_t>(m_state.preview ? trainingImages(m_state.preview->summary) : 0);
    return images == 0 ? 0 : std::max<int64_t>(1, images / std::max(1, m_state.options.batchSize));
}

int64_t WizardPage::runSteps() const {
    const TrainOptions& options = m_state.options;
    return options.epochs > 0 ? options.epochs * stepsPerEpoch() : options.steps;
}

QString WizardPage::warmupWarning() const {
    const int64_t steps = runSteps();
    if (steps == 0 || m_state.options.warmup < steps) return {};
    return tr("The warm-up of %1 steps is longer than the run of %2: the learning rate stays below what is given.")
        .arg(formatCount(m_state.options.warmup), formatCount(steps));
}

QString WizardPage::validationWarning() const {
    const int64_t steps = runSteps();
    if (steps == 0 || m_state.options.validateEvery <= steps) return {};
    return tr("The run of %1 steps ends before the first validation, but for the one at its end.")
        .arg(formatCount(steps));
}

QString WizardPage::checkpointWarning() const {
    const int64_t steps = runSteps();
    if (steps == 0 || m_state.options.saveEvery <= steps) return {};
    return tr("The run of %1 steps ends before the first checkpoint, but for the one at its end.")
        .arg(formatCount(steps));
}

}  // namespace diagonal
