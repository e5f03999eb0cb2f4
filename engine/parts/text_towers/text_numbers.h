// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/parts/config.h"

namespace diagonal {

class JsonReader;
class Shapes;

// What open_clip's own text towers have in common: the numbers of their blocks, and the projection.

/// From open_clip's text_cfg, the activation too. Throws Error for numbers that no tower has, and for options that
/// would change the computation and are not supported.
void readTextNumbers(const JsonReader& text, ClipConfig& config);
/// Into open_clip's text_cfg.
void writeTextNumbers(const ClipConfig& config, nlohmann::json& text);
/// From the shapes of tensors in our names, the embedding's width too.
void textNumbersOf(const Shapes& shapes, ClipConfig& config);

}  // namespace diagonal
