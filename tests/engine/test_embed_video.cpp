// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <thread>

#include "engine/base/file.h"
#include "engine/image/preprocess.h"
#include "engine/index/embed_video.h"
#include "tests/engine/avi_bytes.h"
#include "tests/engine/tiny_model.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

class TestEmbedVideo : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_folder, m_video;
    std::shared_ptr<Session> m_session;

    static VideoSampling sampling() {
        VideoSampling sampling;
        sampling.every = 1;
        sampling.patches = true;
        return sampling;
    }

  private Q_SLOTS:
    void initTestCase() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        m_folder = m_temporary.path().toStdString();
        writeTinyModel(m_folder / "model");
        m_session = Session::open(m_folder / "model", {.device = "cpu", .precision = "fp32", .batchSize = 8});
        AviBytes avi(64, 48, 25);
        for (int i = 0; i < 200; ++i)
            avi.add(i < 100 ? stripes(64, 48, i, 0xC02020, 0xE0A060) : stripes(64, 48, i, 0x2040C0, 0x60E0E0));
        m_video = m_folder / "film.avi";
        writeFile(m_video, avi.bytes());
        writeFile(m_folder / "film.srt", "1\n00:00:01,000 --> 00:00:02,000\nRed stripes\n");
    }

    void rowsAreThoseOfTheFrames() {
        const EmbeddedVideo video = embedVideo(*m_session, m_video, sampling());
        QCOMPARE(video.format, std::string("AVI"));
        QCOMPARE(video.info.width, 64);
        QCOMPARE(video.info.duration, 8000);
        QCOMPARE(video.note, std::string());
        QCOMPARE(video.cues.size(), 1);
        QCOMPARE(video.cues[0].text, std::string("Red stripes"));
        QCOMPARE(video.cues[0].stop, 2000);
        std::vector<LibraryRow> rows;
        std::vector<Image> pictures;
        readKeyFrames(m_video, sampling(), [&](KeyFrame frame) {
            for (size_t i = 0; i < frame.images.size(); ++i) {
                rows.push_back({0, static_cast<int32_t>(frame.time), static_cast<int32_t>(frame.start),
                                static_cast<int32_t>(frame.stop), static_cast<uint16_t>(i)});
                pictures.push_back(resizeAndCrop(frame.images[i], m_session->preprocess()));
            }
        });
        QVERIFY(rows.size() > 100);
        QCOMPARE(video.rows.size(), rows.size());
        for (size_t i = 0; i < rows.size(); ++i) {
            QCOMPARE(video.rows[i].time, rows[i].time);
            QCOMPARE(video.rows[i].start, rows[i].start);
            QCOMPARE(video.rows[i].stop, rows[i].stop);
            QCOMPARE(video.rows[i].patch, rows[i].patch);
        }
        const Embeddings expected = m_session->embedPictures(pictures);
        QCOMPARE(video.values.size(), expected.values.size());
        for (size_t i = 0; i < expected.values.size(); ++i)
            QVERIFY(std::abs(video.values[i] - expected.values[i]) < 1e-5F);
    }
    void slicesMakeTheWhole() {
        const EmbeddedVideo whole = embedVideo(*m_session, m_video, sampling());
        VideoEmbedder embedder(m_video, sampling(), m_session->preprocess());
        NewFile file;
        int slices = 1;
        while (embedder.step(*m_session, std::chrono::milliseconds(1), file)) {
            ++slices;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        QVERIFY(slices > 3);
        QCOMPARE(file.kind, MediaKind::Video);
        QCOMPARE(file.duration, 8000);
        QCOMPARE(file.rows.size(), whole.rows.size());
        QCOMPARE(file.values.size(), whole.values.size());
        QCOMPARE(file.cues.size(), 1);
    }
    void itMayBeDroppedInTheMiddle() {
        for (int i = 0; i < 5; ++i) {
            VideoEmbedder embedder(m_video, sampling(), m_session->preprocess());
            NewFile file;
            QVERIFY(embedder.step(*m_session, std::chrono::milliseconds(i), file));
        }
        VideoEmbedder never(m_video, sampling(), m_session->preprocess());
    }
    void whatIsNoVideoIsSaid() {
        writeFile(m_folder / "bad.mp4", "no video");
        QVERIFY(errorOf([&] { embedVideo(*m_session, m_folder / "bad.mp4", {}); }).find("bad.mp4: not a video") !=
                std::string::npos);
    }
    void subtitlesThatCannotBeReadAreSaid() {
        fs::copy_file(m_video, m_folder / "latin.avi");
        writeFile(m_folder / "latin.srt", "1\n00:00:01,000 --> 00:00:02,000\nw\xE4\n");
        const EmbeddedVideo video = embedVideo(*m_session, m_folder / "latin.avi", {});
        QVERIFY(!video.rows.empty());
        QVERIFY2(video.note.starts_with("its subtitles “latin.srt” were left out: "), video.note.c_str());
    }
    void itStopsWhenAsked() {
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_EXCEPTION_THROWN(embedVideo(*m_session, m_video, {}, {stop.get_token(), {}}), Cancelled);
    }
    void embeddingsThatAreNoNumbersAreNone() {
        writeModelWithoutNumbers(m_folder / "model", m_folder / "nan");
        const auto session = Session::open(m_folder / "nan", {.device = "cpu", .precision = "fp32"});
        QVERIFY(errorOf([&] { embedVideo(*session, m_video, {}); }).find("not finite") != std::string::npos);
    }
};

DIAGONAL_TEST(TestEmbedVideo);
#include "test_embed_video.moc"
