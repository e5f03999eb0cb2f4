// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QStringList>
#include <memory>

#include "ui/jobs/evaluation_plan.h"

namespace diagonal {

/// What EvaluationRuns keeps of an evaluation from one start of the program to the next.
struct StoredEvaluation {
    struct Done {
        std::vector<PromptSet> prompts;
        EvaluationPlan plan;  ///< without models
        double keptTemperature = 0;
    };

    std::shared_ptr<const EvaluationReport> report;
    std::vector<Done> done;  ///< of each model of the report
    QStringList files, dataNames;
    uint64_t dataKey = 0;
    QDateTime made;
};

/// Where the window keeps its latest evaluation.
QString evaluationStoreFile();

/// All of it as CBOR behind a head with a version and a SHA-256 of what follows.
std::string packEvaluation(const StoredEvaluation& stored);

/// The other way round. Throws Error where the bytes are damaged, or of another version of the program. Any thread.
StoredEvaluation unpackEvaluation(const std::string& bytes);

}  // namespace diagonal
