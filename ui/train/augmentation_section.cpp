// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/augmentation_section.h"

#include <QVBoxLayout>

#include "ui/train/form.h"
#include "ui/train/option_texts.h"

namespace diagonal {

AugmentationSection::AugmentationSection(TrainOptions& options, QWidget* parent)
    : Disclosure(tr("Augmentation"), parent), m_options(options), m_form(options) {
    const auto number = [this](const char* key, const QString& hint, const QString& zero = {}) {
        return needsAugment(m_form.addNumber(key, hint, zero));
    };
    FormPage::addPair(body(), m_form.addSwitch("augment", tr("A picture looks a little different each time.")),
                      m_form.addSwitch("fast_decode", tr("Quicker, where training waits for data.")));
    FormPage::addPair(body(), number("crop_scale", tr("Share of the picture that a random crop keeps; 1: no crops.")),
                      number("flip", tr("Probability. Never where the caption says left or right.")));
    FormPage::addPair(body(), number("color_jitter", tr("Strength for brightness, contrast, saturation."), tr("none")),
                      number("grayscale", tr("Probability of a picture in grey."), tr("never")));
    FormPage::addPair(body(), number("blur", tr("Probability of a blurred picture."), tr("never")), nullptr);
    body()->addWidget(needsAugment(
        m_form.addSegments("auto_augment", tr("One or two strong changes of each picture, drawn at random."))));
    connect(&m_form, &OptionForm::edited, this, [this] {
        refresh();
        Q_EMIT edited();
    });
}

FormField* AugmentationSection::needsAugment(FormField* field) {
    m_fields.push_back(field);
    return field;
}

void AugmentationSection::load() {
    m_form.load();
    refresh();
}

void AugmentationSection::refresh() {
    for (FormField* field : m_fields)
        field->setEnabled(m_options.augment);
    setSummary(OptionTexts::augmentation(m_options));
}

}  // namespace diagonal
