// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/convert_dialog.h"

#include <QButtonGroup>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QStackedWidget>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kTypingPause = 250;  // milliseconds
const QString kParentKey = QStringLiteral("models/convertFolder");

QString endingOf(ModelForm form) {
    if (form == ModelForm::OpenClip) return QStringLiteral("open_clip");
    if (form == ModelForm::HuggingFace) return QStringLiteral("hf");
    return QStringLiteral("openai");
}

QWidget* pageOf(std::initializer_list<LayoutItem> items) {
    auto* page = new QWidget;
    page->setLayout(makeColumn(items, 8));
    return page;
}

bool isFree(const QString& folder) {
    std::error_code ignored;
    const std::filesystem::path path = toPath(folder);
    return !std::filesystem::exists(path, ignored) ||
           (std::filesystem::is_directory(path, ignored) && std::filesystem::is_empty(path, ignored));
}

}  // namespace

ConvertDialog::ConvertDialog(Services& services, const QString& name, const QString& path, QWidget* parent)
    : QDialog(parent),
      m_services(services),
      m_name(name),
      m_path(path),
      m_pages(new QStackedWidget),
      m_forms(new QButtonGroup(this)),
      m_folder(new QLineEdit),
      m_error(makeWrapped({}, 12, 400, &Tokens::error)),
      m_convert(makeButton(tr("Convert"), {}, ButtonKind::Primary)),
      m_mark(new BusyMark),
      m_bar(new Bar),
      m_step(makeWrapped({}, 12, 400, &Tokens::text2)),
      m_result(makeWrapped()),
      m_verdict(makeWrapped({}, 13, 600)),
      m_notes(new QVBoxLayout) {
    setWindowTitle(tr("Convert a model"));
    auto* title = new ElidedLabel(tr("Convert %1").arg(name), 20, 600);
    title->setElideMode(Qt::ElideMiddle);
    m_pages->addWidget(makeForm());
    m_pages->addWidget(makeProgress());
    m_pages->addWidget(makeResult());
    setLayout(makeColumn({title, {m_pages, 1}}, 12, {24, 20, 24, 16}));
    resize(px(560), px(420));
    m_wait.setSingleShot(true);
    connect(&m_wait, &QTimer::timeout, this, &ConvertDialog::look);
    connect(&services.engine(), &EngineService::jobsChanged, this, &ConvertDialog::showProgress);
    setForm(ModelForm::OpenClip);
}

QWidget* ConvertDialog::makeForm() {
    auto* forms = makeColumn({}, 8);
    const auto add = [&](ModelForm form, const QString& text, const QString& readers) {
        auto* button = new QRadioButton(text);
        button->setFont(Theme::instance().font(13, 600));
        button->setAccessibleDescription(readers);
        m_forms->addButton(button, static_cast<int>(form));
        TextLabel* note = makeWrapped(readers, 12, 400, &Tokens::text2);
        note->setContentsMargins(px(24), 0, 0, 0);
        addItems(*forms, {button, note});
    };
    add(ModelForm::OpenClip, tr("open_clip folder"),
        tr("For open_clip in Python, Diagonal, and uploads to the Hugging Face hub"));
    add(ModelForm::HuggingFace, tr("Hugging Face folder"), tr("For transformers: CLIPModel or SiglipModel"));
    add(ModelForm::OpenAi, tr("OpenAI state dict"),
        tr("One file, model.pt, that clip.load of OpenAI's own package takes; towers of OpenAI's kinds alone"));
    m_folder->setAccessibleName(tr("New folder"));
    QPushButton* choose = makeButton(tr("Choose…"), QStringLiteral("ui/folder"));
    QPushButton* cancel = makeButton(tr("Cancel"));
    m_convert->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &ConvertDialog::reject);
    connect(m_convert, &QPushButton::clicked, this, &ConvertDialog::convert);
    connect(choose, &QPushButton::clicked, this, &ConvertDialog::chooseFolder);
    connect(m_folder, &QLineEdit::textEdited, this, [this] { m_isFolderTyped = true; });
    connect(m_folder, &QLineEdit::textChanged, this, &ConvertDialog::check);
    connect(m_forms, &QButtonGroup::idToggled, this, [this] {
        if (m_isFolderTyped) return check();
        m_folder->setText(usualFolder());
    });
    return pageOf({forms, gap(8), new TextLabel(tr("New folder"), 13, 600), makeRow({{m_folder, 1}, choose}, 8),
                   m_error, stretch(1), makeRow({stretch(1), cancel, m_convert}, 8)});
}

