// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/search_export.h"

#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"

namespace diagonal {

namespace {

/// A line of the export: a picture, or a moment of a video.
struct ExportLine {
    std::filesystem::path path;
    float cosine = 0, relevance = 0;
    bool isAbove = true, isMoment = false;
    double start = 0, end = 0;  ///< seconds
};

std::vector<ExportLine> linesOf(const SearchAnswer& answer, bool showsBelow) {
    std::vector<ExportLine> lines;
    const Snapshot& snapshot = answer.snapshot();
    for (const SearchHit& hit : answer.result.hits) {
        if (hit.file < 0 || (!hit.isAbove && !showsBelow)) continue;
        ExportLine line;
        line.path = snapshot.paths[static_cast<size_t>(hit.file)];
        line.isAbove = hit.isAbove;
        line.cosine = hit.cosine;
        line.relevance = hit.relevance;
        if (hit.moments.empty()) lines.push_back(line);
        for (const Moment& moment : hit.moments) {
            line.isMoment = true;
            line.cosine = moment.cosine;
            line.relevance = moment.relevance;
            line.start = moment.start / 1000.0;
            line.end = moment.stop / 1000.0;
            lines.push_back(line);
        }
    }
    return lines;
}

}  // namespace

SearchAnswerPtr wholeAnswer(const SearchAnswerPtr& answer, const JobContext& job) {
    if (!answer->isCut()) return answer;
    auto whole = std::make_shared<SearchAnswer>(*answer);
    whole->options.top = static_cast<int64_t>(answer->snapshot().rows.size());
    whole->options.all = false;
    whole->result = whole->searcher->search(whole->query, whole->filter, whole->options, job);
    return whole;
}

std::string hitsCsv(const SearchAnswer& answer, bool showsBelow) {
    const std::vector<ExportLine> lines = linesOf(answer, showsBelow);
    CsvNames names;
    for (const ExportLine& line : lines)
        names.prepare(line.path);
    std::string csv = "path,relevance,cosine,start,end,above" + names.head("path_bytes") + "\r\n";
    for (const ExportLine& line : lines) {
        csv += names.cell(line.path) + ',' + csvNumber(line.relevance) + ',' + csvNumber(line.cosine) + ',';
        if (line.isMoment) csv += csvNumber(line.start);
        csv += ',';
        if (line.isMoment) csv += csvNumber(line.end);
        csv += (line.isAbove ? ",1" : ",0") + names.end(line.path) + "\r\n";
    }
    return csv;
}

std::string hitsJsonl(const SearchAnswer& answer, bool showsBelow) {
    std::string text;
    for (const ExportLine& line : linesOf(answer, showsBelow)) {
        nlohmann::ordered_json object;
        setName(object, "path", line.path);
        object["cosine"] = line.cosine;
        object["relevance"] = line.relevance;
        if (line.isMoment) {
            object["start"] = line.start;
            object["end"] = line.end;
        }
        text += object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
    }
    return text;
}

std::vector<VideoMoments> momentsOfHits(const SearchAnswer& answer, int file) {
    std::vector<VideoMoments> videos;
    const Snapshot& snapshot = answer.snapshot();
    for (const SearchHit& hit : answer.result.hits)
        if (hit.isAbove && hit.file >= 0 && !hit.moments.empty() && (file < 0 || hit.file == file))
            videos.push_back({snapshot.paths[static_cast<size_t>(hit.file)], hit.moments, 0});
    return videos;
}

}  // namespace diagonal
