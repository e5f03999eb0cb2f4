// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <fstream>
#include <set>

#include "engine/text/text_sets.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

std::vector<std::string> linesOf(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

}  // namespace

class TestTextSets : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { qputenv("DIAGONAL_RESOURCES", QByteArray::fromStdString(paths::source("resources"))); }

    void everyTemplateHasOnePlaceForTheLabel() {
        const auto names = textSetNames(TextSets::Templates);
        QVERIFY(names.size() >= 11);
        QVERIFY(std::ranges::is_sorted(names));
        for (const auto& name : names)
            for (const auto& line : linesOf(*textSetFile(TextSets::Templates, name)))
                QVERIFY2(line.find("{}") != std::string::npos && line.find("{}") == line.rfind("{}"), name.c_str());
    }

    void setsHaveTheirSizeAndNoLabelTwice_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("count");
        QTest::newRow("cifar10") << "cifar10" << 10;
        QTest::newRow("cifar100") << "cifar100" << 100;
        QTest::newRow("imagenet") << "imagenet" << 1000;
    }
    void setsHaveTheirSizeAndNoLabelTwice() {
        QFETCH(QString, name);
        QFETCH(int, count);
        const auto file = textSetFile(TextSets::Labels, name.toStdString());
        if (!file && name == QLatin1String("imagenet")) QSKIP("scripts/setup has not fetched ImageNet's names");
        QVERIFY(file);
        const auto lines = linesOf(*file);
        QCOMPARE(static_cast<int>(lines.size()), count);
        // open_clip's list of ImageNet has two names twice: "missile" and "sunglasses".
        const std::set<std::string> different(lines.begin(), lines.end());
        QVERIFY(different.size() + 2 >= lines.size());
    }

    void anUnknownNameHasNoFile() {
        QVERIFY(!textSetFile(TextSets::Labels, "photos"));
        QVERIFY(!textSetFile(TextSets::Templates, "../labels/cifar10"));
        QVERIFY(!textSetFile(TextSets::Templates, ""));
    }
};

DIAGONAL_TEST(TestTextSets);
#include "test_text_sets.moc"
