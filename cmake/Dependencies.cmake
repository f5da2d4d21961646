# What the switch is built on; docs/dependencies.md says why each is there. tools/setup.sh installs it.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_library(QRENCODE_LIBRARY qrencode REQUIRED)
add_library(payweir_qrencode INTERFACE)
target_link_libraries(payweir_qrencode INTERFACE ${QRENCODE_LIBRARY})
if(PAYWEIR_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()

# Boost.Asio is used as headers only.
find_path(BOOST_INCLUDE boost/asio.hpp REQUIRED)
add_library(payweir_boost INTERFACE)
target_include_directories(payweir_boost SYSTEM INTERFACE ${BOOST_INCLUDE})
target_compile_definitions(payweir_boost INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
                           BOOST_ASIO_HAS_CO_AWAIT=1 BOOST_ASIO_SEPARATE_COMPILATION)
target_link_libraries(payweir_boost INTERFACE Threads::Threads)

# SQLite: the amalgamation that tools/setup.sh fetched by name and hash; Debian's library otherwise.
set(SQLITE_SOURCE ${CMAKE_SOURCE_DIR}/build/deps/sqlite3)
if(EXISTS ${SQLITE_SOURCE}/sqlite3.c)
  add_library(payweir_sqlite STATIC ${SQLITE_SOURCE}/sqlite3.c)
  target_include_directories(payweir_sqlite SYSTEM PUBLIC ${SQLITE_SOURCE})
  target_compile_definitions(payweir_sqlite PRIVATE
    SQLITE_DQS=0 SQLITE_THREADSAFE=2 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_DEFAULT_WAL_SYNCHRONOUS=2
    SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_MAX_EXPR_DEPTH=0 SQLITE_OMIT_DEPRECATED SQLITE_OMIT_SHARED_CACHE
    SQLITE_USE_ALLOCA SQLITE_OMIT_LOAD_EXTENSION HAVE_FDATASYNC=1 SQLITE_OMIT_AUTOINIT SQLITE_STRICT_SUBTYPE=1)
  target_compile_options(payweir_sqlite PRIVATE -w)
  if(PAYWEIR_SANITIZE)  # it has tests of its own, and is a minute to compile with them
    target_compile_options(payweir_sqlite PRIVATE -fno-sanitize=all)
  endif()
  target_link_libraries(payweir_sqlite PUBLIC Threads::Threads m)
else()
  find_package(SQLite3 3.40 REQUIRED)
  add_library(payweir_sqlite INTERFACE)
  target_link_libraries(payweir_sqlite INTERFACE SQLite::SQLite3)
  message(WARNING "SQLite amalgamation not found in build/deps: using the system's library")
endif()
