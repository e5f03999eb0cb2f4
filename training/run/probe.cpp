// SPDX-License-Identifier: Apache-2.0
#include "training/run/probe.h"

#include <cstring>
#include <regex>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/inference/colour_map.h"
#include "engine/inference/export.h"

namespace diagonal {

namespace {

constexpr size_t kPrefix = 10;  // magic, version, header length
constexpr int kLargestProbe = 4096;
constexpr double kLowestCosine = -0.2, kHighestCosine = 1;
constexpr int kCell = 8;  ///< pixels

}  // namespace

void writeProbe(const std::filesystem::path& file, const ValidationMetrics& metrics) {
    writeNpy(file, metrics.probeMatrix.data(), {metrics.probe, metrics.probe});
}

void readProbe(const std::filesystem::path& file, ValidationMetrics& metrics) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) return;
    std::vector<uint8_t> bytes;
    try {
        bytes = readBytes(file, uint64_t{1} << 27);
    } catch (const Error&) {
        return;  // the run is worth showing without this picture
    }
    static constexpr char kMagic[] = "\x93NUMPY\x01";
    if (bytes.size() < kPrefix || std::memcmp(bytes.data(), kMagic, 7) != 0) return;
    const size_t data = kPrefix + bytes[8] + size_t{256} * bytes[9];
    if (bytes.size() < data) return;
    const std::string header(bytes.begin() + kPrefix, bytes.begin() + static_cast<std::ptrdiff_t>(data));
    static const std::regex kForm(R"('descr': '<f4'.*'fortran_order': False.*'shape': \((\d{1,5}), (\d{1,5}),? ?\))");
    std::smatch match;
    if (!std::regex_search(header, match, kForm) || match[1] != match[2]) return;
    const int side = std::stoi(match[1]);
    const size_t values = static_cast<size_t>(side) * static_cast<size_t>(side);
    if (side > kLargestProbe || bytes.size() != data + values * sizeof(float)) return;
    metrics.probe = side;
    metrics.probeMatrix.resize(values);
    std::memcpy(metrics.probeMatrix.data(), bytes.data() + data, values * sizeof(float));
}

Image probePicture(const ValidationMetrics& metrics) {
    if (metrics.probe == 0) return {};
    return drawMatrix({metrics.probe, metrics.probe, metrics.probeMatrix}, ColourMap::Viridis, kLowestCosine,
                      kHighestCosine, kCell);
}

}  // namespace diagonal
