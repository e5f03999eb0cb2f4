// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/model_page.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QCompleter>
#include <QLineEdit>
#include <QLocale>
#include <QRadioButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/base/error.h"
#include "training/run/stages.h"
#include "ui/base/paths.h"
#include "ui/jobs/engine_service.h"
#include "ui/style/layouts.h"
#include "ui/train/data_preview.h"
#include "ui/train/form.h"
#include "ui/train/option_texts.h"
#include "ui/train/pretrained_towers.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kFineTuneId = 1000, kPublishedId = 1001, kTwoTowersId = 1002;
constexpr int kTypingPause = 250;  // milliseconds
constexpr int kBothTowers = 0, kTextTower = 1, kImageTower = 2;

QString useOf(const QString& name) {
    if (name == QLatin1String("demo")) return ModelPage::tr("For scenes: minutes on two processor cores.");
    if (name == QLatin1String("tiny")) return ModelPage::tr("For a few thousand pictures on a laptop.");
    if (name == QLatin1String("small"))
        return ModelPage::tr("For tens of thousands of photographs; hours on a laptop.");
    return {};
}

/// Ours, each with a row of its own; those that others published share one.
bool isOwn(const QString& name) {
    return !useOf(name).isEmpty();
}

QString millions(int64_t parameters) {
    return ModelPage::tr("%1 M parameters")
        .arg(QLocale().toString(static_cast<double>(parameters) / 1e6, 'f', parameters < 10'000'000 ? 1 : 0));
}

}  // namespace

ModelPage::ModelPage(WizardState& state, EngineService& engine, QWidget* parent)
    : WizardPage(state, parent),
      m_engine(engine),
      m_form(state.options),
      m_choices(architectureChoices()),
      m_group(new QButtonGroup(this)) {
    m_page = new FormPage(tr("Which model?"), tr("A new model starts from random weights and a tokenizer made from the "
                                                 "captions. Fine-tuning goes on from a model that knows something."));
    auto* list = new QWidget;
    m_list = new QVBoxLayout(list);
    m_list->setContentsMargins(0, 0, 0, 0);
    m_list->setSpacing(0);
    m_page->body()->addWidget(list);
    m_page->addGap(8);
    m_imageWeights = m_form.addPath("image_weights", tr("A file of timm or torchvision, such as resnet50's."),
                                    tr("Weights of the image tower"), false);
    m_textWeights =
        m_form.addPath("text_weights", tr("A folder of Hugging Face with its tokenizer, such as DistilBERT's."),
                       tr("Weights of the text tower"), true);
    m_page->addPair(m_imageWeights, m_textWeights);
    m_lockImage = m_form.addSwitch("lock_image", tr("Its head learns all the same."));
    m_lockText = m_form.addSwitch("lock_text", tr("Its head learns all the same."));
    m_page->addPair(m_lockImage, m_lockText);
    m_tokenizer = m_form.addSegments("tokenizer", {});
    m_vocabulary = m_form.addCount("vocabulary_size", {}, {}, 256);
    m_page->addPair(m_tokenizer, m_vocabulary);
    m_towers = new SegmentedControl;
    for (const QString& name : {tr("Both towers"), tr("Text tower"), tr("Image tower")})
        m_towers->addSegment(name);
    m_towersField = m_page->addField(tr("Train"), m_towers, {});
    m_page->addGap(8);
    m_advanced = m_page->addSection(tr("Advanced"));
    m_dropout = m_form.addNumber("patch_dropout", {}, tr("none"));
    m_stages = m_form.addText("stages", {}, tr("one, of the model's size"));
    FormPage::addPair(m_advanced->body(), m_dropout, m_stages);
    m_rank = m_form.addCount("lora_rank", {}, tr("none: the weights learn"), 4);
    m_targets = m_form.addSegments("lora_targets", {});
    FormPage::addPair(m_advanced->body(), m_rank, m_targets);
    m_page->body()->addStretch(1);
    setLayout(makeColumn({m_page}));

    const auto changed = [this] {
        m_isAwaited = false;
        dropWhatIsLocked();
        refresh();
        Q_EMIT edited();
    };
    connect(&m_form, &OptionForm::edited, this, [this, changed] {
        m_wait.start();
        changed();
    });
    m_wait.setSingleShot(true);
    m_wait.setInterval(kTypingPause);
    connect(&m_wait, &QTimer::timeout, this, &ModelPage::lookForWeights);
    connect(m_towers, &SegmentedControl::activated, this, &ModelPage::lock);
    connect(m_group, &QButtonGroup::idToggled, this, [this, changed](int id, bool on) {
        if (!on) return;
        choose(id);
        changed();
    });
}

