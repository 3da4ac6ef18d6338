# The four kinds of target. A folder of host/ is one library; DEPS are the only folders it may include.

# gatehouse_library(store SOURCES a.cpp DEPS base PUBLIC_LIBS x PRIVATE_LIBS y)
function(gatehouse_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PUBLIC_LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(gatehouse_${name} STATIC ${arg_SOURCES})
  target_include_directories(gatehouse_${name} PUBLIC ${CMAKE_SOURCE_DIR}/host)
  list(TRANSFORM arg_DEPS PREPEND gatehouse_)
  target_link_libraries(gatehouse_${name}
    PUBLIC ${arg_DEPS} ${arg_PUBLIC_LIBS} PRIVATE gatehouse_options ${arg_PRIVATE_LIBS})
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
# One ctest case per GoogleTest case.
function(gatehouse_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LIBS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND gatehouse_)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/host ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE gatehouse_options ${arg_DEPS} ${arg_LIBS}
    GTest::gtest GTest::gmock GTest::gtest_main)
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
# Built by the preset `fuzz` only; seeds lie in tests/fuzz/corpus/<name>/.
function(gatehouse_fuzz name)
  if(NOT GATEHOUSE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND gatehouse_)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/host ${CMAKE_SOURCE_DIR}/tests)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE gatehouse_options ${arg_DEPS} ${arg_LIBS})
  add_dependencies(fuzz_targets ${name})
endfunction()
