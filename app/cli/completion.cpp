// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <string_view>

#include "app/cli/help.h"
#include "app/cli/options.h"
#include "app/cli/output.h"

namespace diagonal::cli {

namespace {

enum class Shell { Bash, Zsh, Fish };

struct CompletionOptions {
    Shell shell = Shell::Bash;
    const CLI::App* program = nullptr;
};

enum class Takes { Nothing, Choice, Folder, File, Text };

/// An option or argument, as a shell is told of it.
struct Completed {
    std::vector<std::string> names;  ///< "-q", "--quiet"; none: an argument
    std::string value;               ///< "FILE"
    std::string help;
    std::vector<std::string> choices;
    Takes takes = Takes::Nothing;
    bool isRepeated = false;
};

bool holdsOneOf(const std::string& text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&text](std::string_view word) { return text.find(word) != std::string::npos; });
}

Completed completedOf(const CLI::Option& option) {
    Completed one;
    for (const auto& name : option.get_snames())
        one.names.push_back("-" + name);
    for (const auto& name : option.get_lnames())
        one.names.push_back("--" + name);
    one.help = option.get_description();
    one.help.resize(std::min({one.help.size(), one.help.find(" ("), one.help.find(". "), one.help.find('\n')}));
    one.isRepeated = option.get_items_expected_max() > 1;
    if (option.get_items_expected_max() == 0) return one;
    one.value = option.get_positional() ? option.get_name(true, false) : option.get_option_text();
    const std::string kinds = option.get_type_name();
    if (kinds.find('|') != std::string::npos) {
        one.takes = Takes::Choice;
        one.choices = CLI::detail::split(kinds.substr(0, kinds.find(':')), '|');
    } else if (one.value == "DIR") {
        one.takes = Takes::Folder;
    } else if (option.get_positional() ? !holdsOneOf(one.value, {"name", "size"})
                                       : holdsOneOf(one.value, {"FILE", "PATH", "RUN", "SPEC"})) {
        one.takes = Takes::File;
    } else {
        one.takes = Takes::Text;
    }
    return one;
}

std::vector<Completed> completedOf(const CLI::App& command) {
    std::vector<Completed> all;
    for (const CLI::Option* option : command.get_options())
        all.push_back(completedOf(*option));
    return all;
}

/// The command, and all below it.
void forEachCommand(const CLI::App& command, const std::function<void(const CLI::App&)>& visit) {
    visit(command);
    for (const CLI::App* one : commandsOf(command))
        forEachCommand(*one, visit);
}

