// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/ui_test.h"
#include "ui/label/label_pane.h"

class LabelPaneTest : public PaneTest<diagonal::LabelPane> {
  protected:
    diagonal::ImageList& images() { return m_pane->session().images(); }
    bool isLabelled() {
        const diagonal::ImageCounts counts = images().counts();
        return counts.all > 0 && counts.waiting == 0 &&
               counts.sure + counts.unsure + counts.none + counts.failed == counts.all && !images().item(0).stale;
    }
    /// A pane that asks for these labels in "a {}", with the tiny model.
    void openPaneFor(const QStringList& labels) {
        diagonal::settings().setValue("label/labels", labels);
        diagonal::settings().setValue("label/templates", QStringList("a {}"));
        openPane();
        openModel(tinyModel());
    }
};