QWidget* ConvertDialog::makeProgress() {
    TextLabel* note =
        makeWrapped(tr("The result is read back and fed the same images and texts as the original. This window can be "
                       "closed: the conversion goes on among the jobs."),
                    12, 400, &Tokens::text2);
    QPushButton* stop = makeButton(tr("Stop"), {}, ButtonKind::Danger);
    QPushButton* close = makeButton(tr("Close"));
    connect(stop, &QPushButton::clicked, this, [this] { m_services.engine().cancel(m_job); });
    connect(close, &QPushButton::clicked, this, &ConvertDialog::reject);
    return pageOf({makeRow({m_mark, {m_step, 1}}, 8), m_bar, note, stretch(1), makeRow({stretch(1), stop, close}, 8)});
}

QWidget* ConvertDialog::makeResult() {
    m_notes->setSpacing(px(4));
    QPushButton* open = makeButton(tr("Open the folder"), QStringLiteral("ui/folder"));
    QPushButton* use = makeButton(tr("Use it"), QStringLiteral("ui/check"), ButtonKind::Primary);
    QPushButton* close = makeButton(tr("Close"));
    connect(open, &QPushButton::clicked, this, [this] { m_services.showInFolder(m_written); });
    connect(use, &QPushButton::clicked, this, [this] {
        Q_EMIT useRequested(m_written);
        accept();
    });
    connect(close, &QPushButton::clicked, this, &ConvertDialog::accept);
    return pageOf({m_verdict, m_result, m_notes, stretch(1), makeRow({stretch(1), open, use, close}, 8)});
}

QString ConvertDialog::usualFolder() const {
    static const QRegularExpression kOdd(QStringLiteral("[^A-Za-z0-9._-]+"));
    const QString usual = QDir::home().filePath(QStringLiteral("Diagonal/models"));
    const QString parent = settings().value(kParentKey, usual).toString();
    QString name = m_name;
    name.replace(kOdd, QStringLiteral("-"));
    name += QLatin1Char('-') + endingOf(static_cast<ModelForm>(m_forms->checkedId()));
    return parent + QLatin1Char('/') + name;
}

void ConvertDialog::setForm(ModelForm form) {
    m_forms->button(static_cast<int>(form))->setChecked(true);
}

void ConvertDialog::setFolder(const QString& folder) {
    m_isFolderTyped = true;
    m_folder->setText(folder);
}

void ConvertDialog::chooseFolder() {
    const QString start = QFileInfo(m_folder->text()).path();
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Choose an empty folder"), start);
    if (!folder.isEmpty()) setFolder(folder);
}

/// A folder that holds something is refused before the work.
void ConvertDialog::check() {
    const QString folder = m_folder->text();
    const bool isWhole = !folder.isEmpty() && !QDir::isRelativePath(folder);
    const bool isKnown = isWhole && m_place && folder == m_place->folder;
    QString problem;
    if (!isWhole)
        problem = folder.isEmpty() ? tr("Choose a folder") : tr("Give the whole path of the folder");
    else if (isKnown && !m_place->isFree)
        problem = tr("There is something in this folder already. Choose a new or an empty one");
    showError(problem);
    m_convert->setEnabled(isKnown && problem.isEmpty());
    m_wait.stop();
    if (isWhole && !isKnown) m_wait.start(m_isFolderTyped ? kTypingPause : 0);
}

