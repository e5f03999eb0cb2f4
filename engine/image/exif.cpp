// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <string_view>

#include "engine/base/encoding.h"
#include "engine/image/formats.h"
#include "engine/image/tiff_directory.h"

namespace diagonal {

using namespace formats;

namespace {

constexpr std::string_view kExif = {"Exif\0\0", 6};

bool beginsWith(Bytes bytes, std::string_view text) {
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// The first EXIF segment's TIFF structure; empty where there is none.
Bytes exifOfJpeg(Bytes b) {
    size_t at = 2;
    while (at + 4 <= b.size() && b[at] == 0xFF) {
        const uint8_t marker = b[at + 1];
        if (marker == 0xFF) {  // padding
            ++at;
            continue;
        }
        if (marker == 0xDA || marker == 0xD9) break;
        const size_t body = at + 4;
        const size_t end = std::min(at + 2 + std::max<size_t>(big16(b, at + 2), 2), b.size());
        const Bytes segment = b.subspan(body, end - body);
        if (marker == 0xE1 && beginsWith(segment, kExif)) return segment.subspan(kExif.size());
        at = end;
    }
    return {};
}

/// It may stand behind the pixels.
Bytes exifOfPng(Bytes b) {
    constexpr size_t kSignature = 8, kAround = 12;
    b = b.subspan(kSignature);
    while (b.size() >= kAround) {
        const size_t length = big32(b, 0);
        if (length > b.size() - kAround) break;
        if (beginsWith(b.subspan(4), "eXIf")) return b.subspan(8, length);
        b = b.subspan(kAround + length);
    }
    return {};
}

/// Some writers begin the chunk as a JPEG's segment.
Bytes exifOfWebp(Bytes b) {
    constexpr size_t kHeader = 12, kBefore = 8;
    b = b.subspan(std::min(kHeader, b.size()));
    while (b.size() >= kBefore) {
        const uint64_t length = little32(b, 4), padded = length + length % 2;
        if (length > b.size() - kBefore) break;
        const Bytes body = b.subspan(kBefore, length);
        if (beginsWith(b, "EXIF")) return beginsWith(body, kExif) ? body.subspan(kExif.size()) : body;
        b = b.subspan(std::min<uint64_t>(kBefore + padded, b.size()));
    }
    return {};
}

/// An item of a HEIC or AVIF file begins so; the picture's own data hardly do.
Bytes exifOfHeif(Bytes b) {
    for (const std::string_view order : {"II*\0", "MM\0*"}) {
        const std::string mark = std::string(kExif) + std::string(order.data(), 4);
        const auto found = std::search(b.begin(), b.end(), mark.begin(), mark.end(),
                                       [](uint8_t byte, char c) { return byte == static_cast<uint8_t>(c); });
        if (found != b.end()) return b.subspan(static_cast<size_t>(found - b.begin()) + kExif.size());
    }
    return {};
}

/// Seconds since 1970 of "2024:05:31 12:30:59".
std::optional<int64_t> secondsOf(const std::string& text) {
    std::array<int, 6> parts{};
    size_t at = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
        const size_t digits = i == 0 ? 4 : 2;
        if (at + digits > text.size()) return std::nullopt;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + digits, parts[i]);
        if (error != std::errc() || end != text.data() + at + digits) return std::nullopt;
        at += digits + 1;
    }
    const auto [year, month, day, hour, minute, second] = parts;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || year < 1826 || hour > 23 || minute > 59 || second > 60 || hour < 0 || minute < 0 || second < 0)
        return std::nullopt;
    const std::chrono::seconds ofDay =
        std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
    return (std::chrono::sys_days(date).time_since_epoch() + ofDay).count();
}

/// In any case of letters.
bool beginsLike(std::string_view text, std::string_view begin) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return text.size() >= begin.size() && std::ranges::equal(text.substr(0, begin.size()), begin, {}, lower, lower);
}

/// "Canon EOS R5", "NIKON D850": the maker where the model's name does not begin like it.
std::string cameraOf(const TiffDirectories& tiff, const TiffDirectories::Directory& first) {
    constexpr uint32_t kMake = 0x10F, kModel = 0x110;
    const std::string make = tiff.text(first, kMake), model = tiff.text(first, kModel);
    const std::string brand = make.substr(0, make.find(' '));
    const std::string name = model.empty()                               ? make
                             : brand.empty() || beginsLike(model, brand) ? model
                                                                         : brand + " " + model;
    return isUtf8(name) && name.find_first_of("\n\r\t") == std::string::npos ? name : std::string();
}

void addFacts(Bytes exif, PictureFacts& facts) {
    constexpr uint32_t kExifDirectory = 0x8769, kTaken = 0x9003, kChanged = 0x132;
    const TiffDirectories tiff(exif);
    const auto first = tiff.read(tiff.first());
    if (facts.camera.empty()) facts.camera = cameraOf(tiff, first);
    if (facts.taken) return;
    facts.taken = secondsOf(tiff.text(first, kTaken));  // of a CR3's second structure
    if (const auto place = tiff.number(first, kExifDirectory); place && !facts.taken)
        facts.taken = secondsOf(tiff.text(tiff.read(*place), kTaken));
    if (!facts.taken) facts.taken = secondsOf(tiff.text(first, kChanged));
}

}  // namespace

Bytes formats::exifOf(Bytes bytes) {
    if (beginsWith(bytes, "\xFF\xD8")) return exifOfJpeg(bytes);
    if (beginsWith(bytes, "\x89PNG\r\n\x1A\n")) return exifOfPng(bytes);
    if (beginsWith(bytes, "RIFF") && bytes.size() >= 12 && beginsWith(bytes.subspan(8), "WEBP"))
        return exifOfWebp(bytes);
    return {};
}

int exifOrientation(Bytes bytes) {
    constexpr uint32_t kOrientation = 274;
    Bytes structure = formats::exifOf(bytes);
    if (isRaw(bytes)) {
        structure = bytes;
        if (!TiffDirectories(bytes).isOne())
            for (const Bytes one : rawFacts(bytes))
                if (structure.data() == bytes.data()) structure = one;
    }
    const TiffDirectories tiff(structure);
    const uint32_t value = tiff.number(tiff.read(tiff.first()), kOrientation).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

PictureFacts readPictureFacts(Bytes bytes) {
    PictureFacts facts;
    if (TiffDirectories(bytes).isOne()) {
        addFacts(bytes, facts);
    } else if (!heifFormat(bytes).empty()) {
        addFacts(exifOfHeif(bytes), facts);
    } else if (isRaw(bytes)) {
        for (const Bytes structure : rawFacts(bytes))
            addFacts(structure, facts);
    } else {
        addFacts(formats::exifOf(bytes), facts);
    }
    return facts;
}

}  // namespace diagonal
