// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/jobs/model_reports.h"

namespace diagonal {

class LinkLabel;
class Services;

/// For a person who has no model of their own yet: the ways to one that knows photographs.
class FirstModel : public QWidget {
    Q_OBJECT

  public:
    explicit FirstModel(Services& services, QWidget* parent = nullptr);
    LinkLabel& getLink() { return *m_get; }
    LinkLabel& openLink() { return *m_open; }
    LinkLabel& makeLink() { return *m_make; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void offer(const std::vector<HubModel>& models);
    void get();
    void makeOwn();

    Services& m_services;
    ModelReports m_reports;
    HubModel m_model;
    LinkLabel *m_get, *m_open, *m_make;
};

}  // namespace diagonal
