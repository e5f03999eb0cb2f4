// SPDX-License-Identifier: Apache-2.0
#include "app/cli/index_commands.h"

#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/index_transfer.h"
#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/index/library.h"

namespace diagonal::cli {

namespace fs = std::filesystem;

namespace {

struct LibraryOptions {
    std::shared_ptr<std::string> library;
    std::string source;
    Format format = Format::Table;
};

struct LeaveOutOptions : LibraryOptions {
    std::vector<std::string> names, taken;
    bool resets = false;
};

std::string countsInWords(const Library& library, std::optional<int64_t> source = {}) {
    const LibraryCounts counts = library.counts(source);
    std::string text = counted(counts.pictures, "picture");
    if (counts.videos > 0)
        text += ", " + counted(counts.videos, "video") + " (" + counted(library.frames(source), "frame") + ")";
    if (counts.failed > 0) text += ", " + grouped(counts.failed) + " that could not be read";
    if (counts.waiting > 0) text += ", " + grouped(counts.waiting) + " to be embedded";
    return text;
}

Json countsAsJson(const Library& library, std::optional<int64_t> source = {}) {
    const LibraryCounts counts = library.counts(source);
    return {{"pictures", counts.pictures}, {"videos", counts.videos},   {"frames", library.frames(source)},
            {"failed", counts.failed},     {"waiting", counts.waiting}, {"rows", counts.rows}};
}

bool isReachable(const LibrarySource& source) {
    std::error_code error;
    return fs::exists(source.path, error);
}

/// Of each number; the names of the rows' files say it (docs/formats.md).
int bitsOf(const Library& library) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(library.folder(), error))
        if (entry.path().extension() == ".fp32") return 32;
    return 16;
}

/// Bytes that are no UTF-8 as \xNN.
Json namesAsJson(const LeftOutNames& leftOut) {
    Json names = Json::array();
    for (const std::string& name : leftOut.names())
        names.push_back(displayName(name));
    return names;
}

std::string leftOutInWords(const LeftOutNames& leftOut) {
    if (leftOut == LeftOutNames()) return "what is hidden, or of an indexer, a bin or a system";
    const LeftOutNames usual;
    const auto beyond = [](const LeftOutNames& names, const LeftOutNames& others) {
        std::string text;
        for (const std::string& name : names.names())
            if (std::ranges::find(others.names(), name) == others.names().end())
                text += (text.empty() ? "" : ", ") + displayName(name);
        return text;
    };
    if (leftOut.names().empty()) return "nothing";
    if (2 * leftOut.names().size() < usual.names().size())
        return beyond(leftOut, LeftOutNames(std::vector<std::string>()));
    const std::string added = beyond(leftOut, usual), taken = beyond(usual, leftOut);
    return "the usual names" + (taken.empty() ? "" : " without " + taken) + (added.empty() ? "" : ", and " + added);
}

int showStatus(const LibraryOptions& options) {
    const auto library = Library::open(*options.library, Library::Access::Read);
    const LibraryModel model = library->model();
    const LibraryCounts counts = library->counts();
    Output output;
    if (options.format != Format::Table) {
        Json json;
        addPath(json, library->folder());
        json["model"] = {
            {"name", model.name}, {"source", model.source}, {"identity", model.identity}, {"dim", model.dim}};
        json.update(countsAsJson(*library));
        json["bits"] = bitsOf(*library);
        json["gone_rows"] = counts.goneRows;
        json["bytes"] = counts.bytes;
        json["left_out"] = namesAsJson(library->leftOut());
        json["sources"] = Json::array();
        for (const LibrarySource& source : library->sources()) {
            Json one;
            addPath(one, source.path);
            one["watched"] = source.isWatched;
            one["reachable"] = isReachable(source);
            one.update(countsAsJson(*library, source.id));
            json["sources"].push_back(std::move(one));
        }
        output.write(dump(json, options.format == Format::Json ? 2 : -1) + "\n");
    } else {
        std::vector<std::pair<std::string, std::string>> facts = {
            {"Library", displayName(library->folder())},
            {"Model", model.identity.empty() ? "none: its rows were imported"
                                             : model.name + (model.source.empty() ? "" : " (" + model.source + ")")},
            {"Files", countsInWords(*library)},
            {"Embeddings", grouped(counts.rows) + " of " + std::to_string(model.dim) + " numbers of " +
                               std::to_string(bitsOf(*library)) + " bits"},
            {"Size", formatBytes(counts.bytes)},
            {"Left out", leftOutInWords(library->leftOut())}};
        for (const LibrarySource& source : library->sources())
            facts.emplace_back("Source", displayName(source.path) + ": " + countsInWords(*library, source.id) +
                                             (isReachable(source) ? "" : "; not there now"));
        output.write(renderFacts(facts));
    }
    output.finish();
    return kDone;
}