void ModelPage::choose(int id) {
    const bool fineTune = id == kFineTuneId;
    if (isTwoTowers()) dropPretrainedTowers(m_state.options, summary());
    if (id == kTwoTowersId) {
        suitPretrainedTowers(m_state.options, summary());
        m_form.load();
        return;
    }
    m_state.options.model = fineTune             ? toPath(m_state.finetunePath).native()
                            : id == kPublishedId ? publishedName().toStdString()
                                                 : m_choices[static_cast<size_t>(id)].name.toStdString();
    suitModel(m_state.options, fineTune);
}

void ModelPage::lock(int towers) {
    m_state.options.lockImage = towers == kTextTower;
    m_state.options.lockText = towers == kImageTower;
    dropWhatIsLocked();
    refresh();
    Q_EMIT edited();
}

/// What a locked tower makes pointless goes with it.
void ModelPage::dropWhatIsLocked() {
    TrainOptions fitting = m_state.options;
    if (fitting.lockImage) {
        fitting.imageLearningRate = fitting.imageLayerDecay = fitting.patchDropout = 0;
        fitting.stages.clear();
    }
    if (fitting.lockText) fitting.textLearningRate = fitting.textLayerDecay = 0;
    if (differences(fitting, m_state.options).empty()) return;
    m_state.options = fitting;
    m_form.load();
}

void ModelPage::refresh() {
    const TrainOptions& options = m_state.options;
    const bool fineTune = isFineTune(), twoTowers = isTwoTowers(), clip = options.tokenizer == "clip";
    for (FormField* field : {m_imageWeights, m_textWeights, m_lockImage, m_lockText})
        field->setVisible(twoTowers);
    m_tokenizer->setVisible(!fineTune && !twoTowers);
    m_tokenizer->setHint(clip ? tr("49,408 pieces of English, as the published models have them.")
                              : tr("Made for this data, in any language."));
    m_vocabulary->setVisible(!fineTune && !twoTowers);
    m_vocabulary->setEnabled(!clip);
    m_vocabulary->setHint(clip ? QString() : tr("Pieces, at most. Few captions give fewer."));
    m_towersField->setVisible(fineTune);
    const int towers = options.lockImage ? kTextTower : options.lockText ? kImageTower : kBothTowers;
    m_towers->setCurrentIndex(towers);
    m_towersField->setHint(
        towers == kTextTower    ? tr("The image tower is locked (LiT): quick, and what it sees stays as good as it is.")
        : towers == kImageTower ? tr("The text tower is locked: labels that it knows keep their meaning.")
                                : tr("The whole model learns. With few pictures, lock a tower."));
    m_dropout->setEnabled(!options.lockImage);
    m_dropout->setHint(options.lockImage ? tr("The image tower is locked.")
                                         : tr("Part of the patches that a step leaves out, such as 0.5: faster with "
                                              "large batches. For vision transformers."));
    m_stages->setEnabled(!options.lockImage);
    m_stages->setHint(options.lockImage
                          ? tr("The image tower is locked.")
                          : tr("Share of the steps, pixels, patch dropout: 0.75:112:0.5,0.25:224 learns from "
                               "small pictures first, which is quicker, and ends at the full size."));
    m_rank->setVisible(fineTune);
    m_rank->setHint(
        tr("Their rank, such as 8: beside weights that stand still little learns, and little memory is "
           "needed. A learning rate of 1e-4 suits them."));
    m_targets->setVisible(fineTune);
    m_targets->setEnabled(options.loraRank > 0);
    QStringList parts = {options.patchDropout > 0
                             ? tr("patch dropout %1").arg(OptionTexts::value("patch_dropout", options))
                             : tr("no patch dropout")};
    if (!options.stages.empty()) parts << tr("stages %1").arg(QString::fromStdString(options.stages));
    if (options.loraRank > 0) parts << tr("LoRA of rank %1").arg(options.loraRank);
    m_advanced->setSummary(parts.join(QStringLiteral(", ")));
}

