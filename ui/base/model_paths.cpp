// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/model_paths.h"

#include <QFileInfo>
#include <QRegularExpression>

#include "ui/base/paths.h"

namespace diagonal {

namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& folder, const char* name) {
    std::error_code ignored;
    return fs::exists(folder / name, ignored);
}

}  // namespace

bool isRunPath(const QString& path) {
    const fs::path folder = toPath(path);
    return holds(folder, "config.json") && (holds(folder, "metrics.jsonl") || holds(folder, "checkpoints"));
}

bool isModelPath(const QString& path) {
    const fs::path place = toPath(path);
    std::error_code ignored;
    const fs::file_status status = fs::status(place, ignored);
    if (fs::is_directory(status))
        return holds(place, "open_clip_config.json") || (holds(place, "config.json") && !isRunPath(path));
    static const QStringList kEndings = {"pt", "pth", "bin", "safetensors"};
    static const QStringList kNames = {"open_clip_config.json", "config.json", "model.safetensors.index.json",
                                       "pytorch_model.bin.index.json"};
    const QFileInfo name(path);
    return fs::is_regular_file(status) &&
           (kEndings.contains(name.suffix().toLower()) || kNames.contains(name.fileName()));
}

QString modelTitle(const QString& path) {
    static const QRegularExpression kRepository("/models--([^/]+?)--([^/]+)/snapshots/");
    const QFileInfo info(path);
    const QString name = info.fileName();
    if (const auto found = kRepository.match(path); found.hasMatch())
        return found.captured(1) + QLatin1Char('/') + found.captured(2);
    if (name == QLatin1String("model")) return shownName(info.path());
    return name.isEmpty() ? path : shownName(name);
}

}  // namespace diagonal
