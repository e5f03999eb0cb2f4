// SPDX-License-Identifier: Apache-2.0
#include "engine/image/tiff_file.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "engine/base/error.h"

namespace diagonal::formats {

namespace {

/// A single claim of a file gets no more memory than this in libtiff: its data are read in pieces.
constexpr tmsize_t kLargestBlock = tmsize_t{1} << 30;

tmsize_t writeNothing(thandle_t, void*, tmsize_t) {
    return 0;
}

int closeNothing(thandle_t) {
    return 0;
}

int beSilentTiff(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

/// Where the first directory is said to begin; behind every end where the header is too short.
uint64_t firstDirectory(Bytes b) {
    if (b.size() < 8) return UINT64_MAX;
    const bool big = b[0] == 'M';
    const auto number = [&](size_t at) -> uint64_t { return big ? big32(b, at) : little32(b, at); };
    const bool isBigTiff = b[2] == 43 || b[3] == 43;
    if (!isBigTiff) return number(4);
    if (b.size() < 16) return UINT64_MAX;
    return big ? number(8) << 32 | number(12) : number(12) << 32 | number(8);
}

const char* photometricName(uint16_t photometric) {
    switch (photometric) {
        case PHOTOMETRIC_MINISWHITE:
        case PHOTOMETRIC_MINISBLACK:
            return "grey";
        case PHOTOMETRIC_RGB:
            return "RGB";
        case PHOTOMETRIC_PALETTE:
            return "a palette";
        case PHOTOMETRIC_SEPARATED:
            return "CMYK";
        case PHOTOMETRIC_YCBCR:
            return "YCbCr";
        case PHOTOMETRIC_CIELAB:
        case PHOTOMETRIC_ICCLAB:
        case PHOTOMETRIC_ITULAB:
            return "L*a*b*";
        case PHOTOMETRIC_LOGL:
        case PHOTOMETRIC_LOGLUV:
            return "LogLuv";
        case PHOTOMETRIC_MASK:
            return "a mask";
        case PHOTOMETRIC_CFA:
            return "raw sensor data";
        default:
            return "unknown colours";
    }
}

}  // namespace

int TiffKind::colours() const {
    switch (photometric) {
        case PHOTOMETRIC_MINISWHITE:
        case PHOTOMETRIC_MINISBLACK:
        case PHOTOMETRIC_PALETTE:
            return 1;
        case PHOTOMETRIC_RGB:
            return 3;
        case PHOTOMETRIC_SEPARATED:
            return 4;
        case PHOTOMETRIC_YCBCR:
            return channels == 1 ? 1 : 3;
        default:
            return 0;
    }
}

std::string TiffKind::describe() const {
    constexpr std::array<const char*, 7> kFormats = {
        "unsigned integers", "unsigned integers", "signed integers", "floats",
        "untyped values",    "complex integers",  "complex floats"};
    const char* format = sampleFormat < kFormats.size() ? kFormats[sampleFormat] : "values of an unknown type";
    return std::to_string(bits) + "-bit " + format + " with " + std::to_string(channels) +
           (channels == 1 ? " channel" : " channels") + ", " + photometricName(photometric);
}

tmsize_t TiffFile::read(thandle_t handle, void* out, tmsize_t count) {
    auto& file = *static_cast<TiffFile*>(handle);
    const uint64_t rest = file.m_bytes.size() - std::min<uint64_t>(file.m_at, file.m_bytes.size());
    const size_t taken = std::min<uint64_t>(rest, count < 0 ? 0 : static_cast<uint64_t>(count));
    if (taken > 0) std::memcpy(out, file.m_bytes.data() + file.m_at, taken);
    file.m_at += taken;
    return static_cast<tmsize_t>(taken);
}

toff_t TiffFile::seek(thandle_t handle, toff_t offset, int whence) {
    auto& file = *static_cast<TiffFile*>(handle);
    file.m_at = whence == SEEK_SET ? offset : offset + (whence == SEEK_CUR ? file.m_at : file.m_bytes.size());
    return file.m_at;
}

toff_t TiffFile::size(thandle_t handle) {
    return static_cast<TiffFile*>(handle)->m_bytes.size();
}

int TiffFile::complain(TIFF*, void* file, const char*, const char* format, va_list arguments) {
    std::array<char, 200> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    static_cast<TiffFile*>(file)->m_problem = text.data();
    return 1;
}

TiffFile::TiffFile(Bytes bytes, const std::string& name) : m_name(name), m_bytes(bytes) {
    // Some of libtiff's codecs complain without telling which file it is about.
    static const bool isSilent = [] {
        TIFFSetErrorHandler(nullptr);
        TIFFSetWarningHandler(nullptr);
        return true;
    }();
    (void)isSilent;
    const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                               TIFFOpenOptionsFree);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), complain, this);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), beSilentTiff, nullptr);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kLargestBlock);
    m_tiff.reset(TIFFClientOpenExt("picture", "rm", this, read, writeNothing, seek, closeNothing, size, nullptr,
                                   nullptr, options.get()));
    if (m_tiff == nullptr) {
        if (firstDirectory(bytes) + 2 > bytes.size() || firstDirectory(bytes) > bytes.size())
            throw Error(name, kTruncated);
        fail();
    }
    readKind();
}

void TiffFile::readKind() {
    TIFF* tiff = m_tiff.get();
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &m_kind.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &m_kind.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &m_kind.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &m_kind.sampleFormat);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &m_kind.channels);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &m_kind.photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &m_kind.compression);
    // The old kind of JPEG in TIFF is YCbCr, whatever the directory says.
    if (m_kind.compression == COMPRESSION_OJPEG) m_kind.photometric = PHOTOMETRIC_YCBCR;
    uint16_t planar = PLANARCONFIG_CONTIG, orientation = 1, extras = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    uint16_t* meanings = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extras, &meanings) == 1 && extras > 0 && meanings != nullptr)
        m_kind.isPremultiplied = meanings[0] == EXTRASAMPLE_ASSOCALPHA;
    m_kind.isPlanar = planar == PLANARCONFIG_SEPARATE && m_kind.channels > 1;
    m_kind.orientation = orientation <= 8 ? orientation : 1;
    if (m_kind.channels <= m_kind.colours()) m_kind.isPremultiplied = false;
}

bool TiffFile::isCutShort() const {
    TIFF* tiff = m_tiff.get();
    const uint32_t count = TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    for (uint32_t i = 0; i < count; ++i) {
        const uint64_t offset = TIFFGetStrileOffset(tiff, i), size = TIFFGetStrileByteCount(tiff, i);
        if (offset > m_bytes.size() || size > m_bytes.size() - offset) return true;
    }
    return false;
}

void TiffFile::fail() const {
    throw Error(m_name, "the TIFF data is damaged" + (m_problem.empty() ? "" : " (" + m_problem + ")"));
}

}  // namespace diagonal::formats
