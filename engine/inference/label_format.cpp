// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/label_format.h"

#include <algorithm>

#include "engine/inference/export.h"

namespace diagonal {

using OrderedJson = nlohmann::ordered_json;

LabelFormat::LabelFormat(std::vector<Label> labels, Score score, size_t top)
    : m_labels(std::move(labels)),
      m_names(namesOf(m_labels)),
      m_score(score),
      m_top(std::min(top, m_labels.size())),
      m_hasVerdict(
          std::ranges::any_of(m_labels, [](const Label& label) { return label.isNegative || label.threshold; })) {
}

std::string LabelFormat::verdict(const std::vector<LabelScore>& bestFirst) const {
    return verdictOf(bestFirst, m_labels, m_score);
}

std::string LabelFormat::csvHead(const CsvNames& names) const {
    return std::string("image,rank,label,probability,cosine,error") + (m_hasVerdict ? ",verdict" : "") + names.head() +
           "\r\n";
}

std::string LabelFormat::csv(const CsvNames& names, const std::filesystem::path& image,
                             const std::vector<LabelScore>& bestFirst) const {
    std::string lines;
    const std::string name = names.cell(image), end = names.end(image) + "\r\n";
    for (size_t i = 0; i < std::min(m_top, bestFirst.size()); ++i)
        lines += name + "," + std::to_string(i + 1) + "," + csvText(m_names[bestFirst[i].label]) + "," +
                 csvNumber(bestFirst[i].probability) + "," + csvNumber(bestFirst[i].cosine) + "," +
                 (m_hasVerdict ? "," + (i == 0 ? verdict(bestFirst) : "") : "") + end;
    return lines;
}

std::string LabelFormat::csvError(const CsvNames& names, const std::filesystem::path& image, const std::string& reason,
                                  const std::string& verdict) const {
    return names.cell(image) + ",,,,," + csvText(reason) + (m_hasVerdict ? "," + verdict : "") + names.end(image) +
           "\r\n";
}

OrderedJson LabelFormat::json(const std::filesystem::path& image, const std::vector<LabelScore>& bestFirst) const {
    OrderedJson result = namedImage(image);
    result["label"] = verdict(bestFirst) == "none" ? OrderedJson() : OrderedJson(m_names[bestFirst.front().label]);
    result["sure"] = verdict(bestFirst) == "sure";
    result["verdict"] = verdict(bestFirst);
    result["scores"] = OrderedJson::array();
    for (size_t i = 0; i < std::min(m_top, bestFirst.size()); ++i)
        result["scores"].push_back({{"label", m_names[bestFirst[i].label]},
                                    {"probability", bestFirst[i].probability},
                                    {"cosine", bestFirst[i].cosine}});
    return result;
}

OrderedJson LabelFormat::jsonError(const std::filesystem::path& image, const std::string& reason,
                                   const std::string& verdict) {
    OrderedJson result = namedImage(image);
    result["error"] = reason;
    result["verdict"] = verdict;
    return result;
}

OrderedJson LabelFormat::jsonDocument(const std::string& model, double temperature, OrderedJson results) const {
    return {{"model", model}, {"labels", m_names}, {"temperature", temperature}, {"results", std::move(results)}};
}

}  // namespace diagonal
