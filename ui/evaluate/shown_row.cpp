// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/shown_row.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <cmath>

#include "ui/base/engine_texts.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

struct ShownRowWords {
    Q_DECLARE_TR_FUNCTIONS(diagonal::ShownRow)
};

}  // namespace

const TaskResult* ShownRow::result(EvaluationTask task) const {
    if (isEmpty()) return nullptr;
    const bool hasPrompts = task == EvaluationTask::ZeroShot || task == EvaluationTask::Templates;
    for (const TaskResult& one : evaluation().results)
        if (one.task == task && (!hasPrompts || QString::fromStdString(one.prompts) == prompts)) return &one;
    return nullptr;
}

const TaskResult* ShownRow::answers() const {
    const TaskResult* zeroShot = result(EvaluationTask::ZeroShot);
    return zeroShot != nullptr ? zeroShot : result(EvaluationTask::LinearProbe);
}

QString ShownRow::className(int label) const {
    return label < 0 ? ShownRowWords::tr("no answer") : QString::fromStdString(report->className(label));
}

QString ShownRow::file(size_t picture) const {
    const QString path = files.value(static_cast<qsizetype>(picture));
    return path.isEmpty() && picture < report->pictures.size() ? QString::fromStdString(report->pictures[picture])
                                                               : path;
}

QString promptTitle(const QString& name) {
    if (name == QLatin1String("names alone")) return ShownRowWords::tr("Class names alone");
    return name == QLatin1String("openai-80") ? QStringLiteral("OpenAI 80") : name;
}

QString rowTitle(const EvaluationReport& report, size_t model, const QString& prompts) {
    const QString name = QString::fromStdString(report.modelName(model));
    return prompts.isEmpty() ? name : ShownRowWords::tr("%1, %2", "model, prompts").arg(name, promptTitle(prompts));
}

QString chosenOnText(const std::string& chosenOn) {
    const QString text = QString::fromStdString(chosenOn);
    static const QRegularExpression of(QStringLiteral("^(\\d+) pictures? of (.*)$"));
    const QRegularExpressionMatch match = of.match(text);
    if (!match.hasMatch()) return engineText(text);
    return ShownRowWords::tr("%Ln picture(s) of %1", nullptr, match.captured(1).toInt())
        .arg(engineText(match.captured(2)));
}

QString shareText(double share) {
    return std::isfinite(share) ? formatShare(formatNumber(100 * share, 1)) : QStringLiteral("–");
}

}  // namespace diagonal
