# payweir_room(NAME [DEPENDS rooms...] [LINKS libraries...])
#
# One static library a folder under src/, linked only to the rooms named, plus one test program of all
# *_test.cpp files in it. A *testkit*.cpp belongs to the tests.
function(payweir_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "(_test|testkit[a-z_]*)\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|testkit[a-z_]*|/main|/asio_library)\\.cpp$")

  if(NOT sources)  # a room of headers only
    add_library(payweir_${name} INTERFACE)
    target_include_directories(payweir_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    foreach(room ${ROOM_DEPENDS})
      target_link_libraries(payweir_${name} INTERFACE payweir_${room})
    endforeach()
    target_link_libraries(payweir_${name} INTERFACE ${ROOM_LINKS})
    return()
  endif()
  add_library(payweir_${name} STATIC ${sources})
  set_target_properties(payweir_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(payweir_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  payweir_warnings(payweir_${name})
  foreach(room ${ROOM_DEPENDS})
    target_link_libraries(payweir_${name} PUBLIC payweir_${room})
  endforeach()
  target_link_libraries(payweir_${name} PUBLIC ${ROOM_LINKS})
  if(TARGET payweir_asio AND "payweir_boost" IN_LIST ROOM_LINKS)
    target_precompile_headers(payweir_${name} REUSE_FROM payweir_asio)
    target_link_libraries(payweir_${name} PUBLIC payweir_asio)
  endif()

  if(PAYWEIR_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE payweir_${name})
    if("payweir_boost" IN_LIST ROOM_LINKS)
      payweir_test_program(${name}_test IO)
    else()
      payweir_test_program(${name}_test)
    endif()
  endif()
endfunction()

function(payweir_warnings target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wconversion -Wshadow
    -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough -Werror -Werror=switch
    -Wno-missing-designated-field-initializers>)
endfunction()

# What the programs of tests have in common. What they test is optimised and watched by all sanitizers; their own
# code is compiled quickly, because it is half of all there is, and watched by ASan alone. IO: it includes Asio.
function(payweir_test_program target)
  set(testing payweir_testing)
  if("IO" IN_LIST ARGN)
    set(testing payweir_testing_io)
  endif()
  payweir_warnings(${target})
  payweir_test_options(${target})
  target_link_libraries(${target} PRIVATE ${testing})
  target_precompile_headers(${target} REUSE_FROM ${testing})
  payweir_discover_tests(${target})
endfunction()

function(payweir_test_options target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-O0>)
  if(PAYWEIR_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize=undefined,fuzzer-no-link>)
  endif()
endfunction()

# The frameworks of the tests, and the precompiled headers of all of them.
function(payweir_add_testing)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/testing.cpp CONTENT "// Its precompiled header is all there is to it.\n")
  foreach(testing payweir_testing payweir_testing_io)
    add_library(${testing} STATIC ${CMAKE_BINARY_DIR}/testing.cpp)
    target_link_libraries(${testing} PUBLIC rapidcheck GTest::gtest_main)
    payweir_warnings(${testing})
    payweir_test_options(${testing})
    target_precompile_headers(${testing} PRIVATE <expected> <functional> <gtest/gtest.h> <memory> <optional>
      <rapidcheck.h> <string> <variant> <vector>)
  endforeach()
  target_link_libraries(payweir_testing_io PUBLIC payweir_boost)
  target_precompile_headers(payweir_testing_io PRIVATE <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>)
endfunction()

# One ctest entry a GoogleTest case, found when ctest runs, so that a build needs no run of the program.
# Tests run in the root of the tree, where tests/vectors is; VECTORS_DIR names other vectors. Behind the target,
# what else gtest_discover_tests takes.
function(payweir_discover_tests target)
  include(GoogleTest)
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 ${ARGN}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES TIMEOUT 120)
endfunction()
