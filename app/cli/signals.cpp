// SPDX-License-Identifier: Apache-2.0
#include "app/cli/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

namespace diagonal::cli {

namespace {

volatile std::sig_atomic_t signalsSeen = 0, nothingToSave = 0;
int wakePipe[2] = {-1, -1};

std::stop_source& stopSource() {
    static std::stop_source source;
    return source;
}

// A handler may not take locks, as request_stop() does: it wakes a thread that may.
void handleStop(int signal) {
    if (signalsSeen != 0 && signal == SIGHUP) return;  // a shell and the kernel both tell of a lost terminal
    if (signalsSeen != 0 || nothingToSave != 0) _exit(130);
    signalsSeen = 1;
    const int saved = errno;
    const char byte = 1;
    [[maybe_unused]] const auto written = write(wakePipe[1], &byte, 1);
    errno = saved;
}

}  // namespace

void installSignals() {
    stopSource();
    if (pipe2(wakePipe, O_CLOEXEC) != 0) return;
    std::thread([] {
        char byte = 0;
        while (read(wakePipe[0], &byte, 1) < 0 && errno == EINTR) {
        }
        stopSource().request_stop();
    }).detach();
    struct sigaction action = {};
    action.sa_handler = handleStop;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    // The terminal is gone. Under nohup nobody minds.
    struct sigaction before = {};
    sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

void setNothingToSave(bool nothing) {
    nothingToSave = nothing ? 1 : 0;
}

std::stop_token stopToken() {
    return stopSource().get_token();
}

}  // namespace diagonal::cli
