# Compiler settings of everything that Gatehouse builds. Third-party headers are SYSTEM and not judged.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

option(GATEHOUSE_FUZZ "Build the fuzz targets (libFuzzer)" OFF)
set(GATEHOUSE_SANITIZE "" CACHE STRING "Sanitizers to build with: address;undefined or thread")

find_program(CCACHE ccache)
if(CCACHE)
  # Relative paths in the keys: one cache serves every clone. What the compiler says it has read saves
  # the cache a run of the preprocessor for each miss.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
    CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(gatehouse_options INTERFACE)
target_compile_options(gatehouse_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor>
  -fstack-protector-strong -fstack-clash-protection -pthread)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(gatehouse_options INTERFACE -fcf-protection)
endif()
target_link_options(gatehouse_options INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT GATEHOUSE_SANITIZE)
  target_compile_definitions(gatehouse_options INTERFACE _FORTIFY_SOURCE=3)
endif()

# A test's own code is compiled far more often than it runs for long: without optimization the
# compiler is done in two thirds of the time. What it tests is built as it is delivered.
add_library(gatehouse_test_options INTERFACE)
target_compile_options(gatehouse_test_options INTERFACE -O0 -U_FORTIFY_SOURCE)

if(GATEHOUSE_SANITIZE)
  list(JOIN GATEHOUSE_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
  add_compile_definitions(GATEHOUSE_SANITIZED)
  if("address" IN_LIST GATEHOUSE_SANITIZE)
    add_compile_definitions(GATEHOUSE_SANITIZED_ADDRESS)
  endif()
  if("undefined" IN_LIST GATEHOUSE_SANITIZE)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
if(GATEHOUSE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
