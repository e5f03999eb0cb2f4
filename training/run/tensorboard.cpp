// SPDX-License-Identifier: Apache-2.0
#include "training/run/tensorboard.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <charconv>
#include <chrono>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/png.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFileBegin = "events.out.tfevents.";
constexpr uint64_t kSessionStart = 1;  // SessionLog.START
constexpr uint64_t kRgb = 3;           // channels

static_assert(std::endian::native == std::endian::little, "frames and messages are little-endian");

template <typename Number>
void putNumber(std::string& out, Number number) {
    const auto bytes = std::bit_cast<std::array<char, sizeof(Number)>>(number);
    out.append(bytes.data(), bytes.size());
}

/// CRC-32C (Castagnoli), byte by byte.
constexpr auto kCrcTable = [] {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < table.size(); ++i) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78U : 0U);
        table[i] = value;
    }
    return table;
}();

/// As TFRecord keeps it: rotated and shifted, so that a checksum of checksums is none.
uint32_t maskedCrc(std::string_view bytes) {
    uint32_t crc = ~0U;
    for (const char byte : bytes)
        crc = kCrcTable[(crc ^ static_cast<uint8_t>(byte)) & 0xFF] ^ (crc >> 8);
    return std::rotr(~crc, 15) + 0xA282EAD8U;
}

std::string frame(std::string_view message) {
    std::string out;
    putNumber(out, uint64_t{message.size()});
    putNumber(out, maskedCrc(out));
    out += message;
    putNumber(out, maskedCrc(message));
    return out;
}

/// Builds a protocol buffers message field by field.
class Proto {
  public:
    Proto& number(int field, uint64_t value) {
        key(field, 0);
        variable(value);
        return *this;
    }
    Proto& real(int field, double value) {
        key(field, 1);
        putNumber(m_bytes, value);
        return *this;
    }
    Proto& real(int field, float value) {
        key(field, 5);
        putNumber(m_bytes, value);
        return *this;
    }
    Proto& text(int field, std::string_view value) {
        key(field, 2);
        variable(value.size());
        m_bytes += value;
        return *this;
    }
    const std::string& bytes() const { return m_bytes; }

  private:
    void key(int field, int type) { variable(static_cast<uint64_t>(field * 8 + type)); }
    void variable(uint64_t value) {
        for (; value >= 0x80; value >>= 7)
            m_bytes.push_back(static_cast<char>(value | 0x80));
        m_bytes.push_back(static_cast<char>(value));
    }

    std::string m_bytes;
};

/// Seconds since 1970, but later than those in the name of every file that is there: TensorBoard reads by name.
int64_t secondsOfNewFile(const fs::path& folder) {
    int64_t seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(kFileBegin)) continue;
        const char* begin = name.data() + kFileBegin.size();
        int64_t found = 0;
        const auto [end, error] = std::from_chars(begin, name.data() + name.size(), found);
        if (error == std::errc() && end - begin == 10) seconds = std::max(seconds, found + 1);
    }
    return seconds;
}

fs::path newFile(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(displayName(folder), "cannot be created: " + error.message());
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0') host = {"localhost"};
    static std::atomic<int> count = 0;
    return folder / (std::string(kFileBegin) + std::to_string(secondsOfNewFile(folder)) + "." + host.data() + "." +
                     std::to_string(::getpid()) + "." + std::to_string(count++));
}

std::string event(int64_t step, std::string_view fields) {
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    return frame(Proto().real(1, now.count()).number(2, static_cast<uint64_t>(step)).bytes() + std::string(fields));
}

}  // namespace

TensorBoardWriter::TensorBoardWriter(const fs::path& folder, std::optional<int64_t> resumedStep, Message say)
    : m_file(newFile(folder)), m_say(std::move(say)) {
    write(0, Proto().text(3, "brain.Event:2").bytes());
    // TensorBoard drops what it has of this step and later ones when it meets a start.
    if (resumedStep) write(*resumedStep + 1, Proto().text(7, Proto().number(1, kSessionStart).bytes()).bytes());
}

void TensorBoardWriter::scalars(int64_t step, const MetricValues& values) {
    Proto summary;
    for (const auto& [tag, value] : values)
        summary.text(1, Proto().text(1, tag).real(2, static_cast<float>(value)).bytes());
    write(step, Proto().text(5, summary.bytes()).bytes());
}

void TensorBoardWriter::image(int64_t step, std::string_view tag, const Image& image) {
    const auto png = encodePng(image);
    Proto picture;
    picture.number(1, static_cast<uint64_t>(image.height)).number(2, static_cast<uint64_t>(image.width));
    picture.number(3, kRgb).text(4, {reinterpret_cast<const char*>(png.data()), png.size()});
    const Proto value = Proto().text(1, tag).text(4, picture.bytes());
    write(step, Proto().text(5, Proto().text(1, value.bytes()).bytes()).bytes());
}

void TensorBoardWriter::write(int64_t step, std::string_view fields) {
    const bool written = m_file.appendBytes(event(step, fields));
    if (!written && m_written && m_say) m_say("TensorBoard's event file takes no more events: is the disk full?");
    m_written = written;
}

}  // namespace diagonal
