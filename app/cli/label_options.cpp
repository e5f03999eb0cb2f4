// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_options.h"

#include <filesystem>

#include "app/cli/console.h"
#include "app/cli/inputs.h"

namespace diagonal::cli {

CLI::Option* addImages(CLI::App* command, std::vector<std::string>& images) {
    addAllFolders(command);
    return command->add_option("images", images, kImagesHelp)->required();
}

CLI::Option* addLabels(CLI::App* command, std::vector<std::string>& labels) {
    return command->add_option("-l,--label", labels, "A label, once for each")
        ->allow_extra_args(false)
        ->option_text("TEXT");
}

void addTemplates(CLI::App* command, std::vector<std::string>& templates) {
    command
        ->add_option("--template", templates,
                     "A sentence around the labels, {} stands for the label; several are averaged. Without one, labels "
                     "are used as written")
        ->allow_extra_args(false)
        ->option_text("TEXT");
}

void addTemplateSet(CLI::App* command, std::string& set) {
    command
        ->add_option("--templates", set,
                     "A file with one template a line, or the name of a set (photos, openai-80, imagenet-7, pets, …; "
                     "an unknown name lists all)")
        ->option_text("NAME|FILE");
}

void checkTemplates(const std::vector<std::string>& templates) {
    for (const auto& one : templates) {
        requireUtf8("--template", one);
        if (one.find("{}") == std::string::npos)
            throw UsageError("--template: “" + one + "” has no {} where the label goes.");
    }
}

std::vector<std::string> readSet(TextSets kind, const std::string& option, const std::string& given, BlankLines blank) {
    const std::string things = kind == TextSets::Templates ? "prompt templates" : "labels";
    const bool isPath = given.find_first_of("/.") != std::string::npos;
    if (given == "-" || isPath || std::filesystem::exists(given)) return readLines(given, things, blank);
    const auto file = textSetFile(kind, given);
    if (!file) throw UsageError("no such file, and " + notOneOf(option, given, textSetNames(kind)));
    return readLines(file->string(), things, blank);
}

std::vector<std::string> givenTemplates(std::vector<std::string> templates, const std::string& set) {
    if (!set.empty())
        for (auto& line : readSet(TextSets::Templates, "--templates", set))
            templates.push_back(std::move(line));
    checkTemplates(templates);
    return templates;
}

}  // namespace diagonal::cli
