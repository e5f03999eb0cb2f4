// SPDX-License-Identifier: Apache-2.0
#include "engine/image/left_out_names.h"

#include <QTest>

#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;

class TestLeftOutNames : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void namesAndPatternsFit_data() {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("fits");
        QTest::newRow("whole") << QByteArray("private") << QByteArray("private") << true;
        QTest::newRow("any case") << QByteArray("Private") << QByteArray("pRIVATE") << true;
        QTest::newRow("not a part") << QByteArray("private") << QByteArray("privates") << false;
        QTest::newRow("an ending") << QByteArray("*.bak") << QByteArray("old.BAK") << true;
        QTest::newRow("nothing for a star") << QByteArray("*.bak") << QByteArray(".bak") << true;
        QTest::newRow("another ending") << QByteArray("*.bak") << QByteArray("old.bak2") << false;
        QTest::newRow("a beginning") << QByteArray("@syno*") << QByteArray("@SynoResource") << true;
        QTest::newRow("back to the star") << QByteArray("a*b?d*z") << QByteArray("abxabcdyz") << true;
        QTest::newRow("a letter too few") << QByteArray("a?") << QByteArray("a") << false;
        QTest::newRow("one byte") << QByteArray("a?") << QByteArray("ab") << true;
        QTest::newRow("hidden") << QByteArray(".*") << QByteArray(".trash") << true;
        QTest::newRow("not hidden") << QByteArray(".*") << QByteArray("a.trash") << false;
        QTest::newRow("no UTF-8") << QByteArray("\xFF*") << QByteArray("\xFF\xFE") << true;
    }
    void namesAndPatternsFit() {
        QFETCH(QByteArray, list);
        QFETCH(QByteArray, name);
        QTEST(LeftOutNames({list.toStdString()}).has(name.toStdString()), "fits");
    }

    void manyStarsTakeNoLongTime() {
        std::string pattern;
        for (int i = 0; i < 100; ++i)
            pattern += "a*";
        QVERIFY(!LeftOutNames({pattern + "b"}).has(std::string(200, 'a')));
    }

    void theUsualOnesAreThoseOfWalks() {
        const LeftOutNames usual;
        for (const char* name : {".hidden", "@eaDir", "#RECYCLE", "$Recycle.Bin", "found.000", "Catalog.lrdata"})
            QVERIFY2(usual.has(name), name);
        for (const char* name : {"recycle", "2024", "found.txt", "photos"})
            QVERIFY2(!usual.has(name), name);
    }

    void eachStandsOnce() {
        const LeftOutNames names({"b", "A", "B", "a*"});
        QCOMPARE(names.names(), (std::vector<std::string>{"b", "A", "a*"}));
        QVERIFY(names == LeftOutNames({"b", "A", "a*"}));
        QVERIFY(!(names == LeftOutNames()));
        QVERIFY(!LeftOutNames(std::vector<std::string>()).has(".hidden"));
    }

    void whatIsNoNameIsRefused() {
        for (const std::string& name : {std::string(), std::string("a/b"), std::string("a\0b", 3), std::string("**")})
            QVERIFY(!errorOf([&] { LeftOutNames({name}); }).empty());
    }
};

DIAGONAL_TEST(TestLeftOutNames);
#include "test_left_out_names.moc"
