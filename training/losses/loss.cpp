// SPDX-License-Identifier: Apache-2.0
#include "training/losses/loss.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "training/losses/contrastive.h"
#include "training/losses/fastclip.h"
#include "training/losses/mutual.h"
#include "training/losses/sigmoid.h"

namespace diagonal {

namespace {

using Maker = std::unique_ptr<Loss> (*)(const LossOptions&);

/// A new loss is a file of its own and a line here.
const std::vector<std::pair<std::string, Maker>>& makers() {
    using Targets = ContrastiveLoss::Targets;
    static const std::vector<std::pair<std::string, Maker>> all = {
        {"contrastive",
         [](const LossOptions& o) -> std::unique_ptr<Loss> { return std::make_unique<ContrastiveLoss>(o); }},
        {"soft",
         [](const LossOptions& o) -> std::unique_ptr<Loss> {
             return std::make_unique<ContrastiveLoss>(o, Targets::Soft);
         }},
        {"mutual", [](const LossOptions& o) -> std::unique_ptr<Loss> { return std::make_unique<MutualLoss>(o); }},
        {"sigmoid", [](const LossOptions& o) -> std::unique_ptr<Loss> { return std::make_unique<SigmoidLoss>(o); }},
        {"fastclip", [](const LossOptions& o) -> std::unique_ptr<Loss> { return std::make_unique<FastClipLoss>(o); }},
    };
    return all;
}

}  // namespace

std::unique_ptr<Loss> makeLoss(const std::string& name, const LossOptions& options) {
    const auto found = std::ranges::find(makers(), name, &std::pair<std::string, Maker>::first);
    if (found != makers().end()) return found->second(options);
    throw Error("--loss " + name, "is not known", "Use one of: " + joined(lossNames()) + ".");
}

std::vector<std::string> lossNames() {
    std::vector<std::string> names;
    for (const auto& [name, maker] : makers())
        names.push_back(name);
    return names;
}

}  // namespace diagonal
