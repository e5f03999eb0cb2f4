// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/compared_panel.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>

#include "engine/text/text_sets.h"
#include "training/run/run_folder.h"
#include "ui/base/engine_texts.h"
#include "ui/base/model_paths.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/evaluate/shown_row.h"
#include "ui/label/named_sets.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

namespace {

const QString kCompared = QStringLiteral("evaluate/compared"), kModelFolder = QStringLiteral("models/folder");
constexpr int kIndent = 22, kComparedRow = 26;

QCheckBox* makeBox(const QString& text, const QString& toolTip) {
    auto* box = new QCheckBox;
    box->setText(box->fontMetrics().elidedText(QString(text).replace(QLatin1Char('&'), QLatin1String("&&")),
                                               Qt::ElideMiddle, px(190)));
    box->setAccessibleName(text);
    box->setToolTip(toolTip);
    box->setMinimumHeight(px(kComparedRow));
    return box;
}

PromptSet setOfName(const QString& name) {
    PromptSet set{name.toStdString(), {}};
    for (const QString& line : NamedSets(TextSets::Templates).lines(name))
        set.templates.push_back(line.toStdString());
    return set;
}

}  // namespace

PromptSet ComparedPanel::photoPrompt() {
    return {"a photo of a {}.", {"a photo of a {}."}};
}

PromptSet ComparedPanel::namesAlone() {
    return {"names alone", {}};
}

ComparedPanel::ComparedPanel(Services& services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_reports(services.engine()),
      m_add(makeButton(tr("Add…"), QStringLiteral("ui/plus"), ButtonKind::Quiet)),
      m_rows(makeColumn({})),
      m_empty(makeWrapped(tr("Add the models, checkpoints of a run and prompt sets to compare."), 12, 400,
                          &Tokens::text2)) {
    auto* header = new SectionHeader(tr("Compared"));
    auto* menu = new QMenu(m_add);
    m_add->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillAddMenu(*menu); });
    header->addRight(m_add);
    setLayout(makeColumn({header, m_empty, m_rows}, 0, {16, 0, 8, 8}));
    connect(&m_reports, &ModelReports::hubListed, this,
            [this](const std::vector<HubModel>& models) { m_hub = models; });
    restore();
    rebuild();
}

void ComparedPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!std::exchange(m_isListed, true)) m_reports.listHub();
}

ComparedModel* ComparedPanel::find(const QString& path) {
    const auto found = std::ranges::find(m_models, path, &ComparedModel::path);
    return found == m_models.end() ? nullptr : &*found;
}

std::vector<PlannedModel> ComparedPanel::planned() const {
    std::vector<PlannedModel> all;
    for (const ComparedModel& model : m_models) {
        PlannedModel one{model.path, model.name, {}};
        for (const ComparedPrompts& prompts : model.prompts)
            if (prompts.isChosen) one.prompts.push_back(prompts.set);
        if (!one.prompts.empty()) all.push_back(std::move(one));
    }
    return all;
}

void ComparedPanel::addModel(const QString& path, const QString& name, bool isChosen) {
    const QString key = path == QLatin1String("demo") ? path : QDir::cleanPath(path);
    if (find(key) != nullptr) return;
    const bool isDemo = key == QLatin1String("demo");
    const QString shown = !name.isEmpty() ? name : isDemo ? tr("Demo model") : modelTitle(key);
    m_models.push_back({key, shown, {{isDemo ? namesAlone() : photoPrompt(), isChosen}}});
    changed();
}

void ComparedPanel::addPrompts(const QString& path, const PromptSet& set) {
    ComparedModel* model = find(path);
    if (model == nullptr) return;
    std::erase_if(model->prompts, [&](const ComparedPrompts& one) { return one.set.name == set.name; });
    model->prompts.push_back({set, true});
    changed();
}

void ComparedPanel::addRuns(const QStringList& folders) {
    struct Found {
        QString folder;
        std::vector<int64_t> steps;
        bool isFinished = false;
        JobError error = {};
    };
    const auto work = [folders](const JobContext&) {
        std::vector<Found> found;
        for (const QString& folder : folders) {
            try {
                const RunRecord record = readRun(toPath(folder));
                found.push_back({folder, record.checkpoints, record.finished});
            } catch (const Error& error) {
                found.push_back({.folder = folder, .steps = {}, .error = jobErrorOf(error)});
            }
        }
        return found;
    };
    m_services.compute(this, QString(), work, [this](const std::vector<Found>& found) {
        for (const Found& run : found) {
            const QString name = shownName(run.folder);
            if (!run.error.problem.isEmpty()) {
                m_services.notifyError(run.error);
                continue;
            }
            if (run.isFinished) addModel(fromPath(toPath(run.folder) / "model"), name);
            bool isNewest = !run.isFinished;
            for (auto step = run.steps.rbegin(); step != run.steps.rend(); ++step) {
                addModel(fromPath(checkpointFolder(toPath(run.folder), *step)),
                         tr("%1, step %2").arg(name, formatCount(*step)), isNewest);
                isNewest = false;
            }
            if (!run.isFinished && run.steps.empty())
                m_services.notifyError({name, tr("the run has no checkpoint yet"), {}});
        }
    });
}

