// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <exception>
#include <filesystem>
#include <new>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/help.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/signals.h"

namespace diagonal::cli {

namespace {

const CLI::App* deepest(const CLI::App* app) {
    const auto chosen = app->get_subcommands();
    return chosen.empty() ? app : deepest(chosen.front());
}

std::vector<std::string> optionNames(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const auto& name : option->get_lnames())
            names.push_back("--" + name);
    return names;
}

std::vector<std::string> commandNames(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : commandsOf(app))
        names.push_back(command->get_name());
    return names;
}

/// Of what has no dashes in front the name alone tells little.
std::string missing(const CLI::App& command, const std::string& name) {
    std::string text = name + ": is needed, and is missing";
    const CLI::Option* option = nullptr;
    for (const CLI::App* app = &command; app != nullptr && option == nullptr; app = app->get_parent())
        option = app->get_option_no_throw(name);
    std::string what = option == nullptr || !option->get_positional() ? "" : option->get_description();
    if (!what.empty()) {
        what.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(what.front())));
        text += " (" + what + ")";
    }
    return text + ".";
}

/// What is wrong with the command line, in one or two sentences.
std::string explain(const CLI::App& app, const CLI::App& command, const CLI::ParseError& error) {
    const auto unknown = app.remaining(true);
    if (unknown.empty()) {
        std::string text = error.what();
        if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && text.ends_with(" is required"))
            text = missing(command, text.substr(0, text.size() - 12));
        return text;
    }
    const bool isOption = unknown.front().starts_with("-");
    const std::string word = unknown.front().substr(0, isOption ? unknown.front().find('=') : std::string::npos);
    const bool isCommand = !isOption && !commandNames(command).empty();
    std::string text = isCommand ? "unknown command “" : isOption ? "unknown option “" : "unexpected “";
    text += word + "”.";
    const std::string best = nearest(word, isCommand ? commandNames(command) : optionNames(command));
    if (!best.empty()) text += " Did you mean “" + best + "”?";
    return text;
}

int parse(CLI::App& app, int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    // CLI11 would take [a,b] for a list of two; a file may be called so.
    for (auto& argument : arguments)
        if (argument.starts_with("[") && std::filesystem::exists(argument)) argument = "./" + argument;
    // "help train" is "train --help".
    if (!arguments.empty() && arguments.front() == "help") {
        arguments.erase(arguments.begin());
        const CLI::App* command = &app;
        for (const auto& name : arguments) {
            const auto found =
                command->get_subcommands([&name](const CLI::App* one) { return one->get_name() == name; });
            command = found.empty() ? nullptr : found.front();
            if (command != nullptr) continue;
            console().error("help: there is no command “" + name + "”.\nTry: " + invocation(&app) + " --help");
            return kWrongUsage;
        }
        arguments.emplace_back("--help");
    }
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        Output output;
        output.write(deepest(&app)->help());
        output.finish();
        return kDone;
    } catch (const CLI::CallForVersion&) {
        Output output;
        output.write("diagonal-cli " DIAGONAL_VERSION "\n");
        output.finish();
        return kDone;
    } catch (const CLI::ParseError& error) {
        const CLI::App* command = deepest(&app);
        console().error(explain(app, *command, error) + "\nTry: " + invocation(command) + " --help");
        return kWrongUsage;
    }
    return -1;
}

int runGuarded(const Program& program, const CLI::App& app) {
    try {
        return program.run();
    } catch (const OutputClosed&) {
        return kDone;
    } catch (const Cancelled&) {
        console().note("Interrupted.");
        return kInterrupted;
    } catch (const UsageError& error) {
        console().error(std::string(error.what()) + "\nTry: " + invocation(deepest(&app)) + " --help");
        return kWrongUsage;
    } catch (const Error& error) {
        console().error(error.what());
    } catch (const std::bad_alloc&) {
        console().error("memory: there is not enough. Try a smaller --batch-size.");
    } catch (const std::exception& error) {
        // LibTorch puts a stack trace below its first line.
        const std::string text = error.what();
        console().error("unexpected: " + text.substr(0, text.find('\n')));
    }
    return kFailed;
}

int run(int argc, char** argv) {
    CLI::App app("Diagonal", "diagonal-cli");
    app.formatter(std::make_shared<HelpFormatter>());
    app.set_help_flag("-h,--help", "This help")->group("Common options");
    app.add_flag_callback(
        "-V,--version", [] { throw CLI::CallForVersion(); }, "Version of Diagonal");
    app.require_subcommand(0, 1);
    Program program;
#define DIAGONAL_COMMAND(name) add##name(app, program);
#include "app/cli/commands.def"
#undef DIAGONAL_COMMAND

    installSignals();
    if (const int code = parse(app, argc, argv); code >= 0) return code;
    if (!program.run) {
        Output output;
        output.write(deepest(&app)->help());
        output.finish();
        return kDone;
    }
    const int code = runGuarded(program, app);
    console().clearLive();
    return code;
}

}  // namespace

}  // namespace diagonal::cli

int main(int argc, char** argv) {
    try {
        return diagonal::cli::run(argc, argv);
    } catch (const diagonal::cli::OutputClosed&) {
        return 0;
    } catch (const std::exception& error) {
        diagonal::cli::console().error(error.what());
        return 1;
    }
}
