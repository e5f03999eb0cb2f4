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

    /// A home that cannot be written to: said once, and written as soon as it can be.
    void whatCannotBeWrittenIsToldOnce() {
        const QString home = m_folder.filePath("full");
        QFile inTheWay(home);
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home);
        QStringList told;
        {
            Settings settings;
            settings.whenUnwritable(this, [&told](const QString& file) { told << file; });
            settings.setValue("pane/first", 1);
            settings.flush();
            settings.setValue("pane/second", 2);
            settings.flush();
            QTRY_COMPARE(told.size(), 1);
            QVERIFY(told[0].startsWith(home));
            QVERIFY(inTheWay.remove());
            settings.setValue("pane/third", 3);
            settings.flush();
            QCoreApplication::processEvents();
            QCOMPARE(told.size(), 1);
        }
        const QSettings kept;
        QCOMPARE(
            kept.value("pane/first").toInt() + kept.value("pane/second").toInt() + kept.value("pane/third").toInt(), 6);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
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
