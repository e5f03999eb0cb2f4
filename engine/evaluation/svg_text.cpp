// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/svg_text.h"

#include <charconv>
#include <cmath>

#include "engine/base/encoding.h"

namespace diagonal {

std::string xmlText(std::string_view text) {
    constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
    std::string result;
    size_t good = 0;  // what comes before it is well-formed
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (i >= good) good = i + utf8Length(text.substr(i));
        if (i >= good) {
            result += kReplacement;
            continue;
        }
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20) result += c;
        }
    }
    return result;
}

std::string fixedText(double value, int decimals) {
    char text[512];  // the longest has 309 digits before the point
    return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals).ptr};
}

std::string Svg::number(double value) {
    std::string result = fixedText(std::isfinite(value) ? value : 0.0, 2);
    result.erase(result.find_last_not_of('0') + 1);
    if (result.back() == '.') result.pop_back();
    return result;
}

Svg::Svg(double width, double height) {
    const std::string size = number(width) + "\" height=\"" + number(height);
    m_text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size + "\" viewBox=\"0 0 " + number(width) + " " +
             number(height) + "\" font-family=\"Inter, Noto Sans, sans-serif\">\n";
    rect(0, 0, width, height, "#FFFFFF");
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view colour, double width,
               std::string_view dash) {
    m_text += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) +
              "\" stroke=\"" + std::string(colour) + "\" stroke-width=\"" + number(width) + "\"" +
              (dash.empty() ? "" : " stroke-dasharray=\"" + std::string(dash) + "\"") + "/>\n";
}

void Svg::rect(double x, double y, double width, double height, std::string_view fill) {
    m_text += "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\"" +
              number(height) + "\" fill=\"" + std::string(fill) + "\"/>\n";
}

void Svg::circle(double x, double y, double radius, std::string_view fill, std::string_view stroke) {
    m_text += "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(radius) + "\" fill=\"" +
              std::string(fill) + "\"" +
              (stroke.empty() ? "" : " stroke=\"" + std::string(stroke) + "\" stroke-width=\"1.5\"") + "/>\n";
}

void Svg::polyline(const std::string& points, std::string_view stroke, double width) {
    m_text += "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + std::string(stroke) +
              "\" stroke-width=\"" + number(width) + "\" stroke-linejoin=\"round\"/>\n";
}

void Svg::polygon(const std::string& points, std::string_view fill, double opacity) {
    m_text += "<polygon points=\"" + points + "\" fill=\"" + std::string(fill) + "\" fill-opacity=\"" +
              number(opacity) + "\"/>\n";
}

void Svg::text(double x, double y, std::string_view words, std::string_view anchor, int size, std::string_view colour,
               bool bold, double turned) {
    m_text += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"" + std::to_string(size) +
              "\" fill=\"" + std::string(colour) + "\" text-anchor=\"" + std::string(anchor) + "\"" +
              (bold ? " font-weight=\"600\"" : "") +
              (turned == 0 ? "" : " transform=\"rotate(" + number(turned) + " " + number(x) + " " + number(y) + ")\"") +
              ">" + xmlText(words) + "</text>\n";
}

std::string Svg::take() {
    return std::move(m_text += "</svg>\n");
}

}  // namespace diagonal
