// SPDX-License-Identifier: Apache-2.0
#include "app/cli/train_fields.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "app/cli/options.h"
#include "engine/base/error.h"

namespace diagonal::cli {

namespace {

const nlohmann::json& initialValue(const OptionInfo& info) {
    static const nlohmann::json initial = toJson(TrainOptions{});
    return initial.at(info.key);
}

/// All names in CLI11's form: "-m,--model", "--augment,!--no-augment".
std::string namesOf(const OptionInfo& info) {
    std::string names = info.flag();
    for (const auto& alias : info.aliases)
        names += "," + alias;
    const auto& initial = initialValue(info);
    if (initial.is_boolean() && initial.get<bool>()) names += ",!--no-" + info.flag().substr(2);
    return names;
}

std::string helpOf(const OptionInfo& info) {
    const auto& initial = initialValue(info);
    if (initial.is_boolean()) return info.help;
    std::string shown = initial.is_string() ? initial.get<std::string>() : initial.dump();
    if (shown.empty()) return info.help;
    if (shown.ends_with(".0")) shown.resize(shown.size() - 2);
    return info.help + " (default: " + shown + ")";
}

template <typename Number>
nlohmann::json parsed(const OptionInfo& info, const std::string& text, const char* wanted) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end)
        throw UsageError(info.flag() + ": “" + text + "” is not " + wanted + ".");
    return number;
}

nlohmann::json valueOf(const OptionInfo& info, const CLI::Option& option) {
    const auto& initial = initialValue(info);
    if (initial.is_boolean()) return option.as<bool>();
    const std::string& text = option.results().back();
    if (initial.is_number_float()) return parsed<double>(info, text, "a number");
    if (initial.is_number_unsigned()) return parsed<uint64_t>(info, text, "a whole number, 0 or more");
    if (initial.is_number()) return parsed<int64_t>(info, text, "a whole number");
    if (info.key == "precision" && (text == "amp" || text == "amp_bf16" || text == "amp_bfloat16"))
        return text == "amp" ? "fp16" : "bf16";  // open_clip's names
    if (!info.choices.empty() && std::ranges::find(info.choices, text) == info.choices.end())
        throw UsageError(notOneOf(info.flag(), text, info.choices));
    return text;
}

}  // namespace

void TrainFields::addTo(CLI::App* command) {
    for (const OptionInfo& info : optionInfos()) {
        const std::string help = helpOf(info);
        CLI::Option* option = info.value.empty() ? command->add_flag(namesOf(info), help)
                                                 : command->add_option(namesOf(info), help)->option_text(info.value);
        if (!info.choices.empty()) option->type_name(CLI::detail::join(info.choices, "|"));
        m_fields.emplace_back(&info, option->group(info.group));
    }
}

bool TrainFields::isGiven(const std::string& key) const {
    return std::ranges::any_of(
        m_fields, [&key](const auto& field) { return field.first->key == key && field.second->count() > 0; });
}

std::string TrainFields::anyFixed() const {
    for (const auto& [info, option] : m_fields)
        if (option->count() > 0 && !info->mayChange) return info->flag();
    return {};
}

void TrainFields::apply(TrainOptions& options) const {
    try {
        for (const auto& [info, option] : m_fields)
            if (option->count() > 0) setOption(options, info->key, valueOf(*info, *option));
    } catch (const Error& error) {
        throw UsageError(error.what());
    } catch (const CLI::Error& error) {
        throw UsageError(error.what());
    }
    // The length given here goes before the other one of --config.
    if (isGiven("steps") && !isGiven("epochs")) options.epochs = 0;
    if (isGiven("epochs") && !isGiven("steps")) options.steps = 0;
}

}  // namespace diagonal::cli
