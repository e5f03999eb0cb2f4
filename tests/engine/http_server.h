// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// What a test server is asked.
struct TestRequest {
    std::string target;                          ///< "/file"; of a proxy the whole address
    std::map<std::string, std::string> headers;  ///< names in lower case

    /// Where a "Range: bytes=N-" begins; 0 without one.
    size_t from() const {
        const auto range = headers.find("range");
        return range == headers.end() ? 0 : std::stoul(range->second.substr(6));
    }
    bool has(const std::string& name) const { return headers.contains(name); }
};

/// What it answers.
struct TestAnswer {
    int status = 200;
    std::string body;
    std::vector<std::string> headers;
    size_t cutAfter = std::string::npos;    ///< bytes of the body after which the connection ends
    size_t stallAfter = std::string::npos;  ///< bytes after which nothing more comes
    bool sayLength = true;
};

/// A web server on 127.0.0.1 that closes each connection after one answer.
class HttpServer {
  public:
    using Handler = std::function<TestAnswer(const TestRequest&)>;

    explicit HttpServer(Handler handler) : m_handler(std::move(handler)) {
        m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(m_socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(m_socket, 16) != 0) abort();
        ::getsockname(m_socket, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { accept(); });
    }

    ~HttpServer() {
        m_stop = true;
        m_thread.join();
        for (auto& thread : m_connections)
            thread.join();
        ::close(m_socket);
    }

    std::string url(const std::string& path = {}, const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(m_port) + path;
    }
    std::vector<TestRequest> requests() const {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }

  private:
    bool isReady(int descriptor, short events) const {
        while (!m_stop) {
            pollfd one = {descriptor, events, 0};
            if (::poll(&one, 1, 20) > 0) return true;
        }
        return false;
    }

    void accept() {
        while (isReady(m_socket, POLLIN)) {
            const int connection = ::accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) continue;
            m_connections.emplace_back([this, connection] {
                serve(connection);
                ::close(connection);
            });
        }
    }

    void serve(int connection) {
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos) {
            char buffer[4096];
            if (!isReady(connection, POLLIN)) return;
            const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
            if (count <= 0) return;
            text.append(buffer, static_cast<size_t>(count));
        }
        const TestRequest request = parse(text);
        {
            const std::lock_guard lock(m_mutex);
            m_requests.push_back(request);
        }
        const TestAnswer answer = m_handler(request);
        std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " X\r\nConnection: close\r\n";
        for (const auto& header : answer.headers)
            head += header + "\r\n";
        if (answer.sayLength) head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
        send(connection, head + "\r\n");
        send(connection, answer.body.substr(0, std::min(answer.cutAfter, answer.stallAfter)));
        if (answer.stallAfter != std::string::npos) isReady(connection, POLLIN);
        ::shutdown(connection, SHUT_WR);
        // Not closed before the other side has read all: a reset could overtake the bytes.
        char rest[256];
        while (isReady(connection, POLLIN) && ::recv(connection, rest, sizeof rest, 0) > 0) {
        }
    }

    static TestRequest parse(const std::string& text) {
        TestRequest request;
        const size_t first = text.find(' ');
        request.target = text.substr(first + 1, text.find(' ', first + 1) - first - 1);
        for (size_t at = text.find("\r\n") + 2; text.compare(at, 2, "\r\n") != 0;) {
            const size_t end = text.find("\r\n", at), colon = text.find(':', at);
            std::string name = text.substr(at, colon - at);
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
            request.headers[name] = text.substr(colon + 2, end - colon - 2);
            at = end + 2;
        }
        return request;
    }

    void send(int connection, const std::string& bytes) const {
        for (size_t done = 0; done < bytes.size() && isReady(connection, POLLOUT);) {
            const ssize_t count = ::send(connection, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
            if (count <= 0) return;
            done += static_cast<size_t>(count);
        }
    }

    Handler m_handler;
    int m_socket = -1;
    int m_port = 0;
    std::atomic<bool> m_stop = false;
    mutable std::mutex m_mutex;
    std::vector<TestRequest> m_requests;
    std::vector<std::thread> m_connections;
    std::thread m_thread;
};

/// A file, whole or from where the request wants it.
inline TestAnswer fileAnswer(const TestRequest& request, const std::string& file) {
    TestAnswer answer;
    const size_t from = request.from();
    if (!request.has("range")) {
        answer.body = file;
    } else if (from >= file.size()) {
        answer.status = 416;
        answer.headers = {"Content-Range: bytes */" + std::to_string(file.size())};
    } else {
        answer.status = 206;
        answer.body = file.substr(from);
        answer.headers = {"Content-Range: bytes " + std::to_string(from) + "-" + std::to_string(file.size() - 1) + "/" +
                          std::to_string(file.size())};
    }
    return answer;
}

inline TestAnswer redirect(const std::string& url, int status = 302) {
    TestAnswer answer;
    answer.status = status;
    answer.headers = {"Location: " + url};
    return answer;
}

inline TestAnswer failure(int status, std::vector<std::string> headers = {}) {
    TestAnswer answer;
    answer.status = status;
    answer.body = "<html>This is an error page, not a model.</html>";
    answer.headers = std::move(headers);
    return answer;
}
