// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <memory>

#include "engine/evaluation/evaluation_table.h"

class QMenu;
class QWidget;

namespace diagonal {

class ResultsModel;
class Services;

/// Files of an evaluation: what "Export…" offers. names: of the data sets.
void fillExportMenu(QMenu& menu, QWidget* parent, Services& services,
                    const std::shared_ptr<const EvaluationReport>& report, const QStringList& names);

/// A file a result in CLIP_benchmark's fields, a table, charts and a page, as `diagonal-cli eval --out FOLDER/` writes.
/// Any thread. Throws Error.
void writeEvaluationFolder(const EvaluationReport& report, const QStringList& names, const QString& folder);

/// Asks where to write the page.
void saveEvaluationPage(QWidget* parent, Services& services, const std::shared_ptr<const EvaluationReport>& report);

}  // namespace diagonal
