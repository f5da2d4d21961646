# payweir_embed_files(TARGET HEADER NAMESPACE files...)
#
# Makes a source of the files and compiles it into TARGET: HEADER declares, by hand,
# `std::span<const EmbeddedFile> embedded_files()` in NAMESPACE.
function(payweir_embed_files target header namespace)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_files.cpp)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DOUT=${source} -DHEADER=${header} -DNAMESPACE=${namespace} "-DFILES=${ARGN}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files_script.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files_script.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
