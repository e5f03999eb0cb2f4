// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "engine/inference/zero_shot.h"
#include "training/data/csv.h"
#include "training/data/json_elements.h"

namespace diagonal::cli {

namespace {

constexpr const char* kHeader = "image,rank,label,probability,cosine,error";
constexpr const char* kRemedy = "Give a file that “diagonal-cli label” wrote as jsonl, json or csv";

/// Takes results in; the lines that are none, as problems.
class Reader {
  public:
    explicit Reader(const std::string& file) : m_name(displayName(file)) {}

    void refuse(const std::string& place, const std::string& reason) {
        m_all.problems.push_back(m_name + ", " + place + ": " + reason);
    }

    void add(const std::string& place, LabelResult result) {
        if (result.error.empty()) {
            const std::string reason = whyNone(result.scores);
            if (!reason.empty()) return refuse(place, reason);
            std::ranges::stable_sort(result.scores, std::greater(), &NamedScore::probability);
            if (!result.sure && result.scores.size() > 1)
                result.sure = isSure({{0, result.scores[0].probability, 0}, {1, result.scores[1].probability, 0}});
        }
        if (!m_all.rows.emplace(result.image, m_all.results.size()).second)
            return refuse(place, "the picture stands here more than once: " + displayName(result.image));
        m_all.results.push_back(std::move(result));
    }

    void addJson(const std::string& place, const nlohmann::json& object) {
        LabelResult result{imageNameOf(object), textOf(object, "error"), {}};
        const auto sure = object.find("sure");
        if (sure != object.end() && sure->is_boolean()) result.sure = sure->get<bool>();
        if (result.image.empty()) return refuse(place, "names no image");
        const auto scores = object.find("scores");
        if (scores != object.end() && scores->is_array())
            for (const auto& score : *scores) {
                const auto value = score.is_object() ? score.find("probability") : score.end();
                const bool isNumber = score.is_object() && value != score.end() && value->is_number();
                result.scores.push_back({isNumber ? textOf(score, "label") : "", isNumber ? value->get<double>() : -1});
            }
        const auto label = object.find("label");
        if (label != object.end())
            result.label = textOf(object, "label");
        else if (!result.scores.empty())
            result.label = result.scores.front().label;
        add(place, std::move(result));
    }

    LabelResults finish() {
        if (m_all.results.empty())
            throw Error(m_name, m_all.problems.empty() ? "holds no labels of pictures" : m_all.problems.front(),
                        kRemedy);
        return std::move(m_all);
    }

  private:
    static std::string whyNone(const std::vector<NamedScore>& scores) {
        if (scores.empty()) return "has no scores";
        std::set<std::string> labels;
        for (const NamedScore& score : scores) {
            if (score.label.empty()) return "a score has no label or no probability";
            if (!isUtf8(score.label)) return "a label is not UTF-8";
            if (!(score.probability >= 0 && score.probability <= 1)) return "a probability is not between 0 and 1";
            if (!labels.insert(score.label).second) return "a label stands twice: “" + score.label + "”";
        }
        return {};
    }

    std::string m_name;
    LabelResults m_all;
};

double numberOf(const std::string& cell) {
    double value = -1;
    const auto [end, failure] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return failure == std::errc() && end == cell.data() + cell.size() ? value : -1;
}

void readCsv(Reader& reader, const std::string& text) {
    constexpr size_t kImage = 0, kRank = 1, kLabel = 2, kProbability = 3, kError = 5, kColumns = 6;
    TextStream stream = TextStream::ofText(text);
    CsvReader records(stream, ',');
    CsvReader::Record record;
    records.next(record);  // the header
    const auto columnOf = [&](std::string_view name) {
        return static_cast<size_t>(std::ranges::find(record.cells, name) - record.cells.begin());
    };
    const size_t bytes = columnOf("image_bytes"), verdicts = columnOf("verdict");
    // The rows of a picture stand together.
    LabelResult result;
    size_t first = 0;
    const auto place = [](size_t line) { return "line " + std::to_string(line); };
    const auto flush = [&] {
        if (!result.image.empty()) reader.add(place(first), std::move(result));
        result = {};
    };
    while (records.next(record)) {
        if (!record.problem.empty() || record.cells.size() < kColumns) {
            reader.refuse(place(record.line), record.problem.empty() ? "has too few cells" : record.problem);
            continue;
        }
        const bool hasBytes = bytes < record.cells.size() && !record.cells[bytes].empty();
        const std::string image =
            hasBytes ? bytesOfHexadecimal(record.cells[bytes]) : plainCsvText(record.cells[kImage]);
        if (image.empty()) {
            reader.refuse(place(record.line), "names no image");
            continue;
        }
        const std::string& rank = record.cells[kRank];
        if (image != result.image || rank == "1" || rank.empty()) {
            flush();
            result.image = image;
            first = record.line;
        }
        if (!record.cells[kError].empty())
            result.error = plainCsvText(record.cells[kError]);
        else
            result.scores.push_back({plainCsvText(record.cells[kLabel]), numberOf(record.cells[kProbability])});
        if (first != record.line) continue;
        const std::string verdict = verdicts < record.cells.size() ? record.cells[verdicts] : std::string();
        if (verdict != "none") result.label = plainCsvText(record.cells[kLabel]);
        if (!verdict.empty()) result.sure = verdict == "sure";
    }
    flush();
}

void readObjects(Reader& reader, std::string_view text) {
    for (size_t line = 1; !text.empty(); ++line) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view one = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const nlohmann::json object = parseObject(one);
        if (object.is_null())
            reader.refuse("line " + std::to_string(line), "is no JSON object");
        else
            reader.addJson("line " + std::to_string(line), object);
    }
}

}  // namespace

LabelResults readLabelResults(const std::string& file) {
    Reader reader(file);
    const std::string text = withoutMark(readText(file));
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        throw Error(displayName(file), "the file is empty", kRemedy);
    const std::string_view firstLine = std::string_view(text).substr(0, text.find_first_of("\r\n"));
    if (firstLine.starts_with(kHeader)) {
        readCsv(reader, text);
    } else if (text[text.find_first_not_of(" \t\r\n")] != '{') {
        throw Error(displayName(file), "holds no labels of pictures", kRemedy);
    } else if (parseObject(firstLine).contains("image") || text.find("\"results\"") == std::string::npos) {
        readObjects(reader, text);
    } else {
        size_t count = 0;
        forEachElement(file, [&](const std::string& key, const nlohmann::json& object) {
            if (key == "results") reader.addJson("result " + std::to_string(++count), object);
        });
    }
    return reader.finish();
}

}  // namespace diagonal::cli
