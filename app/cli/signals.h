// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

namespace diagonal::cli {

/// From now on Ctrl-C (SIGINT), SIGTERM and the loss of the terminal (SIGHUP, but under nohup) request a stop; the
/// second one ends the program at once with exit code 130. A closed pipe becomes a write error instead of a signal.
void installSignals();

/// While nothing would be lost, the first signal ends the program at once.
void setNothingToSave(bool nothing);

/// Stops when a signal asked for it.
std::stop_token stopToken();

}  // namespace diagonal::cli
