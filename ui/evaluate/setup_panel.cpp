// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/setup_panel.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QScrollArea>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>

#include "training/data/labelled_dataset.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/shell/services.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

namespace {

constexpr int kLookDelay = 400;
const QString kTasksKey = QStringLiteral("evaluate/tasks"), kDataFolder = QStringLiteral("evaluate/folder");

QString countsText(const DataField::Facts& facts) {
    QStringList parts;
    parts << SetupPanel::tr("%Ln image(s)", nullptr, static_cast<int>(facts.pictures));
    if (facts.classes > 0) parts.prepend(SetupPanel::tr("%Ln class(es)", nullptr, static_cast<int>(facts.classes)));
    if (facts.captions > 0) parts << SetupPanel::tr("%Ln text(s)", nullptr, static_cast<int>(facts.captions));
    return parts.join(QStringLiteral(", "));
}

}  // namespace

DataField::DataField(Services& services, const QString& name, const QString& placeholder, const QString& toolTip,
                     QWidget* parent)
    : QWidget(parent), m_services(services), m_field(new QLineEdit), m_note(makeWrapped({}, 12, 400, &Tokens::text2)) {
    m_field->setPlaceholderText(placeholder);
    m_field->setAccessibleName(name);
    m_field->setToolTip(toolTip);
    m_field->setClearButtonEnabled(true);
    auto* choose = new IconButton(QStringLiteral("ui/folder"), tr("Choose for %1").arg(name));
    auto* menu = new QMenu(choose);
    choose->setMenu(menu);
    choose->setPopupMode(QToolButton::InstantPopup);
    const auto last = [] { return settings().value(kDataFolder, QDir::homePath()).toString(); };
    const auto take = [this](const QString& path) {
        if (path.isEmpty()) return;
        settings().setValue(kDataFolder, QFileInfo(path).absolutePath());
        setSpec(path);
    };
    menu->addAction(tr("A folder…"), this,
                    [=, this] { take(QFileDialog::getExistingDirectory(this, m_field->accessibleName(), last())); });
    menu->addAction(tr("A file…"), this, [=, this] {
        take(QFileDialog::getOpenFileName(this, m_field->accessibleName(), last(),
                                          tr("Data (*.csv *.tsv *.txt *.json *.jsonl *.tar);;All files (*)")));
    });
    setLayout(
        makeColumn({new TextLabel(name, 12, 400, &Tokens::text2), makeRow({{m_field, 1}, choose}, 4), m_note}, 2));
    m_delay.setSingleShot(true);
    m_delay.setInterval(kLookDelay);
    connect(&m_delay, &QTimer::timeout, this, &DataField::look);
    connect(m_field, &QLineEdit::textChanged, this, [this] {
        m_delay.start();
        Q_EMIT edited();
    });
    say({}, false);
}

QString DataField::spec() const {
    QString text = m_field->text().trimmed();
    if (text == QLatin1String("~") || text.startsWith(QLatin1String("~/"))) text.replace(0, 1, QDir::homePath());
    return text;
}

void DataField::setSpec(const QString& spec) {
    m_field->setText(shortPath(spec));
}

QString DataField::note() const {
    return m_note->text();
}

void DataField::say(const QString& text, bool isError) {
    m_hasFailed = isError;
    m_note->setColour(isError ? &Tokens::error : &Tokens::text2);
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
    setInvalid(m_field, isError);
    Q_EMIT looked();
}

void DataField::look() {
    const QString wanted = spec();
    m_facts = {};
    if (wanted.isEmpty()) return say({}, false);
    const auto work = [text = toPath(wanted).native()](const JobContext& job) {
        DatasetOptions options;
        options.opening.stop = job.stop;
        const EvaluationData data = evaluationData(openDataset(text, options), text);
        const auto labelled =
            static_cast<size_t>(std::ranges::count_if(data.labels, [](int label) { return label >= 0; }));
        return Facts{data.size(), labelled, data.pictures.captions.size(), data.classes.size()};
    };
    m_services.compute(
        this, QString(), work,
        [this, wanted](const Facts& facts) {
            if (spec() != wanted) return;
            m_facts = facts;
            say(countsText(facts), false);
        },
        [this, wanted](const JobError& error) {
            if (spec() == wanted) say(error.text(), true);
        });
}