bool ModelPage::check() {
    QString problem;
    try {
        parseStages(m_state.options.stages, m_state.options.patchDropout);
    } catch (const Error&) {
        problem = tr(
            "Write share:size or share:size:dropout, one behind the other with commas, with shares that add up to 1.");
    }
    m_stages->setError(problem);
    std::erase_if(m_isThere, [](const auto& known) { return known.second == false; });  // it may have come since
    lookForWeights();
    m_isAwaited = !showWeights();
    return problem.isEmpty() && !m_isAwaited && m_form.isGood();
}

/// Both fields say what is wrong with theirs.
bool ModelPage::showWeights() {
    const bool hasImage = showWeights(m_imageWeights, m_state.options.imageWeights);
    return showWeights(m_textWeights, m_state.options.textWeights) && hasImage;
}

bool ModelPage::showWeights(FormField* field, const std::filesystem::path& path) {
    const auto known = m_isThere.find(path);
    const bool isThere = !isTwoTowers() || (known != m_isThere.end() && known->second == true);
    const bool isMissing = known != m_isThere.end() && known->second == false;
    field->setError(isThere        ? QString()
                    : path.empty() ? tr("Choose the weights that this tower begins with.")
                    : isMissing    ? tr("There is nothing at this place.")
                                   : tr("Looking for it…"));
    return isThere;
}

void ModelPage::lookForWeights() {
    if (!isTwoTowers()) return;
    for (const auto& path : {m_state.options.imageWeights, m_state.options.textWeights})
        if (!path.empty() && m_isThere.try_emplace(path).second) look(path);
}

/// A disk may be slow: a task looks.
void ModelPage::look(const std::filesystem::path& path) {
    auto isThere = std::make_shared<bool>(false);
    auto* context = new QObject(&m_lookOwner);  // that of the other tower is looked for meanwhile
    m_engine.runTask(context, {},
                     [path, isThere](const JobContext&) {
                         std::error_code ignored;
                         *isThere = std::filesystem::exists(path, ignored);
                     },
                     {[this, context, path, isThere] {
                          context->deleteLater();
                          m_isThere[path] = *isThere;
                          // Nobody is told of a mistake before the next page is asked for.
                          const bool isTold = !m_imageWeights->error().isEmpty() || !m_textWeights->error().isEmpty();
                          if (isTold && showWeights() && m_isAwaited) Q_EMIT ready();
                      },
                      {},
                      {}});
}

bool ModelPage::isTwoTowers() const {
    return m_state.options.model == pretrainedTowersModel();
}

const DatasetSummary* ModelPage::summary() const {
    return m_state.preview != nullptr ? &m_state.preview->summary : nullptr;
}

bool ModelPage::isFineTune() const {
    return !m_state.finetunePath.isEmpty() && m_state.options.model == toPath(m_state.finetunePath).native();
}

QString ModelPage::publishedName() const {
    return m_choices[static_cast<size_t>(m_published->currentData().toInt())].name;
}

/// A list to type into: any part of a name finds it.
QComboBox* ModelPage::makePublished() {
    auto* box = new QComboBox;
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setAccessibleName(tr("Published architecture"));
    box->setMaxVisibleItems(16);
    for (size_t i = 0; i < m_choices.size(); ++i) {
        const ArchitectureChoice& choice = m_choices[i];
        if (isOwn(choice.name) || choice.name.toStdString() == pretrainedTowersModel()) continue;
        box->addItem(QStringLiteral("%1 · %2").arg(
                         choice.name, tr("%1 px · %2").arg(choice.imageSize).arg(millions(choice.parameters))),
                     static_cast<int>(i));
    }
    box->setCurrentIndex(qMax(0, box->findText(QStringLiteral("ViT-B-32 "), Qt::MatchStartsWith)));
    box->completer()->setCompletionMode(QCompleter::PopupCompletion);
    box->completer()->setFilterMode(Qt::MatchContains);
    box->completer()->setCaseSensitivity(Qt::CaseInsensitive);
    connect(box->lineEdit(), &QLineEdit::editingFinished, box,
            [box] { box->setEditText(box->itemText(box->currentIndex())); });
    connect(box, &QComboBox::currentIndexChanged, this, [this] {
        if (m_group->checkedId() != kPublishedId) return m_group->button(kPublishedId)->setChecked(true);
        m_state.options.model = publishedName().toStdString();
        suitModel(m_state.options, false);
        Q_EMIT edited();
    });
    return box;
}