int showFailures(const LibraryOptions& options) {
    const auto library = Library::open(*options.library, Library::Access::Read);
    const auto failures = library->failures();
    Output output;
    if (options.format != Format::Table) {
        Json all = Json::array();
        for (const auto& [path, reason] : failures) {
            Json one;
            addPath(one, path);
            one["error"] = reason;
            if (options.format == Format::JsonLines)
                output.write(dump(one) + "\n");
            else
                all.push_back(std::move(one));
        }
        if (options.format == Format::Json) output.write(dump(all, 2) + "\n");
    } else {
        for (const auto& [path, reason] : failures)
            output.write(displayName(path) + ": " + reason + "\n");
    }
    output.finish();
    if (failures.empty() && options.format == Format::Table) console().note("All files could be read.");
    return kDone;
}

int removeSource(const LibraryOptions& options) {
    const auto library = Library::open(*options.library, Library::Access::Write);
    const fs::path path = sourcePath(options.source);
    const auto sources = library->sources();
    const auto found = std::ranges::find(sources, path.native(), &LibrarySource::path);
    if (found == sources.end()) {
        std::string known;
        for (const LibrarySource& source : sources)
            known += (known.empty() ? "" : ", ") + displayName(source.path);
        const bool isWithin = std::ranges::any_of(
            sources, [&](const LibrarySource& source) { return path.native().starts_with(source.path + "/"); });
        throw Error(
            displayName(path), "is no source of this library",
            (known.empty() ? "It has none" : "Its sources are " + known) +
                (isWithin ? "; “diagonal-cli index LIBRARY leave-out NAME” leaves out what lies within one" : ""));
    }
    const int64_t before = library->counts().rows;
    library->removeSource(found->id);
    library->flush();
    console().note(displayName(path) + " removed, with " + counted(before - library->counts().rows, "embedding") +
                   ". Its files stay where they are.");
    return kDone;
}

void showLeftOut(const LeftOutNames& names, Format format) {
    Output output;
    if (format == Format::Json) {
        output.write(dump(namesAsJson(names), 2) + "\n");
    } else if (format == Format::JsonLines) {
        for (const Json& name : namesAsJson(names))
            output.write(dump({{"name", name}}) + "\n");
    } else {
        for (const std::string& name : names.names())
            output.write(displayName(name) + "\n");
    }
    output.finish();
}

/// Without a change it shows the list.
int changeLeftOut(const LeaveOutOptions& options) {
    if (options.names.empty() && options.taken.empty() && !options.resets) {
        showLeftOut(Library::open(*options.library, Library::Access::Read)->leftOut(), options.format);
        return kDone;
    }
    const auto library = Library::open(*options.library, Library::Access::Write);
    std::vector<std::string> names = options.resets ? LeftOutNames::usual() : library->leftOut().names();
    for (const std::string& taken : options.taken) {
        const auto isTaken = [&](const std::string& name) { return lowered(name) == lowered(taken); };
        if (std::erase_if(names, isTaken) == 0)
            throw Error(
                "“" + displayName(taken) + "”", "is not in the list",
                "“diagonal-cli index LIBRARY leave-out” shows it; add PATH --all-folders takes all of a folder");
    }
    names.insert(names.end(), options.names.begin(), options.names.end());
    const LeftOutNames changed(std::move(names));
    library->setLeftOut(changed);
    library->flush();
    showLeftOut(changed, options.format);
    console().note("The next refresh follows this list.");
    return kDone;
}

void addLeaveOut(CLI::App* index, Program& program, const std::shared_ptr<std::string>& library) {
    auto options = std::make_shared<LeaveOutOptions>();
    options->library = library;
    CLI::App* command =
        index->add_subcommand("leave-out", "Show or change the list of names that are left out, of folders and files.");
    command
        ->add_option("names", options->names,
                     "Names to leave out, too; * stands for any letters, ? for one; capitals count as small ones")
        ->option_text("NAME...");
    command->add_option("--take", options->taken, "A name of the list that is taken again (several times: each)")
        ->option_text("NAME")
        ->allow_extra_args(false);
    command->add_flag("--reset", options->resets, "Begin with the usual list again");
    addFormat(command, options->format, {Format::Table, Format::Json, Format::JsonLines});
    addQuiet(command);
    command->footer(
        "  diagonal-cli index holidays leave-out\n"
        "  diagonal-cli index holidays leave-out private \"*.bak\" --take @eaDir");
    runs(command, program, options, changeLeftOut);
}

void addRun(CLI::App* command, const std::shared_ptr<IndexRunOptions>& options) {
    command->add_flag("--watch", options->watches, "Go on, and take up what changes, until Ctrl-C");
    command->add_option("--every", options->every, "With --watch: also look through all folders every so many seconds")
        ->option_text("SECONDS")
        ->check(CLI::Range(1.0, 1e6));
    command->add_flag("--again", options->again, "Embed all files anew, with --model where it is given");
    addFormat(command, options->format, {Format::Table, Format::Json, Format::JsonLines});
    addModel(command, *options);
}

