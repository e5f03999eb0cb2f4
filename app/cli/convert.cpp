// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/convert.h"

#include <cstdio>

#include "app/cli/console.h"
#include "app/cli/options.h"

namespace diagonal::cli {

namespace {

struct ConvertOptions {
    std::string model, out;
    ModelHints hints;
    ModelForm form = ModelForm::OpenClip;
    Format format = Format::Table;
};

std::string scientific(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1e", value);
    return text;
}

int runConvert(const ConvertOptions& options) {
    Conversion result;
    {
        ProgressLine line("steps");
        result = convertModel(locateModel(options.model), options.form, options.out, line.job(), options.hints);
    }
    Output output;
    if (options.format == Format::Json) {
        const Json json = {{"path", result.path.string()},
                           {"largest_logit_difference", result.largestLogitDifference},
                           {"largest_logit", result.largestLogit},
                           {"notes", result.notes}};
        output.write(dump(json, 2) + "\n");
    } else {
        std::vector<std::pair<std::string, std::string>> facts = {
            {"Written", displayName(result.path)},
            {"Parity", "largest logit difference " + scientific(result.largestLogitDifference) +
                           " on the built-in batch, where the largest logit is " + fixed(result.largestLogit, 2)}};
        for (const auto& note : result.notes)
            facts.emplace_back("Note", note);
        output.write(renderFacts(facts));
    }
    output.finish();
    return kDone;
}

}  // namespace

void addConvert(CLI::App& app, Program& program) {
    auto options = std::make_shared<ConvertOptions>();
    CLI::App* command = app.add_subcommand(
        "convert",
        "Write a model in another form.\n\nThe result is loaded again and compared with the source on a built-in batch "
        "of images and texts:\nthe largest difference between their logits is printed.");
    command
        ->add_option("model", options->model,
                     "A model folder (open_clip, Hugging Face), a .pt or .safetensors file, a run folder, a name of "
                     "“diagonal-cli models list”, or demo")
        ->required();
    addChoice<ModelForm>(
        command, "--to", options->form,
        {{"open_clip", ModelForm::OpenClip}, {"hf", ModelForm::HuggingFace}, {"openai", ModelForm::OpenAi}},
        "open_clip: a folder for open_clip and Diagonal; hf: a folder for transformers; openai: a state dict for "
        "clip.load")
        ->required();
    command->add_option("-o,--out", options->out, "The folder to write, new or empty")->option_text("DIR")->required();
    addHints(command, options->hints);
    addFormat(command, options->format, {Format::Table, Format::Json});
    addQuiet(command);
    command->footer(
        "  diagonal-cli convert ViT-B-32.pt --to open_clip --out vit-b-32\n"
        "  diagonal-cli convert my-run --to hf --out my-run-hf");
    runs(command, program, options, runConvert);
}

}  // namespace diagonal::cli