void ModelPage::addChoice(const QString& name, const QString& facts, const QString& use, int id, QWidget* more) {
    auto* button = new QRadioButton(name);
    button->setFont(Theme::instance().font(13, 600));
    button->setAccessibleDescription(facts + QStringLiteral(". ") + use);
    m_group->addButton(button, id);
    auto* row = new QWidget;
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(0, px(10), 0, px(10));
    column->setSpacing(px(2));
    column->addLayout(makeRow({button, stretch(), new TextLabel(facts, 12, 400, &Tokens::text2)}, 2));
    auto* note = makeWrapped(use, 12, 400, &Tokens::text2);
    note->setContentsMargins(px(24), 0, 0, 0);
    column->addWidget(note);  // first: shown by itself it is a window, which takes the focus
    note->setVisible(!use.isEmpty());
    if (more != nullptr) {
        column->addLayout(makeRow({more}, 0, {24, 4, 0, 0}));
    }
    if (m_list->count() > 0) m_list->addWidget(new Hairline);
    m_list->addWidget(row);
}

void ModelPage::rebuild() {
    while (QLayoutItem* item = m_list->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (size_t i = 0; i < m_choices.size(); ++i) {
        const ArchitectureChoice& choice = m_choices[i];
        if (!isOwn(choice.name)) continue;
        addChoice(choice.name, tr("%1 px · %2").arg(choice.imageSize).arg(millions(choice.parameters)),
                  useOf(choice.name), static_cast<int>(i));
    }
    addChoice(
        tr("Two pretrained towers"), QStringLiteral("ResNet-50, DistilBERT"),
        tr("A picture tower and a text tower that were trained apart, with new heads behind them: learns from a few "
           "thousand photographs."),
        kTwoTowersId);
    m_published = makePublished();
    if (m_published->count() > 0)
        addChoice(tr("A published architecture"), {},
                  tr("Of OpenAI, open_clip or SigLIP. Needs a GPU and millions of pairs."), kPublishedId, m_published);
    if (!m_state.finetunePath.isEmpty())
        addChoice(tr("Fine-tune %1").arg(m_state.finetuneName), tr("the open model"),
                  tr("Goes on from its weights and its tokenizer, with a small learning rate."), kFineTuneId);
}

void ModelPage::load() {
    const QSignalBlocker blockGroup(m_group);
    rebuild();
    m_form.load();
    if (m_isAwaited) showWeights();
    refresh();
    if (isFineTune()) return m_group->button(kFineTuneId)->setChecked(true);
    if (isTwoTowers()) return m_group->button(kTwoTowersId)->setChecked(true);
    const auto chosen = std::find_if(m_choices.begin(), m_choices.end(), [this](const ArchitectureChoice& choice) {
        return choice.name.toStdString() == m_state.options.model;
    });
    if (chosen == m_choices.end()) return;
    const auto index = static_cast<int>(chosen - m_choices.begin());
    if (QAbstractButton* own = m_group->button(index)) return own->setChecked(true);
    const QSignalBlocker blockPublished(m_published);
    m_published->setCurrentIndex(m_published->findData(index));
    m_group->button(kPublishedId)->setChecked(true);
}

QString ModelPage::stepSummary() const {
    if (isFineTune()) {
        if (m_state.options.lockImage) return tr("%1, its text tower").arg(m_state.finetuneName);
        if (m_state.options.lockText) return tr("%1, its image tower").arg(m_state.finetuneName);
        return tr("%1, fine-tuned").arg(m_state.finetuneName);
    }
    if (isTwoTowers()) return tr("two pretrained towers");
    return tr("%1, from scratch").arg(QString::fromStdString(m_state.options.model));
}

/// Who has left the page goes on by themselves.
void ModelPage::hideEvent(QHideEvent* event) {
    m_isAwaited = false;
    WizardPage::hideEvent(event);
}

void ModelPage::focusFirst() {
    if (QAbstractButton* button = m_group->checkedButton()) button->setFocus();
}

}  // namespace diagonal
