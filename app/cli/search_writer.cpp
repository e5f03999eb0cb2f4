// SPDX-License-Identifier: Apache-2.0
#include "app/cli/search_writer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"

namespace diagonal::cli {

namespace {

constexpr double kMsPerSecond = 1000;

std::filesystem::path pathOfRow(const Snapshot& snapshot, int64_t row) {
    return snapshot.paths[static_cast<size_t>(snapshot.rows[static_cast<size_t>(row)].file)];
}

Json namedPath(const std::filesystem::path& path) {
    Json object;
    setName(object, "path", path);
    return object;
}

/// "+5.8"
std::string signedNumber(double value) {
    return (value < 0 ? "" : "+") + fixed(value, 1);
}

/// "1:58" of ms, with tenths.
std::string clock(int32_t time) {
    const int32_t tenths = time / 100;
    std::string text =
        std::to_string(tenths / 600) + ":" + (tenths / 10 % 60 < 10 ? "0" : "") + std::to_string(tenths / 10 % 60);
    return text + "." + std::to_string(tenths % 10);
}

Json momentAsJson(const Moment& moment) {
    Json json = {{"start", moment.start / kMsPerSecond},
                 {"end", moment.stop / kMsPerSecond},
                 {"best", moment.best / kMsPerSecond},
                 {"cosine", moment.cosine},
                 {"relevance", moment.relevance}};
    if (!moment.cue.empty()) json["subtitles"] = moment.cue;
    return json;
}

Json namesAsJson(const std::vector<std::string>& files) {
    Json names = Json::array();
    for (const std::string& file : files)
        names.push_back(namedPath(file));
    return names;
}

/// Writes hits of one search.
class HitWriter {
  public:
    explicit HitWriter(const SearchReport& report)
        : m_report(report), m_output(report.out), m_names(m_output.isTerminal()) {}

    void write() {
        if (m_report.format == Format::Csv)
            writeCsv();
        else if (m_report.format == Format::Json)
            writeJson();
        else if (m_report.format == Format::JsonLines)
            writeJsonLines();
        else
            writeTable();
        m_output.finish();
    }

  private:
    std::filesystem::path pathOf(const SearchHit& hit) const {
        return m_report.snapshot.paths[static_cast<size_t>(hit.file)];
    }
    bool isVideo(const SearchHit& hit) const { return !hit.moments.empty(); }

    Json asJson(const SearchHit& hit) const {
        Json json = namedPath(pathOf(hit));
        json["cosine"] = hit.cosine;
        json["relevance"] = hit.relevance;
        json["above"] = hit.isAbove;
        if (m_report.showsMoments && isVideo(hit)) {
            json.update(momentAsJson(hit.moments.front()));
        } else if (isVideo(hit)) {
            const Moment& best = *momentOf(hit);
            json["start"] = best.start / kMsPerSecond;
            json["end"] = best.stop / kMsPerSecond;
            json["best"] = best.best / kMsPerSecond;
            json["moments"] = Json::array();
            for (const Moment& moment : hit.moments)
                json["moments"].push_back(momentAsJson(moment));
        }
        if (m_report.terms.size() > 1) {
            json["terms"] = Json::array();
            for (const TermScore& term : hit.terms)
                json["terms"].push_back({{"cosine", term.cosine}, {"alone", term.alone}, {"adds", term.adds}});
        }
        if (!hit.alike.empty()) {
            json["alike"] = Json::array();
            for (const int64_t row : hit.alike)
                json["alike"].push_back(namedPath(pathOfRow(m_report.snapshot, row)));
        }
        return json;
    }

    Json asJson(const QueryTerm& term) const {
        Json json;
        if (term.kind == TermKind::Words) json["text"] = term.name;
        if (term.kind == TermKind::Picture) setName(json, "image", term.name);
        if (term.kind == TermKind::Learned) {
            json["like"] = namesAsJson(m_report.likes);
            if (!m_report.dislikes.empty()) json["dislike"] = namesAsJson(m_report.dislikes);
        }
        json["weight"] = term.weight;
        return json;
    }

