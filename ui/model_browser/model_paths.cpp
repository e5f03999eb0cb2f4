// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_browser/model_paths.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace diagonal {

bool isModelPath(const QString& path) {
    const QFileInfo info(path);
    const auto holds = [&](const char* name) {
        return QFileInfo::exists(path + QLatin1Char('/') + QLatin1String(name));
    };
    if (info.isDir()) {
        if (holds("open_clip_config.json")) return true;
        return holds("config.json") && !holds("metrics.jsonl") && !holds("checkpoints");
    }
    static const QStringList kEndings = {"pt", "pth", "bin", "safetensors"};
    static const QStringList kNames = {"open_clip_config.json", "config.json", "model.safetensors.index.json",
                                       "pytorch_model.bin.index.json"};
    return info.isFile() && (kEndings.contains(info.suffix().toLower()) || kNames.contains(info.fileName()));
}

QString modelTitle(const QString& path) {
    static const QRegularExpression kRepository("/models--([^/]+?)--([^/]+)/snapshots/");
    const QFileInfo info(path);
    const QString name = info.fileName();
    if (const auto found = kRepository.match(path); found.hasMatch())
        return found.captured(1) + QLatin1Char('/') + found.captured(2);
    if (name == QLatin1String("model")) return QFileInfo(info.path()).fileName();
    return name.isEmpty() ? path : name;
}

}  // namespace diagonal
