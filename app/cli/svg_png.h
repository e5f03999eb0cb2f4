// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace diagonal::cli {

/// The bytes of a PNG file that shows an SVG drawing, two pixels for each of its units. Drawn by librsvg 2.52 or later,
/// which is loaded when it is first needed. Throws Error where it is not installed.
std::string pngOfSvg(const std::string& svg);

}  // namespace diagonal::cli
