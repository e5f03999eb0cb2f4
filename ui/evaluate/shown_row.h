// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <memory>

#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// The row of results that the pages below the table show; empty: none.
struct ShownRow {
    std::shared_ptr<const EvaluationReport> report;
    QStringList files;  ///< of each picture; empty: it has none
    size_t model = 0;
    QString prompts;

    bool isEmpty() const { return report == nullptr || model >= report->models.size(); }
    const ModelEvaluation& evaluation() const { return report->models[model]; }
    /// Of a task that takes prompts, those of this row. Null where there is none.
    const TaskResult* result(EvaluationTask task) const;
    /// What the classifier of this row said: zero-shot's, else the linear probe's.
    const TaskResult* answers() const;
    QString className(int label) const;
    /// Of a picture, or its name where it has no file.
    QString file(size_t picture) const;
};

/// How a prompt set is called in the window.
QString promptTitle(const QString& name);
/// "ViT-B-32 · laion2b, OpenAI 80".
QString rowTitle(const EvaluationReport& report, size_t model, const QString& prompts);

/// What a temperature or templates were chosen on: "400 pictures of the training split".
QString chosenOnText(const std::string& chosenOn);

/// A share as tables have it: "83.1%", "100%", "0%"; "–" where it is not defined.
QString shareText(double share);

}  // namespace diagonal
