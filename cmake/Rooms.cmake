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
    payweir_warnings(${name}_test)
    target_link_libraries(${name}_test PRIVATE payweir_${name} rapidcheck GTest::gtest_main)
    if("payweir_boost" IN_LIST ROOM_LINKS)
      target_precompile_headers(${name}_test REUSE_FROM payweir_asio)
    endif()
    payweir_discover_tests(${name}_test)
  endif()
endfunction()

function(payweir_warnings target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wconversion -Wshadow
    -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough -Werror -Werror=switch
    -Wno-missing-designated-field-initializers>)
endfunction()

# One ctest entry a GoogleTest case, found when ctest runs, so that a build needs no run of the program.
# Tests run in the root of the tree, where tests/vectors is; VECTORS_DIR names other vectors. Behind the target,
# what else gtest_discover_tests takes.
function(payweir_discover_tests target)
  include(GoogleTest)
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 ${ARGN}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES TIMEOUT 120)
endfunction()
