// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/side_panel.h"

#include <QCheckBox>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/label/label_commands.h"
#include "ui/label/label_editor.h"
#include "ui/label/label_session.h"
#include "ui/label/prompt_editor.h"
#include "ui/label/score_panel.h"
#include "ui/label/sets_button.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/temperature_slider.h"

namespace diagonal {

namespace {

const QString kGeneralTemplate = QStringLiteral("a photo of a {}."), kCalibrated = QStringLiteral("label/calibrated");

QVBoxLayout* padded(QWidget* section) {
    auto* column = new QVBoxLayout(section);
    column->setContentsMargins(px(16), 0, px(16), px(12));
    column->setSpacing(px(6));
    return column;
}

}  // namespace

SidePanel::SidePanel(Services& services, LabelSession& session, QUndoStack& undo, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_session(session),
      m_undo(undo),
      m_scores(new ScorePanel),
      m_temperature(new TemperatureSlider),
      m_calibrated(new QCheckBox),
      m_calibratedNote(makeWrapped({}, 11, 400, &Tokens::text3)),
      m_editor(new LabelEditor),
      m_prompt(new PromptEditor),
      m_note(new ElidedLabel({}, 11, 400, &Tokens::text3)),
      m_sets(new SetsButton(TextSets::Labels)),
      m_promptSets(new SetsButton(TextSets::Templates)) {
    // In a window too low for all of it, the panel scrolls.
    auto* scroll = new QScrollArea;
    auto* content = new Panel(&Tokens::surface);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    // Its room is kept: nothing moves when it comes.
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setLayout(makeColumn({scroll}));
    auto* slider = new QWidget;
    auto* sliderColumn = padded(slider);
    sliderColumn->setContentsMargins(px(16), px(8), px(16), px(10));
    sliderColumn->addWidget(m_temperature);
    sliderColumn->addWidget(m_calibrated);
    sliderColumn->addWidget(m_calibratedNote);
    m_calibrated->hide();
    m_calibratedNote->hide();
    m_calibrated->setChecked(settings().value(kCalibrated, true).toBool());
    connect(m_calibrated, &QCheckBox::clicked, this, [this](bool isWanted) {
        settings().setValue(kCalibrated, isWanted);
        takeTemperature();
    });
    connect(&services, &Services::temperatureKept, this, &SidePanel::temperatureKept);
    slider->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    content->setLayout(
        makeColumn({m_scores, slider, new Hairline, labelsSection(), new Hairline, promptSection(), stretch(1)}));
    scroll->setWidget(content);
    setMinimumWidth(px(320));

    connect(m_temperature, &TemperatureSlider::temperatureChanged, &session.images(), &ImageList::setTemperature);
    connect(m_prompt, &PromptEditor::templatesChanged, this, [this] {
        m_ownTemplates = true;
        applyTemplates();
        store();
    });
    connect(m_scores, &ScorePanel::scoreChanged, this, &SidePanel::scoreChanged);
    connect(m_editor, &LabelEditor::edited, this, [this](const QString& before, const QString& after) {
        m_ownLabels = true;
        m_undo.push(new EditLabelsCommand(before, after, true, [this](const QString& text) {
            m_editor->setLabelText(text);
            applyLabels();
        }));
    });
    connect(&session.images(), &ImageList::scoresChanged, this, &SidePanel::refresh);
    connect(&session, &LabelSession::stateChanged, this, &SidePanel::showNote);
    connect(&services.engine(), &EngineService::modelChanged, this, &SidePanel::modelChanged);
    restore();
    if (services.engine().model() != nullptr) modelChanged();
}

QWidget* SidePanel::labelsSection() {
    auto* section = new QWidget;
    auto* column = padded(section);
    auto* header = new SectionHeader(tr("Labels"));
    header->addRight(m_sets);
    column->addWidget(header);
    column->addWidget(m_editor, 1);
    column->addWidget(m_note);
    connect(m_sets, &SetsButton::chosen, this, &SidePanel::replaceLabels);
    connect(m_sets, &SetsButton::importChosen, this, &SidePanel::importLabels);
    connect(m_sets, &SetsButton::exportChosen, this, &SidePanel::exportLabels);
    return section;
}

QWidget* SidePanel::promptSection() {
    auto* section = new QWidget;
    auto* column = padded(section);
    column->setSpacing(0);
    auto* header = new SectionHeader(tr("Prompt"));
    header->addRight(m_promptSets);
    column->addWidget(header);
    column->addWidget(m_prompt);
    connect(m_promptSets, &SetsButton::chosen, m_prompt, &PromptEditor::setTemplates);
    connect(m_promptSets, &SetsButton::importChosen, this, &SidePanel::importTemplates);
    connect(m_promptSets, &SetsButton::exportChosen, this, &SidePanel::exportTemplates);
    section->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return section;
}

void SidePanel::replaceLabels(const QStringList& labels) {
    const QString before = m_editor->toPlainText(), after = labels.join('\n');
    if (before == after) return;
    m_ownLabels = true;
    m_undo.push(new EditLabelsCommand(before, after, false, [this](const QString& text) {
        m_editor->setLabelText(text);
        applyLabels();
    }));
}

void SidePanel::addLabel(const QString& text) {
    if (!m_list.names.contains(text))
        replaceLabels(m_list.labels + QStringList(QString::fromStdString(labelLine(text.toStdString()))));
}

void SidePanel::applyLabels() {
    m_list = parseLabels(m_editor->toPlainText());
    m_session.setLabels(m_list.labels);
    m_prompt->setTexts(labelTexts(m_list.parsed));
    m_sets->setLines(m_list.labels);
    showNote();
    refresh();
    store();
}

void SidePanel::applyTemplates() {
    m_session.setTemplates(m_prompt->templates());
    m_prompt->setTexts(labelTexts(m_list.parsed));
    m_promptSets->setLines(m_prompt->templates());
}

void SidePanel::scoreChanged() {
    const ModelInfo* model = m_services.engine().model();
    m_session.images().setScore(m_scores->score(), model != nullptr ? model->logitBias : 0);
}

void SidePanel::showNote() {
    QString note = tr("One a line; “cat | kitten”, “cat @ 60%”, “! something else”");
    ColourRole role = &Tokens::text3;
    if (!m_list.problem.isEmpty()) {
        role = &Tokens::error;
        note = m_list.problem;
    } else if (!m_session.truncatedLabels().isEmpty()) {
        role = &Tokens::warn;
        note =
            tr("“%1” is longer than the model reads: its end does not count").arg(m_session.truncatedLabels().first());
    } else if (!m_list.merged.isEmpty()) {
        role = &Tokens::warn;
        note = tr("“%1” stands here more than once and counts as one").arg(m_list.merged.first());
    }
    m_note->setColour(role);
    m_note->setText(note);
}

void SidePanel::setImage(int row) {
    m_image = row < 0 ? 0 : m_session.images().item(row).id;
    refresh();
}

void SidePanel::refresh() {
    ImageList& images = m_session.images();
    const int row = images.rowOf(m_image);
    if (row < 0) {
        m_shownImage = 0;
        m_scores->showLabels(m_session.labels(), tr("Ranked probabilities appear here for the selected image"));
    } else if (const ImageItem& one = images.item(row); one.isFailed()) {
        m_scores->showLabels(m_session.labels(), tr("%1: %2").arg(one.name, one.error));
    } else if (!one.hasScores()) {
        m_scores->showLabels(m_session.labels(), m_session.labels().isEmpty()
                                                     ? tr("Write labels below to compare them")
                                                     : tr("The model has not seen this image yet"));
    } else {
        const bool another = m_shownImage != m_image;
        m_shownImage = m_image;
        m_scores->showScores(images.labels(), images.ranking(row), one.assigned, one.stale, another);
    }

    m_editor->setCounts(lineCounts(), !images.isScored());
}

// The counts stand beside the line that a label stands on first; a negative one is given to no image.
std::vector<int> SidePanel::lineCounts() const {
    const ImageList& images = m_session.images();
    QHash<QString, int> byLabel;
    for (qsizetype i = 0; i < images.labels().size() && images.rowCount() > 0; ++i)
        if (!images.parsedLabels()[static_cast<size_t>(i)].isNegative)
            byLabel.insert(images.labels()[i], images.givenCounts()[static_cast<size_t>(i)]);
    std::vector<int> lines;
    for (const QString& name : m_list.lineNames)
        lines.push_back(byLabel.value(name, -1));
    return lines;
}

// The person's own labels stay with any model; a suggestion gives way to the next model's.
void SidePanel::modelChanged() {
    const ModelInfo& model = *m_services.engine().model();
    const NamedSets labelSets(TextSets::Labels);
    m_fitted = model.fittedTemperature;
    takeTemperature();
    if (!m_ownLabels && !model.suggestedLabels.empty()) {
        QStringList labels;
        for (const std::string& label : model.suggestedLabels)
            labels << QString::fromStdString(label);
        m_editor->setLabelText(labels.join('\n'));
    } else if (!m_ownLabels && m_editor->toPlainText().isEmpty()) {
        m_editor->setLabelText(labelSets.lines(labelSets.builtIn().first()).join('\n'));
    }
    if (!m_ownTemplates) {
        const QString text = QString::fromStdString(model.suggestedTemplate);
        const QSignalBlocker blocker(m_prompt);  // that is not the person
        const QString wanted = text.isEmpty() && model.knows.empty() ? kGeneralTemplate : text;
        m_prompt->setTemplates(wanted.isEmpty() ? QStringList() : QStringList(wanted));
        applyTemplates();
    }
    applyLabels();
    scoreChanged();
}

/// The model's, or the one that makes its probabilities true; which of them is said.
void SidePanel::takeTemperature() {
    const ModelInfo* model = m_services.engine().model();
    if (model == nullptr) return;
    const bool isFitted = m_fitted > 0 && m_calibrated->isChecked();
    const double temperature = isFitted ? m_fitted : model->temperature;
    m_calibrated->setVisible(m_fitted > 0);
    m_calibratedNote->setVisible(m_fitted > 0);
    m_calibrated->setText(tr("Use the fitted temperature, %1").arg(formatTemperature(m_fitted)));
    m_calibratedNote->setText(
        isFitted ? tr("Probabilities, and who is sure, are by the temperature that Evaluate has fitted, "
                      "not by the model's %1. No answer is another.")
                       .arg(formatTemperature(model->temperature))
                 : tr("Probabilities are by the model's own temperature, %1. Evaluate has fitted another.")
                       .arg(formatTemperature(model->temperature)));
    m_temperature->setModelTemperature(temperature);
    m_temperature->setTemperature(temperature);
    m_session.images().setTemperature(temperature);
}

void SidePanel::temperatureKept(const QString& model, double temperature) {
    const ModelInfo* open = m_services.engine().model();
    if (open == nullptr || (m_services.engine().modelSource() != model && fromPath(open->path) != model)) return;
    m_fitted = temperature;
    takeTemperature();
}

void SidePanel::restore() {
    m_ownLabels = settings().contains("label/labels");
    m_ownTemplates = settings().contains("label/templates");
    if (m_ownLabels) m_editor->setLabelText(settings().value("label/labels").toStringList().join('\n'));
    if (m_ownTemplates) m_prompt->setTemplates(settings().value("label/templates").toStringList());
    applyTemplates();
    applyLabels();
}

void SidePanel::store() {
    if (m_ownLabels) settings().setValue("label/labels", m_list.labels);
    if (m_ownTemplates) settings().setValue("label/templates", m_session.templates());
}

}  // namespace diagonal