SetupPanel::SetupPanel(Services& services, QWidget* parent)
    : Panel(&Tokens::surface, Qt::RightEdge, parent),
      m_services(services),
      m_compared(new ComparedPanel(services)),
      m_labelled(new DataField(
          services, tr("Zero-shot"), tr("Pictures with labels…"),
          tr("Folders named after what they show, a CSV file of paths and labels, or other data as Train takes it"))),
      m_captioned(new DataField(
          services, tr("Retrieval"), tr("Pictures with captions…"),
          tr("Pictures with captions for retrieval and word order; empty: those above, where they have captions"))),
      m_training(new DataField(services, tr("Probes"), tr("Pictures to learn from…"),
                               tr("Labelled pictures that probes, few-shot and neighbours learn from; empty: the "
                                  "training split of the first, else three fifths of it"))),
      m_seedsNote(new TextLabel({}, 12, 400, &Tokens::text3)),
      m_neighboursNote(new TextLabel({}, 12, 400, &Tokens::text3)) {
    auto* content = new Panel(&Tokens::surface);
    content->setLayout(makeColumn({m_compared, new Hairline, makeData(), new Hairline, makeTasks(), stretch(1)}));
    auto* scroll = makeScroll(content);
    setLayout(makeColumn({{scroll, 1}}, 0, {0, 0, 1, 0}));
    setMinimumWidth(px(240));
    const auto takeEdit = [this] {
        if (m_isRestoring) return;
        store();
        Q_EMIT edited();
    };
    connect(m_compared, &ComparedPanel::edited, this, &SetupPanel::edited);
    for (DataField* field : {m_labelled, m_captioned, m_training}) {
        connect(field, &DataField::edited, this, takeEdit);
        connect(field, &DataField::looked, this, &SetupPanel::edited);
    }
    for (const auto& [task, box] : m_tasks)
        connect(box, &QCheckBox::toggled, this, takeEdit);
    for (QSpinBox* number : {m_limit, m_seeds, m_neighbours, m_severity, m_draws})
        connect(number, &QSpinBox::valueChanged, this, takeEdit);
    connect(m_startFromTexts, &QCheckBox::toggled, this, takeEdit);
    restore();
}

QWidget* SetupPanel::makeData() {
    auto* section = new QWidget;
    section->setLayout(
        makeColumn({new SectionHeader(tr("Data")), m_labelled, m_captioned, m_training}, 8, {16, 0, 12, 12}));
    return section;
}

QWidget* SetupPanel::makeTasks() {
    using enum EvaluationTask;
    auto* section = new QWidget;
    auto* column = makeColumn({new SectionHeader(tr("Tasks"))}, 4, {16, 0, 12, 12});
    const auto add = [&](EvaluationTask task, const QString& name, const QString& toolTip, QWidget* note = nullptr) {
        auto* box = new QCheckBox(name);
        box->setToolTip(toolTip);
        m_tasks[task] = box;
        if (note != nullptr)
            column->addLayout(makeRow({{box, 1}, note}, 4));
        else
            column->addWidget(box);
    };
    add(ZeroShot, tr("Zero-shot and calibration"),
        tr("Each picture is given the class whose prompts are most like it"));
    add(Retrieval, tr("Retrieval"), tr("Texts are found by pictures, and pictures by texts"));
    add(LinearProbe, tr("Linear probe"),
        tr("Logistic regression on the model's embeddings, with the strength of its penalty chosen on other pictures"));
    add(FewShot, tr("Few-shot"), tr("The same with 1, 2, 4, 8 and 16 labelled pictures a class"), m_seedsNote);
    add(NearestNeighbours, tr("Nearest neighbours"), tr("The class that most of the nearest labelled pictures have"),
        m_neighboursNote);
    add(WordOrder, tr("Word order"), tr("How often a caption wins over itself with two nouns or adjectives exchanged"));
    add(Templates, tr("Templates"),
        tr("Each template alone, growing ensembles, and a choice of a few that help each other"));
    add(Robustness, tr("Robustness"), tr("Zero-shot on pictures with noise, blur, low contrast and JPEG marks"),
        new TextLabel(tr("4 kinds"), 12, 400, &Tokens::text3));
    column->addWidget(makeMore());
    section->setLayout(column);
    return section;
}

QSpinBox* SetupPanel::addNumber(QVBoxLayout& column, const QString& name, const char* key, int low, int high,
                                int value) {
    auto* number = new QSpinBox;
    number->setRange(low, high);
    number->setValue(value);
    number->setObjectName(QLatin1String(key));
    number->setGroupSeparatorShown(true);
    number->setAccessibleName(name);
    number->setMinimumWidth(px(92));
    column.addLayout(makeRow({{makeWrapped(name, 12), 1}, number}, 8));
    return number;
}

