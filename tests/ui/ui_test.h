// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "tests/registry.h"
#include "ui/base/settings.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"

/// A class of tests that has settings of its own, empty for each, the light theme, and no warnings.
class UiTest : public QObject {
    Q_OBJECT

  public:
    UiTest();
    ~UiTest() override;

  protected:
    /// In the tests' own folder.
    virtual QString path(const QString& name) const { return m_folder.filePath(name); }
    /// Written there, with the folders above it.
    QString picture(const QString& name, const QColor& colour = Qt::red) const;
    QString emptyFile(const QString& name) const;
    /// A model of random weights, as writeTinyModel makes it.
    QString tinyModel(const QString& name = QStringLiteral("model"), bool vit = false) const;

    QTemporaryDir m_folder;

  protected Q_SLOTS:
    void init();
    virtual void cleanup() {}
};

/// Each test has a pane, or a view that stands for one.
template <typename View>
class PaneTest : public UiTest {
  protected:
    View& makePane() {
        cleanup();
        m_services = std::make_unique<diagonal::Services>();
        m_pane = std::make_unique<View>(*m_services);
        m_pane->resize(1364, 800);
        return *m_pane;
    }
    void openPane() { makePane().show(); }
    /// On the services that are there.
    void reopenPane() {
        m_pane = std::make_unique<View>(*m_services);
        m_pane->resize(1364, 800);
        m_pane->show();
    }
    void openModel(const QString& model) {
        QSignalSpy loaded(&m_services->engine(), &diagonal::EngineService::modelChanged);
        m_services->engine().openModel(model);
        QVERIFY(loaded.wait(60000));
    }
    void cleanup() override {
        m_pane.reset();
        m_services.reset();
    }

    std::unique_ptr<diagonal::Services> m_services;
    std::unique_ptr<View> m_pane;
};
