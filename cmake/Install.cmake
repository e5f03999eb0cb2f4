# `cmake --install` and CPack: programs, resources, guide, what a desktop and shells look for, and LibTorch beside them. What
# is installed needs neither sources nor build tree; translations are in the program.
#   cmake --install build/release --prefix FOLDER                    for the CPU
#   cmake --install build/release --prefix FOLDER --component cuda   LibTorch's and NVIDIA's libraries for GPUs, beside it
#   cmake --build build/release --target packaging                   all that is installed; no tests
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
# The programs look for both from their own folder: ../share/diagonal and ../lib/diagonal (engine/base/resources.cpp).
set(shared share/diagonal)
set(private lib/diagonal)
# From there LibTorch's own RPATH leads to NVIDIA's libraries: ../../nvidia.
set(torch ${private}/torch/lib)

set(programs diagonal-cli)
if(TARGET diagonal)
  list(APPEND programs diagonal)
endif()
if(DIAGONAL_BUNDLE_LIBTORCH)
  set_target_properties(${programs} PROPERTIES INSTALL_RPATH "$ORIGIN/../${torch}")
  file(GLOB needed ${LIBTORCH_LIB_DIR}/libgomp*.so* ${LIBTORCH_LIB_DIR}/libcudart*.so* ${LIBTORCH_LIB_DIR}/libcupti*.so*)
  install(FILES ${LIBTORCH_CPU} ${LIBTORCH_C10} ${needed} DESTINATION ${torch})
  file(GLOB cuda ${LIBTORCH_LIB_DIR}/libtorch_cuda*.so ${LIBTORCH_LIB_DIR}/libc10_cuda.so ${LIBTORCH_LIB_DIR}/libcaffe2_nvrtc.so
    ${LIBTORCH_LIB_DIR}/libtorch_nvshmem.so)
  install(FILES ${cuda} DESTINATION ${torch} COMPONENT cuda EXCLUDE_FROM_ALL)
  cmake_path(SET nvidia NORMALIZE ${LIBTORCH_LIB_DIR}/../../nvidia/)
  install(DIRECTORY ${nvidia} DESTINATION ${private}/nvidia COMPONENT cuda EXCLUDE_FROM_ALL OPTIONAL FILES_MATCHING PATTERN "*.so*")
else()
  set_target_properties(${programs} PROPERTIES INSTALL_RPATH ${LIBTORCH_LIB_DIR})
endif()
install(TARGETS ${programs} RUNTIME)
if(TARGET diagonal_nccl)
  install(TARGETS diagonal_nccl LIBRARY DESTINATION ${private} COMPONENT cuda EXCLUDE_FROM_ALL)
endif()
# The window has its icons within; the desktop's come below.
install(DIRECTORY resources/ DESTINATION ${shared} PATTERN icons EXCLUDE)

foreach(module diagonal_neighbours diagonal_video)
  if(TARGET ${module})
    install(TARGETS ${module} LIBRARY DESTINATION ${private})
  endif()
endforeach()

# Man pages and completions come from the programs themselves.
set(made ${CMAKE_BINARY_DIR}/packaging)
set(pages "")
foreach(program ${programs})
  add_custom_command(OUTPUT ${made}/${program}.1.gz
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/packaging/make_man_page.py $<TARGET_FILE:${program}> ${made}/${program}.1.gz
    DEPENDS ${program} ${CMAKE_SOURCE_DIR}/packaging/make_man_page.py VERBATIM)
  list(APPEND pages ${made}/${program}.1.gz)
endforeach()
set(completions "")
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${made}/diagonal-cli.${shell}
    COMMAND diagonal-cli completion ${shell} > ${made}/diagonal-cli.${shell} DEPENDS diagonal-cli VERBATIM)
  list(APPEND completions ${made}/diagonal-cli.${shell})
endforeach()
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/diagonal-cli.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME diagonal-cli)
install(FILES ${made}/diagonal-cli.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _diagonal-cli)
install(FILES ${made}/diagonal-cli.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

set(icons "")
if(TARGET diagonal)
  file(GLOB guide docs/*.md)
  install(FILES ${guide} DESTINATION ${shared}/docs)
  file(STRINGS docs/user-guide.md pictures REGEX "\\]\\(screenshots/")
  list(TRANSFORM pictures REPLACE ".*\\]\\((screenshots/[^)]*)\\).*" "docs/\\1")
  install(FILES ${pictures} DESTINATION ${shared}/docs/screenshots)

  foreach(kind desktop metainfo.xml)
    configure_file(packaging/diagonal.${kind}.in ${made}/${DIAGONAL_ID}.${kind} @ONLY)
  endforeach()
  install(FILES ${made}/${DIAGONAL_ID}.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
  install(FILES ${made}/${DIAGONAL_ID}.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
  install(FILES packaging/diagonal.mime.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages RENAME ${DIAGONAL_ID}.xml)
  set(hicolor ${CMAKE_INSTALL_DATADIR}/icons/hicolor)
  install(FILES resources/icons/app.svg DESTINATION ${hicolor}/scalable/apps RENAME ${DIAGONAL_ID}.svg)
  add_executable(render-icon packaging/render_icon.cpp)
  target_link_libraries(render-icon PRIVATE Qt6::Svg)
  set_target_properties(render-icon PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${made})
  foreach(size 16 22 24 32 48 64 128 256 512)
    set(svg ${CMAKE_SOURCE_DIR}/resources/icons/app$<$<VERSION_LESS:${size},48>:-small>.svg)
    add_custom_command(OUTPUT ${made}/${size}.png COMMAND render-icon ${svg} ${size} ${made}/${size}.png
      DEPENDS render-icon ${CMAKE_SOURCE_DIR}/resources/icons/app.svg ${CMAKE_SOURCE_DIR}/resources/icons/app-small.svg VERBATIM)
    install(FILES ${made}/${size}.png DESTINATION ${hicolor}/${size}x${size}/apps RENAME ${DIAGONAL_ID}.png)
    list(APPEND icons ${made}/${size}.png)
  endforeach()
endif()
add_custom_target(packaging ALL DEPENDS ${programs} ${pages} ${completions} ${icons})

# `cpack --config build/release/CPackConfig.cmake`: a package for Debian and Ubuntu.
install(FILES packaging/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/diagonal)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME diagonal)
set(CPACK_PACKAGE_CONTACT "Diagonal's maintainers <maintainers@diagonal.invalid>" CACHE STRING "Whom a package names as its maintainer")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "workbench for CLIP models")
set(CPACK_PACKAGE_DESCRIPTION "Diagonal trains CLIP models (contrastive language-image pre-training),
shows what happens inside and puts them to use: labels for pictures in plain
words, the image-text similarity matrix, embeddings, training with live
curves. This package computes on the CPU.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS fonts-noto-cjk) # Chinese with its commas and full stops where they belong
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "fonts-inter, fonts-noto-core, qt6-wayland, qt6-translations-l10n")
include(CPack)
