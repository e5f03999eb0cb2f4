// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/train/option_form.h"
#include "ui/widgets/disclosure.h"

namespace diagonal {

class FormField;

/// How pictures are changed while they are trained on.
class AugmentationSection : public Disclosure {
    Q_OBJECT

  public:
    explicit AugmentationSection(TrainOptions& options, QWidget* parent = nullptr);
    void load();
    bool isGood() const { return m_form.isGood(); }

  Q_SIGNALS:
    void edited();

  private:
    FormField* needsAugment(FormField* field);
    void refresh();

    TrainOptions& m_options;
    OptionForm m_form;
    std::vector<FormField*> m_fields;  ///< those that augment: false makes pointless
};

}  // namespace diagonal
