// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tiffio.h>

#include <cstdint>
#include <memory>
#include <string>

#include "engine/image/formats.h"

// A TIFF in memory, opened by libtiff. Used by the TIFF decoder only.
namespace diagonal::formats {

/// What of a first directory decides how its pixels are read.
struct TiffKind {
    uint32_t width = 0, height = 0;  ///< as stored, not turned upright
    uint16_t bits = 1;
    uint16_t sampleFormat = SAMPLEFORMAT_UINT;
    uint16_t channels = 1;  ///< of colour, and all others
    uint16_t photometric = PHOTOMETRIC_MINISWHITE;
    uint16_t compression = COMPRESSION_NONE;
    bool isPlanar = false;
    bool isPremultiplied = false;  ///< the first channel behind the colours is alpha, multiplied into them
    int orientation = 1;

    /// Of colour: 1, 3 or 4; 0 for a photometric interpretation that is none of Pillow's.
    int colours() const;
    /// "32-bit floats with 3 channels"
    std::string describe() const;
};

/// Nothing of libtiff's voice gets out: its last complaint stands in problem().
class TiffFile {
  public:
    /// Throws Error where there is no directory.
    TiffFile(Bytes bytes, const std::string& name);
    TiffFile(const TiffFile&) = delete;
    TiffFile& operator=(const TiffFile&) = delete;

    TIFF* handle() const { return m_tiff.get(); }
    const TiffKind& kind() const { return m_kind; }
    /// Whether pixels are said to lie behind the end of the file.
    bool isCutShort() const;
    /// "the TIFF data is damaged (…)", or that it is truncated.
    [[noreturn]] void fail() const;

  private:
    struct Close {
        void operator()(TIFF* tiff) const { TIFFClose(tiff); }
    };
    static tmsize_t read(thandle_t handle, void* out, tmsize_t count);
    static toff_t seek(thandle_t handle, toff_t offset, int whence);
    static toff_t size(thandle_t handle);
    static int complain(TIFF* tiff, void* file, const char* module, const char* format, va_list arguments);
    void readKind();

    const std::string& m_name;
    Bytes m_bytes;
    uint64_t m_at = 0;
    std::string m_problem;
    std::unique_ptr<TIFF, Close> m_tiff;  ///< closed first
    TiffKind m_kind;
};

}  // namespace diagonal::formats
