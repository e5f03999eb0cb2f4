// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace diagonal {

/// Builds an SVG picture; lengths in pixels.
class Svg {
  public:
    Svg(double width, double height);

    void line(double x1, double y1, double x2, double y2, std::string_view colour, double width = 1,
              std::string_view dash = {});
    void rect(double x, double y, double width, double height, std::string_view fill);
    void circle(double x, double y, double radius, std::string_view fill, std::string_view stroke = {});
    /// "x,y x,y": a line, or an area where fill is a colour.
    void polyline(const std::string& points, std::string_view stroke, double width);
    void polygon(const std::string& points, std::string_view fill, double opacity);
    /// anchor: start, middle or end. turned: about its place, in degrees.
    void text(double x, double y, std::string_view words, std::string_view anchor = "start", int size = 12,
              std::string_view colour = "#1B1B1D", bool bold = false, double turned = 0);
    /// The whole picture.
    std::string take();

    /// With at most two decimals, a point in every locale.
    static std::string number(double value);

  private:
    std::string m_text;
};

/// Text as XML has it: control characters are left out, and U+FFFD stands for bytes that are no UTF-8.
std::string xmlText(std::string_view text);

/// With so many decimals and a point, in every locale.
std::string fixedText(double value, int decimals);

}  // namespace diagonal
