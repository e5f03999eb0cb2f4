// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include "engine/base/error.h"
#include "engine/base/resources.h"
#include "training/distributed/process_group.h"

namespace diagonal {

c10::intrusive_ptr<c10d::Backend> makeNccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                           std::chrono::milliseconds timeout) {
    // A process that is lost is told by the heartbeat; c10d would end the program, and nothing would be saved.
    setenv("TORCH_NCCL_ASYNC_ERROR_HANDLING", "0", /*overwrite=*/0);
    const auto file = libraryFolder() / "libdiagonal_nccl.so";
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        throw Error("NCCL", std::string("does not load: ") + dlerror(),
                    "Build where the headers of CUDA and NCCL are (docs/scaling.md), or give --device cpu.");
    using Make = c10d::Backend*(const c10::intrusive_ptr<c10d::Store>&, int, int, std::chrono::milliseconds);
    auto* make = reinterpret_cast<Make*>(dlsym(library, "diagonalMakeNccl"));
    if (make == nullptr) throw Error("libdiagonal_nccl.so", "is not that of this program", "Install Diagonal again.");
    return c10::intrusive_ptr<c10d::Backend>::reclaim(make(store, rank, size, timeout));
}

}  // namespace diagonal
