// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/option_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "training/run/option_info.h"
#include "ui/base/paths.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/train/form.h"
#include "ui/train/option_texts.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

using nlohmann::json;

constexpr double kMany = 1e9;

QString rangeText(const OptionInfo& info) {
    if (info.low > 0 && info.low < 1e-6) return OptionForm::tr("Give a number above 0, such as 5e-4.");
    if (info.high > kMany) return OptionForm::tr("Give a number, %1 or more.").arg(OptionTexts::number(info.low));
    return OptionForm::tr("Give a number from %1 to %2.")
        .arg(OptionTexts::number(info.low), OptionTexts::number(info.high));
}

}  // namespace

OptionForm::OptionForm(TrainOptions& options, QObject* parent) : QObject(parent), m_options(options) {
}

FormField* OptionForm::addNumber(const char* key, const QString& hint, const QString& zero) {
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(zero);
    connect(edit, &QLineEdit::textEdited, this, [this, key] { changed(key); });
    const bool named = !zero.isEmpty();
    return add(
        key, new FormField(OptionTexts::label(key), edit, hint),
        [edit, named]() -> json {
            const QString text = edit->text().trimmed();
            if (named && text.isEmpty()) return 0.0;
            bool isNumber = false;
            const double value = readNumber(text, &isNumber);
            return isNumber ? json(value) : json();
        },
        [edit, named](const json& value) {
            const auto held = value.get<double>();
            edit->setText(named && held == 0 ? QString() : OptionTexts::number(held));
        });
}

FormField* OptionForm::addCount(const char* key, const QString& hint, const QString& zero, int step) {
    auto* box = new QSpinBox;
    const OptionInfo& info = optionInfo(key);
    box->setRange(static_cast<int>(info.low), static_cast<int>(std::min(info.high, kMany)));
    box->setSingleStep(step);
    box->setGroupSeparatorShown(true);
    box->setSpecialValueText(zero);
    connect(box, &QSpinBox::valueChanged, this, [this, key] { changed(key); });
    return add(
        key, new FormField(OptionTexts::label(key), box, hint),
        [box]() -> json { return static_cast<unsigned>(box->value()); },
        [box](const json& value) {
            box->setValue(static_cast<int>(std::clamp<double>(value.get<double>(), box->minimum(), box->maximum())));
        });
}

FormField* OptionForm::addText(const char* key, const QString& hint, const QString& placeholder) {
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(placeholder);
    connect(edit, &QLineEdit::textEdited, this, [this, key] { changed(key); });
    return add(
        key, new FormField(OptionTexts::label(key), edit, hint),
        [edit]() -> json { return edit->text().trimmed().toStdString(); },
        [edit](const json& value) { edit->setText(QString::fromStdString(value.get<std::string>())); });
}

FormField* OptionForm::addPath(const char* key, const QString& hint, const QString& title, bool isFolder) {
    auto* edit = new QLineEdit;
    auto* choose = makeButton(tr("Choose…"), QStringLiteral("ui/folder"));
    auto* row = new QWidget;
    row->setLayout(makeRow({{edit, 1}, choose}, 8));
    row->setFocusProxy(edit);
    edit->setAccessibleName(OptionTexts::label(key));
    choose->setAccessibleName(title);
    connect(edit, &QLineEdit::textEdited, this, [this, key] { changed(key); });
    connect(choose, &QPushButton::clicked, this, [this, key, edit, title, isFolder] {
        const QString path = isFolder ? QFileDialog::getExistingDirectory(edit->window(), title, edit->text())
                                      : QFileDialog::getOpenFileName(edit->window(), title, edit->text());
        if (path.isEmpty()) return;
        edit->setText(path);
        changed(key);
    });
    return add(
        key, new FormField(OptionTexts::label(key), row, hint),
        [edit]() -> json { return toPath(plainPath(edit->text())).native(); },
        [edit](const json& value) { edit->setText(fromPath(value.get<std::string>())); });
}

FormField* OptionForm::addSwitch(const char* key, const QString& hint) {
    auto* box = new QCheckBox(OptionTexts::label(key));
    connect(box, &QCheckBox::toggled, this, [this, key] { changed(key); });
    auto* field = add(
        key, new FormField({}, box, hint), [box]() -> json { return box->isChecked(); },
        [box](const json& value) { box->setChecked(value.get<bool>()); });
    box->setAccessibleName(box->text());
    return field;
}

FormField* OptionForm::addSegments(const char* key, const QString& hint) {
    auto* control = new SegmentedControl;
    for (const auto& choice : OptionTexts::choices(key))
        control->addSegment(choice.text, QString::fromStdString(choice.value));
    connect(control, &SegmentedControl::activated, this, [this, key] { changed(key); });
    return add(
        key, new FormField(OptionTexts::label(key), control, hint),
        [control]() -> json { return control->currentData().toString().toStdString(); },
        [control](const json& value) { control->setCurrentData(QString::fromStdString(value.get<std::string>())); });
}

FormField* OptionForm::addList(const char* key, const QString& hint) {
    auto* box = new QComboBox;
    for (const auto& choice : OptionTexts::choices(key))
        box->addItem(choice.text, QString::fromStdString(choice.value));
    connect(box, &QComboBox::activated, this, [this, key] { changed(key); });
    return add(
        key, new FormField(OptionTexts::label(key), box, hint),
        [box]() -> json { return box->currentData().toString().toStdString(); },
        [box](const json& value) {
            const QString held = QString::fromStdString(value.get<std::string>());
            // A device or metric of another computer's config.json keeps its place.
            if (box->findData(held) < 0) box->addItem(held, held);
            box->setCurrentIndex(box->findData(held));
        });
}

FormField* OptionForm::add(const char* key, FormField* field, std::function<json()> read,
                           std::function<void(const json&)> show) {
    m_entries.push_back({key, field, std::move(read), std::move(show)});
    return field;
}

void OptionForm::load() {
    const json held = toJson(m_options);
    m_loading = true;
    for (const Entry& entry : m_entries) {
        entry.show(held.at(entry.key));
        entry.field->setError({});
    }
    m_loading = false;
}

bool OptionForm::isGood() const {
    return std::ranges::all_of(m_entries, [](const Entry& entry) { return entry.field->error().isEmpty(); });
}

void OptionForm::changed(const std::string& key) {
    if (m_loading) return;
    const auto entry = std::ranges::find(m_entries, key, &Entry::key);
    const json value = entry->read();
    try {
        if (value.is_null()) throw Error(key, "is no number");
        setOption(m_options, key, value);
        entry->field->setError({});
    } catch (const Error&) {
        entry->field->setError(rangeText(optionInfo(key)));
    }
    Q_EMIT edited();
}

}  // namespace diagonal
