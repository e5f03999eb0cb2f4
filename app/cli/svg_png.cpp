// SPDX-License-Identifier: Apache-2.0
#include "app/cli/svg_png.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/shared_library.h"
#include "engine/image/png.h"

namespace diagonal::cli {

namespace {

constexpr double kPixelsAUnit = 2;
constexpr int kRgb24 = 1;           // CAIRO_FORMAT_RGB24: a pixel is a number of four bytes, 0x00RRGGBB
constexpr double kLargest = 30000;  // cairo's pictures end at 32,767 pixels

struct RsvgRectangle {
    double x, y, width, height;
};

/// What is used of librsvg, cairo and GLib; all of it has been in their stable interfaces for years.
struct Rsvg {
    void* (*fromData)(const unsigned char*, size_t, void**);
    int (*sizeInPixels)(void*, double*, double*);
    int (*render)(void*, void*, const RsvgRectangle*, void**);
    void* (*makeSurface)(int, int, int);
    void* (*makeContext)(void*);
    void (*flush)(void*);
    unsigned char* (*pixels)(void*);
    int (*stride)(void*);
    void (*freeContext)(void*);
    void (*freeSurface)(void*);
    void (*freeObject)(void*);
    void (*freeError)(void*);
};

template <typename Function>
bool take(Function& function, void* library, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

const Rsvg* rsvg() {
    static const std::unique_ptr<const Rsvg> loaded = []() -> std::unique_ptr<const Rsvg> {
        // librsvg links the others, so that their functions are found through it.
        void* library = openLibrary("librsvg-2.so.2");
        if (library == nullptr) return nullptr;
        auto all = std::make_unique<Rsvg>();
        const bool isWhole =
            take(all->fromData, library, "rsvg_handle_new_from_data") &&
            take(all->sizeInPixels, library, "rsvg_handle_get_intrinsic_size_in_pixels") &&
            take(all->render, library, "rsvg_handle_render_document") &&
            take(all->makeSurface, library, "cairo_image_surface_create") &&
            take(all->makeContext, library, "cairo_create") && take(all->flush, library, "cairo_surface_flush") &&
            take(all->pixels, library, "cairo_image_surface_get_data") &&
            take(all->stride, library, "cairo_image_surface_get_stride") &&
            take(all->freeContext, library, "cairo_destroy") &&
            take(all->freeSurface, library, "cairo_surface_destroy") &&
            take(all->freeObject, library, "g_object_unref") && take(all->freeError, library, "g_error_free");
        return isWhole ? std::move(all) : nullptr;
    }();
    return loaded.get();
}

using Handle = std::unique_ptr<void, void (*)(void*)>;

}  // namespace

std::string pngOfSvg(const std::string& svg) {
    const Rsvg* library = rsvg();
    if (library == nullptr)
        throw Error("PNG", "charts become pixels by librsvg 2.52 or later, which is not on this computer",
                    "Install it (Debian, Ubuntu: apt install librsvg2-2), or take .svg");
    void* failure = nullptr;
    const auto fail = [&] {
        if (failure != nullptr) library->freeError(failure);
        throw Error("PNG", "librsvg cannot draw the chart", "Take .svg");
    };
    const Handle drawing(library->fromData(reinterpret_cast<const unsigned char*>(svg.data()), svg.size(), &failure),
                         library->freeObject);
    double width = 0, height = 0;
    if (!drawing || library->sizeInPixels(drawing.get(), &width, &height) == 0) fail();
    const double scale = std::min(kPixelsAUnit, kLargest / std::max({width, height, 1.0}));
    Image image;
    image.width = static_cast<int>(std::ceil(width * scale));
    image.height = static_cast<int>(std::ceil(height * scale));
    const Handle surface(library->makeSurface(kRgb24, image.width, image.height), library->freeSurface);
    if (library->pixels(surface.get()) == nullptr) fail();
    {
        const Handle context(library->makeContext(surface.get()), library->freeContext);
        const RsvgRectangle all{0, 0, static_cast<double>(image.width), static_cast<double>(image.height)};
        if (library->render(drawing.get(), context.get(), &all, &failure) == 0) fail();
    }
    library->flush(surface.get());
    const auto* pixels = library->pixels(surface.get());
    const auto stride = static_cast<size_t>(library->stride(surface.get()));
    image.rgb.resize(static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 3);
    auto* to = image.rgb.data();
    for (size_t y = 0; y < static_cast<size_t>(image.height); ++y) {
        const auto* row = reinterpret_cast<const uint32_t*>(pixels + y * stride);
        for (int x = 0; x < image.width; ++x, to += 3) {
            to[0] = static_cast<uint8_t>(row[x] >> 16);
            to[1] = static_cast<uint8_t>(row[x] >> 8);
            to[2] = static_cast<uint8_t>(row[x]);
        }
    }
    const std::vector<uint8_t> bytes = encodePng(image);
    return {bytes.begin(), bytes.end()};
}

}  // namespace diagonal::cli
