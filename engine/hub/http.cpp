// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/http.h"

#include <curl/curl.h>

#include <charconv>
#include <cstdlib>
#include <exception>
#include <memory>

namespace diagonal {

namespace {

using Clock = std::chrono::steady_clock;

constexpr long kRedirects = 10;
constexpr uint64_t kMostOfAnError = 1 << 20;

struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::optional<uint64_t> number(std::string_view text) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

/// A request on its way; the callbacks of libcurl end here.
class Transfer {
  public:
    Transfer(const HttpRequest& request, const TransferOptions& options, const JobContext& job)
        : m_request(request), m_options(options), m_job(job), m_easy(curl_easy_init()), m_multi(curl_multi_init()) {}

    HttpReply run() {
        setUp();
        const std::stop_callback wake(m_job.stop, [this] { curl_multi_wakeup(m_multi.get()); });
        curl_multi_add_handle(m_multi.get(), m_easy.get());
        const CURLcode code = drive();
        curl_multi_remove_handle(m_multi.get(), m_easy.get());
        if (m_exception) std::rethrow_exception(m_exception);
        m_job.throwIfStopped();
        readHeaders();
        conclude(code);
        if (m_reply.outcome == HttpReply::Outcome::Answered && isFile() && !m_begun && m_request.begin &&
            !m_request.begin(m_reply))
            m_reply.outcome = HttpReply::Outcome::Aborted;
        return m_reply;
    }

  private:
    template <typename T>
    void set(CURLoption option, T value) {
        curl_easy_setopt(m_easy.get(), option, value);
    }

