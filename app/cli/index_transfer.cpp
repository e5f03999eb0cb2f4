// SPDX-License-Identifier: Apache-2.0
#include "app/cli/index_transfer.h"

#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/index_commands.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "engine/base/file.h"
#include "engine/embeddings/projector.h"
#include "engine/index/transfer.h"

namespace diagonal::cli {

namespace {

struct IndexImportOptions : ModelOptions {
    IndexImportOptions() { model.clear(); }

    std::shared_ptr<std::string> library;
    std::string file, names;
    bool isFloat32 = false;
};

struct IndexExportOptions {
    std::shared_ptr<std::string> library;
    std::string file;
    FloatType type = FloatType::Float32;
};

int runIndexImport(const IndexImportOptions& options) {
    ImportOptions how{options.names, options.isFloat32 ? RowType::Float32 : RowType::Float16, {}};
    if (!options.model.empty()) {
        const auto session = openSession(options);
        how.model = {session->identity(),      modelSource(options.model),   session->info().name,
                     session->info().embedDim, session->options().precision, session->options().imageSize.value_or(0)};
    }
    ImportReport report;
    {
        ProgressLine progress("rows");
        report = importLibrary(*options.library, options.file, how, progress.job());
    }
    constexpr size_t kShown = 20;
    for (size_t i = 0; i < std::min(kShown, report.failures.size()); ++i)
        reportUnreadable(report.failures[i].path, report.failures[i].reason);
    if (report.failures.size() > kShown)
        console().problem(counted(report.failures.size() - kShown, "more row is", "more rows are") + " left out.");
    if (report.doubled > 0)
        console().note(
            "Note: " +
            counted(report.doubled, "name stood there before: it has", "names stood there before: they have") +
            " “ (2)” behind.");
    console().note(counted(report.rows, "row") + " of " + counted(report.files, "file") +
                   (report.rows == 1 ? " is in " : " are in ") + displayName(*options.library) + ".");
    return report.failures.empty() ? kDone : kSomeUnreadable;
}

int runIndexExport(const IndexExportOptions& options) {
    if (!isEmbeddingFile(options.file) && !isProjector(options.file))
        throw UsageError("“" + options.file + "” must end in .csv, .npy, .safetensors or .projector.");
    const auto library = Library::open(*options.library, Library::Access::Read);
    int64_t rows = 0;
    {
        ProgressLine progress("rows");
        rows = exportLibrary(library->snapshot(), options.file, options.type, progress.job());
    }
    console().note(counted(rows, "embedding") + " of " + std::to_string(library->model().dim) + " numbers in " +
                   displayName(options.file) + ".");
    return kDone;
}

}  // namespace

void addIndexImport(CLI::App* index, Program& program, const std::shared_ptr<std::string>& library) {
    auto options = std::make_shared<IndexImportOptions>();
    options->library = library;
    CLI::App* command = index->add_subcommand(
        "import",
        "Make a library of embeddings that are there: .npy (names in FILE.paths.txt beside it), .safetensors or .csv.\n"
        "They can be searched by words where the model that made them is known: by --model, or by the file of "
        "“embed”.");
    command->add_option("file", options->file, "The file of embeddings")->required()->option_text("FILE");
    command->add_option("--paths", options->names, "A text file with a name for each row, one a line")
        ->option_text("FILE");
    command->add_flag("--fp32", options->isFloat32, "Keep the numbers in fp32 (default: fp16, half the size)");
    addModel(command, *options);
    command->get_option("--model")->description(
        "The model that made them (default: what a .safetensors of embed or export says of itself, else none)");
    command->footer("  diagonal-cli index photos import photos.npy --model ViT-B/32");
    runs(command, program, options, runIndexImport);
}

void addIndexExport(CLI::App* index, Program& program, const std::shared_ptr<std::string>& library) {
    auto options = std::make_shared<IndexExportOptions>();
    options->library = library;
    CLI::App* command = index->add_subcommand(
        "export",
        "Write the rows of a library to .csv, .npy or .safetensors, as embed does, or to a folder NAME.projector.");
    command->add_option("file", options->file, "The file to write")->required()->option_text("FILE");
    addChoice<FloatType>(command, "--dtype", options->type,
                         {{"fp32", FloatType::Float32}, {"fp16", FloatType::Float16}},
                         "Numbers in fp32 or fp16, half the size (default: fp32)");
    addQuiet(command);
    command->footer("  diagonal-cli index photos export photos.safetensors --dtype fp16");
    runs(command, program, options, runIndexExport);
}

}  // namespace diagonal::cli
