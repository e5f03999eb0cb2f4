// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/model_paths.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace diagonal {

namespace {

bool holds(const QString& folder, const char* name) {
    return QFileInfo::exists(folder + QLatin1Char('/') + QLatin1String(name));
}

}  // namespace

bool isRunPath(const QString& folder) {
    return holds(folder, "config.json") && (holds(folder, "metrics.jsonl") || holds(folder, "checkpoints"));
}

bool isModelPath(const QString& path) {
    const QFileInfo info(path);
    if (info.isDir()) return holds(path, "open_clip_config.json") || (holds(path, "config.json") && !isRunPath(path));
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
