// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_options.h"

#include "app/cli/console.h"

namespace diagonal::cli {

CLI::Option* addImages(CLI::App* command, std::vector<std::string>& images) {
    return command->add_option("images", images, "Files, folders (with all below them), or - for a list on stdin")
        ->required();
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

void checkTemplates(const std::vector<std::string>& templates) {
    for (const auto& one : templates)
        if (one.find("{}") == std::string::npos)
            throw UsageError("--template: “" + one + "” has no {} where the label goes.");
}

}  // namespace diagonal::cli
