# The headers that most files include, parsed once: of three seconds that a file costs, two went there.
# Only headers of others stand here, so no change of ours makes everything new. `cmake --preset lint`
# goes without, so that every source still includes what it uses.
option(GATEHOUSE_PCH "Parse the common headers once" ON)

set(gatehouse_common_headers
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <deque> <filesystem>
  <fstream> <functional> <future> <map> <memory> <mutex> <nlohmann/json.hpp> <optional> <set> <sstream>
  <stdexcept> <string> <string_view> <system_error> <thread> <unordered_map> <utility> <variant> <vector>)

# Clang compares the headers' times otherwise, and an update of the system that left a header as it was
# would be an error.
if(GATEHOUSE_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()

# A precompiled header serves only what is compiled with its own options: one for what is delivered,
# one for the tests, which are executables and not optimized.
if(GATEHOUSE_PCH)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "int main() {}\n")
  add_library(gatehouse_precompiled_host OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(gatehouse_precompiled_host PRIVATE gatehouse_options nlohmann_json::nlohmann_json)
  target_precompile_headers(gatehouse_precompiled_host PRIVATE ${gatehouse_common_headers})

  add_executable(gatehouse_precompiled_test ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(gatehouse_precompiled_test PRIVATE
    gatehouse_options gatehouse_test_options nlohmann_json::nlohmann_json GTest::gtest GTest::gmock)
  target_precompile_headers(gatehouse_precompiled_test PRIVATE
    ${gatehouse_common_headers} <gmock/gmock.h> <gtest/gtest.h>)
endif()

# gatehouse_precompiled(gatehouse_store host): the target, compiled with the options of `kind` and no
# others, takes the headers from there.
function(gatehouse_precompiled target kind)
  if(GATEHOUSE_PCH)
    target_precompile_headers(${target} REUSE_FROM gatehouse_precompiled_${kind})
  endif()
endfunction()
