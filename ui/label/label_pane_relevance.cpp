// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>

#include "ui/base/settings.h"
#include "ui/label/label_pane.h"
#include "ui/label/label_strip.h"
#include "ui/label/picture_column.h"
#include "ui/label/relevance_bar.h"
#include "ui/label/score_panel.h"
#include "ui/label/side_panel.h"
#include "ui/pictures/picture_view.h"

namespace diagonal {

void LabelPane::createRelevanceActions() {
    m_relevanceAction = makeAction(tr("&Relevance"), {"Ctrl+R"},
                                   [this] { m_picture->relevance().setOn(m_relevanceAction->isChecked()); });
    m_gridAction = makeAction(tr("Patch &grid"), {"Ctrl+G"},
                              [this] { m_picture->relevance().setShowsGrid(m_gridAction->isChecked()); });
    for (QAction* action : {m_relevanceAction, m_gridAction})
        action->setCheckable(true);
}

void LabelPane::connectRelevance() {
    RelevanceBar& bar = m_picture->relevance();
    bar.setOpacity(settings().value("label/relevanceOpacity", bar.opacity()).toDouble());
    bar.setShowsGrid(settings().value("label/relevanceGrid", false).toBool());
    connect(&bar, &RelevanceBar::switched, &m_relevance, &RelevanceSession::setOn);
    connect(&bar, &RelevanceBar::switched, this, [](bool on) { settings().setValue("label/relevance", on); });
    connect(&bar, &RelevanceBar::labelChosen, &m_relevance, &RelevanceSession::setChosenLabel);
    connect(&bar, &RelevanceBar::lookChanged, this, &LabelPane::relevanceLookChanged);
    connect(&m_side->scores(), &ScorePanel::labelActivated, &m_relevance, [this](const QString& label) {
        if (m_relevance.isOn()) m_relevance.setChosenLabel(label);
    });
    connect(&m_relevance, &RelevanceSession::changed, this, &LabelPane::showRelevance);
    connect(&m_picture->strip(), &LabelStrip::wordChosen, m_side, &SidePanel::addLabel);
    relevanceLookChanged();
    bar.setOn(settings().value("label/relevance", false).toBool());
    showRelevance();
}

void LabelPane::showRelevance() {
    RelevanceBar& bar = m_picture->relevance();
    m_relevanceAction->setChecked(m_relevance.isOn());
    m_gridAction->setEnabled(m_relevance.isOn());
    bar.setLabels(m_session.labels(), m_relevance.chosenLabel(), m_relevance.bestLabel());
    const bool isSeen = m_relevance.map() != nullptr && !m_relevance.map()->isZero();
    m_picture->picture().setRelevance(isSeen ? m_relevance.map() : nullptr);
    m_picture->picture().setRemark(m_relevance.status());
    m_picture->strip().setChosenLabel(m_relevance.chosenLabel());
    m_side->scores().setMarkedLabel(m_relevance.isOn() ? m_relevance.label() : QString());
}

void LabelPane::relevanceLookChanged() {
    const RelevanceBar& bar = m_picture->relevance();
    m_picture->picture().setRelevanceLook(bar.opacity(), bar.showsGrid());
    m_gridAction->setChecked(bar.showsGrid());
    settings().setValue("label/relevanceOpacity", bar.opacity());
    settings().setValue("label/relevanceGrid", bar.showsGrid());
}

}  // namespace diagonal
