// SPDX-License-Identifier: Apache-2.0
// HEIC and AVIF by libheif, where the build has it.
#include <algorithm>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/formats.h"

#ifdef DIAGONAL_HEIF
#include <libheif/heif.h>
#endif

namespace diagonal::formats {

namespace {

#ifdef DIAGONAL_HEIF

/// The first libheif that lets metadata describe what is no picture: 1.18.0.
constexpr uint32_t kTolerantVersion = 0x01120000;

struct Free {
    void operator()(heif_context* context) const { heif_context_free(context); }
    void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
    void operator()(heif_image* image) const { heif_image_release(image); }
    void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void check(const heif_error& error, Bytes bytes, const std::string& name) {
    if (error.code == heif_error_Ok) return;
    const std::string format(heifFormat(bytes));
    if (error.subcode == heif_suberror_End_of_data) throw Error(name, kTruncated);
    if (error.code == heif_error_Memory_allocation_error)
        throw Error(name, "the " + format + " image is too large or there is not enough memory for it");
    if (error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype)
        throw Error(name, format + " images of this kind cannot be read", "Convert it to JPEG or PNG");
    if (error.subcode == heif_suberror_Nonexisting_item_referenced && heif_get_version_number() < kTolerantVersion)
        throw Error(name,
                    "the " + format + " is of a kind that libheif 1.18 or newer reads, and this is libheif " +
                        heif_get_version(),
                    "Convert it to JPEG or PNG");
    throw Error(name, "the " + format + " data is damaged");
}

/// libheif reads what is there of a file that was cut short; Pillow and we do not.
void checkIsWhole(Bytes bytes, const std::string& name) {
    while (!bytes.empty()) {
        if (bytes.size() < 8) throw Error(name, kTruncated);
        uint64_t size = big32(bytes, 0);
        if (size == 0) return;  // to the end of the file
        if (size == 1) {
            if (bytes.size() < 16) throw Error(name, kTruncated);
            size = uint64_t{big32(bytes, 8)} << 32 | big32(bytes, 12);
        }
        if (size < 8) return;  // left to libheif
        if (size > bytes.size()) throw Error(name, kTruncated);
        bytes = bytes.subspan(size);
    }
}

struct File {
    std::vector<uint8_t> changed;  ///< what is read in place of the file's bytes, where not empty
    Owned<heif_context> context;
    Owned<heif_image_handle> picture;
};

/// The decoder of AVIF: libaom, where libheif has it, since dav1d writes of damaged files on stderr. Null: its own
/// choice.
const char* quietDecoder(Bytes bytes) {
    if (heifFormat(bytes) != "AVIF") return nullptr;
    const heif_decoder_descriptor* decoders[8];
    const int count = heif_get_decoder_descriptors(heif_compression_AV1, decoders, 8);
    for (int i = 0; i < count; ++i) {
        const char* id = heif_decoder_descriptor_get_id_name(decoders[i]);
        if (std::string_view(id) == "aom") return id;
    }
    return nullptr;
}

heif_error readInto(File& file, Bytes bytes) {
    file.context.reset(heif_context_alloc());
    // The pictures of a batch are already decoded side by side.
    heif_context_set_max_decoding_threads(file.context.get(), 0);
    return heif_context_read_from_memory_without_copy(file.context.get(), bytes.data(), bytes.size(), nullptr);
}

File open(Bytes bytes, const std::string& name) {
    checkIsWhole(bytes, name);
    File file;
    heif_error error = readInto(file, bytes);
    if (error.code != heif_error_Ok && error.subcode == heif_suberror_Nonexisting_item_referenced) {
        file.changed = withoutMetadataReferences(bytes);
        if (!file.changed.empty()) error = readInto(file, file.changed);
    }
    check(error, bytes, name);
    heif_image_handle* handle = nullptr;
    check(heif_context_get_primary_image_handle(file.context.get(), &handle), bytes, name);
    file.picture.reset(handle);
    return file;
}

#else

[[noreturn]] void failWithout(Bytes bytes, const std::string& name) {
    throw Error(name, "this build of Diagonal cannot read " + std::string(heifFormat(bytes)),
                "Convert it to JPEG or PNG, or build with libheif");
}

#endif

}  // namespace

#ifdef DIAGONAL_HEIF

std::pair<int, int> heifSize(Bytes bytes, const std::string& name) {
    const File file = open(bytes, name);
    return {heif_image_handle_get_width(file.picture.get()), heif_image_handle_get_height(file.picture.get())};
}

Image decodeHeif(Bytes bytes, const std::string& name, const ImageHeader& header) {
    const File file = open(bytes, name);
    const Owned<heif_decoding_options> options(heif_decoding_options_alloc());
    options->convert_hdr_to_8bit = 1;
    options->decoder_id = quietDecoder(bytes);
    heif_image* decoded = nullptr;
    check(heif_decode_image(file.picture.get(), &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGB,
                            options.get()),
          bytes, name);
    const Owned<heif_image> pixels(decoded);
    const auto channel = heif_channel_interleaved;
    int stride = 0;
    const uint8_t* rows = heif_image_get_plane_readonly(pixels.get(), channel, &stride);
    if (rows == nullptr || heif_image_get_width(pixels.get(), channel) != header.width ||
        heif_image_get_height(pixels.get(), channel) != header.height) {
        throw Error(name, "the " + header.format + " header is damaged (its size is not that of the pixels)");
    }
    Image image{header.width, header.height, {}};
    const auto rowBytes = static_cast<size_t>(header.width) * 3;
    try {
        image.rgb.resize(rowBytes * static_cast<size_t>(header.height));
    } catch (const std::bad_alloc&) {
        throw Error(name, "not enough memory for an image of " + std::to_string(header.width) + " x " +
                              std::to_string(header.height) + " pixels");
    }
    for (size_t y = 0; y < static_cast<size_t>(header.height); ++y)
        std::copy_n(rows + y * static_cast<size_t>(stride), rowBytes, image.rgb.data() + y * rowBytes);
    return image;
}

#else

std::pair<int, int> heifSize(Bytes bytes, const std::string& name) {
    failWithout(bytes, name);
}

Image decodeHeif(Bytes bytes, const std::string& name, const ImageHeader&) {
    failWithout(bytes, name);
}

#endif

}  // namespace diagonal::formats
