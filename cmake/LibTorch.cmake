# Target `LibTorch`: headers, libtorch_cpu and libc10 of LibTorch, nothing of CUDA.
# CUDA's part is loaded at run time where a driver is found (engine/base/device.cpp).
# Looked for in CMAKE_PREFIX_PATH first, then where scripts/setup puts it.
set(_libtorch_default ${CMAKE_SOURCE_DIR}/.deps/libtorch)
find_path(LIBTORCH_INCLUDE torch/csrc/api/include/torch/torch.h PATH_SUFFIXES include HINTS ${_libtorch_default})
find_library(LIBTORCH_CPU torch_cpu PATH_SUFFIXES lib HINTS ${_libtorch_default})
find_library(LIBTORCH_C10 c10 PATH_SUFFIXES lib HINTS ${_libtorch_default})
if(NOT LIBTORCH_INCLUDE OR NOT LIBTORCH_CPU OR NOT LIBTORCH_C10)
  message(FATAL_ERROR "LibTorch not found. Run scripts/setup, or pass -DCMAKE_PREFIX_PATH=<folder of LibTorch>.")
endif()
get_filename_component(LIBTORCH_LIB_DIR ${LIBTORCH_CPU} DIRECTORY)
add_library(LibTorch INTERFACE)
target_include_directories(LibTorch SYSTEM INTERFACE ${LIBTORCH_INCLUDE} ${LIBTORCH_INCLUDE}/torch/csrc/api/include)
target_link_libraries(LibTorch INTERFACE ${LIBTORCH_CPU} ${LIBTORCH_C10})
target_link_options(LibTorch INTERFACE -Wl,-rpath-link,${LIBTORCH_LIB_DIR})
