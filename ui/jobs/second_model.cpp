// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/paths.h"
#include "ui/jobs/engine_impl.h"

namespace diagonal {

JobId EngineService::openSecondModel(QObject* context, const QString& nameOrPath, SecondModelHandler handler) {
    const RecordPtr record =
        m_impl->makeRecord(context, QStringLiteral("second model"), tr("Opening the second model"), {});
    record->onEnd = [cancelled = std::move(handler.cancelled)](bool) {
        if (cancelled) cancelled();
    };
    record->onError = std::move(handler.failed);
    m_impl->engine.add(
        kUrgent, [impl = m_impl.get(), record, name = toPath(nameOrPath).native(), opened = std::move(handler.opened)] {
            impl->run(record, [&](const JobContext& job) {
                // The one before is in use until then, and stays where this one cannot be opened.
                std::shared_ptr<Session> loaded = Session::open(name, impl->interactiveOptions(), job);
                job.throwIfStopped();
                impl->second = std::move(loaded);
                const qint64 width = impl->second->options().precision == "fp32" ? 4 : 2;
                const ModelInfo& info = impl->second->info();
                impl->post([impl, record, opened, info, bytes = info.parameters * width] {
                    const bool wanted = record->reachesOwner();
                    impl->close(record);
                    if (wanted && opened) opened(info, bytes);
                });
            });
        });
    return record->id;
}

void EngineService::closeSecondModel() {
    m_impl->engine.add(kUrgent, [impl = m_impl.get()] { impl->second.reset(); });
}

}  // namespace diagonal