std::string firstLine(const CLI::App& command) {
    const std::string text = command.get_description();
    return text.substr(0, text.find('\n'));
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

std::string words(const std::vector<std::string>& list) {
    return CLI::detail::join(list, " ");
}

std::string bashScript(const CLI::App& program) {
    std::string commands, values, names, nothing;
    forEachCommand(program, [&](const CLI::App& command) {
        const std::string path = invocation(&command);
        std::vector<std::string> options, below;
        if (command.get_parent() != nullptr) commands += (commands.empty() ? "\"" : " | \"") + path + "\"";
        for (const CLI::App* one : commandsOf(command))
            below.push_back(one->get_name());
        for (const Completed& one : completedOf(command)) {
            if (one.names.empty()) {
                if (one.takes == Takes::Choice) below = one.choices;
                if (one.takes == Takes::Text) nothing += (nothing.empty() ? "\"" : " | \"") + path + "\"";
            }
            for (const std::string& name : one.names) {
                options.push_back(name);
                const std::string pattern = "        \"" + path + " " + name + "\") ";
                if (one.takes == Takes::Choice)
                    values +=
                        pattern + "COMPREPLY=($(compgen -W \"" + words(one.choices) + "\" -- \"$word\")); return ;;\n";
                else if (one.takes == Takes::Folder)
                    values += pattern + "compopt -o dirnames; return ;;\n";
                else if (one.takes == Takes::Text)
                    values += pattern + "compopt +o default; return ;;\n";
            }
        }
        names += "        \"" + path + "\") options=\"" + words(options) + "\" below=\"" + words(below) + "\" ;;\n";
    });
    return "# bash completion of diagonal-cli, made by: diagonal-cli completion bash\n"
           "_diagonal_cli() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} at=diagonal-cli\n"
           "    local options below i\n"
           "    if [[ $word == = ]]; then\n"
           "        word=\n"
           "    elif [[ $before == = ]]; then\n"
           "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    fi\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case \"$at ${COMP_WORDS[i]}\" in\n"
           "        " +
           commands +
           ") at+=\" ${COMP_WORDS[i]}\" ;;\n"
           "        esac\n"
           "    done\n"
           "    COMPREPLY=()\n"
           "    case \"$at $before\" in\n" +
           values +
           "    esac\n"
           "    case \"$at\" in\n" +
           names +
           "    esac\n"
           "    if [[ $word == -* ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
           "    elif [[ -n $below ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$below\" -- \"$word\"))\n"
           "        compopt +o default\n"
           "    fi\n"
           "    case \"$at\" in\n"
           "    " +
           nothing +
           ") compopt +o default ;;\n"
           "    esac\n"
           "}\n"
           "complete -o default -F _diagonal_cli diagonal-cli\n";
}

std::string zshText(std::string text) {
    for (const auto& [what, by] : {std::pair("\\", "\\\\"), {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}, {"'", "'\\''"}})
        text = replaced(text, what, by);
    return text;
}

std::string zshAction(const Completed& one) {
    if (one.takes == Takes::Choice) return "(" + words(one.choices) + ")";
    if (one.takes == Takes::Folder) return "_files -/";
    return one.takes == Takes::File ? "_files" : " ";
}

/// One option or argument in the language of _arguments.
std::string zshSpec(const Completed& one) {
    const std::string many = one.isRepeated ? "*" : "";
    if (one.names.empty())
        return "'" + (many.empty() ? "1" : many) + ":" + zshText(one.value) + ":" + zshAction(one) + "'";
    const bool takes = one.takes != Takes::Nothing;
    const std::string rest =
        "[" + zshText(one.help) + "]" + (takes ? ":" + zshText(one.value) + ":" + zshAction(one) : "") + "'";
    std::vector<std::string> names;
    for (const std::string& name : one.names)
        names.push_back(name + (!takes ? "" : name.starts_with("--") ? "=" : "+"));
    if (names.size() == 1) return "'" + many + names.front() + rest;
    const std::string group = many.empty() ? "(" + words(one.names) + ")" : many;
    return "'" + group + "'{" + CLI::detail::join(names, ",") + "}'" + rest;
}

std::string zshScript(const CLI::App& program) {
    std::string text =
        "#compdef diagonal-cli\n# zsh completion of diagonal-cli, made by: diagonal-cli completion zsh\n";
    forEachCommand(program, [&text](const CLI::App& command) {
        const std::string function = "_" + replaced(invocation(&command), " ", "_");
        const auto below = commandsOf(command);
        text += function + "() {\n";
        if (!below.empty()) {
            text += "    local line state\n    local -a commands=(\n";
            for (const CLI::App* one : below)
                text += "        '" + one->get_name() + ":" + zshText(firstLine(*one)) + "'\n";
            text += "    )\n";
        }
        text += "    _arguments " + std::string(below.empty() ? "-s" : "-C");
        for (const Completed& one : completedOf(command))
            text += " \\\n        " + zshSpec(one);
        if (!below.empty())
            text +=
                " \\\n        '1:command:->command' '*::argument:->argument'\n"
                "    case $state in\n"
                "    command) _describe command commands ;;\n"
                "    argument) (( $+functions[" +
                function + "_$line[1]] )) && " + function + "_$line[1] ;;\n    esac";
        text += "\n}\n";
    });
    return text +
           "if [ \"$funcstack[1]\" = _diagonal-cli ]; then\n"
           "    _diagonal-cli \"$@\"\n"
           "else\n"
           "    compdef _diagonal-cli diagonal-cli\n"
           "fi\n";
}

std::string fishText(const std::string& text) {
    return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fishScript(const CLI::App& program) {
    std::string known, entries;
    forEachCommand(program, [&](const CLI::App& command) {
        const std::string path = invocation(&command);
        const std::string begin = "complete -c diagonal-cli -n \"__diagonal_cli_at '" + path + "'\"";
        if (command.get_parent() != nullptr) known += " '" + path + "'";
        for (const CLI::App* one : commandsOf(command))
            entries += begin + " -f -a " + one->get_name() + " -d " + fishText(firstLine(*one)) + "\n";
        for (const Completed& one : completedOf(command)) {
            std::string line = begin;
            for (const std::string& name : one.names)
                line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (one.takes == Takes::Choice) line += " -x -a " + fishText(words(one.choices));
            if (one.takes == Takes::Folder) line += " -x -a '(__fish_complete_directories)'";
            if (one.takes == Takes::File) line += one.names.empty() ? " -F" : " -r -F";
            if (one.takes == Takes::Text) line += one.names.empty() ? " -f" : " -x";
            entries += line + (one.names.empty() ? "" : " -d " + fishText(one.help)) + "\n";
        }
    });
    return "# fish completion of diagonal-cli, made by: diagonal-cli completion fish\n"
           "function __diagonal_cli_at\n"
           "    set -l at diagonal-cli\n"
           "    for word in (commandline -opc)[2..-1]\n"
           "        contains -- \"$at $word\"" +
           known +
           "; and set at \"$at $word\"\n"
           "    end\n"
           "    test \"$at\" = $argv[1]\n"
           "end\n" +
           entries;
}

int runCompletion(const CompletionOptions& options) {
    Output output;
    output.write(options.shell == Shell::Bash  ? bashScript(*options.program)
                 : options.shell == Shell::Zsh ? zshScript(*options.program)
                                               : fishScript(*options.program));
    output.finish();
    return kDone;
}

}  // namespace

void addCompletion(CLI::App& app, Program& program) {
    auto options = std::make_shared<CompletionOptions>();
    options->program = &app;
    CLI::App* command = app.add_subcommand("completion",
                                           "Print what a shell needs to complete commands and options.\n\nInstalled, "
                                           "Diagonal has put it where shells look for it;\n"
                                           "these are for a program that is run from where it was built.");
    addChoice<Shell>(command, "shell", options->shell,
                     {{"bash", Shell::Bash}, {"zsh", Shell::Zsh}, {"fish", Shell::Fish}}, "bash, zsh or fish")
        ->required();
    addQuiet(command);
    command->footer(
        "  diagonal-cli completion bash > ~/.local/share/bash-completion/completions/diagonal-cli\n"
        "  diagonal-cli completion zsh > ~/.zfunc/_diagonal-cli\n"
        "  diagonal-cli completion fish > ~/.config/fish/completions/diagonal-cli.fish");
    runs(command, program, options, runCompletion);
}

}  // namespace diagonal::cli