/// A disk may be slow: a task looks at the folder. Where nobody has typed it, it finds the next name that is free.
void ConvertDialog::look() {
    const QString folder = m_folder->text();
    showStatus(tr("Looking at the folder…"), &Tokens::text2);
    auto place = std::make_shared<Place>(Place{folder, false});
    m_services.engine().runTask(&m_lookOwner, {},
                                [place, folder, isSuggested = !m_isFolderTyped](const JobContext& job) {
                                    place->isFree = isFree(folder);
                                    for (int number = 2; isSuggested && !place->isFree; ++number) {
                                        job.throwIfStopped();
                                        place->folder = folder + QStringLiteral("-%1").arg(number);
                                        place->isFree = isFree(place->folder);
                                    }
                                },
                                {[this, place, folder] {
                                     if (m_folder->text() != folder) return;
                                     m_place = *place;
                                     m_folder->setText(m_place->folder);
                                     check();
                                 },
                                 {},
                                 {}});
}

void ConvertDialog::showError(const QString& text) {
    showStatus(text, &Tokens::error);
}

void ConvertDialog::showStatus(const QString& text, ColourRole colour) {
    m_error->setColour(colour);
    m_error->setText(text);
    m_error->setVisible(!text.isEmpty());
}

QString ConvertDialog::errorText() const {
    return m_error->text();
}

QString ConvertDialog::resultText() const {
    return m_result->text();
}

void ConvertDialog::convert() {
    const auto form = static_cast<ModelForm>(m_forms->checkedId());
    const QString folder = QDir::cleanPath(m_folder->text());
    m_wait.stop();
    auto result = std::make_shared<Conversion>();
    EngineService::TaskHandler handler;
    handler.finished = [this, result, folder] {
        m_job = 0;
        settings().setValue(kParentKey, QFileInfo(folder).path());
        m_written = fromPath(result->path);
        showResult(*result);
        Q_EMIT converted(m_written);
        Q_EMIT ended();
    };
    handler.failed = [this](const JobError& error) {
        m_job = 0;
        m_pages->setCurrentIndex(0);
        showError(error.text());
        if (!isVisible()) m_services.notifyError(error);
        Q_EMIT ended();
    };
    handler.cancelled = [this] {
        m_job = 0;
        m_pages->setCurrentIndex(0);
        m_place.reset();
        check();
        Q_EMIT ended();
    };
    m_job = m_services.engine().runLongTask(
        this, tr("Converting %1").arg(m_name), {},
        [result, form, from = toPath(m_path), to = toPath(folder)](const JobContext& job) {
            std::filesystem::create_directories(to.parent_path());
            *result = convertModel(from, form, to, job);
        },
        std::move(handler));
    m_step->setText(tr("Reading"));
    m_bar->setValue(0);
    m_pages->setCurrentIndex(1);
}

void ConvertDialog::showProgress() {
    if (m_job == 0) return;
    for (const JobState& job : m_services.engine().jobs()) {
        if (job.id != m_job || job.total <= 0) continue;
        m_mark->step();
        m_bar->setValue(static_cast<double>(job.done) / static_cast<double>(job.total));
        m_step->setText(job.cancelling ? tr("Stopping")
                                       : tr("Step %1 of %2").arg(qMin(job.done + 1, job.total)).arg(job.total));
    }
}

void ConvertDialog::showResult(const Conversion& conversion) {
    const auto scientific = [](double value) { return QLocale().toString(value, 'e', 1); };
    m_verdict->setText(conversion.largestLogitDifference == 0
                           ? tr("The result gives the same numbers")
                           : tr("Logits differ by %1 at most").arg(scientific(conversion.largestLogitDifference)));
    QString text = tr("Both were fed the same images and texts; the largest logit among them is %1. %2 is written.")
                       .arg(QLocale().toString(conversion.largestLogit, 'f', 2), formatPath(m_written));
    m_result->setText(text);
    while (QLayoutItem* item = m_notes->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const std::string& line : conversion.notes)
        m_notes->addWidget(makeWrapped(QStringLiteral("– ") + engineText(line), 12, 400, &Tokens::text2));
    m_pages->setCurrentIndex(2);
    if (!isVisible()) m_services.notify(tr("%1 is converted: %2").arg(m_name, formatPath(m_written)));
}

}  // namespace diagonal
