// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/evaluation/corruption.h"
#include "engine/evaluation/word_swaps.h"
#include "tests/registry.h"

using namespace diagonal;

/// Captions with words exchanged, pictures made worse.
class TestWordSwaps : public QObject {
    Q_OBJECT

  private:
    const CaptionWords m_words = captionWords({"A dog chases a cat in the grass .",
                                               "a brown dog and a black cat",
                                               "Two men are on a boat",
                                               "the cat sleeps",
                                               "a boy throws the ball to an old man",
                                               "a man sits by the river",
                                               "an owl watches a mouse",
                                               "the mouse",
                                               "a red circle left of a blue square",
                                               "the circle",
                                               "a square",
                                               "a boat on the river",
                                               "a woman",
                                               "a boy",
                                               "the brown horse runs",
                                               "a horse",
                                               "an owl",
                                               "the dog",
                                               "the grass",
                                               "a black boat",
                                               "the men",
                                               "a red boat",
                                               "a picture of a dog"});

  private Q_SLOTS:
    void wordsAreToldApart() {
        for (const char* noun : {"dog", "cat", "boat", "man", "circle", "square", "horse"})
            QVERIFY2(m_words.nouns.contains(noun), noun);
        for (const char* adjective : {"brown", "black", "red", "blue"})
            QVERIFY2(m_words.adjectives.contains(adjective), adjective);
        for (const char* other : {"chases", "sleeps", "the", "of", "throws"})
            QVERIFY2(!m_words.nouns.contains(other) && !m_words.adjectives.contains(other), other);
    }

    void nounsAreExchanged_data() {
        QTest::addColumn<QString>("caption");
        QTest::addColumn<QString>("swapped");
        QTest::newRow("two") << "A dog chases a cat."
                             << "A cat chases a dog.";
        QTest::newRow("articles") << "An owl watches a mouse"
                                  << "A mouse watches an owl";
        QTest::newRow("capitals stay") << "the Dog is on the boat"
                                       << "the boat is on the Dog";
        QTest::newRow("even") << "a man and a woman"
                              << "";
        QTest::newRow("beside") << "a dog next to the cat"
                                << "";
        QTest::newRow("the third") << "a man and a woman on a boat"
                                   << "a man and a boat on a woman";
        QTest::newRow("twice the same") << "a dog chases a dog"
                                        << "";
        QTest::newRow("one") << "the dog sleeps"
                             << "";
        QTest::newRow("none") << ""
                              << "";
        QTest::newRow("signs") << "..."
                               << "";
        QTest::newRow("other letters") << "ein Hund jagt 一只猫"
                                       << "";
    }

    void nounsAreExchanged() {
        QFETCH(QString, caption);
        QFETCH(QString, swapped);
        QCOMPARE(QString::fromStdString(swapNouns(caption.toStdString(), m_words)), swapped);
    }

    void adjectivesAreExchanged_data() {
        QTest::addColumn<QString>("caption");
        QTest::addColumn<QString>("swapped");
        QTest::newRow("two") << "a red circle left of a blue square"
                             << "a blue circle left of a red square";
        QTest::newRow("and") << "a brown dog and a black cat"
                             << "a black dog and a brown cat";
        QTest::newRow("the same") << "a red circle and a red square"
                                  << "";
        QTest::newRow("the same noun") << "a red boat and a black boat"
                                       << "";
        QTest::newRow("one") << "a brown dog chases a cat"
                             << "";
    }

    void adjectivesAreExchanged() {
        QFETCH(QString, caption);
        QFETCH(QString, swapped);
        QCOMPARE(QString::fromStdString(swapAdjectives(caption.toStdString(), m_words)), swapped);
    }

    void picturesGetWorse() {
        Image image{.width = 64, .height = 48, .rgb = {}};
        for (int i = 0; i < 64 * 48 * 3; ++i)
            image.rgb.push_back(static_cast<uint8_t>(i / 3 % 64 < 32 ? 230 : 20));
        const auto distance = [&](const Image& other) {
            double sum = 0;
            for (size_t i = 0; i < image.rgb.size(); ++i)
                sum += std::abs(int{image.rgb[i]} - int{other.rgb[i]});
            return sum / static_cast<double>(image.rgb.size());
        };
        for (const Corruption kind : corruptions()) {
            double first = 0, last = 0;
            for (int severity = 1; severity <= kMostSevere; ++severity) {
                const Image worse = corrupted(image, kind, severity, 5);
                QCOMPARE(worse.width, 64);
                QCOMPARE(worse.rgb.size(), image.rgb.size());
                QCOMPARE(worse.rgb, corrupted(image, kind, severity, 5).rgb);
                last = distance(worse);
                if (severity == 1) first = last;
            }
            QVERIFY2(last > 0.5 && last > 1.2 * first, qPrintable(QString::fromStdString(nameOf(kind))));
        }
        QVERIFY(corrupted(image, Corruption::GaussianNoise, 3, 5).rgb !=
                corrupted(image, Corruption::GaussianNoise, 3, 6).rgb);
        QVERIFY(corrupted({}, Corruption::Jpeg, 3, 1).isEmpty());
        const Image grey{.width = 2, .height = 1, .rgb = {100, 100, 100, 200, 200, 200}};
        QCOMPARE(corrupted(grey, Corruption::Contrast, 1, 0).rgb, (std::vector<uint8_t>{130, 130, 130, 170, 170, 170}));
    }
};

DIAGONAL_TEST(TestWordSwaps);
#include "test_word_swaps.moc"
