// SPDX-License-Identifier: Apache-2.0
#include "engine/base/cuda_driver.h"

#include <array>
#include <string_view>

#include "engine/base/encoding.h"
#include "engine/base/shared_library.h"

namespace diagonal {

namespace {

constexpr int kMajorOfCapability = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR

std::string uuidText(const std::array<unsigned char, 16>& bytes) {
    std::string digits = hexadecimal({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    for (const size_t at : {20, 16, 12, 8})
        digits.insert(at, "-");
    return digits;
}

}  // namespace

CudaDevice cudaDevice(int ordinal, const std::string& cudaLibrary) {
    void* library = openLibrary(cudaLibrary);
    CudaDevice result;
    int device = 0;
    if (!LibraryFunction<unsigned>(library, "cuInit")(0) ||
        !LibraryFunction<int*, int>(library, "cuDeviceGet")(&device, ordinal))
        return result;
    std::array<char, 256> name{};
    if (LibraryFunction<char*, int, int>(library, "cuDeviceGetName")(name.data(), static_cast<int>(name.size()),
                                                                     device))
        result.name = name.data();
    std::array<unsigned char, 16> uuid{};
    if (LibraryFunction<unsigned char*, int>(library, "cuDeviceGetUuid_v2")(uuid.data(), device))
        result.uuid = uuidText(uuid);
    int generation = 0;
    if (LibraryFunction<int*, int, int>(library, "cuDeviceGetAttribute")(&generation, kMajorOfCapability, device))
        result.generation = generation;
    return result;
}

}  // namespace diagonal
