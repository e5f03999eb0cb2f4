// SPDX-License-Identifier: Apache-2.0
#include "engine/index/search.h"

#include <map>

#include "app/cli/console.h"
#include "app/cli/embed_images.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "app/cli/search_query.h"
#include "app/cli/search_writer.h"
#include "engine/index/approximate_index.h"
#include "engine/index/captions.h"
#include "engine/index/library.h"
#include "engine/index/moment_files.h"

namespace diagonal::cli {

namespace {

/// Moments of the hits, by video.
std::vector<VideoMoments> momentsByVideo(const Snapshot& snapshot, const SearchResult& result) {
    std::vector<VideoMoments> videos;
    std::map<int32_t, size_t> places;
    for (const SearchHit& hit : result.hits) {
        if (hit.moments.empty() || !hit.isAbove) continue;
        const auto [place, isNew] = places.emplace(hit.file, videos.size());
        if (isNew) videos.push_back({snapshot.paths[static_cast<size_t>(hit.file)], {}, 0});
        auto& moments = videos[place->second].moments;
        moments.insert(moments.end(), hit.moments.begin(), hit.moments.end());
    }
    for (VideoMoments& video : videos)
        std::ranges::sort(video.moments, {}, &Moment::start);
    return videos;
}

/// Returns how many videos could not be read.
size_t writeMoments(const SearchCommandOptions& options, const Snapshot& snapshot, const SearchResult& result) {
    if (options.edl.empty() && options.frames.empty()) return 0;
    const std::vector<VideoMoments> videos = momentsByVideo(snapshot, result);
    if (videos.empty()) {
        console().note("No moment of a video was found: nothing is written to " +
                       displayName(options.edl.empty() ? options.frames : options.edl) + ".");
        return 0;
    }
    if (!options.edl.empty()) {
        const std::string title = options.terms.empty() ? "Moments" : options.terms.front().value;
        writeFile(options.edl, momentsEdl(videos, title));
        console().note("Moments in " + displayName(options.edl) + ".");
    }
    if (options.frames.empty()) return 0;
    ProgressLine progress("frames");
    const MomentFrames written = writeMomentFrames(videos, options.frames, "jpg", progress.job());
    console().clearLive();
    for (const FileFailure& failure : written.failures)
        reportUnreadable(failure.path, failure.reason);
    console().note(counted(written.files.size(), "frame") + " in " + displayName(options.frames) + ".");
    return written.failures.size();
}

void tell(const SearchCommandOptions& options, const SearchResult& result) {
    if (!result.hits.empty() || result.looked == 0) {
        console().note(result.looked == 0 ? "Nothing to search: no file passes the filters." : summaryOf(result));
        return;
    }
    console().note(
        "Nothing found: nothing in the library is closer than chance (" + grouped(result.looked) + " looked at, line " +
        fixed(result.line, 1) + " σ)." +
        (options.search.all ? "" : " --all shows the nearest all the same, also what much of the library shows."));
}

bool needsModel(const SearchCommandOptions& options) {
    return !options.terms.empty() || !options.captions.empty() || !options.matches.empty();
}

int showCaptions(const SearchCommandOptions& options, Session& session) {
    if (options.terms.size() != 1 || options.terms.front().kind != GivenTerm::Kind::Image)
        throw UsageError("--captions: give the picture with one --image.");
    const auto texts = readLines(options.captions, "captions");
    const auto lines = embedLines(session, texts, true);
    const auto picture = embedPicture(session, options.terms.front().value);
    writeCaptions(nearestTexts(picture, lines.embeddings.values, options.search.top), texts, options.format,
                  options.out);
    return lines.failures == 0 ? kDone : kSomeUnreadable;
}

int showMatches(const SearchCommandOptions& options, Session& session, const Snapshot& snapshot) {
    if (!options.terms.empty() || !options.likes.empty())
        throw UsageError("--matches: its lines are the queries; leave --text, --image and --like out.");
    const auto texts = readLines(options.matches, "captions");
    const auto lines = embedLines(session, texts, true);
    ProgressLine progress("captions");
    const auto matches = findMatches(snapshot, lines.embeddings.values, options.search.top, progress.job());
    console().clearLive();
    writeMatches(matches, texts, snapshot, options.format, options.out);
    return lines.failures == 0 ? kDone : kSomeUnreadable;
}

/// What lists of captions have no use for.
void requireNoHitOptions(const SearchCommandOptions& options) {
    if (options.captions.empty() && options.matches.empty()) return;
    const std::pair<const char*, bool> given[] = {
        {"--like", !options.likes.empty()},         {"--moments", options.showsMoments},
        {"--frames", !options.frames.empty()},      {"--edl", !options.edl.empty()},
        {"--line", options.line.has_value()},       {"--all", options.search.all},
        {"--keep-alike", options.keepsAlike},       {"--weight", !options.weights.empty()},
        {"--template", !options.templates.empty()}, {"--templates", !options.templateSet.empty()}};
    for (const auto& [name, isGiven] : given)
        if (isGiven)
            throw UsageError(std::string(options.captions.empty() ? "--matches" : "--captions") +
                             " gives the nearest, by cosine: leave " + name + " out.");
}

void useIndex(Searcher& searcher, const Library& library, const Snapshot& snapshot) {
    const auto rows = static_cast<int64_t>(snapshot.rows.size());
    if (rows <= ApproximateIndex::kExactRows) return;
    const auto index = ApproximateIndex::open(library.folder(), snapshot);
    if (ApproximateIndex::isWanted(rows, index.get()))
        console().note("Note: of " + grouped(rows) + " rows " +
                       counted(index ? rows - index->rows() : rows, "is", "are") +
                       " looked at one by one; “diagonal-cli index LIBRARY refresh” makes an index of all.");
    searcher.useIndex(index);
}

int runSearch(const SearchCommandOptions& given) {
    SearchCommandOptions options = given;
    if (options.formatOption->count() == 0) options.format = formatOfFile(options.out, options.format);
    if (!needsModel(options) && options.likes.empty() && options.dislikes.empty())
        throw UsageError("nothing to search for: give --text, --image or --like.");
    if (options.likes.empty() && !options.dislikes.empty()) throw UsageError("--dislike: goes with --like.");
    if (!options.captions.empty() && !options.matches.empty())
        throw UsageError("--captions and --matches are two questions: give one of them.");
    for (const auto& [option, file] :
         {std::pair("--captions", options.captions), std::pair("--matches", options.matches)})
        if (isTable(file))
            throw UsageError(std::string(option) + ": “" + displayName(file) +
                             "” is a table. Give a text file with a caption a line.");
    for (const GivenTerm& term : options.terms) {
        if (term.kind != GivenTerm::Kind::Image) requireUtf8("--text", term.value);
        if (term.value.find_first_not_of(" \t") == std::string::npos) throw UsageError("a text or picture is empty.");
    }
    requireNoHitOptions(options);
    const bool isFiltered = !options.folder.empty() || !options.after.empty() || !options.before.empty() ||
                            !options.types.empty() || !options.cameras.empty() || options.minPixels > 0 ||
                            options.maxPixels > 0;
    if (isFiltered && (!options.captions.empty() || !options.matches.empty()))
        throw UsageError("--captions and --matches look at all: leave the filters out.");
    const SearchFilter filter = filterOf(options);
    const auto library = Library::open(options.library, Library::Access::Read);
    const auto snapshot = library->snapshot();
    checkFilter(filter, *snapshot, options.library);
    std::shared_ptr<Session> session;
    if (needsModel(options)) session = openLibraryModel(options, library->model());
    if (!options.captions.empty()) return showCaptions(options, *session);
    if (!options.matches.empty()) return showMatches(options, *session, *snapshot);

    ProgressLine progress("background");
    const JobContext job = progress.job();
    Searcher searcher(snapshot, session ? embedUnrelatedTexts(*session, job) : std::vector<float>(), job);
    console().clearLive();
    useIndex(searcher, *library, *snapshot);
    const auto terms = queryTerms(options, session.get(), searcher);
    SearchOptions search = options.search;
    search.line = options.line;
    search.foldVideos = !options.showsMoments;
    search.foldAlike = !options.keepsAlike;
    const SearchResult result = searcher.search(terms, filter, search, job);
    writeHits(
        {*snapshot, terms, options.likes, options.dislikes, result, options.format, options.showsMoments, options.out});
    tell(options, result);
    return writeMoments(options, *snapshot, result) == 0 ? kDone : kSomeUnreadable;
}

constexpr int64_t kMostPixels = 1'000'000'000'000;

/// CLI::Range lets NaN pass.
std::string checkLine(const std::string& text) {
    double value = 0;
    const bool isNumber = CLI::detail::lexical_cast(text, value);
    return isNumber && value >= -100 && value <= 100 ? "" : "“" + printable(text) + "” is no number from -100 to 100.";
}

void addTerms(CLI::App* command, const std::shared_ptr<SearchCommandOptions>& options) {
    const auto add = [&](const char* name, const char* help, const char* what) {
        CLI::Option* const option = command->add_option_function<std::vector<std::string>>(
            name, [](const std::vector<std::string>&) {}, help);
        option->option_text(what)->allow_extra_args(false)->take_all();
        return option;
    };
    CLI::Option* const text = add("-t,--text", "Words to search for (several times: all of them count)", "TEXT");
    CLI::Option* const image = add("-i,--image", "A picture to search with: what is like it", "FILE");
    CLI::Option* const without = add("--without", "Words for what is not wanted", "TEXT");
    command
        ->add_option("--weight", options->weights,
                     "How much a term counts (default: 1); several go with the terms in their order")
        ->option_text("W")
        ->allow_extra_args(false);
    command->parse_complete_callback([=] {
        std::map<const CLI::Option*, size_t> taken;
        options->terms.clear();
        for (const CLI::Option* const one : command->parse_order()) {
            if (one != text && one != image && one != without) continue;
            const auto kind = one == text    ? GivenTerm::Kind::Text
                              : one == image ? GivenTerm::Kind::Image
                                             : GivenTerm::Kind::Without;
            options->terms.push_back({kind, one->results().at(taken[one]++)});
        }
    });
}

void addFilters(CLI::App* command, SearchCommandOptions& options) {
    const char* const group = "Filters";
    command->add_option("--folder", options.folder, "Only what is in this folder or below")
        ->option_text("DIR")
        ->group(group);
    command->add_option("--after", options.after, "Only what was taken in or after a year, month or day (2024-05)")
        ->option_text("DATE")
        ->group(group);
    command->add_option("--before", options.before, "Only what was taken in or before a year, month or day")
        ->option_text("DATE")
        ->group(group);
    command->add_option("--type", options.types, "picture, video, or formats such as jpeg, png, raw")
        ->option_text("TYPE...")
        ->group(group);
    command->add_option("--camera", options.cameras, "Only of cameras with this in their name")
        ->option_text("NAME...")
        ->group(group);
    command->add_option("--min-pixels", options.minPixels, "Only pictures of so many pixels (width times height)")
        ->option_text("N")
        ->check(CLI::Range(int64_t{0}, kMostPixels))
        ->group(group);
    command->add_option("--max-pixels", options.maxPixels, "Only pictures of at most so many pixels")
        ->option_text("N")
        ->check(CLI::Range(int64_t{0}, kMostPixels))
        ->group(group);
}

}  // namespace

void addSearch(CLI::App& app, Program& program) {
    auto options = std::make_shared<SearchCommandOptions>();
    CLI::App* command = app.add_subcommand(
        "search",
        "Search a library by words, pictures, or both.\n\nRelevance is how far a file stands above what this library "
        "makes of unrelated words, in standard deviations.\nWhat is no better than chance is left out: nothing found "
        "is an answer.");
    command->add_option("library", options->library, "The library: a folder that “diagonal-cli index” made")
        ->required()
        ->option_text("LIBRARY");
    addTerms(command, options);
    command->add_option("--like", options->likes, "Files of the library to find more of")->option_text("PATH...");
    command->add_option("--dislike", options->dislikes, "With --like: files of the library to find less of")
        ->option_text("PATH...");
    command->add_option("--top", options->search.top, "How many results at most (default: 20)")
        ->option_text("K")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 31));
    command->add_flag("--all", options->search.all, "Also what is no better than chance");
    command->add_option("--line", options->line, "Relevance from which a result counts (default: by the library)")
        ->option_text("X")
        ->check(checkLine);
    command->add_flag("--moments", options->showsMoments, "A result for each moment of a video, not for each video");
    command->add_flag("--keep-alike", options->keepsAlike, "Near-duplicates each for themselves");
    addFilters(command, *options);
    addTemplates(command, options->templates);
    addTemplateSet(command, options->templateSet);
    command->add_option("--captions", options->captions, "Print which lines of a text file are nearest to --image")
        ->option_text("FILE");
    command
        ->add_option(
            "--matches", options->matches,
            "Find pictures for each line of a text file (--top each), no picture twice: the best pairs first, so "
            "that with more of them a line's best may be taken by another line")
        ->option_text("FILE");
    command->add_option("--frames", options->frames, "Write the best frame of each moment into a folder")
        ->option_text("DIR");
    command->add_option("--edl", options->edl, "Write the moments as an edit decision list (CMX 3600)")
        ->option_text("FILE");
    command->add_option("-o,--out", options->out, "Write to a file instead; .csv, .json, .jsonl set the format")
        ->option_text("FILE");
    addModel(command, *options);
    command->get_option("--model")->description(
        "The model that made the library, where it has moved (default: its own)");
    addCacheOption(command, *options);
    options->formatOption =
        addFormat(command, options->format, {Format::Table, Format::Csv, Format::Json, Format::JsonLines});
    command->footer(
        "  diagonal-cli search photos.library --text \"dog in the snow\"\n"
        "  diagonal-cli search photos.library --text beach --without people --weight 1 --weight 0.8 --after 2019\n"
        "  diagonal-cli search photos.library --image sketch.png --top 50 --format jsonl\n"
        "  diagonal-cli search photos.library --text \"a goal\" --moments --edl goals.edl\n"
        "  diagonal-cli search photos.library --like a.jpg b.jpg --dislike c.jpg\n"
        "  diagonal-cli search photos.library --image a.jpg --captions captions.txt");
    runs(command, program, options, runSearch);
}

}  // namespace diagonal::cli
