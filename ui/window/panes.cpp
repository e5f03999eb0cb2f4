// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/embeddings_pane.h"
#include "ui/evaluate/evaluate_pane.h"
#include "ui/label/label_pane.h"
#include "ui/matrix/matrix_pane.h"
#include "ui/model_pane/models_pane.h"
#include "ui/search/search_pane.h"
#include "ui/shell/pane.h"
#include "ui/train/train_pane.h"
#include "ui/window/main_window.h"

namespace diagonal {

QList<Pane*> createPanes(Services& services) {
    return {new ModelsPane(services), new LabelPane(services),    new MatrixPane(services),    new SearchPane(services),
            new TrainPane(services),  new EvaluatePane(services), new EmbeddingsPane(services)};
}

QStringList MainWindow::paneIds() {
    return {QStringLiteral("models"), QStringLiteral("label"),    QStringLiteral("matrix"),    QStringLiteral("search"),
            QStringLiteral("train"),  QStringLiteral("evaluate"), QStringLiteral("embeddings")};
}

}  // namespace diagonal
