// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/filter_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateEdit>
#include <QDateTime>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QSignalBlocker>
#include <QTimeZone>
#include <chrono>
#include <set>

#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/search/line_slider.h"
#include "ui/search/search_texts.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

const QString kChoose = QStringLiteral("choose");
constexpr qint64 kDay = 86'400, kMegapixel = 1'000'000;

/// First and last second, both included; 0: open.
QVariant spanOf(qint64 after, qint64 before) {
    return QVariantList{after, before};
}

/// Of a time in seconds, UTC. Not by QDateTime, which takes a microsecond of the window's thread for each file.
int yearOf(qint64 seconds) {
    using namespace std::chrono;
    return int{year_month_day(floor<days>(sys_seconds(std::chrono::seconds(seconds)))).year()};
}

qint64 secondsOf(const QDate& date) {
    return QDateTime(date, QTime(0, 0), QTimeZone::utc()).toSecsSinceEpoch();
}

}  // namespace

FilterBar::FilterBar(QWidget* parent) : QWidget(parent) {
    m_folder = makeBox(tr("Folder"));
    m_date = makeBox(tr("Date"));
    m_type = makeBox(tr("Type"));
    m_size = makeBox(tr("Size"));
    m_camera = makeBox(tr("Camera"));
    m_line = new LineSlider;
    m_lineName = new TextLabel(tr("Above background"), 12, 400, &Tokens::text2);
    m_lineValue = new TabularLabel({}, 13, 600);
    m_lineValue->reserve(formatSigma(10));
    m_lineState = new TextLabel({}, 12, 400, &Tokens::text2);
    m_fold = new QCheckBox(tr("Group alike"));
    m_fold->setToolTip(tr("Near-duplicates become one hit"));
    m_fold->setChecked(settings().value(QStringLiteral("search/foldAlike"), true).toBool());
    m_view = new SegmentedControl({tr("Grid"), tr("Table")});
    m_view->setAccessibleName(tr("How results are shown"));
    m_line->setMaximumWidth(px(230));
    m_boxes = new QWidget;
    m_boxes->setLayout(makeRow({m_folder, m_date, m_type, m_size, m_camera, stretch(0)}, 8));
    m_rest = new QWidget;
    m_rest->setLayout(makeRow({m_lineName, {m_line, 3}, m_lineValue, m_lineState, stretch(1), m_fold, m_view}, 8));
    m_row = makeRow({m_boxes, {m_rest, 1}}, 8, {16, 0, 16, 10});
    m_row->setSizeConstraint(QLayout::SetNoConstraint);
    setLayout(m_row);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setSnapshot(nullptr);
    connect(m_line, &LineSlider::chosenChanged, this, [this] {
        showLine();
        Q_EMIT lineChanged();
    });
    connect(m_fold, &QCheckBox::toggled, this, [this](bool fold) {
        settings().setValue(QStringLiteral("search/foldAlike"), fold);
        Q_EMIT foldChanged(fold);
    });
    connect(m_view, &SegmentedControl::currentChanged, this, [this](int index) { Q_EMIT viewChanged(index == 1); });
    showLine();
}

QSize FilterBar::sizeHint() const {
    return m_row->sizeHint();
}

QSize FilterBar::minimumSizeHint() const {
    const QMargins margins = m_row->contentsMargins();
    const int widest = std::max(m_boxes->minimumSizeHint().width(), m_rest->minimumSizeHint().width());
    return {widest + margins.left() + margins.right(), m_row->minimumSize().height()};
}

void FilterBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void FilterBar::arrange() {
    const int wanted = m_boxes->sizeHint().width() + m_rest->minimumSizeHint().width() + px(60);
    const auto direction = width() >= wanted ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
    if (direction == m_row->direction()) return;
    m_row->setDirection(direction);
    updateGeometry();
}

QComboBox* FilterBar::makeBox(const QString& name) {
    auto* box = new QComboBox;
    box->setAccessibleName(name);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(7);
    box->setMaximumWidth(px(170));
    connect(box, &QComboBox::activated, this, [this, box] {
        if (box->currentData() == kChoose) return box == m_folder ? chooseFolder() : chooseDates();
        Q_EMIT filterChanged();
    });
    return box;
}

/// The choice stays where it is still offered.
void FilterBar::fill(QComboBox* box, const QString& any, const QList<std::pair<QString, QVariant>>& items) {
    const QSignalBlocker blocker(box);
    const QVariant chosen = box->currentData();
    const QString text = box->currentText();
    box->clear();
    box->addItem(any);
    for (const auto& [name, value] : items)
        box->addItem(name, value);
    if (!chosen.isValid() || chosen == kChoose) return;
    int at = box->findData(chosen);
    if (at < 0) {
        box->insertItem(1, text, chosen);
        at = 1;
    }
    box->setCurrentIndex(at);
}

