// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/output_page.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/style/theme.h"
#include "ui/train/form.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

QString plainPath(QString path) {
    path = path.trimmed();
    if (path == QLatin1String("~") || path.startsWith(QLatin1String("~/"))) path.replace(0, 1, QDir::homePath());
    return QDir::cleanPath(path);
}

/// The nearest folder above that is there can be written to.
bool isWritable(const QString& path) {
    QFileInfo info(path);
    while (!info.exists() && !info.isRoot())
        info.setFile(info.path());
    return info.isDir() && info.isWritable();
}

}  // namespace

OutputPage::OutputPage(WizardState& state, const QString& runsFolder, QWidget* parent) : WizardPage(state, parent) {
    auto* page = new FormPage(tr("What to keep?"),
                              tr("A checkpoint holds the model and all that is needed to go on at the exact step. "
                                 "Validation measures loss and recall on pictures that training does not see."));
    const auto box = [](int high) {
        auto* spin = new QSpinBox;
        spin->setRange(1, high);
        spin->setGroupSeparatorShown(true);
        return spin;
    };
    m_validate = box(1'000'000'000);
    m_save = box(1'000'000'000);
    m_keep = box(1'000'000);
    m_name = new QLineEdit;
    m_folder = new QLineEdit(formatPath(runsFolder));
    page->addPair(new FormField(tr("Validate every"), m_validate, tr("Steps. Each also keeps the probe matrix.")),
                  new FormField(tr("Save every"), m_save, tr("Steps. Stopping saves as well.")));
    auto* keep = new FormField(tr("Checkpoints to keep"), m_keep, tr("The newest ones; older ones are removed."));
    page->addPair(keep, new FormField(QString(), new QWidget, {}));
    page->addGap(8);
    m_nameField = page->addField(tr("Name of the run"), m_name, {});
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(px(8));
    auto* choose = makeButton(tr("Choose…"), QStringLiteral("ui/folder"));
    layout->addWidget(m_folder, 1);
    layout->addWidget(choose);
    row->setFocusProxy(m_folder);
    m_folderField = page->addField(tr("In folder"), row, {});
    page->body()->addStretch(1);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(page);

    for (QSpinBox* spin : {m_validate, m_save, m_keep})
        connect(spin, &QSpinBox::valueChanged, this, &OutputPage::take);
    for (QLineEdit* field : {m_name, m_folder})
        connect(field, &QLineEdit::textEdited, this, &OutputPage::take);
    connect(choose, &QPushButton::clicked, this, [this] {
        const QString folder =
            QFileDialog::getExistingDirectory(this, tr("Folder for runs"), plainPath(m_folder->text()));
        if (folder.isEmpty()) return;
        m_folder->setText(formatPath(folder));
        take();
    });
}

void OutputPage::suggestName() {
    if (m_name->text() != m_suggested) return;
    m_suggested = freeRunName(plainPath(m_folder->text()), m_state.options);
    m_name->setText(m_suggested);
    m_state.options.output = (plainPath(m_folder->text()) + QLatin1Char('/') + m_suggested).toStdString();
}

void OutputPage::load() {
    const TrainOptions& options = m_state.options;
    m_loading = true;
    m_validate->setValue(static_cast<int>(options.validateEvery));
    m_save->setValue(static_cast<int>(options.saveEvery));
    m_keep->setValue(options.keepCheckpoints);
    m_loading = false;
    suggestName();
    check();
}

void OutputPage::take() {
    if (m_loading) return;
    TrainOptions& options = m_state.options;
    options.validateEvery = m_validate->value();
    options.saveEvery = m_save->value();
    options.keepCheckpoints = m_keep->value();
    options.output = (plainPath(m_folder->text()) + QLatin1Char('/') + m_name->text().trimmed()).toStdString();
    check();
    Q_EMIT edited();
}

bool OutputPage::check() {
    const QString name = m_name->text().trimmed(), folder = plainPath(m_folder->text());
    QString problem;
    if (name.isEmpty()) {
        problem = tr("Give the run a name.");
    } else if (name.contains(QLatin1Char('/')) || name == QLatin1String(".") || name == QLatin1String("..")) {
        problem = tr("A name cannot hold a slash.");
    } else if (QFileInfo::exists(folder + QLatin1Char('/') + name)) {
        problem = tr("A folder of that name is there already. Give another name.");
    }
    m_nameField->setError(problem);
    QString folderProblem;
    if (m_folder->text().trimmed().isEmpty()) {
        folderProblem = tr("Give a folder.");
    } else if (!isWritable(folder)) {
        folderProblem = tr("This folder cannot be written to. Choose another.");
    }
    m_folderField->setError(folderProblem);
    return problem.isEmpty() && folderProblem.isEmpty();
}

QString OutputPage::stepSummary() const {
    return tr("every %1 steps").arg(formatCount(m_state.options.validateEvery));
}

void OutputPage::focusFirst() {
    m_validate->setFocus();
}

}  // namespace diagonal
