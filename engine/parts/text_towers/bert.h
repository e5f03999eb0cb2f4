// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/parts/config.h"
#include "engine/parts/tensor_rules.h"

namespace diagonal {

class JsonReader;

/// The numbers of a text tower of BERT's family from transformers' config.json, its activation too. Throws Error for
/// other types and for what is not supported.
void readBertConfig(const JsonReader& hub, ClipConfig& config);

/// The same of a type that is known: bert, distilbert, roberta, xlm-roberta.
void readBertNumbers(const JsonReader& hub, const std::string& type, ClipConfig& config);

/// The same back: a config.json of the type bert, distilbert or roberta.
nlohmann::json hubConfigOf(const ClipConfig& config);

/// Our names for those that transformers gives the tensors of BERT's family, behind a prefix: "" or "bert.", say.
TensorRules bertRules(const Tensors& theirs, const std::string& prefix);
/// Those of the type bert, of so many layers.
TensorRules bertRules(const std::string& prefix, int layers);

}  // namespace diagonal
