// SPDX-License-Identifier: Apache-2.0
#include "app/cli/help.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "app/cli/output.h"

namespace diagonal::cli {

namespace {

constexpr size_t kNameColumn = 26, kLineWidth = 100;

/// "  --name VALUE      what it does", wrapped under itself.
std::string entry(const std::string& names, const std::string& description) {
    std::string text = "  " + padded(names, kNameColumn);
    size_t column = std::max(names.size(), kNameColumn) + 2;
    if (names.size() > kNameColumn) {
        text += "\n" + std::string(kNameColumn + 2, ' ');
        column = kNameColumn + 2;
    }
    std::istringstream words(description);
    bool first = true;
    for (std::string word; words >> word; first = false) {
        if (!first && column + 1 + word.size() > kLineWidth) {
            text += "\n" + std::string(kNameColumn + 2, ' ');
            column = kNameColumn + 2;
            first = true;
        }
        if (!first) text += " ";
        text += word;
        column += word.size() + (first ? 0 : 1);
    }
    return text + "\n";
}

std::string optionNames(const CLI::Option& option) {
    std::string names;
    for (const auto& name : option.get_snames())
        names += (names.empty() ? "-" : ", -") + name;
    for (const auto& name : option.get_lnames())
        names += (names.empty() ? "--" : ", --") + name;
    if (!option.get_option_text().empty()) names += " " + option.get_option_text();
    return names;
}

std::string commandList(const CLI::App& app) {
    std::string text;
    for (const CLI::App* command : commandsOf(app)) {
        const std::string description = command->get_description();
        std::string line = description.substr(0, description.find('\n'));
        if (line.ends_with('.')) line.pop_back();
        text += entry(command->get_name(), line);
    }
    return text;
}

}  // namespace

std::string invocation(const CLI::App* app) {
    const CLI::App* parent = app->get_parent();
    return parent == nullptr ? app->get_name() : invocation(parent) + " " + app->get_name();
}

std::vector<const CLI::App*> commandsOf(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

namespace {

std::string inCapitals(std::string name) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
}

/// invocation, with what stands before a subcommand: "diagonal-cli index LIBRARY add".
std::string usage(const CLI::App* app) {
    const CLI::App* const parent = app->get_parent();
    if (parent == nullptr) return app->get_name();
    std::string text = usage(parent);
    for (const CLI::Option* option : parent->get_options())
        if (option->get_positional()) text += " " + inCapitals(option->get_name(true, false));
    return text + " " + app->get_name();
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
    if (app->get_parent() == nullptr) return overview(*app);
    std::string text = app->get_description() + "\n\nUsage: " + usage(app);
    const bool hasCommands = !commandsOf(*app).empty();
    std::string positionals;
    for (const CLI::Option* option : app->get_options()) {
        if (!option->get_positional()) continue;
        const bool many = option->get_expected_max() > 1;
        const std::string name = inCapitals(option->get_name(true, false));
        text += " " + name + (many ? "..." : "");
        positionals += entry(name + (many ? "..." : ""), option->get_description());
    }
    text += hasCommands ? " COMMAND [OPTIONS]\n" : " [OPTIONS]\n";
    if (!positionals.empty()) text += "\n" + positionals;
    if (hasCommands) text += "\nCommands:\n" + commandList(*app);
    // What the command is about first, what every command has last.
    std::vector<std::string> groups = app->get_groups();
    std::stable_partition(groups.begin(), groups.end(), [](const auto& group) { return group != "Common options"; });
    for (const auto& group : groups) {
        std::string entries;
        for (const CLI::Option* option : app->get_options())
            if (option->get_group() == group && option->nonpositional())
                entries += entry(optionNames(*option), option->get_description());
        if (!entries.empty()) text += "\n" + group + ":\n" + entries;
    }
    if (!app->get_footer().empty()) text += "\nExamples:\n" + app->get_footer() + "\n";
    return text;
}

std::string overview(const CLI::App& app) {
    return "Diagonal trains CLIP models, shows what happens inside, and puts them to use, on this computer.\n"
           "\nUsage: diagonal-cli COMMAND [OPTIONS]\n"
           "\nCommands:\n" +
           commandList(app) +
           "\nA first minute (nothing to download: a small demo model that knows coloured shapes is here):\n"
           "  diagonal-cli dataset make scenes pictures --count 20 --split test\n"
           "  diagonal-cli label pictures/images --label \"red circle\" --label \"blue square\" --label \"green "
           "star\"\n"
           "  diagonal-cli train --train-data scenes: --model tiny --steps 200 --out my-run\n"
           "\nOptions:\n" +
           entry("-h, --help", "This overview; after a command (or: help COMMAND), its options and examples") +
           entry("-V, --version", "Version of Diagonal");
}

}  // namespace diagonal::cli
