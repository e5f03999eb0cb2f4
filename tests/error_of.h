// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/base/error.h"

/// What the work throws, in words; empty when it throws nothing.
template <typename Work>
std::string errorOf(Work work) {
    try {
        work();
    } catch (const diagonal::Error& error) {
        return error.what();
    }
    return {};
}
