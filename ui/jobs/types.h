// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>
#include <QStringList>
#include <exception>
#include <vector>

#include "engine/checkpoint/model_info.h"
#include "engine/inference/matrix.h"
#include "engine/inference/session.h"
#include "training/trainer/trainer.h"

namespace diagonal {

using JobId = quint64;

/// Unit of jobs that count bytes.
inline const QString kBytesPerSecond = QStringLiteral("B/s");

/// What the status bar shows of one job.
struct JobState {
    JobId id = 0;
    QString title;  ///< "Labelling"
    qint64 done = 0;
    qint64 total = 0;  ///< 0: not known
    double perSecond = 0;
    QString unit;  ///< "images/s"
    double secondsLeft = -1;
    bool cancelling = false;
    bool isPrecious = false;  ///< closing would lose or leave half done what it does
};

/// A failure for the person: what, which file, what now.
struct JobError {
    QString subject, problem, remedy;
    QString text() const;  ///< "subject: problem. Remedy."
};

/// What an exception says to the person.
JobError jobErrorOf(const std::exception& exception);

}  // namespace diagonal

Q_DECLARE_METATYPE(diagonal::JobState)
Q_DECLARE_METATYPE(diagonal::JobError)
