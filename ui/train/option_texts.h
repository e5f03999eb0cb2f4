// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <string>
#include <vector>

#include "training/run/options.h"

namespace diagonal {

/// Words for the options of a run, by their keys of config.json.
class OptionTexts {
    Q_DECLARE_TR_FUNCTIONS(diagonal::OptionTexts)

  public:
    struct Choice {
        std::string value;
        QString text;
    };

    /// "Weight decay"; the key itself where there is no other word for it.
    static QString label(const std::string& key);
    /// What the wizard offers for an option; empty where anything may be typed.
    static std::vector<Choice> choices(const std::string& key);
    /// A value as a person reads it: "yes", "Cosine", "0.2".
    static QString value(const std::string& key, const TrainOptions& options);
    static QString number(double value);  ///< "0.0005", "1e-6"
    /// A sentence of the trainer, options called what the window calls them: "--out" is "Run folder".
    static QString inWords(QString sentence);

    // One sentence each, for what is folded away.
    static QString reading(const TrainOptions& options);
    static QString augmentation(const TrainOptions& options);
    static QString temperature(const TrainOptions& options);
    static QString optimizer(const TrainOptions& options);
    static QString computing(const TrainOptions& options);
};

}  // namespace diagonal