/// --NAME and --no-NAME.
void addSwitch(CLI::App* command, const std::string& name, std::optional<bool>& value, const std::string& help) {
    CLI::Option* const on = command->add_flag_callback(
        "--" + name, [&value] { value = true; }, help);
    command
        ->add_flag_callback(
            "--no-" + name, [&value] { value = false; }, "Of a source that has it: no longer")
        ->excludes(on);
}

}  // namespace

fs::path sourcePath(const std::string& given) {
    if (given.empty()) throw UsageError("a path is empty.");
    fs::path path = fs::absolute(given).lexically_normal();
    if (!path.has_filename() && path.has_parent_path()) path = path.parent_path();
    return path;
}

std::string modelSource(const std::string& model) {
    std::error_code ignored;
    return fs::exists(model, ignored) ? sourcePath(model).string() : model;
}

void requireModelFolder(const fs::path& library, const LibraryModel& model) {
    std::error_code error;
    if (!fs::path(model.source).is_absolute() || fs::exists(model.source, error)) return;
    throw Error(displayName(library),
                "was made by the model " + model.name + ", which is no longer in " + displayName(model.source),
                "Say where it is now with --model");
}

void addPath(Json& json, const fs::path& path) {
    json["path"] = path.string();
    if (!isUtf8(path.native())) json["path_bytes"] = hexadecimal(path.native());
}

void addIndex(CLI::App& app, Program& program) {
    const auto library = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand(
        "index",
        "Make a library of pictures and videos, to be searched by words.\n\nA library is a folder with an embedding of "
        "each picture, and of frames of each video;\nthe files stay where they are. It can be stopped and begun again "
        "at any time;\nfiles that did not change are not read again.");
    command->add_option("library", *library, "The library's folder")->required()->option_text("LIBRARY");
    command->require_subcommand(0, 1);

    const auto status = std::make_shared<LibraryOptions>();
    status->library = library;
    addQuiet(command);

    auto added = std::make_shared<IndexRunOptions>();
    added->library = library;
    added->adds = true;
    CLI::App* add = command->add_subcommand(
        "add", "Add folders, pictures or videos, and embed them. A library that is not there is begun.");
    add->add_option("paths", added->paths, "Folders, pictures, videos")->required()->option_text("PATH...");
    add->add_flag("--fp32", added->isFp32, "Of a new library: keep numbers of 32 bits, not 16");
    addSwitch(add, "all-folders", added->allFolders,
              "Also take what is hidden or left behind by indexers, bins and systems (@eaDir, #recycle, …)");
    addSwitch(add, "patches", added->patches,
              "Of videos also embed half-overlapping parts of each frame: small things are found");
    add->add_flag("--no-watch", added->unwatches, "Of a source that is watched: it is no longer");
    addRun(add, added);
    add->footer("  diagonal-cli index holidays add ~/Pictures --model ViT-B/32");
    runs(add, program, added, runIndex);

    auto refreshed = std::make_shared<IndexRunOptions>();
    refreshed->library = library;
    CLI::App* refresh = command->add_subcommand("refresh", "Take up what is new, changed, renamed or gone.");
    addRun(refresh, refreshed);
    refresh->footer("  diagonal-cli index holidays refresh");
    runs(refresh, program, refreshed, runIndex);

    CLI::App* show = command->add_subcommand("status", "Show what the library holds.");
    addFormat(show, status->format, {Format::Table, Format::Json, Format::JsonLines});
    addQuiet(show);
    show->footer("  diagonal-cli index holidays status");
    runs(show, program, status, showStatus);

    auto failureOptions = std::make_shared<LibraryOptions>();
    failureOptions->library = library;
    CLI::App* failures = command->add_subcommand("failures", "List the files that could not be read, and why.");
    addFormat(failures, failureOptions->format, {Format::Table, Format::Json, Format::JsonLines});
    addQuiet(failures);
    failures->footer("  diagonal-cli index holidays failures");
    runs(failures, program, failureOptions, showFailures);

    auto removeOptions = std::make_shared<LibraryOptions>();
    removeOptions->library = library;
    CLI::App* remove = command->add_subcommand("remove", "Take a folder or file that was added out of the library.");
    remove->add_option("path", removeOptions->source, "What was added")->required()->option_text("PATH");
    addQuiet(remove);
    remove->footer("  diagonal-cli index holidays remove ~/Pictures");
    runs(remove, program, removeOptions, removeSource);

    addLeaveOut(command, program, library);
    addIndexImport(command, program, library);
    addIndexExport(command, program, library);

    command->callback([&program, command, status] {
        if (command->get_subcommands().empty()) program.run = [status] { return showStatus(*status); };
    });
    command->footer(
        "  diagonal-cli index holidays add ~/Pictures --model ViT-B/32\n"
        "  diagonal-cli index holidays refresh --watch\n"
        "  diagonal-cli index holidays status");
}

}  // namespace diagonal::cli
