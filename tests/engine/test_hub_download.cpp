// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <memory>
#include <random>

#include "engine/base/error.h"
#include "engine/hub/download.h"
#include "engine/hub/sha256.h"
#include "tests/engine/http_server.h"
#include "tests/engine/hub_folders.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

std::string randomBytes(size_t size, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

class TestHubDownload : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() {
        m_home = std::make_unique<FakeHome>();
        fs::create_directories(m_home->models());
        m_target = m_home->models() / "model.pt";
        m_part = m_target.string() + ".part";
    }

    void sha256IsRight() {
        QCOMPARE(hashOf("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(hashOf(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    void aFileComesWhole() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        int64_t last = 0, total = 0;
        JobContext job;
        job.report = [&](const Progress& progress) {
            QVERIFY(progress.done >= last);
            last = progress.done;
            total = progress.total;
        };
        download(source(server), m_target, m_options, job);
        QVERIFY(contentOf(m_target) == m_file);
        QVERIFY(!fs::exists(m_part));
        QCOMPARE(last, static_cast<int64_t>(m_file.size()));
        QCOMPARE(total, last);
        QVERIFY(server.requests().front().headers.at("user-agent").starts_with("diagonal/"));
    }

    void aFileWithoutASaidLengthComesWhole() {
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            answer.sayLength = false;
            return answer;
        });
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
    }

    void anEmptyFileComesWhole() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, ""); });
        Source empty = source(server);
        empty.sha256 = hashOf("");
        download(empty, m_target, m_options, {});
        QVERIFY(fs::exists(m_target) && fs::is_empty(m_target));
    }

    void anEarlierTryIsGoneOnWith() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        putPart(m_file.substr(0, 123457));
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QCOMPARE(server.requests().size(), size_t{1});
        QCOMPARE(server.requests()[0].from(), size_t{123457});
    }

    void aPartThatIsAllNeedsNoMoreBytes() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        putPart(m_file);
        Source known = source(server);
        known.bytes = m_file.size();
        download(known, m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QVERIFY(server.requests().empty());
    }

    void aPartThatIsAllComesOnceWhereNobodyTellsItsSize() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        putPart(m_file);
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QCOMPARE(server.requests().size(), size_t{1});
    }

    void aPartBeyondTheEndIsStartedAgain_data() {
        QTest::addColumn<bool>("sizeKnown");
        QTest::newRow("size known") << true;
        QTest::newRow("size not known") << false;
    }

    void aPartBeyondTheEndIsStartedAgain() {
        QFETCH(bool, sizeKnown);
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        putPart(m_file + "more");
        Source one = source(server);
        if (sizeKnown) one.bytes = m_file.size();
        download(one, m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
    }

    void cutConnectionsAreGoneOnWith_data() {
        QTest::addColumn<qulonglong>("first");
        for (const qulonglong cut : {0ULL, 1ULL, 1000ULL, 65536ULL, 2999999ULL})
            QTest::addRow("after %llu bytes", cut) << cut;
    }

    void cutConnectionsAreGoneOnWith() {
        QFETCH(qulonglong, first);
        std::atomic<int> count = 0;
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            const int number = count++;
            if (number == 0) answer.cutAfter = first;
            if (number == 1) answer.cutAfter = answer.body.size() / 2;
            if (number == 2) answer.cutAfter = 7;
            return answer;
        });
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        const auto requests = server.requests();
        QVERIFY(requests.size() >= 2 && requests.size() <= 4);
        QCOMPARE(requests[1].from(), static_cast<size_t>(first));
    }

    void aConnectionThatGetsNowhereIsGivenUp() {
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            answer.cutAfter = 10;
            return answer;
        });
        const std::string error = errorOf([&] { download(source(server), m_target, m_options, {}); });
        SAYS(error, "broke");
        SAYS(error, "goes on from where it ended");
        QCOMPARE(server.requests().size(), size_t(m_options.retries + 1));
        QCOMPARE(fs::file_size(m_part), uintmax_t(10 * (m_options.retries + 1)));
    }

    void manyCutsAreNoMatterWhileItGetsOn() {
        const std::string large = randomBytes(24 << 20, 5);
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, large);
            answer.cutAfter = 2 << 20;
            return answer;
        });
        Source one = source(server);
        one.sha256 = hashOf(large);
        download(one, m_target, m_options, {});
        QCOMPARE(fs::file_size(m_target), uintmax_t(large.size()));
        QCOMPARE(server.requests().size(), size_t{12});
    }

    void aServerThatIgnoresRangeStartsAgain() {
        HttpServer server([&](const TestRequest&) {
            TestAnswer answer;
            answer.body = m_file;
            return answer;
        });
        putPart(m_file.substr(0, 5000));
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
    }

    void aServerThatGivesAnotherRangeStartsAgain() {
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            if (request.from() > 0) answer.headers = {"Content-Range: bytes 5-9/10"};
            return answer;
        });
        putPart(m_file.substr(0, 5000));
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QCOMPARE(server.requests().size(), size_t{2});
    }

    void piecesOfTwoVersionsAreNotJoined() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        putPart(randomBytes(5000, 9));
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QCOMPARE(server.requests().size(), size_t{2});
        QVERIFY(!server.requests()[1].has("range"));
    }

    void aWrongHashIsNoModel() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        Source wrong = source(server);
        wrong.sha256 = std::string(64, 'a');
        for (const bool again : {false, true}) {
            if (again) putPart(m_file.substr(0, 5000));
            const std::string error = errorOf([&] { download(wrong, m_target, m_options, {}); });
            SAYS(error, hashOf(m_file));
            SAYS(error, wrong.sha256);
            QVERIFY(!fs::exists(m_target) && !fs::exists(m_part));
        }
        QCOMPARE(server.requests().size(), size_t{3});
    }

    void aWrongSizeIsNoModel_data() {
        QTest::addColumn<int>("difference");
        QTest::addColumn<bool>("sayLength");
        QTest::newRow("shorter") << -1 << true;
        QTest::newRow("longer") << 1 << true;
        QTest::newRow("shorter, length not said") << -1 << false;
        QTest::newRow("longer, length not said") << 1 << false;
    }

    void aWrongSizeIsNoModel() {
        QFETCH(int, difference);
        QFETCH(bool, sayLength);
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            answer.sayLength = sayLength;
            return answer;
        });
        Source wrong = source(server);
        wrong.bytes = m_file.size() - static_cast<size_t>(difference);
        SAYS(errorOf([&] { download(wrong, m_target, m_options, {}); }), "bytes, expected");
        QVERIFY(!fs::exists(m_target) && !fs::exists(m_part));
    }

    void anEndlessFileIsBounded() {
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            answer.sayLength = false;
            return answer;
        });
        Source bounded = source(server);
        bounded.mostBytes = 100000;
        SAYS(errorOf([&] { download(bounded, m_target, m_options, {}); }), "at most 100000");
        QVERIFY(!fs::exists(m_target) && !fs::exists(m_part));
    }

    void refusalsSayWhatToDo_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("said");
        QTest::newRow("401") << 401 << "Accept the licence";
        QTest::newRow("403") << 403 << "Accept the licence";
        QTest::newRow("404") << 404 << "does not have it";
        QTest::newRow("410") << 410 << "fails";
        QTest::newRow("304") << 304 << "fails";
    }

    void refusalsSayWhatToDo() {
        QFETCH(int, status);
        QFETCH(QString, said);
        const std::string expected = said.toStdString();
        HttpServer server([&](const TestRequest&) { return failure(status); });
        const std::string error = errorOf([&] { download(source(server), m_target, m_options, {}); });
        SAYS(error, expected);
        SAYS(error, std::to_string(status));
        SAYS(error, "127.0.0.1");
        QCOMPARE(server.requests().size(), size_t{1});
        QVERIFY(!fs::exists(m_target));
    }

    void busyServersAreAskedAgain_data() {
        QTest::addColumn<int>("status");
        for (const int status : {408, 429, 500, 502, 503, 504})
            QTest::addRow("%d", status) << status;
    }

    void busyServersAreAskedAgain() {
        QFETCH(int, status);
        std::atomic<int> count = 0;
        HttpServer server(
            [&](const TestRequest& request) { return count++ < 2 ? failure(status) : fileAnswer(request, m_file); });
        putPart(m_file.substr(0, 5000));
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);  // and nothing of the error pages in it
        QCOMPARE(server.requests()[2].from(), size_t{5000});
    }

    void serversThatStayBusyAreGivenUp() {
        HttpServer server([&](const TestRequest&) { return failure(429); });
        SAYS(errorOf([&] { download(source(server), m_target, m_options, {}); }), "too many requests");
        QCOMPARE(server.requests().size(), size_t(m_options.retries + 1));
    }

    void redirectsAreFollowed() {
        HttpServer server([&](const TestRequest& request) {
            if (request.target == "/file") return redirect("/second", 307);
            if (request.target == "/second") return redirect("/third", 301);
            return request.target == "/third" ? fileAnswer(request, m_file) : failure(404);
        });
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
    }

    void redirectsInACircleEnd() {
        HttpServer server([&](const TestRequest&) { return redirect("/file"); });
        SAYS(errorOf([&] { download(source(server), m_target, m_options, {}); }), "from one address to the next");
        QVERIFY(server.requests().size() <= 12);
    }

    void redirectsToFilesAreNotFollowed() {
        const auto secret = m_home->write("secret", m_file);
        HttpServer server([&](const TestRequest&) { return redirect("file://" + secret.string()); });
        QVERIFY(!errorOf([&] { download(source(server), m_target, m_options, {}); }).empty());
        QVERIFY(!fs::exists(m_target));
    }

    void theTokenStaysWithItsHost() {
        HttpServer other([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        HttpServer server([&](const TestRequest& request) {
            return request.target == "/file" ? redirect("/moved") : redirect(other.url("/file", "localhost"));
        });
        Source secret = source(server);
        secret.bearer = "hf_secret";
        download(secret, m_target, m_options, {});
        QCOMPARE(server.requests().size(), size_t{2});
        for (const auto& request : server.requests())
            QCOMPARE(request.headers.at("authorization"), std::string("Bearer hf_secret"));
        QCOMPARE(other.requests().size(), size_t{1});
        QVERIFY(!other.requests()[0].has("authorization"));
    }

    void theTokenStaysWithItsPort() {
        HttpServer other([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        HttpServer server([&](const TestRequest&) { return redirect(other.url("/file")); });
        Source secret = source(server);
        secret.bearer = "hf_secret";
        download(secret, m_target, m_options, {});
        QVERIFY(!other.requests()[0].has("authorization"));
    }

    void stalledConnectionsAreCutAndGoneOnWith() {
        std::atomic<int> count = 0;
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            if (count++ == 0) answer.stallAfter = 70000;
            return answer;
        });
        m_options.stallTimeout = std::chrono::milliseconds(100);
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QCOMPARE(server.requests()[1].from(), size_t{70000});
    }

    void serversThatNeverAnswerAreGivenUp() {
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            answer.stallAfter = 0;
            return answer;
        });
        m_options.stallTimeout = std::chrono::milliseconds(20);
        m_options.retries = 1;
        SAYS(errorOf([&] { download(source(server), m_target, m_options, {}); }), "nothing came");
        QCOMPARE(server.requests().size(), size_t{2});
    }

    void cancellingKeepsThePart() {
        HttpServer server([&](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, m_file);
            answer.stallAfter = 1000000;
            return answer;
        });
        std::stop_source stop;
        JobContext job;
        job.stop = stop.get_token();
        job.report = [&](const Progress&) { stop.request_stop(); };
        QVERIFY_THROWS_EXCEPTION(Cancelled, download(source(server), m_target, m_options, job));
        QVERIFY(!fs::exists(m_target));
        QVERIFY(fs::file_size(m_part) > 0);
        QVERIFY(contentOf(m_part) == m_file.substr(0, fs::file_size(m_part)));
    }

    void cancellingEndsAWait() {
        HttpServer server([&](const TestRequest&) { return failure(503, {"Retry-After: 3600"}); });
        std::stop_source stop;
        JobContext job;
        job.stop = stop.get_token();
        m_options.backOff = std::chrono::hours(1);
        std::jthread canceller([&] {
            while (server.requests().empty())
                std::this_thread::yield();
            stop.request_stop();
        });
        QVERIFY_THROWS_EXCEPTION(Cancelled, download(source(server), m_target, m_options, job));
        canceller.join();
        QCOMPARE(server.requests().size(), size_t{1});
    }

    void noConnectionIsSaidAtOnce() {
        Source nobody = {};
        {
            HttpServer gone([&](const TestRequest&) { return failure(404); });
            nobody = source(gone);
        }
        m_options.backOff = std::chrono::hours(1);
        const std::string error = errorOf([&] { download(nobody, m_target, m_options, {}); });
        SAYS(error, "no connection to 127.0.0.1");
        SAYS(error, "by hand");
    }

    void anUnknownHostIsNoConnection() {
        Source nobody;
        nobody.subject = "model";
        nobody.url = "http://no-such-host.invalid/file";
        m_options.stallTimeout = std::chrono::minutes(1);  // a busy machine looks a name up slowly
        nobody.byHand = "Copy it by hand";
        SAYS(errorOf([&] { download(nobody, m_target, m_options, {}); }), "no connection to no-such-host.invalid");
    }

    void aProxyIsAsked_data() {
        QTest::addColumn<QByteArray>("variable");
        for (const char* variable : {"http_proxy", "all_proxy", "ALL_PROXY"})
            QTest::newRow(variable) << QByteArray(variable);
    }

    void aProxyIsAsked() {
        QFETCH(QByteArray, variable);
        HttpServer proxy([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        qputenv(variable.constData(), QByteArray::fromStdString(proxy.url()));
        Source far = source(proxy);
        far.url = "http://no-such-host.invalid/file";
        download(far, m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QCOMPARE(proxy.requests()[0].target, far.url);
    }

    void httpsGoesThroughAProxyAsATunnel_data() {
        QTest::addColumn<QByteArray>("variable");
        for (const char* variable : {"https_proxy", "HTTPS_PROXY"})
            QTest::newRow(variable) << QByteArray(variable);
    }

    void httpsGoesThroughAProxyAsATunnel() {
        QFETCH(QByteArray, variable);
        HttpServer proxy([&](const TestRequest&) { return failure(407); });
        qputenv(variable.constData(), QByteArray::fromStdString(proxy.url()));
        Source far = source(proxy);
        far.url = "https://no-such-host.invalid/file";
        far.bearer = "hf_secret";
        m_options.retries = 0;
        SAYS(errorOf([&] { download(far, m_target, m_options, {}); }), "407");
        QCOMPARE(proxy.requests()[0].target, std::string("no-such-host.invalid:443"));
        QVERIFY(!proxy.requests()[0].has("authorization"));
    }

    void aServerWithoutTlsIsNotTrusted() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        Source tls = source(server);
        tls.url.replace(0, 4, "https");
        m_options.stallTimeout = std::chrono::milliseconds(100);
        m_options.retries = 0;
        QVERIFY(!errorOf([&] { download(tls, m_target, m_options, {}); }).empty());
        QVERIFY(!fs::exists(m_target));
    }

    void aFullDiskIsSaidAndThePartKept() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        // In a process of its own: a limit on file sizes cannot be taken back.
        const pid_t child = ::fork();
        if (child == 0) {
            const rlimit limit = {500000, 500000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            std::signal(SIGXFSZ, SIG_IGN);
            const std::string error = errorOf([&] { download(source(server), m_target, m_options, {}); });
            ::_exit(has(error, "cannot be written") && has(error, "Free some space") ? 0 : 1);
        }
        int status = -1;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
        QVERIFY(!fs::exists(m_target));
        QCOMPARE(fs::file_size(m_part), uintmax_t{500000});
        download(source(server), m_target, m_options, {});
        QVERIFY(contentOf(m_target) == m_file);
        QCOMPARE(server.requests().back().from(), size_t{500000});
    }

    void tooLittleRoomIsSaidBeforeAByteCame() {
        HttpServer server([&](const TestRequest&) {
            TestAnswer answer;
            answer.sayLength = false;
            answer.headers = {"Content-Length: 60000000000000"};
            answer.body = m_file;
            answer.stallAfter = m_file.size();
            return answer;
        });
        Source huge = source(server);
        huge.mostBytes = uint64_t{1} << 60;
        const std::string error = errorOf([&] { download(huge, m_target, m_options, {}); });
        SAYS(error, "60000000 MB");
        SAYS(error, "left");
        QCOMPARE(fs::file_size(m_part), uintmax_t{0});
    }

    void aFolderThatCannotBeWrittenIsNamed() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        SAYS(errorOf([&] { download(source(server), "/nowhere/model.pt", m_options, {}); }), "/nowhere/model.pt");
    }

    void aLinkInPlaceOfThePartIsNotFollowed() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        const auto victim = m_home->write("victim", "untouched");
        fs::create_symlink(victim, m_part);
        QVERIFY(!errorOf([&] { download(source(server), m_target, m_options, {}); }).empty());
        QCOMPARE(contentOf(victim), std::string("untouched"));
    }

    void textsAreBounded() {
        HttpServer server([&](const TestRequest& request) { return fileAnswer(request, m_file); });
        Source text = source(server);
        text.mostBytes = m_file.size();
        QVERIFY(downloadText(text, m_options, {}) == m_file);
        text.mostBytes = m_file.size() - 1;
        SAYS(errorOf([&] { downloadText(text, m_options, {}); }), "too much");
    }

  private:
    Source source(const HttpServer& server) const {
        Source source;
        source.subject = "Some model";
        source.url = server.url("/file");
        source.sha256 = m_hash;
        source.byHand = "Copy it by hand";
        source.refused = "Accept the licence";
        return source;
    }

    void putPart(const std::string& content) const { std::ofstream(m_part, std::ios::binary) << content; }

    const std::string m_file = randomBytes(3000000);
    const std::string m_hash = hashOf(m_file);
    TransferOptions m_options{.backOff = std::chrono::milliseconds(1), .retries = 3};
    std::unique_ptr<FakeHome> m_home;
    fs::path m_target, m_part;
};

DIAGONAL_TEST(TestHubDownload);
#include "test_hub_download.moc"
