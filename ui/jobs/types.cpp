// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/types.h"

#include "engine/base/error.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

QString JobError::text() const {
    QString text = inSentence(subject);
    if (!problem.isEmpty()) text += (text.isEmpty() ? QString() : QStringLiteral(": ")) + problem;
    if (!text.endsWith(QLatin1Char('.'))) text += QLatin1Char('.');
    if (!remedy.isEmpty()) text += QLatin1Char(' ') + remedy;
    if (!text.endsWith(QLatin1Char('.'))) text += QLatin1Char('.');
    return text;
}

JobError jobErrorOf(const std::exception& exception) {
    if (const auto* error = dynamic_cast<const Error*>(&exception)) {
        return {engineText(error->subject()), engineText(error->problem()), engineText(error->remedy())};
    }
    // LibTorch appends a stack trace; the first line is for people.
    return {{}, QString::fromUtf8(exception.what()).section(QLatin1Char('\n'), 0, 0), {}};
}

}  // namespace diagonal
