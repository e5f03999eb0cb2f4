// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/types.h"
#include "ui/widgets/painted_button.h"
#include "ui/widgets/panel.h"

namespace diagonal {

class ElidedLabel;
class JobRow;
class LinkLabel;
class Services;

/// The model in use; clicked, it offers others.
class ModelButton : public PaintedButton {
    Q_OBJECT

  public:
    explicit ModelButton(QWidget* parent = nullptr);
    void show(const QString& name, const QString& temperature);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_temperature;
};

/// Model, device, jobs: the last line of the window.
class StatusBar : public Panel {
    Q_OBJECT

  public:
    explicit StatusBar(Services& services, QWidget* parent = nullptr);

  Q_SIGNALS:
    void modelMenuRequested(const QPoint& globalPosition);

  private:
    struct Entry {
        JobState job;
        bool isRun = false;
    };

    void showModel();
    void showJobs();
    void showJobList();
    void cancel(JobId job, bool isRun);
    QList<Entry> entries() const;

    Services& m_services;
    ModelButton* m_model;
    QWidget* m_deviceIcon;
    ElidedLabel* m_device;
    ElidedLabel* m_idle;
    JobRow* m_job;
    LinkLabel* m_more;
    QString m_loading;
};

}  // namespace diagonal
