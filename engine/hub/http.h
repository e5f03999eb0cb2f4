// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/base/job.h"

namespace diagonal {

/// How patient downloads are. Tests are less so.
struct TransferOptions {
    std::chrono::milliseconds connectTimeout{30000};
    std::chrono::milliseconds stallTimeout{30000};  ///< without a kilobyte of news
    std::chrono::milliseconds backOff{1000};        ///< before the first retry; doubles
    int retries = 5;                                ///< in a row without getting on
};

/// What became of a request.
struct HttpReply {
    enum class Outcome {
        Answered,      ///< whole, whatever its status
        NoConnection,  ///< no such host, nobody listens, no way there
        NotTrusted,    ///< the certificate does not hold, or a redirect left https
        Broken,        ///< cut, stalled, not understood
        Aborted,       ///< `begin` did not want it
        TooManyRedirects,
    };
    Outcome outcome = Outcome::Broken;
    std::string problem;  ///< in words, for all but Answered
    std::string host;     ///< that answered last, or should have
    long status = 0;
    std::optional<uint64_t> length;  ///< of the whole file, where the server says it
    std::optional<uint64_t> from;    ///< where a 206 begins
    std::optional<std::chrono::seconds> retryAfter;
};

struct HttpRequest {
    std::string url;
    std::string bearer;  ///< token for the host of the url alone; redirects to others do not get it
    uint64_t from = 0;   ///< asks for the bytes from there on
    /// Called once, before the first byte of a 200 or 206; false aborts. May throw.
    std::function<bool(const HttpReply&)> begin;
    /// The body of a 200 or 206. May throw.
    std::function<void(const char*, size_t)> take;
};

/// One GET, without retries. Redirects are followed, from https to https only; proxies as the environment names them.
/// Throws what `begin` and `take` throw, and Cancelled within a fraction of a second.
HttpReply httpGet(const HttpRequest& request, const TransferOptions& options, const JobContext& job);

/// "huggingface.co:8080" of an address.
std::string hostOf(const std::string& url);

}  // namespace diagonal