QWidget* SetupPanel::makeMore() {
    m_more = new Disclosure(tr("More"));
    QVBoxLayout& body = *m_more->body();
    m_limit = addNumber(body, tr("At most so many pictures"), "limit", 0, 100'000'000, 0);
    m_limit->setSpecialValueText(tr("all"));
    m_limit->setSingleStep(1000);
    m_seeds = addNumber(body, tr("Few-shot seeds"), "seeds", 1, 100, 10);
    m_neighbours = addNumber(body, tr("Neighbours asked"), "neighbours", 1, 10'000, 20);
    m_severity = addNumber(body, tr("Severity of corruptions"), "severity", 1, 5, 3);
    m_draws = addNumber(body, tr("Bootstrap draws"), "draws", 0, 100'000, 1000);
    m_draws->setSingleStep(100);
    m_startFromTexts = new QCheckBox(tr("Probes start from the texts"));
    m_startFromTexts->setToolTip(tr("Their penalty pulls to the prompts' embeddings instead of to zero"));
    m_startFromTexts->setObjectName(QStringLiteral("startFromTexts"));
    body.addWidget(m_startFromTexts);
    return m_more;
}

EvaluationPlan SetupPanel::plan() const {
    EvaluationPlan plan;
    plan.labelled = m_labelled->spec();
    plan.captioned = m_captioned->spec();
    plan.training = m_training->spec();
    plan.limit = m_limit->value();
    plan.models = m_compared->planned();
    for (const auto& [task, box] : m_tasks)
        if (box->isChecked()) plan.options.tasks.insert(task);
    plan.options.fewShotSeeds = m_seeds->value();
    plan.options.neighbours = m_neighbours->value();
    plan.options.severity = m_severity->value();
    plan.options.draws = m_draws->value();
    plan.options.startFromTexts = m_startFromTexts->isChecked();
    return plan;
}

QString SetupPanel::problem() const {
    const EvaluationPlan wanted = plan();
    if (wanted.models.empty()) return tr("Add a model to evaluate, and tick a prompt set");
    if (wanted.options.tasks.empty()) return tr("Tick a task");
    const bool needsLabels =
        std::ranges::any_of(wanted.options.tasks, [](EvaluationTask task) { return !takesCaptions(task); });
    const bool needsCaptions = std::ranges::any_of(wanted.options.tasks, takesCaptions);
    if (needsLabels && wanted.labelled.isEmpty()) return tr("Choose pictures with labels");
    if (needsCaptions && wanted.labelled.isEmpty() && wanted.captioned.isEmpty())
        return tr("Choose pictures with captions");
    for (const DataField* field : {m_labelled, m_captioned, m_training})
        if (field->hasFailed()) return field->note();
    if (needsLabels && m_labelled->facts().pictures > 0 && m_labelled->facts().classes == 0)
        return tr(
            "These pictures have no labels: put them into folders named after what they show, or give a CSV file with "
            "labels");
    if (needsCaptions && wanted.captioned.isEmpty() && m_labelled->facts().pictures > 0 &&
        m_labelled->facts().captions == 0)
        return tr("Choose pictures with captions for Retrieval and Word order");
    return {};
}

void SetupPanel::setTask(EvaluationTask task, bool isWanted) {
    m_tasks.at(task)->setChecked(isWanted);
}

void SetupPanel::setLocked(bool locked) {
    for (QWidget* widget : std::initializer_list<QWidget*>{m_compared, m_labelled, m_captioned, m_training, m_more})
        widget->setEnabled(!locked);
    for (const auto& [task, box] : m_tasks)
        box->setEnabled(!locked);
}

void SetupPanel::store() {
    QStringList tasks;
    for (const auto& [task, box] : m_tasks)
        if (box->isChecked()) tasks << QString::fromStdString(nameOf(task));
    settings().setValue(kTasksKey, tasks);
    settings().setValue(QStringLiteral("evaluate/labelled"), m_labelled->spec());
    settings().setValue(QStringLiteral("evaluate/captioned"), m_captioned->spec());
    settings().setValue(QStringLiteral("evaluate/training"), m_training->spec());
    for (const QSpinBox* number : {m_limit, m_seeds, m_neighbours, m_severity, m_draws})
        settings().setValue(QStringLiteral("evaluate/") + number->objectName(), number->value());
    settings().setValue(QStringLiteral("evaluate/startFromTexts"), m_startFromTexts->isChecked());
    m_seedsNote->setText(tr("%Ln seed(s)", nullptr, m_seeds->value()));
    m_neighboursNote->setText(tr("k = %1").arg(formatCount(m_neighbours->value())));
}

void SetupPanel::restore() {
    m_isRestoring = true;
    const QStringList tasks =
        settings()
            .value(kTasksKey, QStringList{QString::fromStdString(nameOf(EvaluationTask::ZeroShot))})
            .toStringList();
    for (const auto& [task, box] : m_tasks)
        box->setChecked(tasks.contains(QString::fromStdString(nameOf(task))));
    m_labelled->setSpec(settings().value(QStringLiteral("evaluate/labelled")).toString());
    m_captioned->setSpec(settings().value(QStringLiteral("evaluate/captioned")).toString());
    m_training->setSpec(settings().value(QStringLiteral("evaluate/training")).toString());
    for (QSpinBox* number : {m_limit, m_seeds, m_neighbours, m_severity, m_draws})
        number->setValue(settings().value(QStringLiteral("evaluate/") + number->objectName(), number->value()).toInt());
    m_startFromTexts->setChecked(settings().value(QStringLiteral("evaluate/startFromTexts"), false).toBool());
    m_isRestoring = false;
    store();
}

}  // namespace diagonal
