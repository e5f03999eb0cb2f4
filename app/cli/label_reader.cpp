// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/error.h"
#include "engine/inference/zero_shot.h"
#include "training/data/csv.h"

namespace diagonal::cli {

namespace {

constexpr const char* kRemedy = "Give a file that label --format jsonl, json or csv wrote";

std::string place(const std::string& file, size_t line) {
    return displayName(file) + ":" + std::to_string(line) + ": ";
}

LabelledPicture pictureOf(const Json& result) {
    LabelledPicture picture;
    picture.image = imageOf(result);
    if (result.contains("error")) {
        picture.error = result.at("error").get<std::string>();
        return picture;
    }
    const Json& scores = result.at("scores");
    picture.sure = result.value("sure", false);
    const auto label = result.find("label");
    if (label == result.end())
        picture.label = scores.at(0).at("label").get<std::string>();
    else if (!label->is_null())
        picture.label = label->get<std::string>();
    return picture;
}

/// What is wrong with a result; empty: it was taken.
std::string take(const Json& result, std::vector<LabelledPicture>& pictures) {
    if (!result.is_object()) return result.is_discarded() ? "this is not JSON" : "this is no JSON object";
    try {
        pictures.push_back(pictureOf(result));
        return {};
    } catch (const std::exception&) {
        return "this is no result of label: “image” and “scores” or “error” are needed";
    }
}

void readJsonLines(const std::string& file, const std::string& text, LabelFile& found) {
    size_t line = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view content = std::string_view(text).substr(at, end - at);
        ++line;
        at = end + 1;
        if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const std::string problem = take(Json::parse(content, nullptr, false), found.pictures);
        if (!problem.empty()) found.problems.push_back(place(file, line) + problem);
    }
}

void readJson(const std::string& file, const std::string& text, LabelFile& found) {
    Json all;
    try {
        all = Json::parse(text);
    } catch (const Json::parse_error& error) {
        const size_t at = std::min(error.byte, text.size());
        throw Error(displayName(file) + ":" +
                        std::to_string(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n') + 1),
                    "this is not JSON", kRemedy);
    }
    if (!all.is_object() || !all.contains("results") || !all.at("results").is_array())
        throw Error(displayName(file), "there is no list “results” in it", kRemedy);
    size_t number = 0;
    for (const Json& result : all.at("results")) {
        const std::string problem = take(result, found.pictures);
        if (!problem.empty())
            found.problems.push_back(displayName(file) + ": result " + std::to_string(number) + ": " + problem);
        ++number;
    }
}

/// Takes off what csvText puts in front of what a spreadsheet would run.
std::string plain(const std::string& cell) {
    const bool isDefused =
        cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@\t\r").find(cell[1]) != std::string_view::npos;
    return isDefused ? cell.substr(1) : cell;
}

std::optional<double> numberOf(const std::string& text) {
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

class CsvLabels {
  public:
    CsvLabels(const std::string& file, bool needsSure, LabelFile& found)
        : m_file(file), m_needsSure(needsSure), m_found(found) {}

    void read(const std::string& text) {
        CsvReader reader(text, ',');
        CsvReader::Record record;
        const std::vector<std::string> header = {"image", "rank", "label", "probability", "cosine", "error"};
        if (!reader.next(record) || record.cells.size() < header.size() ||
            !std::equal(header.begin(), header.end(), record.cells.begin()))
            throw Error(displayName(m_file) + ":1",
                        "the header does not begin with image,rank,label,probability,cosine,error", kRemedy);
        m_columns = record.cells.size();
        while (reader.next(record)) {
            const std::string problem = record.problem.empty() ? take(record.cells) : record.problem;
            if (!problem.empty()) m_found.problems.push_back(place(m_file, record.line) + problem);
        }
        end();
    }

  private:
    std::string take(const std::vector<std::string>& cells) {
        if (cells.size() != m_columns)
            return std::to_string(cells.size()) + " cells instead of " + std::to_string(m_columns);
        if (cells[0].empty()) return "no image is named";
        if (!cells[5].empty()) {
            end();
            m_found.pictures.push_back({plain(cells[0]), {}, false, plain(cells[5])});
            return {};
        }
        const auto rank = numberOf(cells[1]), probability = numberOf(cells[3]);
        if (!rank || !probability) return "rank or probability is no number";
        if (*rank == 1) {
            end();
            m_picture = {plain(cells[0]), plain(cells[2]), false, {}};
            m_isOpen = true;
        }
        if (!m_isOpen || m_picture.image != plain(cells[0])) return "the row with rank 1 is missing";
        if (*rank <= 2) m_scores.push_back({m_scores.size(), *probability, 0});
        return {};
    }

    void end() {
        if (!m_isOpen) return;
        if (m_needsSure && m_scores.size() < 2)
            throw Error(displayName(m_file), "it holds one label a picture, which does not tell who is sure",
                        "Label with --top 2 or more, or with --format jsonl");
        m_picture.sure = isSure(m_scores);
        m_found.pictures.push_back(std::move(m_picture));
        m_scores.clear();
        m_isOpen = false;
    }

    std::string m_file;
    bool m_needsSure;
    LabelFile& m_found;
    LabelledPicture m_picture;
    std::vector<LabelScore> m_scores;
    size_t m_columns = 0;
    bool m_isOpen = false;
};

}  // namespace

std::filesystem::path imageOf(const Json& result) {
    const auto bytes = result.find("image_bytes");
    if (bytes == result.end()) return result.at("image").get<std::string>();
    const auto digits = bytes->get<std::string>();
    std::string name;
    for (size_t i = 0; i + 1 < digits.size(); i += 2)
        name += static_cast<char>(std::strtol(digits.substr(i, 2).c_str(), nullptr, 16));
    return name;
}

LabelFile readLabelFile(const std::string& file, bool needsSure) {
    LabelFile found;
    const Format format = formatOfFile(file, Format::Table);
    if (format == Format::Table)
        throw Error(displayName(file), "the name does not end in .jsonl, .json or .csv", kRemedy);
    const std::string text = readText(file);
    if (format == Format::JsonLines)
        readJsonLines(file, text, found);
    else if (format == Format::Json)
        readJson(file, text, found);
    else
        CsvLabels(file, needsSure, found).read(text);
    if (!found.pictures.empty()) return found;
    if (found.problems.empty()) throw Error(displayName(file), "no picture is in it", kRemedy);
    const std::string& problem = found.problems.front();
    const size_t colon = problem.find(": ");
    throw Error(problem.substr(0, colon), problem.substr(colon + 2), kRemedy);
}

}  // namespace diagonal::cli