void ComparedPanel::remove(const QString& path) {
    std::erase_if(m_models, [&](const ComparedModel& model) { return model.path == path; });
    changed();
}

QCheckBox* ComparedPanel::boxOf(const QString& path, int prompts) const {
    return m_boxes.value(path).value(prompts + 1);
}

void ComparedPanel::changed() {
    rebuild();
    store();
    Q_EMIT edited();
}

void ComparedPanel::rebuild() {
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    m_boxes.clear();
    m_empty->setVisible(m_models.empty());
    QWidget* last = m_add;  // rows that come later would be last for Tab
    const auto follow = [&last](QWidget* next) {
        QWidget::setTabOrder(last, next);
        last = next;
    };
    for (const ComparedModel& model : m_models) {
        const QString path = model.path;
        auto* own = makeBox(model.name, path == QLatin1String("demo") ? model.name : shownPath(path));
        auto* more = new IconButton(QStringLiteral("ui/more"), tr("Prompts of %1").arg(model.name));
        auto* menu = new QMenu(more);
        more->setMenu(menu);
        more->setPopupMode(QToolButton::InstantPopup);
        connect(menu, &QMenu::aboutToShow, this, [this, menu, path] { fillModelMenu(*menu, path); });
        auto* row = new QWidget;
        row->setLayout(makeRow({{own, 1}, more}, 4));
        m_rows->addWidget(row);
        m_boxes[path] << own;
        follow(own);
        follow(more);
        connect(own, &QCheckBox::clicked, this, [this, path] {
            ComparedModel* one = find(path);
            const bool areAll = std::ranges::all_of(one->prompts, &ComparedPrompts::isChosen);
            for (ComparedPrompts& prompts : one->prompts)
                prompts.isChosen = !areAll;
            refreshState(path);
        });
        for (size_t i = 0; i < model.prompts.size(); ++i) {
            const PromptSet& set = model.prompts[i].set;
            QString lines;
            for (size_t k = 0; k < std::min<size_t>(set.templates.size(), 12); ++k)
                lines += (k > 0 ? QStringLiteral("\n") : QString()) + QString::fromStdString(set.templates[k]);
            auto* box = makeBox(promptTitle(QString::fromStdString(set.name)), lines);
            auto* inner = new QWidget;
            inner->setLayout(makeRow({{box, 1}}, 0, {kIndent, 0, 0, 0}));
            m_rows->addWidget(inner);
            m_boxes[path] << box;
            follow(box);
            connect(box, &QCheckBox::clicked, this, [this, path, i](bool isChosen) {
                find(path)->prompts[i].isChosen = isChosen;
                refreshState(path);
            });
        }
        const QList<QCheckBox*> boxes = m_boxes.value(path);
        const auto chosen = std::ranges::count_if(model.prompts, &ComparedPrompts::isChosen);
        own->setCheckState(chosen == 0                           ? Qt::Unchecked
                           : chosen == std::ssize(model.prompts) ? Qt::Checked
                                                                 : Qt::PartiallyChecked);
        for (size_t i = 0; i < model.prompts.size(); ++i)
            boxes[static_cast<qsizetype>(i) + 1]->setChecked(model.prompts[i].isChosen);
    }
}

void ComparedPanel::refreshState(const QString& path) {
    const ComparedModel& model = *find(path);
    const QList<QCheckBox*> boxes = m_boxes.value(path);
    const auto chosen = std::ranges::count_if(model.prompts, &ComparedPrompts::isChosen);
    boxes[0]->setCheckState(chosen == 0                           ? Qt::Unchecked
                            : chosen == std::ssize(model.prompts) ? Qt::Checked
                                                                  : Qt::PartiallyChecked);
    for (size_t i = 0; i < model.prompts.size(); ++i)
        boxes[static_cast<qsizetype>(i) + 1]->setChecked(model.prompts[i].isChosen);
    store();
    Q_EMIT edited();
}

