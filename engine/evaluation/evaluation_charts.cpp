// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_charts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/text.h"
#include "engine/evaluation/svg_text.h"

namespace diagonal {

namespace {

constexpr std::string_view kText = "#1B1B1D", kSecondary = "#54545A", kHint = "#6C6C73", kHairline = "#DADADD",
                           kAxis = "#828288", kAccent = "#0B746F", kWorse = "#85858B", kSurface = "#FFFFFF";
constexpr std::array<std::string_view, 4> kSeries = {"#0072B2", "#C94F00", "#4C1A66", "#1B1B1D"};
constexpr double kNameWidth = 250, kPromptWidth = 176, kColumnWidth = 92, kRowHeight = 44, kHeadHeight = 62;

/// A number's place on an axis.
struct Axis {
    double low = 0, high = 1, from = 0, to = 1;

    double at(double value) const { return from + (std::clamp(value, low, high) - low) / (high - low) * (to - from); }
};

/// Round ends around all intervals of a column.
Axis axisOf(const EvaluationTable& table, size_t column) {
    double low = INFINITY, high = -INFINITY;
    for (size_t r = 0; r < table.rows.size(); ++r) {
        const Metric* metric = table.metric(r, column);
        if (metric == nullptr || std::isnan(metric->value)) continue;
        const bool hasInterval = std::isfinite(metric->ci95.low) && metric->ci95.high > metric->ci95.low;
        low = std::min(low, hasInterval ? std::min(metric->ci95.low, metric->value) : metric->value);
        high = std::max(high, hasInterval ? std::max(metric->ci95.high, metric->value) : metric->value);
    }
    if (!std::isfinite(low)) return {};
    const double step =
        table.columns[column].isShare ? 0.05 : std::pow(10, std::floor(std::log10(std::max(high, 1e-3))));
    low = std::floor(low / step) * step;
    high = std::ceil(high / step) * step;
    if (table.columns[column].isShare && high > 1) high = 1;
    if (high <= low && table.columns[column].isShare && high >= 1)
        low = high - step;
    else if (high <= low)
        high = low + step;
    return {low, high};
}

/// Where each column of a results table begins, and where the last one ends: a group's head has room, too.
std::vector<double> columnPlaces(const EvaluationTable& table, double left) {
    constexpr double kLetter = 7.2;  // of a bold head of 12 px, about
    std::vector<double> places;
    for (size_t first = 0; first < table.columns.size();) {
        const std::string& group = table.columns[first].group;
        size_t last = first;
        double own = 0;
        while (last < table.columns.size() && table.columns[last].group == group) {
            places.push_back(left + own);
            own += std::max(kColumnWidth, kLetter * static_cast<double>(table.columns[last].head.size()) + 16);
            ++last;
        }
        left += std::max(own, kLetter * static_cast<double>(group.size()) + 16);
        first = last;
    }
    places.push_back(left);
    return places;
}

/// How wide a character that begins with this byte is, in letters: those of three bytes and more are East Asian, or as
/// wide. 0 within a character.
size_t lettersOf(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return (byte & 0xC0U) == 0x80U ? 0 : byte >= 0xE1U ? 2 : 1;
}

/// Cut in the middle to at most so many letters: names of files differ at both ends.
std::string shortened(const std::string& text, size_t most) {
    size_t width = 0;
    for (const char c : text)
        width += lettersOf(c);
    if (width <= most) return text;
    const size_t head = (most - 1) / 2, tail = most - 1 - head;
    std::string begin, end;
    size_t seen = 0, last = 0;
    for (const char c : text) {
        const size_t own = lettersOf(c);
        if (own > 0) last = seen;
        if (own > 0) seen += own;
        if (seen <= head) begin += c;
        if (last >= width - tail) end += c;
    }
    return begin + "…" + end;
}

void drawCell(Svg& svg, const EvaluationTable& table, size_t row, size_t column, const Axis& axis, double y) {
    const Metric* metric = table.metric(row, column);
    if (metric == nullptr) {
        const bool isFirst = row == 0 || table.rows[row - 1].model != table.rows[row].model;
        svg.text(axis.from, y + 20, isFirst ? "–" : "as above", "start", 12, kHint);
        return;
    }
    const auto& standing = table.standings[column][row];
    const auto compared =
        std::ranges::count_if(table.standings[column], [](const auto& one) { return one.has_value(); });
    const bool isBest = standing && standing->isBest, isNear = standing && !isBest && standing->isWithinNoise;
    svg.text(axis.from, y + 16, shownValue(table.columns[column], metric->value) + (isNear ? " ≈" : ""), "start", 12,
             kText, isBest && compared > 1);
    if (std::isnan(metric->value)) return;
    const std::string_view colour = isBest || isNear ? kAccent : kWorse;
    if (metric->ci95.high > metric->ci95.low)
        svg.line(axis.at(metric->ci95.low), y + 28, axis.at(metric->ci95.high), y + 28, colour, 1.5);
    svg.circle(axis.at(metric->value), y + 28, 4, isNear ? kSurface : colour, colour);
    for (size_t r = 0; r < table.rows.size() && compared > 1; ++r)
        if (table.standings[column][r] && table.standings[column][r]->isBest)
            svg.line(axis.at(table.metric(r, column)->value), y + 21, axis.at(table.metric(r, column)->value), y + 35,
                     kAccent, 1);
}

std::string pointText(double x, double y) {
    return Svg::number(x) + "," + Svg::number(y) + " ";
}

void drawCurve(Svg& svg, const FewShotCurve& curve, const Axis& x, const Axis& y, std::string_view colour) {
    std::string line, band, back;
    for (const FewShotPoint& point : curve.points) {
        const double place = x.at(std::log2(point.shots));
        line += pointText(place, y.at(point.mean));
        band += pointText(place, y.at(point.mean + point.deviation));
        back = pointText(place, y.at(point.mean - point.deviation)) + back;
    }
    svg.polygon(band + back, colour, 0.15);
    svg.polyline(line, colour, 2);
    for (const FewShotPoint& point : curve.points)
        svg.circle(x.at(std::log2(point.shots)), y.at(point.mean), 3.5, colour);
    if (std::isnan(curve.zeroShot)) return;
    svg.line(x.from, y.at(curve.zeroShot), x.to, y.at(curve.zeroShot), colour, 1.25, "5 4");
    if (curve.shotsWorth >= 1 && std::isfinite(curve.shotsWorth))
        svg.circle(x.at(std::log2(curve.shotsWorth)), y.at(curve.zeroShot), 7, "none", colour);
}

void drawBins(Svg& svg, const std::vector<ReliabilityBin>& bins, const Axis& x, const Axis& y, std::string_view colour,
              bool isFilled) {
    for (const ReliabilityBin& bin : bins) {
        if (bin.count == 0) continue;
        const double place = x.at(bin.confidence);
        svg.line(place, y.at(bin.ci95.low), place, y.at(bin.ci95.high), colour, 1.5);
        svg.circle(place, y.at(bin.accuracy), 3.5, isFilled ? colour : kSurface, colour);
    }
}

/// From white to the colour.
std::string shade(double share, int red, int green, int blue) {
    const auto mix = [&](int end) {
        return std::to_string(std::lround(255 + (end - 255) * std::clamp(share, 0.0, 1.0)));
    };
    return "rgb(" + mix(red) + "," + mix(green) + "," + mix(blue) + ")";
}

}  // namespace

std::string resultsSvg(const EvaluationReport& report) {
    const EvaluationTable table = tableOf(report);
    const auto rows = static_cast<double>(table.rows.size());
    const std::vector<double> places = columnPlaces(table, kNameWidth + kPromptWidth);
    const double width = places.back() + 16;
    Svg svg(width, kHeadHeight + rows * kRowHeight + 36);
    svg.text(16, 44, "Model", "start", 12, kHint);
    svg.text(16 + kNameWidth, 44, "Prompts", "start", 12, kHint);
    for (size_t r = 0; r < table.rows.size(); ++r) {
        const double y = kHeadHeight + static_cast<double>(r) * kRowHeight;
        const bool isFirst = r == 0 || table.rows[r - 1].model != table.rows[r].model;
        if (isFirst) {
            svg.line(16, y, width - 16, y, kHairline);
            svg.text(16, y + 24, shortened(report.modelName(table.rows[r].model), 34), "start", 13, kText);
        }
        svg.text(16 + kNameWidth, y + 24, shortened(table.rows[r].prompts, 22), "start", 12, kSecondary);
    }
    const double foot = kHeadHeight + rows * kRowHeight;
    for (size_t c = 0; c < table.columns.size(); ++c) {
        const ReportColumn& column = table.columns[c];
        Axis axis = axisOf(table, c);
        axis.from = places[c];
        axis.to = axis.from + kColumnWidth - 24;
        if (c == 0 || table.columns[c - 1].group != column.group)
            svg.text(axis.from, 24, column.group, "start", 12, kText, true);
        svg.text(axis.from, 44, column.head, "start", 12, kHint);
        for (size_t r = 0; r < table.rows.size(); ++r)
            drawCell(svg, table, r, c, axis, kHeadHeight + static_cast<double>(r) * kRowHeight);
        svg.line(axis.from, foot + 6, axis.to, foot + 6, kAxis);
        svg.text(axis.from, foot + 22, shownValue(column, axis.low), "start", 11, kHint);
        svg.text(axis.to, foot + 22, shownValue(column, axis.high), "end", 11, kHint);
    }
    const std::string drawn =
        report.draws == 0 ? "" : "; paired bootstrap, " + counted(static_cast<size_t>(report.draws), "draw");
    svg.text(16, foot + 22, "percent" + drawn, "start", 11, kHint);
    return svg.take();
}

std::string fewShotSvg(const EvaluationReport& report) {
    std::vector<std::pair<std::string, const FewShotCurve*>> curves;
    for (size_t m = 0; m < report.models.size(); ++m)
        for (const TaskResult& result : report.models[m].results)
            if (result.fewShot && !result.fewShot->points.empty())
                curves.emplace_back(report.modelName(m), &*result.fewShot);
    if (curves.empty()) return {};
    double low = 1, high = 0, most = 1;
    for (const auto& [name, curve] : curves) {
        for (const FewShotPoint& point : curve->points) {
            low = std::min(low, point.mean - point.deviation);
            high = std::max(high, point.mean + point.deviation);
            most = std::max(most, std::log2(point.shots));
        }
        if (std::isnan(curve->zeroShot)) continue;
        low = std::min(low, curve->zeroShot);
        high = std::max(high, curve->zeroShot);
    }
    const double top = 30 + 18 * static_cast<double>(curves.size()), height = top + 300;
    const Axis x{0, most, 56, 620};
    Axis y{std::max(0.0, std::floor(low * 10) / 10), std::min(1.0, std::ceil(high * 10 + 1e-9) / 10), top + 260, top};
    if (y.high <= y.low) y.low = y.high - 0.1;  // all is right
    Svg svg(660, height);
    for (int tenth = 0; tenth <= 10; ++tenth) {
        const double value = tenth / 10.0;
        if (value < y.low - 1e-9 || value > y.high + 1e-9) continue;
        svg.line(x.from, y.at(value), x.to, y.at(value), kHairline);
        svg.text(x.from - 8, y.at(value) + 4, std::to_string(tenth * 10) + "%", "end", 11, kHint);
    }
    for (const FewShotPoint& point : curves.front().second->points)
        svg.text(x.at(std::log2(point.shots)), y.from + 18, std::to_string(point.shots), "middle", 11, kHint);
    svg.text((x.from + x.to) / 2, y.from + 34, "labelled pictures a class; dashed: zero-shot", "middle", 11, kHint);
    for (size_t k = 0; k < curves.size(); ++k) {
        const std::string_view colour = kSeries[k % kSeries.size()];
        drawCurve(svg, *curves[k].second, x, y, colour);
        svg.circle(62, 16 + 18 * static_cast<double>(k), 4, colour);
        svg.text(74, 20 + 18 * static_cast<double>(k), shortened(curves[k].first, 80), "start", 12, kText);
    }
    return svg.take();
}

std::string reliabilitySvg(const Calibration& calibration) {
    const Axis x{0, 1, 52, 312}, y{0, 1, 276, 16};
    Svg svg(330, 316);
    for (const double value : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        svg.line(x.from, y.at(value), x.to, y.at(value), kHairline);
        svg.text(x.from - 8, y.at(value) + 4, Svg::number(100 * value) + "%", "end", 11, kHint);
        svg.text(x.at(value), y.from + 18, Svg::number(100 * value) + "%", "middle", 11, kHint);
    }
    svg.line(x.from, y.from, x.to, y.to, kSecondary, 1.25, "5 4");
    svg.text(182, 308, "said probability; right = sure on the dashed line", "middle", 11, kHint);
    drawBins(svg, calibration.bins, x, y, kSecondary, false);
    drawBins(svg, calibration.fittedBins, x, y, kAccent, true);
    return svg.take();
}

std::string confusionSvg(const Answers& answers, const std::vector<std::string>& classes, size_t most) {
    const std::vector<ClassRow> rows = perClass(answers);
    std::vector<int> order = confusionOrder(answers);
    if (order.size() > most) {  // those with the most mistakes, in the same order
        std::vector<int> worst = order;
        const auto wrong = [&](int c) {
            return rows[static_cast<size_t>(c)].pictures - rows[static_cast<size_t>(c)].right;
        };
        std::ranges::stable_sort(worst, std::ranges::greater(), wrong);
        worst.resize(most);
        std::ranges::sort(worst);
        std::erase_if(order, [&](int c) { return !std::ranges::binary_search(worst, c); });
    }
    const size_t shown = order.size();
    std::vector<size_t> placeOf(rows.size(), shown);
    for (size_t i = 0; i < shown; ++i)
        placeOf[static_cast<size_t>(order[i])] = i;
    std::vector<size_t> counts(shown * shown);
    for (const ClassConfusion& pair : confusions(answers)) {
        const size_t row = placeOf[static_cast<size_t>(pair.truth)];
        const size_t column = placeOf[static_cast<size_t>(pair.predicted)];
        if (row < shown && column < shown) counts[row * shown + column] = pair.count;
    }
    const double cell = order.size() > 40 ? 9 : 15, left = 180, top = 130;
    const double side = cell * static_cast<double>(order.size());
    Svg svg(left + side + 100, top + side + 24);
    for (size_t i = 0; i < order.size(); ++i) {
        const auto truth = static_cast<size_t>(order[i]);
        const double y = top + cell * static_cast<double>(i);
        const std::string name = shortened(classes[truth], 26);
        if (cell > 10 || i % 2 == 0) {
            svg.text(left - 6, y + cell - 3, name, "end", 11, kText);
            svg.text(left + cell * (static_cast<double>(i) + 0.8), top - 6, name, "start", 11, kText, false, -60);
        }
        if (rows[truth].pictures == 0) continue;
        for (size_t j = 0; j < order.size(); ++j) {
            const double share = static_cast<double>(counts[i * shown + j]) / static_cast<double>(rows[truth].pictures);
            if (share == 0) continue;
            const std::string colour =
                i == j ? shade((share - 0.5) / 0.5, 0x0B, 0x74, 0x6F) : shade(0.15 + share / 0.15, 0xC9, 0x4F, 0x00);
            svg.rect(left + cell * static_cast<double>(j), y, cell - 1, cell - 1, colour);
        }
        svg.text(left + side + 8, y + cell - 3,
                 Svg::number(std::round(100 * rows[truth].recall())) + "% of " + std::to_string(rows[truth].pictures),
                 "start", 11, kHint);
    }
    svg.text(left, top + side + 16, "Rows: the label. Columns: the answer", "start", 11, kHint);
    return svg.take();
}

}  // namespace diagonal
