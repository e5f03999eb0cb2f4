// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/download.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/part_file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

using Outcome = HttpReply::Outcome;
using Clock = std::chrono::steady_clock;

constexpr uint64_t kGotOn = 1 << 20;
constexpr std::chrono::milliseconds kLongestWait{60000}, kReportEvery{50};

bool isFile(const HttpReply& reply) {
    return reply.outcome == Outcome::Answered && (reply.status == 200 || reply.status == 206);
}

/// Whether another try may help.
bool isPassing(const HttpReply& reply) {
    if (reply.outcome == Outcome::Broken) return true;
    const long status = reply.outcome == Outcome::Answered ? reply.status : 0;
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::string lowered(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
}

[[noreturn]] void throwRefusal(const Source& source, const HttpReply& reply) {
    const std::string& host = reply.host;
    const std::string again = "Try again; it goes on from where it ended";
    switch (reply.outcome) {
        case Outcome::NoConnection:
            throw Error(source.subject, "no connection to " + host + ": " + lowered(reply.problem), source.byHand);
        case Outcome::NotTrusted:
            throw Error(source.subject, "the connection to " + host + " is not safe: " + reply.problem,
                        "Set SSL_CERT_FILE if your network has a certificate authority of its own. " + source.byHand);
        case Outcome::TooManyRedirects:
            throw Error(source.subject, host + " sends from one address to the next");
        case Outcome::Broken:
        case Outcome::Aborted:
            throw Error(source.subject, "the connection to " + host + " broke: " + lowered(reply.problem), again);
        case Outcome::Answered:
            break;
    }
    const std::string status = " (HTTP " + std::to_string(reply.status) + ")";
    switch (reply.status) {
        case 401:
        case 403:
            throw Error(source.subject, host + " does not give it out" + status, source.refused);
        case 404:
            throw Error(source.subject, host + " does not have it" + status, source.refused);
        case 429:
            throw Error(source.subject, host + " has had too many requests" + status, "Try again later");
        default:
            throw Error(source.subject, host + " fails" + status, "Try again later");
    }
}

/// Waits before the next try, longer each time; as long as the server asks for, within reason.
void waitBefore(int retry, const HttpReply& reply, const TransferOptions& options, const JobContext& job) {
    auto wait = options.backOff * (1 << std::min(retry - 1, 10));
    if (reply.retryAfter) wait = std::max<std::chrono::milliseconds>(wait, *reply.retryAfter);
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, job.stop, std::min(wait, kLongestWait), [] { return false; });
    job.throwIfStopped();
}

/// One file on its way into its part.
class FileDownload {
  public:
    FileDownload(const Source& source, const fs::path& target, const TransferOptions& options, const JobContext& job)
        : m_source(source), m_options(options), m_job(job), m_folder(target.parent_path()), m_part(target) {
        const uint64_t most = source.bytes > 0 ? source.bytes : source.mostBytes;
        if (source.sha256.empty() || m_part.size() > most) m_part.restart();
        m_part.hashExisting(job);
        m_pieced = m_part.size() > 0;
    }

    void run() {
        for (;;) {
            fetchRest();
            if (m_source.sha256.empty() || isPublished()) break;
            const std::string got = m_part.sha256();
            if (!m_pieced) {
                m_part.remove();
                throw Error(m_source.subject,
                            "what came is not the file that was published: its SHA-256 is " + got + ", expected " +
                                m_source.sha256,
                            "It was removed. Try again, from another network if need be");
            }
            // The pieces may be of two versions, or the first one damaged.
            m_part.restart();
            m_pieced = false;
            m_whole = true;
        }
        m_job.progress(static_cast<int64_t>(m_part.size()), static_cast<int64_t>(m_part.size()));
        m_part.finish();
    }

  private:
    bool isComplete() const { return m_source.bytes > 0 && m_part.size() == m_source.bytes; }
    bool isPublished() const { return !m_source.sha256.empty() && m_part.sha256() == m_source.sha256; }

    void fetchRest() {
        uint64_t best = m_part.size();
        int failures = 0;
        while (!isComplete()) {
            const uint64_t before = m_part.size();
            const HttpReply reply = attempt();
            if (isFile(reply)) {
                if (m_source.bytes == 0 || isComplete()) return;
                throwWrongSize(m_part.size());
            }
            const bool beyondEnd = reply.outcome == Outcome::Answered && reply.status == 416 && before > 0;
            if (beyondEnd && isPublished()) return;  // it came whole before, and nobody told its length
            const bool otherPiece = reply.outcome == Outcome::Aborted;
            const bool lostAgain = reply.outcome == Outcome::NoConnection && m_came;
            if (beyondEnd || otherPiece) m_part.restart();
            if (otherPiece) m_whole = true;
            if (!isPassing(reply) && !beyondEnd && !otherPiece && !lostAgain) throwRefusal(m_source, reply);
            if (m_part.size() >= best + kGotOn) {
                best = m_part.size();
                failures = 0;
            }
            if (++failures > m_options.retries) throwRefusal(m_source, reply);
            waitBefore(failures, reply, m_options, m_job);
        }
    }

