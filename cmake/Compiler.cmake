# Warnings, sanitizers, ccache: the same for every target of the project.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Clones in other folders share what was compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
add_compile_options(-Wall -Wextra $<$<BOOL:${DIAGONAL_WERROR}>:-Werror> -fpch-preprocess)
add_compile_definitions(QT_NO_KEYWORDS)
if(CMAKE_UNITY_BUILD)
  # A warning about types in a source that another one includes. __FILE__ is the same in all clones, for ccache.
  add_compile_options(-Wno-subobject-linkage -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)
endif()
if(DIAGONAL_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
