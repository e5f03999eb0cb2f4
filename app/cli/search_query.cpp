// SPDX-License-Identifier: Apache-2.0
#include "app/cli/search_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <unordered_map>

#include "app/cli/console.h"
#include "app/cli/index_commands.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/inference/zero_shot.h"

namespace diagonal::cli {

namespace fs = std::filesystem;

namespace {

/// Whole files of the library by their paths.
std::vector<int64_t> rowsOfPaths(const Searcher& searcher, const std::string& option,
                                 const std::vector<std::string>& paths) {
    if (paths.empty()) return {};
    std::unordered_map<std::string, int32_t> files;
    const Snapshot& snapshot = *searcher.snapshot();
    for (size_t i = 0; i < snapshot.files.size(); ++i)
        files.emplace(snapshot.paths.view(i), static_cast<int32_t>(i));
    std::vector<int64_t> rows;
    for (const std::string& path : paths) {
        auto found = files.find(path);
        if (found == files.end()) found = files.find(fs::absolute(path).lexically_normal().string());
        const auto own = found == files.end() ? std::span<const int64_t>() : searcher.rowsOf(found->second);
        if (own.empty())
            throw Error(displayName(path), "is not in the library",
                        option + " takes a file that the library has, --image any picture");
        for (const int64_t row : own)
            if (snapshot.rows[static_cast<size_t>(row)].patch == 0) rows.push_back(row);
    }
    return rows;
}

/// The window's field reads "-snow" as what is not wanted; here it is part of the text.
void tellOfMinus(const std::string& text) {
    for (size_t i = 0; i + 1 < text.size(); ++i) {
        const bool isFirst = i == 0 || text[i - 1] == ' ';
        if (!isFirst || text[i] != '-' || text[i + 1] == '-' || text[i + 1] == ' ') continue;
        const std::string word = text.substr(i + 1, text.find(' ', i) - i - 1);
        console().note("Note: “-" + printable(word) + "” is searched for as it stands; --without " + printable(word) +
                       " says that it is not wanted.");
        return;
    }
}

}  // namespace

int64_t secondsOfDate(const std::string& option, const std::string& date, bool isEnd) {
    using namespace std::chrono;
    const auto fail = [&] {
        throw UsageError(option + ": “" + date + "” is no date such as 2024, 2024-05 or 2024-05-31.");
    };
    std::array<int, 3> parts = {0, 1, 1};
    constexpr std::array<size_t, 3> kDigits = {4, 2, 2};
    size_t at = 0, count = 0;
    for (; count < parts.size() && at < date.size(); ++count) {
        if (count > 0 && date[at++] != '-') fail();
        const char* const end = date.data() + std::min(at + kDigits[count], date.size());
        const auto [stop, error] = std::from_chars(date.data() + at, end, parts[count]);
        if (error != std::errc() || stop != date.data() + at + kDigits[count]) fail();
        at += kDigits[count];
    }
    if (count == 0 || at != date.size()) fail();
    const year_month_day first{year(parts[0]), month(static_cast<unsigned>(parts[1])),
                               day(static_cast<unsigned>(parts[2]))};
    if (!first.ok()) fail();
    sys_days begin = first, end = begin + days(1);
    if (count == 1) end = sys_days((first.year() + years(1)) / first.month() / first.day());
    if (count == 2) {
        const year_month next = first.year() / first.month() + months(1);
        end = sys_days(next / day(1));
    }
    const auto seconds = [](sys_days time) { return int64_t{time.time_since_epoch().count()} * 86400; };
    return isEnd ? seconds(end) - 1 : seconds(begin);
}

SearchFilter filterOf(const SearchCommandOptions& options) {
    SearchFilter filter;
    if (!options.folder.empty()) filter.folder = fs::absolute(options.folder).lexically_normal().string();
    if (!options.after.empty()) filter.after = secondsOfDate("--after", options.after, false);
    if (!options.before.empty()) filter.before = secondsOfDate("--before", options.before, true);
    bool hasPictures = false, hasVideos = false;
    for (const std::string& type : options.types) {
        const std::string name = lowered(type);
        if (name == "picture")
            hasPictures = true;
        else if (name == "video")
            hasVideos = true;
        else if (name == "jpg")
            filter.formats.emplace_back("JPEG");
        else if (name == "tif")
            filter.formats.emplace_back("TIFF");
        else
            filter.formats.push_back(type);
    }
    if (hasPictures != hasVideos) filter.kind = hasVideos ? MediaKind::Video : MediaKind::Picture;
    if (hasPictures && hasVideos) filter.formats.clear();  // that is all
    filter.kindOrFormat = filter.kind && !filter.formats.empty();
    filter.cameras = options.cameras;
    filter.minPixels = options.minPixels;
    filter.maxPixels = options.maxPixels;
    return filter;
}

void checkFilter(const SearchFilter& filter, const Snapshot& snapshot, const std::string& library) {
    if (!filter.folder.empty()) {
        std::string below = filter.folder;
        if (!below.ends_with('/')) below += '/';
        const std::string_view itself = std::string_view(below).substr(0, below.size() - 1);
        bool isThere = false;
        for (size_t i = 0; i < snapshot.files.size() && !isThere; ++i)
            isThere = snapshot.paths.view(i).starts_with(below) || snapshot.paths.view(i) == itself;
        if (!isThere)
            throw Error(displayName(library), "has nothing in the folder " + displayName(filter.folder),
                        "“diagonal-cli index LIBRARY status” shows its folders");
    }
    std::vector<std::string> known, missing;
    for (const std::string& format : snapshot.formats)
        if (!format.empty()) known.push_back(format);
    for (const std::string& wanted : filter.formats) {
        const auto isWanted = [&](const std::string& format) { return lowered(format) == lowered(wanted); };
        if (std::ranges::none_of(known, isWanted)) missing.push_back("“" + printable(wanted) + "”");
    }
    const std::string lacks = "has no file of the type " + joined(missing);
    const bool isAll = !filter.kind && missing.size() == filter.formats.size();
    if (missing.empty()) return;
    if (!isAll)
        console().note("Note: " + displayName(library) + " " + lacks + ".");
    else
        throw Error(displayName(library), lacks,
                    known.empty() ? "Leave --type out" : "Types of its files: " + joined(known));
}

std::shared_ptr<Session> openLibraryModel(const SearchCommandOptions& options, const LibraryModel& known) {
    ModelOptions model = options;
    if (model.model.empty()) {
        if (known.source.empty() && !known.identity.empty())
            throw Error(displayName(options.library),
                        "was made by the model " + known.name + ", but does not say where that is",
                        "Name it with --model, or search with --like");
        if (known.source.empty())
            throw Error(displayName(options.library),
                        "does not say which model made its embeddings: they were imported",
                        "Name it with --model, or search with --like");
        requireModelFolder(options.library, known);
        model.model = known.source;
        if (model.precision == "auto" && !known.precision.empty()) model.precision = known.precision;
        if (model.imageSize == 0) model.imageSize = known.imageSize;
    }
    auto session = openSession(model);
    if (known.identity.empty()) {
        if (session->info().embedDim != known.dim)
            throw Error(displayName(options.library),
                        "has embeddings of " + std::to_string(known.dim) + " numbers, those of " + model.model +
                            " have " + std::to_string(session->info().embedDim),
                        "Give the model that made them with --model");
    } else if (session->identity() != known.identity) {
        throw Error(displayName(options.library),
                    "was made by another model (" + known.name + ", " + known.source + ", precision " +
                        known.precision + "), whose embeddings do not compare with this one's",
                    "Leave --model out, or embed all anew: diagonal-cli index LIBRARY refresh --again --model M");
    }
    return session;
}

std::vector<float> embedPicture(Session& session, const std::string& file) {
    const std::vector<fs::path> files = {file};
    ImageEmbedding result;
    session.embedImages(files, true, [&](std::vector<ImageEmbedding> batch) {
        for (ImageEmbedding& one : batch)
            result = std::move(one);
    });
    if (!result.error.empty()) throw Error(displayName(file), result.error);
    reportNote(file, result.note);
    return std::move(result.values);
}

std::vector<QueryTerm> queryTerms(const SearchCommandOptions& options, Session* session, const Searcher& searcher) {
    if (options.weights.size() > options.terms.size() + (options.likes.empty() ? 0 : 1))
        throw UsageError("--weight: there are more weights than terms (--text, --image, --without).");
    const auto templates = givenTemplates(options.templates, options.templateSet);
    std::vector<QueryTerm> terms;
    for (const GivenTerm& given : options.terms) {
        QueryTerm term;
        term.name = given.value;
        term.weight = terms.size() < options.weights.size() ? options.weights[terms.size()] : 1;
        if (given.kind == GivenTerm::Kind::Image) {
            term.kind = TermKind::Picture;
            term.embedding = embedPicture(*session, given.value);
        } else {
            if (given.kind == GivenTerm::Kind::Text) tellOfMinus(given.value);
            std::vector<size_t> truncated;
            term.embedding = embedLabels(*session, {given.value}, templates, {}, &truncated).values;
            if (!truncated.empty())
                console().note("Note: “" + printable(given.value) +
                               "” is longer than the model's context; its end does not count.");
        }
        if (given.kind == GivenTerm::Kind::Without) term.weight = -term.weight;
        terms.push_back(std::move(term));
    }
    if (!options.likes.empty() || !options.dislikes.empty()) {
        QueryTerm term = searcher.learn(rowsOfPaths(searcher, "--like", options.likes),
                                        rowsOfPaths(searcher, "--dislike", options.dislikes));
        if (terms.size() < options.weights.size()) term.weight = options.weights[terms.size()];
        term.name = "like those";
        terms.push_back(std::move(term));
    }
    return terms;
}

}  // namespace diagonal::cli
