// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_source.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>

#include "ui/base/model_paths.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/label/named_sets.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

using Kind = CompareChoice::Kind;

const QString kFolder = QStringLiteral("models/folder");
// Entries of the lists that are no names. A name of a set or a path never begins with a colon.
const QString kAsWritten = QStringLiteral(":written"), kOwn = QStringLiteral(":own"), kFile = QStringLiteral(":file"),
              kDirectory = QStringLiteral(":folder"), kDemo = QStringLiteral("demo");

QComboBox* makeList(const QString& name, const QString& placeholder) {
    auto* box = new QComboBox;
    box->setAccessibleName(name);
    box->setPlaceholderText(placeholder);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(18);
    return box;
}

}  // namespace

CompareSource::CompareSource(Services& services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_reports(services.engine()),
      m_kind(new SegmentedControl),
      m_prompts(makeList(tr("Prompt to compare with"), tr("Choose a prompt"))),
      m_models(makeList(tr("Model to compare with"), tr("Choose a model"))),
      m_field(new QLineEdit),
      m_note(new ElidedLabel({}, 12, 400, &Tokens::text2)) {
    m_kind->addSegment(tr("Another prompt"));
    m_kind->addSegment(tr("Another model"));
    m_kind->setSegmentToolTip(
        0, tr("The same model reads the labels in another sentence: pictures need not be read anew"));
    m_kind->setSegmentToolTip(1, tr("Another model looks at the same pictures, with the same labels and prompt"));
    m_kind->setCurrentIndex(0);
    m_kind->setAccessibleName(tr("What differs"));
    m_field->setPlaceholderText(QStringLiteral("a photo of a {}."));
    m_field->setAccessibleName(tr("Template to compare with; {} stands for the label"));
    m_field->setMaximumWidth(px(280));
    setLayout(makeRow({m_kind, m_prompts, m_models, {m_field, 1}, {m_note, 1}}, 8));
    fillPrompts();
    fillModels();
    arrange();

    connect(m_kind, &SegmentedControl::currentChanged, this, [this](int index) {
        if (index == 1) m_reports.listHub();
        showProblem({});
        arrange();
    });
    connect(m_prompts, &QComboBox::activated, this, &CompareSource::promptActivated);
    connect(m_models, &QComboBox::activated, this, &CompareSource::modelActivated);
    connect(m_field, &QLineEdit::editingFinished, this, &CompareSource::templateEdited);
    connect(&m_reports, &ModelReports::hubListed, this, [this](const std::vector<HubModel>& models) {
        m_hub = models;
        fillModels();
    });
    connect(&m_reports, &ModelReports::hubFailed, &services, &Services::notifyError);
    connect(&services, &Services::recentModelsChanged, this, &CompareSource::fillModels);
}

void CompareSource::fillPrompts() {
    const QVariant chosen = m_prompts->currentData();
    m_prompts->clear();
    m_prompts->addItem(tr("Labels as written"), kAsWritten);
    m_prompts->addItem(tr("Own template"), kOwn);
    const NamedSets sets(TextSets::Templates);
    for (const QStringList& names : {sets.own(), sets.builtIn()}) {
        if (!names.isEmpty()) m_prompts->insertSeparator(m_prompts->count());
        for (const QString& name : names)
            m_prompts->addItem(name, name);
    }
    m_prompts->setCurrentIndex(chosen.isValid() ? m_prompts->findData(chosen) : -1);
}

/// Own sets may have come and gone since.
void CompareSource::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    fillPrompts();
}

/// The models of this computer, each once, and ways to others.
void CompareSource::fillModels() {
    m_models->clear();
    QStringList listed;
    const auto add = [&](const QString& name, const QString& path) {
        const QString key = QDir::cleanPath(path);
        if (listed.contains(key)) return;
        listed << key;
        m_models->addItem(name, path);
        m_models->setItemData(m_models->count() - 1, path, Qt::ToolTipRole);
    };
    add(tr("Demo model"), kDemo);
    for (const QString& path : m_services.recentModels())
        add(modelTitle(path), path);
    for (const HubModel& model : m_hub)
        if (!model.path.empty()) add(QString::fromStdString(model.about.name), fromPath(model.path));
    if (m_choice.kind == Kind::Model) add(m_choice.name, m_choice.modelPath);
    m_models->insertSeparator(m_models->count());
    m_models->addItem(tr("Open a model file…"), kFile);
    m_models->addItem(tr("Open a model folder…"), kDirectory);
    const CompareChoice& choice = m_choice;
    m_models->setCurrentIndex(choice.kind == Kind::Model ? m_models->findData(choice.modelPath) : -1);
    if (choice.kind == Kind::Prompt && m_prompts->currentIndex() < 0)
        m_prompts->setCurrentIndex(m_prompts->findData(choice.templates.isEmpty() ? kAsWritten : choice.name));
    if (choice.kind != Kind::Nothing) m_kind->setCurrentIndex(choice.kind == Kind::Model ? 1 : 0);
    arrange();
}

