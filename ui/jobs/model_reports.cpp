// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/model_reports.h"

#include <QFile>

#include "engine/checkpoint/model_folder.h"

namespace diagonal {

ModelReports::ModelReports(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

ModelReports::~ModelReports() {
    ++m_latest;
    m_pool.clear();
    m_pool.waitForDone();
}

void ModelReports::read(const QString& path) {
    m_pool.start([this, path, request = ++m_latest] {
        if (request != m_latest) return;
        const auto post = [this, request](auto&& result) {
            QMetaObject::invokeMethod(
                this,
                [this, request, result] {
                    if (request == m_latest) result();
                },
                Qt::QueuedConnection);
        };
        try {
            const auto folder = resolveModel(QFile::encodeName(path).toStdString());
            const auto report = std::make_shared<const ModelReport>(reportOf(folder));
            post([this, path, report] { Q_EMIT finished(path, report); });
        } catch (const std::exception& exception) {
            post([this, path, error = jobErrorOf(exception)] { Q_EMIT failed(path, error); });
        }
    });
}

void ModelReports::listHub() {
    m_pool.start([this] {
        try {
            const auto models = std::make_shared<const std::vector<HubModel>>(hubModels());
            QMetaObject::invokeMethod(
                this, [this, models] { Q_EMIT hubListed(*models); }, Qt::QueuedConnection);
        } catch (const std::exception& exception) {
            QMetaObject::invokeMethod(
                this, [this, error = jobErrorOf(exception)] { Q_EMIT hubFailed(error); }, Qt::QueuedConnection);
        }
    });
}

}  // namespace diagonal