    void setUp() {
        const bool plain = m_request.url.starts_with("http://");
        set(CURLOPT_URL, m_request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, plain ? "http,https" : "https");
        set(CURLOPT_REDIR_PROTOCOLS_STR, plain ? "http,https" : "https");
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_MAXREDIRS, kRedirects);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);  // a name server that does not answer must not hold up Ctrl-C
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(m_options.connectTimeout.count()));
        set(CURLOPT_BUFFERSIZE, 512L << 10);
        set(CURLOPT_USERAGENT, "diagonal/" DIAGONAL_VERSION);
        set(CURLOPT_ERRORBUFFER, m_message);
        set(CURLOPT_WRITEFUNCTION, &Transfer::write);
        set(CURLOPT_WRITEDATA, this);
        // As curl and Python's requests: for companies with a certificate authority of their own.
        for (const char* name : {"SSL_CERT_FILE", "CURL_CA_BUNDLE"})
            if (const char* file = std::getenv(name); file != nullptr && *file != '\0') set(CURLOPT_CAINFO, file);
        if (m_request.from > 0) {
            m_range = std::to_string(m_request.from) + "-";
            set(CURLOPT_RANGE, m_range.c_str());
        }
        if (!m_request.bearer.empty()) {
            // libcurl keeps this header from other hosts that a redirect leads to.
            m_headers.reset(curl_slist_append(nullptr, ("Authorization: Bearer " + m_request.bearer).c_str()));
            set(CURLOPT_HTTPHEADER, m_headers.get());
        }
    }

    CURLcode drive() {
        m_news = Clock::now();
        int running = 1;
        while (running > 0) {
            if (curl_multi_perform(m_multi.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
            if (m_exception || m_job.stop.stop_requested()) return CURLE_ABORTED_BY_CALLBACK;
            if (running > 0 && Clock::now() - m_news > m_options.stallTimeout) {
                m_stalled = true;
                return CURLE_OPERATION_TIMEDOUT;
            }
            if (running > 0) curl_multi_poll(m_multi.get(), nullptr, 0, 100, nullptr);
        }
        int left = 0;
        const CURLMsg* message = curl_multi_info_read(m_multi.get(), &left);
        return message == nullptr ? CURLE_FAILED_INIT : message->data.result;
    }

    static size_t write(char* data, size_t one, size_t count, void* self) {
        return static_cast<Transfer*>(self)->receive(data, one * count);
    }

    /// Exceptions wait until libcurl, which is C, has returned.
    size_t receive(const char* data, size_t size) {
        try {
            m_received += size;
            if (m_received >= m_receivedAtNews + 1024) {
                m_receivedAtNews = m_received;
                m_news = Clock::now();
            }
            if (!m_begun) {
                readHeaders();
                m_begun = true;
                m_aborted = isFile() && m_request.begin && !m_request.begin(m_reply);
            }
            if (m_aborted || (!isFile() && m_received > kMostOfAnError)) return CURL_WRITEFUNC_ERROR;
            if (isFile()) m_request.take(data, size);
            return size;
        } catch (...) {
            m_exception = std::current_exception();
            return CURL_WRITEFUNC_ERROR;
        }
    }

    bool isFile() const { return m_reply.status == 200 || m_reply.status == 206; }

    std::string header(const char* name) {
        curl_header* found = nullptr;
        if (curl_easy_header(m_easy.get(), name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return {};
        return found->value;
    }

    void readHeaders() {
        curl_easy_getinfo(m_easy.get(), CURLINFO_RESPONSE_CODE, &m_reply.status);
        const char* url = nullptr;
        curl_easy_getinfo(m_easy.get(), CURLINFO_EFFECTIVE_URL, &url);
        m_reply.host = hostOf(url != nullptr ? url : m_request.url);
        curl_off_t seconds = 0;
        if (curl_easy_getinfo(m_easy.get(), CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
            m_reply.retryAfter = std::chrono::seconds(seconds);
        if (m_reply.status == 200) m_reply.length = number(header("Content-Length"));
        if (m_reply.status != 206) return;
        // "bytes 100-199/200", "bytes 100-199/*"
        const std::string range = header("Content-Range");
        const size_t dash = range.find('-'), slash = range.find('/');
        if (!range.starts_with("bytes ") || dash == std::string::npos || slash == std::string::npos) return;
        m_reply.from = number(std::string_view(range).substr(6, dash - 6));
        m_reply.length = number(std::string_view(range).substr(slash + 1));
    }

    void conclude(CURLcode code) {
        using Outcome = HttpReply::Outcome;
        switch (code) {
            case CURLE_OK:
                m_reply.outcome = Outcome::Answered;
                return;
            case CURLE_COULDNT_RESOLVE_HOST:
            case CURLE_COULDNT_RESOLVE_PROXY:
            case CURLE_COULDNT_CONNECT:
            case CURLE_INTERFACE_FAILED:
            case CURLE_PROXY:
                m_reply.outcome = Outcome::NoConnection;
                break;
            case CURLE_OPERATION_TIMEDOUT:
                m_reply.outcome = m_reply.status == 0 && !m_stalled ? Outcome::NoConnection : Outcome::Broken;
                break;
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
            case CURLE_UNSUPPORTED_PROTOCOL:
                m_reply.outcome = Outcome::NotTrusted;
                break;
            case CURLE_TOO_MANY_REDIRECTS:
                m_reply.outcome = Outcome::TooManyRedirects;
                break;
            case CURLE_WRITE_ERROR:
                m_reply.outcome = m_aborted ? Outcome::Aborted : Outcome::Broken;
                break;
            default:
                m_reply.outcome = Outcome::Broken;
        }
        m_reply.problem = m_message[0] != '\0' ? m_message : curl_easy_strerror(code);
        if (m_stalled)
            m_reply.problem = "nothing came for " + std::to_string(m_options.stallTimeout.count() / 1000) + " seconds";
    }

    const HttpRequest& m_request;
    const TransferOptions& m_options;
    const JobContext& m_job;
    std::unique_ptr<curl_slist, FreeList> m_headers;
    std::string m_range;
    char m_message[CURL_ERROR_SIZE] = {};
    std::unique_ptr<CURL, FreeEasy> m_easy;
    std::unique_ptr<CURLM, FreeMulti> m_multi;
    HttpReply m_reply;
    std::exception_ptr m_exception;
    bool m_begun = false, m_aborted = false, m_stalled = false;
    uint64_t m_received = 0, m_receivedAtNews = 0;
    Clock::time_point m_news;
};

}  // namespace

std::string hostOf(const std::string& url) {
    const size_t scheme = url.find("://");
    const size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
    std::string host = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    return host.substr(host.find('@') == std::string::npos ? 0 : host.find('@') + 1);
}

HttpReply httpGet(const HttpRequest& request, const TransferOptions& options, const JobContext& job) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw Error(hostOf(request.url), curl_easy_strerror(ready));
    job.throwIfStopped();
    return Transfer(request, options, job).run();
}

}  // namespace diagonal
