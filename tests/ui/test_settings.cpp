// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "tests/registry.h"
#include "tests/ui/file_watch.h"
#include "ui/base/settings.h"

using namespace diagonal;

class TestSettings : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        QCoreApplication::setOrganizationName("Diagonal");
        QCoreApplication::setApplicationName("DiagonalTest");
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    }

    void theHookHearsWhatItShould() {
        const QString file = m_folder.filePath("some");
        FileWatch watch(m_folder.path());
        QVERIFY(!QFile::exists(file));
        QVERIFY(!watch.calls().filter(file).isEmpty());
        QSettings direct(m_folder.filePath("direct.ini"), QSettings::IniFormat);
        direct.setValue("a", 1);
        direct.sync();
        QVERIFY2(!watch.calls().filter("sync").isEmpty(), qPrintable(watch.calls().join('\n')));
    }

    void twoThousandChangesTouchNoDiskAndReachItTogether() {
        {
            Settings settings;
            const FileWatch watch(m_folder.path());
            for (int i = 0; i < 2000; ++i)
                settings.setValue("pane/slider", i);
            settings.setValue("pane/list", QStringList{"a", "b"});
            QCOMPARE(settings.value("pane/slider").toInt(), 1999);
            QVERIFY(settings.contains("pane/list"));
            QVERIFY(!QFile::exists(QSettings().fileName()) || QSettings().value("pane/slider").isNull());
            QVERIFY2(watch.calls().filter("sync").isEmpty(), qPrintable(watch.calls().join('\n')));
        }
        const QSettings kept;
        QCOMPARE(kept.value("pane/slider").toInt(), 1999);
        QCOMPARE(kept.value("pane/list").toStringList(), QStringList({"a", "b"}));
    }

    void flushWaitsForTheDisk() {
        Settings settings;
        settings.setValue("pane/view", "table");
        settings.flush();
        QCOMPARE(QSettings().value("pane/view").toString(), QString("table"));
        settings.flush();  // nothing waits
    }

    void aGroupIsRemovedWhole() {
        Settings settings;
        settings.setValue("sets/1/name", "a");
        settings.setValue("setsToo", 1);
        settings.remove("sets");
        QVERIFY(!settings.contains("sets/1/name"));
        QVERIFY(settings.contains("setsToo"));
        settings.setValue("sets/1/name", "b");
        settings.flush();
        QCOMPARE(Settings().value("sets/1/name").toString(), QString("b"));
    }

  private:
    QTemporaryDir m_folder;
};

DIAGONAL_TEST(TestSettings);
#include "test_settings.moc"
