// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_command.h"

#include <QRegularExpression>
#include <QStringList>
#include <nlohmann/json.hpp>

#include "training/run/option_info.h"

namespace diagonal {

namespace {

QString quoted(const std::string& text) {
    const QString word = QString::fromStdString(text);
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:=,@+-]+$"));
    if (plain.match(word).hasMatch()) return word;
    return QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

/// "--lr 0.001", "--lock-image", "--no-augment".
QString words(const OptionInfo& info, const nlohmann::json& value) {
    const QString flag = QString::fromStdString(info.flag());
    if (value.is_boolean()) return value.get<bool>() ? flag : QStringLiteral("--no-") + flag.mid(2);
    return flag + QLatin1Char(' ') + quoted(value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

QString trainCommand(const TrainOptions& options) {
    const nlohmann::json values = toJson(options), initial = toJson(TrainOptions{});
    QStringList command = {QStringLiteral("diagonal-cli train")};
    for (const OptionInfo& info : optionInfos()) {
        const bool isNeeded = info.key == "train_data" || info.key == "model" || info.key == "out";
        if (isNeeded || values.at(info.key) != initial.at(info.key)) command << words(info, values.at(info.key));
    }
    return command.join(QLatin1Char(' '));
}

}  // namespace diagonal
