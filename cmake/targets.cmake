# The four kinds of target. A folder of host/ is one library; DEPS are the only folders it may include.

# gatehouse_library(store SOURCES a.cpp DEPS base PUBLIC_LIBS x PRIVATE_LIBS y)
function(gatehouse_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PUBLIC_LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(gatehouse_${name} STATIC ${arg_SOURCES})
  target_include_directories(gatehouse_${name} PUBLIC ${CMAKE_SOURCE_DIR}/host)
  list(TRANSFORM arg_DEPS PREPEND gatehouse_)
  target_link_libraries(gatehouse_${name}
    PUBLIC ${arg_DEPS} ${arg_PUBLIC_LIBS} PRIVATE gatehouse_options ${arg_PRIVATE_LIBS})
  gatehouse_precompiled(gatehouse_${name} host)
endfunction()

# gatehouse_executable(gatehouse SOURCES main.cpp DEPS app)
function(gatehouse_executable name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND gatehouse_)
  target_link_libraries(${name} PRIVATE gatehouse_options ${arg_DEPS} ${arg_LIBS})
endfunction()

# What `dev sanitize` builds: all tests, and those labelled tsan.
add_custom_target(all_tests)
add_custom_target(tsan_tests)
add_custom_target(fuzz_targets)

# gatehouse_test(store_test SOURCES x_test.cpp DEPS store LABELS unit tsan)
# One ctest case per GoogleTest case. OPTIMIZED: its own code runs long enough to be worth it.
function(gatehouse_test name)
  cmake_parse_arguments(arg "OPTIMIZED" "TIMEOUT" "SOURCES;DEPS;LIBS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND gatehouse_)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/host ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE gatehouse_options ${arg_DEPS} ${arg_LIBS}
    GTest::gtest GTest::gmock GTest::gtest_main)
  if(NOT arg_OPTIMIZED)
    target_link_libraries(${name} PRIVATE gatehouse_test_options)
    gatehouse_precompiled(${name} test)
  endif()
  # gtest_discover_tests cannot pass a list on; ctest -L matches a part of the word as well.
  list(JOIN arg_LABELS "+" labels)
  add_dependencies(all_tests ${name})
  if("tsan" IN_LIST arg_LABELS)
    add_dependencies(tsan_tests ${name})
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${labels}" TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${arg_ENVIRONMENT}")
endfunction()

# gatehouse_fuzz(fuzz_frames SOURCES frames_fuzz.cpp DEPS plugins)
# The preset `fuzz` builds it with libFuzzer; with the address sanitizer it is a test that replays
# tests/fuzz/corpus/<name>/; elsewhere it is not built.
function(gatehouse_fuzz name)
  if(NOT GATEHOUSE_FUZZ AND NOT "address" IN_LIST GATEHOUSE_SANITIZE)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND gatehouse_)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/host ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE gatehouse_options ${arg_DEPS} ${arg_LIBS})
  if(GATEHOUSE_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz_targets ${name})
    return()
  endif()
  target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
  add_dependencies(all_tests ${name})
  add_test(NAME ${name} COMMAND ${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  set_tests_properties(${name} PROPERTIES LABELS fuzz)
endfunction()