void FilterBar::setSnapshot(const std::shared_ptr<const Snapshot>& snapshot) {
    QList<std::pair<QString, QVariant>> folders, dates, types, cameras;
    if (snapshot) {
        for (const LibrarySource& source : snapshot->sources)
            folders.emplaceBack(shownName(fromPath(source.path)), fromPath(source.path));
        std::set<int, std::greater<>> years;
        std::set<int> formats;
        int known = 0, format = -1;  // the last ones
        for (const LibraryFile& file : snapshot->files) {
            if (file.kind == MediaKind::Picture && file.format != format) formats.insert(format = file.format);
            if (file.date == 0) continue;
            if (const int year = yearOf(file.date); year != known) years.insert(known = year);
        }
        const qint64 now = secondsOf(QDate::currentDate());
        dates.emplaceBack(tr("Last 30 days"), spanOf(now - 30 * kDay, 0));
        for (const int year : years)
            dates.emplaceBack(QString::number(year),
                              spanOf(secondsOf(QDate(year, 1, 1)), secondsOf(QDate(year + 1, 1, 1)) - 1));
        for (const int format : formats)
            if (static_cast<size_t>(format) < snapshot->formats.size())
                types.emplaceBack(QString::fromStdString(snapshot->formats[static_cast<size_t>(format)]),
                                  QString::fromStdString(snapshot->formats[static_cast<size_t>(format)]));
        for (size_t i = 1; i < snapshot->cameras.size(); ++i)
            cameras.emplaceBack(QString::fromStdString(snapshot->cameras[i]),
                                QString::fromStdString(snapshot->cameras[i]));
    }
    folders.emplaceBack(tr("Within a folder…"), kChoose);
    dates.emplaceBack(tr("From … to …"), kChoose);
    types.prepend({tr("Videos"), static_cast<int>(MediaKind::Video)});
    types.prepend({tr("Images"), static_cast<int>(MediaKind::Picture)});
    fill(m_folder, tr("Any folder"), folders);
    fill(m_date, tr("Any date"), dates);
    fill(m_type, tr("Any type"), types);
    fill(m_size, tr("Any size"),
         {{tr("1 MP and more"), kMegapixel},
          {tr("4 MP and more"), 4 * kMegapixel},
          {tr("12 MP and more"), 12 * kMegapixel},
          {tr("below 1 MP"), -kMegapixel}});
    fill(m_camera, tr("Any camera"), cameras);
    m_camera->setVisible(!cameras.isEmpty());
    arrange();
}

void FilterBar::chooseFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Look within a folder"));
    const QSignalBlocker blocker(m_folder);
    if (folder.isEmpty()) {
        m_folder->setCurrentIndex(0);
    } else {
        if (m_folder->findData(folder) < 0) m_folder->insertItem(1, shownName(folder), folder);
        m_folder->setCurrentIndex(m_folder->findData(folder));
    }
    Q_EMIT filterChanged();
}

void FilterBar::chooseDates() {
    QDialog dialog(this);
    dialog.setWindowTitle(tr("Dates"));
    auto* from = new QDateEdit(QDate::currentDate().addYears(-1));
    auto* to = new QDateEdit(QDate::currentDate());
    auto* form = new QFormLayout(&dialog);
    for (QDateEdit* edit : {from, to})
        edit->setCalendarPopup(true);
    form->addRow(tr("From"), from);
    form->addRow(tr("To"), to);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, &dialog, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    const QSignalBlocker blocker(m_date);
    if (dialog.exec() != QDialog::Accepted) {
        m_date->setCurrentIndex(0);
    } else {
        const QDate first = std::min(from->date(), to->date()), last = std::max(from->date(), to->date());
        const QVariant span = spanOf(secondsOf(first), secondsOf(last.addDays(1)) - 1);
        const QString text =
            tr("%1 to %2")
                .arg(QLocale().toString(first, QLocale::ShortFormat), QLocale().toString(last, QLocale::ShortFormat));
        m_date->insertItem(1, text, span);
        m_date->setCurrentIndex(1);
    }
    Q_EMIT filterChanged();
}

SearchFilter FilterBar::filter() const {
    SearchFilter filter;
    if (const QVariant folder = m_folder->currentData(); folder.isValid())
        filter.folder = toPath(folder.toString()).native();
    if (const QVariantList span = m_date->currentData().toList(); span.size() == 2) {
        filter.after = span[0].toLongLong();
        if (span[1].toLongLong() != 0) filter.before = span[1].toLongLong();
    }
    const QVariant type = m_type->currentData();
    if (type.typeId() == QMetaType::Int)
        filter.kind = static_cast<MediaKind>(type.toInt());
    else if (type.isValid())
        filter.formats = {type.toString().toStdString()};
    const qint64 pixels = m_size->currentData().toLongLong();
    if (pixels > 0) filter.minPixels = pixels;
    if (pixels < 0) filter.maxPixels = -pixels - 1;
    if (m_camera->currentData().isValid()) filter.cameras = {m_camera->currentData().toString().toStdString()};
    filter.areWholeCameras = true;
    return filter;
}

bool FilterBar::isFiltering() const {
    for (const QComboBox* box : {m_folder, m_date, m_type, m_size, m_camera})
        if (box->currentIndex() > 0) return true;
    return false;
}

void FilterBar::reset() {
    for (QComboBox* box : {m_folder, m_date, m_type, m_size, m_camera}) {
        const QSignalBlocker blocker(box);
        box->setCurrentIndex(0);
    }
    Q_EMIT filterChanged();
}

void FilterBar::showResult(const SearchResult* result) {
    if (result != nullptr) {
        m_line->setBackground(result->background);
        if (!m_line->chosen()) m_line->setAutomatic(result->line);
    } else {
        m_line->setBackground({});
    }
    m_line->setEnabled(result != nullptr);
    showLine();
}

void FilterBar::showLine() {
    m_lineValue->setText(formatSigma(m_line->line()));
    m_lineValue->setColour(m_line->isEnabled() ? &Tokens::text : &Tokens::text3);
    m_lineState->setText(m_line->chosen() ? QString() : tr("automatic"));
}

bool FilterBar::foldsAlike() const {
    return m_fold->isChecked();
}

bool FilterBar::showsTable() const {
    return m_view->currentIndex() == 1;
}

void FilterBar::setShowsTable(bool table) {
    m_view->setCurrentIndex(table ? 1 : 0);
}

}  // namespace diagonal