void CompareSource::arrange() {
    const bool isModel = m_kind->currentIndex() == 1;
    m_prompts->setVisible(!isModel);
    m_models->setVisible(isModel);
    m_field->setVisible(!isModel && m_prompts->currentData() == kOwn);
}

void CompareSource::setNote(const QString& note) {
    m_noteText = note;
    showProblem(m_problem);
}

void CompareSource::showProblem(const QString& problem) {
    m_problem = problem;
    m_note->setColour(problem.isEmpty() ? &Tokens::text2 : &Tokens::error);
    m_note->setText(problem.isEmpty() ? m_noteText : problem);
}

void CompareSource::show(const CompareChoice& choice) {
    m_choice = choice;
    fillModels();
}

void CompareSource::take(const CompareChoice& choice) {
    showProblem({});
    show(choice);
    Q_EMIT chosen(choice);
}

void CompareSource::promptActivated(int index) {
    const QString set = m_prompts->itemData(index).toString();
    arrange();
    if (set == kOwn) {
        m_field->setFocus();
        if (!m_field->text().isEmpty()) templateEdited();
    } else {
        choosePrompt(set == kAsWritten ? QString() : set);
    }
}

void CompareSource::choosePrompt(const QString& set) {
    CompareChoice choice;
    choice.kind = Kind::Prompt;
    choice.name = set.isEmpty() ? tr("Labels as written") : set;
    if (!set.isEmpty()) {
        choice.templates = NamedSets(TextSets::Templates).lines(set);
        if (choice.templates.isEmpty()) return showProblem(tr("There is no set of prompts “%1” any more").arg(set));
    }
    m_prompts->setCurrentIndex(m_prompts->findData(set.isEmpty() ? kAsWritten : set));
    take(choice);
}

void CompareSource::chooseTemplate(const QString& text) {
    m_kind->setCurrentIndex(0);
    m_prompts->setCurrentIndex(m_prompts->findData(kOwn));
    m_field->setText(text);
    arrange();
    templateEdited();
}

void CompareSource::templateEdited() {
    if (m_prompts->currentData() != kOwn) return;
    const QString text = m_field->text().trimmed();
    if (text.isEmpty()) {
        showProblem(tr("Write a sentence with {} where the label goes"));
    } else if (!text.contains(QLatin1String("{}"))) {
        showProblem(tr("There is no {} where the label goes"));
    } else {
        CompareChoice choice;
        choice.kind = Kind::Prompt;
        choice.name = text;
        choice.templates = {text};
        take(choice);
    }
}

void CompareSource::modelActivated(int index) {
    const QString path = m_models->itemData(index).toString();
    if (path != kFile && path != kDirectory) return chooseModel(path);
    const QString folder = settings().value(kFolder, QDir::homePath()).toString();
    const QString given =
        path == kFile ? QFileDialog::getOpenFileName(
                            this, tr("Open a model"), folder,
                            tr("Models (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;All files (*)"))
                      : QFileDialog::getExistingDirectory(
                            this, tr("Open a model: a folder of open_clip or Hugging Face, or a run"), folder);
    if (given.isEmpty()) {
        show(m_choice);
        return;
    }
    settings().setValue(kFolder, QFileInfo(given).absolutePath());
    chooseModel(given);
}

void CompareSource::chooseModel(const QString& path) {
    CompareChoice choice;
    choice.kind = Kind::Model;
    choice.modelPath = path;
    const int known = m_models->findData(path);
    choice.name = known >= 0 ? m_models->itemText(known) : modelTitle(path);
    take(choice);
}

void CompareSource::openModelChooser() {
    m_kind->setCurrentIndex(1);
    m_models->setFocus();
    m_models->showPopup();
}

}  // namespace diagonal