    void writeJsonLines() {
        for (const SearchHit& hit : m_report.result.hits)
            m_output.write(dump(asJson(hit)) + "\n");
    }

    void writeJson() {
        const SearchResult& result = m_report.result;
        Json query = Json::array(), hits = Json::array();
        for (const QueryTerm& term : m_report.terms)
            query.push_back(asJson(term));
        for (const SearchHit& hit : result.hits)
            hits.push_back(asJson(hit));
        const Json json = {{"model", m_report.snapshot.model.name},
                           {"query", query},
                           {"line", result.line},
                           {"looked", result.looked},
                           {"above", result.above},
                           {"pictures_above", result.picturesAbove},
                           {"moments_above", result.momentsAbove},
                           {"chance", result.chance},
                           {"recall", result.recall},
                           {"seconds", result.seconds},
                           {"results", hits}};
        m_output.write(dump(json, 2) + "\n");
    }

    /// Of a folded video: where its best moment is.
    const Moment* momentOf(const SearchHit& hit) const {
        if (!isVideo(hit)) return nullptr;
        const auto best = std::ranges::find(hit.moments, hit.row, &Moment::row);
        return best == hit.moments.end() ? &hit.moments.front() : &*best;
    }

    void writeCsv() {
        for (const SearchHit& hit : m_report.result.hits)
            m_names.prepare(pathOf(hit));
        m_output.write("path,cosine,relevance,above,start,end,best,moments,alike" + m_names.head("path_bytes") +
                       "\r\n");
        for (const SearchHit& hit : m_report.result.hits) {
            const Moment* const moment = momentOf(hit);
            std::string times = ",,";
            if (moment != nullptr)
                times = csvNumber(moment->start / kMsPerSecond) + "," + csvNumber(moment->stop / kMsPerSecond) + "," +
                        csvNumber(moment->best / kMsPerSecond);
            m_output.write(m_names.cell(pathOf(hit)) + "," + csvNumber(hit.cosine) + "," + csvNumber(hit.relevance) +
                           "," + (hit.isAbove ? "true" : "false") + "," + times + "," +
                           std::to_string(hit.moments.size()) + "," + std::to_string(hit.alike.size()) +
                           m_names.end(pathOf(hit)) + "\r\n");
        }
    }

    std::string beside(const SearchHit& hit) const {
        std::string text;
        if (const Moment* const moment = momentOf(hit)) {
            text = clock(moment->start) + " to " + clock(moment->stop);
            if (hit.moments.size() > 1) text += ", " + std::to_string(hit.moments.size()) + " moments";
            if (!moment->cue.empty()) text += ", subtitles: “" + shorten(printable(moment->cue), kMaxNameWidth) + "”";
        }
        if (!hit.alike.empty()) text += std::to_string(hit.alike.size()) + " alike";
        return text;
    }

    void writeTable() {
        const auto& hits = m_report.result.hits;
        if (hits.empty()) return;
        PathArray files;
        for (const SearchHit& hit : hits)
            files.add(pathOf(hit));
        const std::filesystem::path folder = sharedFolder(files, kMaxNameWidth);
        std::vector<std::vector<std::string>> rows = {{"RELEVANCE", "COSINE", "FILE", ""}};
        std::optional<size_t> divider;
        for (const SearchHit& hit : hits) {
            if (!hit.isAbove && !divider) divider = rows.size();
            const auto path = pathOf(hit);
            rows.push_back(
                {signedNumber(hit.relevance), fixed(hit.cosine, 3),
                 shorten(displayName(folder.empty() ? path : path.lexically_relative(folder)), kMaxNameWidth),
                 beside(hit)});
        }
        std::string table = renderTable(rows, {0, 1});
        if (divider) {
            size_t at = 0;
            for (size_t i = 0; i < *divider; ++i)
                at = table.find('\n', at) + 1;
            table.insert(at, "-- below here: no better than chance --\n");
        }
        m_output.write((folder.empty() ? "" : "In " + displayName(folder) + ":\n") + table);
    }