void ComparedPanel::fillAddMenu(QMenu& menu) {
    menu.clear();
    QStringList listed;
    const auto add = [&](const QString& name, const QString& path) {
        if (path.isEmpty() || listed.contains(path) || find(path) != nullptr) return;
        listed << path;
        menu.addAction(QString(name).replace(QLatin1Char('&'), QLatin1String("&&")), this,
                       [this, path, name] { addModel(path, name); });
    };
    const EngineService& engine = m_services.engine();
    if (engine.model() != nullptr) add(engineText(engine.model()->name), engine.modelSource());
    add(tr("Demo model"), QStringLiteral("demo"));
    for (const QString& path : m_services.recentModels())
        add(modelTitle(path), path);
    for (const HubModel& model : m_hub)
        if (!model.path.empty()) add(QString::fromStdString(model.about.name), fromPath(model.path));
    menu.addSeparator();
    const auto folder = [] { return settings().value(kModelFolder, QDir::homePath()).toString(); };
    const auto keep = [](const QString& given) { settings().setValue(kModelFolder, QFileInfo(given).absolutePath()); };
    menu.addAction(tr("Open a model file…"), this, [=, this] {
        const QString file = QFileDialog::getOpenFileName(
            this, tr("Open a model"), folder(),
            tr("Models (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;All files (*)"));
        if (file.isEmpty()) return;
        keep(file);
        addModel(file);
    });
    menu.addAction(tr("Open a model folder…"), this, [=, this] {
        const QString given = QFileDialog::getExistingDirectory(this, tr("Open a model"), folder());
        if (given.isEmpty()) return;
        keep(given);
        addModel(given);
    });
    menu.addAction(tr("Checkpoints of a run…"), this, [this] {
        const QString run =
            QFileDialog::getExistingDirectory(this, tr("Checkpoints of a run"), m_services.runsFolder());
        if (!run.isEmpty()) addRuns({run});
    });
}

void ComparedPanel::fillModelMenu(QMenu& menu, const QString& path) {
    menu.clear();
    const ComparedModel* model = find(path);
    if (model == nullptr) return;
    const auto add = [&](const PromptSet& set) {
        const bool isThere =
            std::ranges::any_of(model->prompts, [&](const ComparedPrompts& one) { return one.set.name == set.name; });
        if (isThere) return;
        menu.addAction(tr("Add “%1”").arg(promptTitle(QString::fromStdString(set.name))), this,
                       [this, path, set] { addPrompts(path, set); });
    };
    add(photoPrompt());
    add(namesAlone());
    const NamedSets sets(TextSets::Templates);
    for (const QStringList& names : {sets.builtIn(), sets.own()})
        for (const QString& name : names)
            add(setOfName(name));
    menu.addAction(tr("Own template…"), this, [this, path] { askTemplate(path); });
    menu.addSeparator();
    for (const ComparedPrompts& prompts : model->prompts)
        if (model->prompts.size() > 1)
            menu.addAction(tr("Remove “%1”").arg(promptTitle(QString::fromStdString(prompts.set.name))), this,
                           [this, path, name = prompts.set.name] {
                               std::erase_if(find(path)->prompts,
                                             [&](const ComparedPrompts& one) { return one.set.name == name; });
                               changed();
                           });
    menu.addAction(tr("Remove the model"), this, [this, path] { remove(path); });
}

void ComparedPanel::askTemplate(const QString& path) {
    bool isTaken = false;
    const QString text = QInputDialog::getText(this, tr("Own template"), tr("A sentence with {} where the class goes"),
                                               QLineEdit::Normal, QStringLiteral("a photo of a {}."), &isTaken)
                             .trimmed();
    if (!isTaken || text.isEmpty()) return;
    if (!text.contains(QLatin1String("{}")))
        return m_services.notifyError({text, tr("there is no {} where the class goes"), {}});
    addPrompts(path, {text.toStdString(), {text.toStdString()}});
}

void ComparedPanel::store() const {
    QJsonArray models;
    for (const ComparedModel& model : m_models) {
        QJsonArray prompts;
        for (const ComparedPrompts& one : model.prompts) {
            QJsonArray templates;
            for (const std::string& line : one.set.templates)
                templates.append(QString::fromStdString(line));
            prompts.append(QJsonObject{{QStringLiteral("name"), QString::fromStdString(one.set.name)},
                                       {QStringLiteral("templates"), templates},
                                       {QStringLiteral("chosen"), one.isChosen}});
        }
        models.append(QJsonObject{{QStringLiteral("path"), model.path},
                                  {QStringLiteral("name"), model.name},
                                  {QStringLiteral("prompts"), prompts}});
    }
    settings().setValue(kCompared, QJsonDocument(models).toJson(QJsonDocument::Compact));
}

void ComparedPanel::restore() {
    const QJsonArray models = QJsonDocument::fromJson(settings().value(kCompared).toByteArray()).array();
    for (const auto& value : models) {
        const QJsonObject object = value.toObject();
        ComparedModel model{object[QStringLiteral("path")].toString(), object[QStringLiteral("name")].toString(), {}};
        const QJsonArray sets = object[QStringLiteral("prompts")].toArray();
        for (const auto& one : sets) {
            const QJsonObject set = one.toObject();
            ComparedPrompts prompts{{set[QStringLiteral("name")].toString().toStdString(), {}},
                                    set[QStringLiteral("chosen")].toBool()};
            const QJsonArray lines = set[QStringLiteral("templates")].toArray();
            for (const auto& line : lines)
                prompts.set.templates.push_back(line.toString().toStdString());
            model.prompts.push_back(std::move(prompts));
        }
        if (!model.path.isEmpty() && !model.prompts.empty()) m_models.push_back(std::move(model));
    }
}

}  // namespace diagonal
