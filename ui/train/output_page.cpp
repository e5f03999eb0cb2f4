// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/output_page.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/base/paths.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/train/form.h"
#include "ui/train/memory_line.h"
#include "ui/train/option_texts.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kFolderPause = 250;  // milliseconds without typing

/// The nearest folder above that is there can be written to.
bool isWritable(const QString& path) {
    QFileInfo info(path);
    while (!info.exists() && !info.isRoot())
        info.setFile(info.path());
    return info.isDir() && info.isWritable();
}

}  // namespace

OutputPage::OutputPage(WizardState& state, EngineService& engine, const QString& runsFolder, QWidget* parent)
    : WizardPage(state, parent), m_engine(engine), m_form(state.options) {
    auto* page = new FormPage(tr("What to keep?"),
                              tr("A checkpoint holds the model and all that is needed to go on at the exact step. "
                                 "Validation measures loss and recall on pictures that training does not see."));
    m_validate = m_form.addCount("validate_every", tr("Steps. Each also keeps the probe matrix."));
    m_save = m_form.addCount("save_every", tr("Steps. Stopping saves as well."));
    page->addPair(m_validate, m_save);
    page->addGap(8);
    page->addPair(m_form.addCount("keep_checkpoints", tr("Older ones are removed.")),
                  m_form.addList("keep_best", tr("The best checkpoint of all is kept too, and becomes the model.")));
    page->addGap(8);
    m_name = new QLineEdit;
    m_folder = new QLineEdit(shortPath(runsFolder));
    m_nameField = page->addField(tr("Name of the run"), m_name, {});
    auto* row = new QWidget;
    auto* choose = makeButton(tr("Choose…"), QStringLiteral("ui/folder"));
    row->setLayout(makeRow({{m_folder, 1}, choose}, 8));
    row->setFocusProxy(m_folder);
    m_folderField = page->addField(tr("In folder"), row, {});
    m_folder->setAccessibleName(tr("In folder"));
    page->addGap(8);
    m_computing = page->addSection(tr("Computing"));
    QVBoxLayout* column = m_computing->body();
    FormPage::addPair(column, m_form.addList("device", {}), m_form.addList("precision", {}));
    m_microBatch = m_form.addCount(
        "micro_batch", tr("Pairs in memory at a time. The gradient is that of the whole batch; it takes longer."),
        tr("the whole batch"), 16);
    FormPage::addPair(column, m_microBatch,
                      m_form.addCount("seed", tr("Of everything random: equal seeds, equal runs.")));
    FormPage::addPair(column, m_form.addList("adam_states", tr("Half the memory of AdamW's statistics in bf16.")),
                      m_form.addList("text_storage", tr("Half the memory of the text tower in bf16.")));
    FormPage::addPair(
        column,
        m_form.addSwitch("grad_checkpointing", tr("Less memory, up to half more time; the gradient is the same.")),
        m_form.addSwitch("val_probe", tr("Of data with labels. Each takes up to some seconds.")));
    m_memory = new MemoryLine(m_state, m_engine);
    column->addWidget(m_memory);
    FormPage::addPair(column,
                      m_form.addCount("workers", tr("More, where training waits for data."), tr("as many as suit")),
                      m_form.addCount("threads", {}, tr("one a core")));
    page->body()->addStretch(1);
    setLayout(makeColumn({page}));

    connect(&m_form, &OptionForm::edited, this, [this] {
        refresh();
        Q_EMIT edited();
    });
    for (QLineEdit* field : {m_name, m_folder})
        connect(field, &QLineEdit::textEdited, this, &OutputPage::takeName);
    m_wait.setSingleShot(true);
    m_wait.setInterval(kFolderPause);
    connect(&m_wait, &QTimer::timeout, this, &OutputPage::look);
    connect(choose, &QPushButton::clicked, this, [this] {
        const QString folder =
            QFileDialog::getExistingDirectory(this, tr("Folder for runs"), plainPath(m_folder->text()));
        if (folder.isEmpty()) return;
        m_folder->setText(shortPath(folder));
        takeName();
    });
}

void OutputPage::refresh() {
    m_validate->setWarning(validationWarning());
    m_save->setWarning(checkpointWarning());
    m_memory->refresh();
    m_computing->setSummary(OptionTexts::computing(m_state.options));
}

void OutputPage::suggestName() {
    if (m_name->text() != m_suggested) return;
    m_suggested = freeRunName(m_place.names, m_state.options);
    m_name->setText(m_suggested);
    m_state.options.output = toPath(plainPath(m_folder->text()) + QLatin1Char('/') + m_suggested);
}

void OutputPage::load() {
    const QFileInfo output(fromPath(m_state.options.output));
    if (output.fileName().isEmpty()) {
        m_name->setText(m_suggested);
    } else {
        m_folder->setText(shortPath(output.path()));
        m_name->setText(output.fileName());
    }
    m_form.load();
    refresh();
    suggestName();
    checkFolder();
    look();
}

/// One look at a time: on a disk that does not answer each keeps a thread.
void OutputPage::look() {
    if (std::exchange(m_isLooking, true)) return;
    auto place = std::make_shared<Place>();
    place->folder = plainPath(m_folder->text());
    m_engine.runTask(&m_lookOwner, {},
                     [place](const JobContext&) {
                         place->names = QDir(place->folder).entryList(QDir::AllEntries | QDir::Hidden);
                         place->isWritable = isWritable(place->folder);
                     },
                     {[this, place] {
                          m_isLooking = false;
                          m_place = *place;
                          suggestName();
                          checkFolder();
                          if (plainPath(m_folder->text()) != m_place.folder) look();
                      },
                      {},
                      {}});
}

void OutputPage::takeName() {
    m_state.options.output = toPath(plainPath(m_folder->text()) + QLatin1Char('/') + m_name->text().trimmed());
    checkFolder();
    if (plainPath(m_folder->text()) != m_place.folder) m_wait.start();
    Q_EMIT edited();
}

void OutputPage::checkFolder() {
    const QString name = m_name->text().trimmed();
    const bool isKnown = plainPath(m_folder->text()) == m_place.folder;
    QString problem;
    if (name.isEmpty()) {
        problem = tr("Give the run a name.");
    } else if (name.contains(QLatin1Char('/')) || name == QLatin1String(".") || name == QLatin1String("..")) {
        problem = tr("A name cannot hold a slash.");
    } else if (isKnown && m_place.names.contains(name)) {
        problem = tr("A folder of that name is there already. Give another name.");
    }
    m_nameField->setError(problem);
    QString folderProblem;
    if (m_folder->text().trimmed().isEmpty()) {
        folderProblem = tr("Give a folder.");
    } else if (isKnown && !m_place.isWritable) {
        folderProblem = tr("This folder cannot be written to. Choose another.");
    }
    m_folderField->setError(folderProblem);
}

bool OutputPage::check() {
    checkFolder();
    const TrainOptions& options = m_state.options;
    m_microBatch->setError(options.microBatch > options.batchSize
                               ? tr("More than the batch of %1. Give less.").arg(formatCount(options.batchSize))
                               : QString());
    return m_form.isGood() && m_nameField->error().isEmpty() && m_folderField->error().isEmpty();
}

QString OutputPage::stepSummary() const {
    return tr("every %1 steps").arg(formatCount(m_state.options.validateEvery));
}

void OutputPage::focusFirst() {
    m_validate->input()->setFocus();
}

}  // namespace diagonal