    const SearchReport& m_report;
    Output m_output;
    CsvNames m_names;
};

}  // namespace

void writeHits(const SearchReport& report) {
    HitWriter(report).write();
}

std::string summaryOf(const SearchResult& result) {
    std::string text = grouped(result.picturesAbove) + (result.picturesAbove == 1 ? " picture" : " pictures");
    if (result.momentsAbove > 0)
        text += " and " + grouped(result.momentsAbove) + (result.momentsAbove == 1 ? " moment" : " moments");
    text += " above " + signedNumber(result.line) + " σ";
    const auto isSpoken = [&](const SearchHit& hit) { return hit.isAbove && hit.relevance < result.line; };
    if (std::ranges::any_of(result.hits, isSpoken)) text += " or with the words in subtitles";
    if (result.isSmall) text = "Too few to tell what chance alone would find; all are shown";
    text += ", of " + grouped(result.looked) + " looked at, " +
            std::to_string(std::max<int64_t>(std::llround(result.seconds * kMsPerSecond), 1)) + " ms.";
    if (result.recall < 1) text += " An index found them: " + fixed(result.recall * 100, 1) + "% of what is there.";
    return text;
}

void writeCaptions(const std::vector<NearestText>& nearest, const std::vector<std::string>& texts, Format format,
                   const std::string& out) {
    Output output(out);
    std::vector<std::vector<std::string>> rows = {{"COSINE", "CAPTION"}};
    Json all = Json::array();
    std::string csv = "caption,cosine\r\n", lines;
    for (const NearestText& one : nearest) {
        const std::string& text = texts[static_cast<size_t>(one.text)];
        const Json json = {{"caption", text}, {"cosine", one.cosine}};
        rows.push_back({fixed(one.cosine, 3), printable(text)});
        csv += csvText(text) + "," + csvNumber(one.cosine) + "\r\n";
        lines += dump(json) + "\n";
        all.push_back(json);
    }
    if (format == Format::Table)
        output.write(renderTable(rows, {0}));
    else
        output.write(format == Format::Csv ? csv : format == Format::JsonLines ? lines : dump(all, 2) + "\n");
    output.finish();
}

void writeMatches(const std::vector<Match>& matches, const std::vector<std::string>& texts, const Snapshot& snapshot,
                  Format format, const std::string& out) {
    Output output(out);
    CsvNames names(output.isTerminal());
    for (const Match& match : matches)
        names.prepare(pathOfRow(snapshot, match.row));
    std::vector<std::vector<std::string>> rows = {{"CAPTION", "COSINE", "FILE"}};
    Json all = Json::array();
    std::string csv = "caption,path,cosine" + names.head("path_bytes") + "\r\n", lines;
    for (const Match& match : matches) {
        const std::string& text = texts[static_cast<size_t>(match.text)];
        const auto path = pathOfRow(snapshot, match.row);
        Json json = {{"caption", text}};
        json.update(namedPath(path));
        json["cosine"] = match.cosine;
        rows.push_back({shorten(printable(text), kMaxNameWidth), fixed(match.cosine, 3), displayName(path)});
        csv += csvText(text) + "," + names.cell(path) + "," + csvNumber(match.cosine) + names.end(path) + "\r\n";
        if (format == Format::JsonLines) lines += dump(json) + "\n";
        if (format == Format::Json) all.push_back(std::move(json));
    }
    if (format == Format::Table)
        output.write(renderTable(rows, {1}));
    else
        output.write(format == Format::Csv ? csv : format == Format::JsonLines ? lines : dump(all, 2) + "\n");
    output.finish();
}

}  // namespace diagonal::cli