    HttpReply attempt() {
        if (m_whole) m_part.restart();
        HttpRequest request;
        request.url = m_source.url;
        request.bearer = m_source.bearer;
        request.from = m_part.size();
        request.begin = [this](const HttpReply& reply) { return begin(reply); };
        request.take = [this](const char* data, size_t size) { take(data, size); };
        return httpGet(request, m_options, m_job);
    }

    /// False: these bytes do not follow those that are there.
    bool begin(const HttpReply& reply) {
        if (reply.status == 206 && reply.from != m_part.size()) return false;
        if (reply.status == 200 && m_part.size() > 0) m_part.restart();
        if (reply.status == 206) m_pieced = true;
        if (reply.length && m_source.bytes > 0 && *reply.length != m_source.bytes) throwWrongSize(*reply.length);
        m_total = std::max(m_source.bytes, reply.length.value_or(0));
        if (m_total > m_source.mostBytes) throwWrongSize(m_total);
        if (m_total > m_part.size()) requireSpace(m_source.subject, m_folder, m_total - m_part.size());
        return true;
    }

    void take(const char* data, size_t size) {
        const uint64_t most = m_source.bytes > 0 ? m_source.bytes : m_source.mostBytes;
        if (size > most - m_part.size()) throwWrongSize(m_part.size() + size);
        m_part.append(data, size);
        m_came = true;
        const auto now = Clock::now();
        if (now - m_reported < kReportEvery) return;
        m_reported = now;
        m_job.progress(static_cast<int64_t>(m_part.size()), static_cast<int64_t>(m_total));
    }

    [[noreturn]] void throwWrongSize(uint64_t bytes) {
        m_part.remove();
        const uint64_t expected = m_source.bytes > 0 ? m_source.bytes : m_source.mostBytes;
        throw Error(m_source.subject,
                    hostOf(m_source.url) + " has a file of " + std::to_string(bytes) + " bytes, expected " +
                        (m_source.bytes > 0 ? "" : "at most ") + std::to_string(expected),
                    "Try again later, or from another network");
    }

    const Source& m_source;
    const TransferOptions& m_options;
    const JobContext& m_job;
    fs::path m_folder;
    PartFile m_part;
    bool m_pieced = false;  ///< came in more than one piece
    bool m_whole = false;   ///< pieces did not fit: ask for all of it at once
    bool m_came = false;    ///< this server has been reached
    uint64_t m_total = 0;
    Clock::time_point m_reported{};
};

}  // namespace

void download(const Source& source, const fs::path& target, const TransferOptions& options, const JobContext& job) {
    FileDownload(source, target, options, job).run();
}

std::string downloadText(const Source& source, const TransferOptions& options, const JobContext& job) {
    for (int failures = 0;;) {
        std::string text;
        HttpRequest request;
        request.url = source.url;
        request.bearer = source.bearer;
        request.take = [&](const char* data, size_t size) {
            if (size > source.mostBytes - text.size())
                throw Error(source.subject, hostOf(source.url) + " answers with too much");
            text.append(data, size);
        };
        const HttpReply reply = httpGet(request, options, job);
        if (isFile(reply)) return text;
        if (!isPassing(reply) || ++failures > options.retries) throwRefusal(source, reply);
        waitBefore(failures, reply, options, job);
    }
}

bool copyVerified(const fs::path& file, const std::string& sha256, const fs::path& target, const JobContext& job) {
    std::ifstream input(file, std::ios::binary);
    if (!input) return false;
    PartFile part(target);
    part.restart();
    std::vector<char> buffer(1 << 20);
    while (input) {
        job.throwIfStopped();
        input.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        part.append(buffer.data(), static_cast<size_t>(input.gcount()));
    }
    if (!input.eof() || part.sha256() != sha256) {
        part.remove();
        return false;
    }
    part.finish();
    return true;
}

std::string megabytes(uint64_t bytes) {
    return std::to_string((bytes + 999999) / 1000000) + " MB";
}

void requireSpace(const std::string& subject, const fs::path& folder, uint64_t bytes) {
    std::error_code error;
    const fs::space_info space = fs::space(folder, error);
    if (error || space.available >= bytes) return;
    throw Error(subject,
                "needs " + megabytes(bytes) + ", and the disk of " + displayName(folder) + " has " +
                    megabytes(space.available) + " left",
                "Free some space, or set DIAGONAL_CACHE to a folder on another disk");
}

}  // namespace diagonal
