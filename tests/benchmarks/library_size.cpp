// SPDX-License-Identifier: Apache-2.0
// diagonal-library-size FOLDER ROWS DIM: a library of made-up rows; seconds to write and to open it, and memory.
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <random>

#include "engine/index/library.h"

namespace {

double secondsOf(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int64_t peakMegabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace diagonal;
    if (argc != 4) return 2;
    const int64_t rows = std::atoll(argv[2]), dim = std::atoll(argv[3]);
    const auto library = Library::create(argv[1], {"made up", "none", "None", dim});
    std::mt19937 random(1);
    NewFile file;
    file.format = "JPEG";
    file.rows.resize(1);
    file.values.resize(static_cast<size_t>(dim));
    const auto pathOf = [](int64_t i) {
        return "/pictures/album " + std::to_string(i / 500) + "/photograph " + std::to_string(i) + ".jpg";
    };
    std::cout << "write " << secondsOf([&] {
        for (int64_t i = 0; i < rows; ++i) {
            file.path = pathOf(i);
            file.source = 1;
            file.stamp = {i, i, i, i, i};
            std::memcpy(file.content.data(), &i, sizeof i);
            file.content[31] = 1;
            for (float& value : file.values)
                value = static_cast<float>(random()) / 1e10F;
            library->put(file);
        }
        library->flush();
    }) << " s, peak "
              << peakMegabytes() << " MB\n";
    std::shared_ptr<const Snapshot> snapshot;
    std::cout << "snapshot " << secondsOf([&] { snapshot = library->snapshot(); }) << " s, peak " << peakMegabytes()
              << " MB, " << snapshot->files.size() << " files, " << library->counts().bytes / 1'000'000
              << " MB on the disk\n";
    snapshot.reset();
    std::cout << "counts " << secondsOf([&] { library->counts(); }) << " s\n";
    std::cout << "a third removed " << secondsOf([&] {
        for (int64_t i = 0; i < rows; i += 3)
            library->remove(library->find(pathOf(i))->id);
        library->flush();
    }) << " s, "
              << library->counts().bytes / 1'000'000 << " MB on the disk, peak " << peakMegabytes() << " MB\n";
}
