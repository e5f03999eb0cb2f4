// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>

#include "engine/base/file.h"
#include "engine/video/key_frames.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

std::string shownCues(const std::vector<Cue>& cues) {
    std::string text;
    for (const Cue& cue : cues)
        text += std::to_string(cue.start) + "-" + std::to_string(cue.stop) + " " + cue.text + "\n";
    return text;
}

}  // namespace

class TestSubtitles : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_folder;

    void write(const std::string& name, const std::string& text) { writeFile(m_folder / name, text); }
    std::string wordsOf(const std::string& video) const {
        std::string words;
        for (const Cue& found : readSubtitles(m_folder / video).cues)
            words += found.text + " ";
        return words;
    }
    static std::string cue(const std::string& words) { return "1\n00:00:01,000 --> 00:00:02,000\n" + words + "\n"; }

  private Q_SLOTS:
    void init() {
        m_folder = fs::path(m_temporary.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(m_folder);
    }

    void subRipIsRead() {
        QCOMPARE(shownCues(parseSubtitles(
                     "1\r\n00:00:01,500 --> 00:00:03,000\r\nHello <i>there</i>,\r\n{\\an8}you & me.\r\n\r\n"
                     "2\r\n01:02:03,004 --> 01:02:04,000 X1:1 X2:2\r\n3 < 4 &amp; 5\r\n")),
                 std::string("1500-3000 Hello there, you & me.\n3723004-3724000 3 < 4 & 5\n"));
    }
    void webVttIsRead() {
        QCOMPARE(
            shownCues(parseSubtitles("WEBVTT - title\n\nSTYLE\n::cue { color: red }\n\nNOTE nothing\n\nintro\n"
                                     "00:01.500 --> 00:02.000 align:start\n<v Ann>Hi</v> <00:01.700>all&nbsp;you\n\n"
                                     "100:00:00.000 --> 100:00:01.000\nlate\n")),
            std::string("1500-2000 Hi all you\n360000000-360001000 late\n"));
    }
    void cuesComeInOrderOfTime() {
        QCOMPARE(shownCues(parseSubtitles("00:00:09,000 --> 00:00:10,000\nb\n\n00:00:01,000 --> 00:00:02,000\na\n")),
                 std::string("1000-2000 a\n9000-10000 b\n"));
    }
    void emptyLinesMayBeMissing() {
        QCOMPARE(shownCues(parseSubtitles("1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:03,000 --> 00:00:04,000\nb")),
                 std::string("1000-2000 a\n3000-4000 b\n"));
    }
    void whatIsNoCueIsPassedOver() {
        QCOMPARE(
            shownCues(parseSubtitles("words alone\n\n00:00:05,000 --> 00:00:04,000\nbackwards\n\n1 --> 2\nno times\n\n"
                                     "99999999:00:00,0 --> 99999999:00:01,0\nfar\n\n00:00:01 --> 00:00:02\n\n\n"
                                     "00:00:01 --> 00:00:02\nfine\n-->\n--> 00:00:03\nx\n")),
            std::string("1000-2000 fine\n"));
        QCOMPARE(parseSubtitles("").size(), 0);
    }
    void hugeLinesEnd() {
        const std::string line(1 << 22, '<');
        const auto cues = parseSubtitles("00:00:01,000 --> 00:00:02,000\n" + line + "\n");
        QCOMPARE(cues.size(), 1);
        QVERIFY(cues[0].text.size() <= 2000);
    }
    void filesBesideTheVideoAreFound() {
        write("film.mp4", "x");
        write("film.srt", cue("one"));
        write("film.de.srt", cue("eins"));
        write("film.pt-BR.forced.VTT", cue("um"));
        write("film two.srt", cue("two"));
        write("film2.srt", cue("three"));
        write("film.en.txt", cue("four"));
        fs::create_directories(m_folder / "film.fr.srt");
        QCOMPARE(wordsOf("film.mp4"), std::string("eins um one "));
        QCOMPARE(readSubtitles(m_folder / "none.mp4").cues.size(), 0);
        QCOMPARE(readSubtitles(m_folder / "missing" / "film.mp4").cues.size(), 0);
    }
    void languagesAreTold() {
        for (const char* middle : {"", ".en", ".ENG", ".pt-BR", ".zh_Hans", ".es-419", ".en-orig", ".German",
                                   ".eng.forced", ".en.sdh", ".default.fr"})
            write(std::string("a") + middle + ".srt", cue(std::string("[") + middle + "]"));
        for (const char* middle : {".part2", ".S01E02", ".1", ".beach", ".e", ".en-", ".en.part2", ".", "..en", " en"})
            write(std::string("a") + middle + ".srt", cue("another"));
        QCOMPARE(readSubtitles(m_folder / "a.mp4").cues.size(), 11);
        QVERIFY(wordsOf("a.mp4").find("another") == std::string::npos);
    }
    void subtitlesAreThoseOfTheLongestName() {
        for (const char* name : {"a.mp4", "a.de.MKV", "a.de.cut.mp4", "a.fr.txt"})
            write(name, "x");
        write("a.srt", cue("all"));
        write("a.en.srt", cue("english"));
        write("a.fr.srt", cue("french"));
        write("a.de.srt", cue("german"));
        write("a.de.en.srt", cue("german and english"));
        write("a.de.cut.srt", cue("cut"));
        QCOMPARE(wordsOf("a.mp4"), std::string("english french all "));
        QCOMPARE(wordsOf("a.de.MKV"), std::string("german and english german "));
        QCOMPARE(wordsOf("a.de.cut.mp4"), std::string("cut "));
    }
    void oneBadFileLeavesTheOthers() {
        write("a.srt", cue("one"));
        write("a.de.srt", cue("w\xE4"));
        write("a.fr.srt", cue("un"));
        const Subtitles read = readSubtitles(m_folder / "a.mp4");
        QCOMPARE(wordsOf("a.mp4"), std::string("un one "));
        QCOMPARE(read.failures.size(), 1);
        QCOMPARE(read.failures[0].path.filename().string(), std::string("a.de.srt"));
        QVERIFY(read.failures[0].reason.find("UTF-8") != std::string::npos);
    }
    void sameWordsCountOnce() {
        write("a.srt", cue("one"));
        write("a.en.srt", cue("one"));
        QCOMPARE(readSubtitles(m_folder / "a.mkv").cues.size(), 1);
    }
    void encodingsAreUtf8AndUtf16() {
        std::string wide = "\xFF\xFE";
        for (const char c : cue("w\xE4"))
            (wide += c) += '\0';
        write("a.srt", wide);
        QCOMPARE(readSubtitles(m_folder / "a.mp4").cues[0].text, std::string("w\xC3\xA4"));
        write("b.srt", "\xEF\xBB\xBF" + cue("\xE4\xB8\xAD"));
        QCOMPARE(readSubtitles(m_folder / "b.mp4").cues[0].text, std::string("\xE4\xB8\xAD"));
    }
};

DIAGONAL_TEST(TestSubtitles);
#include "test_subtitles.moc"
