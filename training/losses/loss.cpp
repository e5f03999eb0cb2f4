// SPDX-License-Identifier: Apache-2.0
#include "training/losses/loss.h"

#include <map>

#include "engine/base/error.h"
#include "training/losses/contrastive.h"
#include "training/losses/sigmoid.h"

namespace diagonal {

namespace {

using Maker = std::unique_ptr<Loss> (*)(const LossOptions&);

/// A new loss is a file of its own and a line here.
const std::map<std::string, Maker>& makers() {
    using Targets = ContrastiveLoss::Targets;
    static const std::map<std::string, Maker> all = {
        {"contrastive",
         [](const LossOptions& o) -> std::unique_ptr<Loss> { return std::make_unique<ContrastiveLoss>(o); }},
        {"soft",
         [](const LossOptions& o) -> std::unique_ptr<Loss> {
             return std::make_unique<ContrastiveLoss>(o, Targets::Soft);
         }},
        {"sigmoid", [](const LossOptions& o) -> std::unique_ptr<Loss> { return std::make_unique<SigmoidLoss>(o); }},
    };
    return all;
}

}  // namespace

std::unique_ptr<Loss> makeLoss(const std::string& name, const LossOptions& options) {
    const auto found = makers().find(name);
    if (found != makers().end()) return found->second(options);
    std::string known;
    for (const auto& [other, maker] : makers())
        known += (known.empty() ? "" : ", ") + other;
    throw Error("--loss " + name, "is not known", "Use one of: " + known + ".");
}

std::vector<std::string> lossNames() {
    std::vector<std::string> names;
    for (const auto& [name, maker] : makers())
        names.push_back(name);
    return names;
}

}  // namespace diagonal
