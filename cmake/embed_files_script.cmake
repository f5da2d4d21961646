# Run by payweir_embed_files(): writes OUT, with every one of FILES as a string.
set(text "#include \"${HEADER}\"\n\n#include <array>\n\nnamespace ${NAMESPACE} {\nnamespace {\n\n")
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} identifier)
  file(READ ${file} content HEX)
  # A string of its own for each byte: behind an escape in hex, another digit would belong to it.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1\"\"" content "${content}")
  string(APPEND text "constexpr char k_${identifier}[] = \"${content}\";\n")
  string(APPEND rows "    EmbeddedFile{\"${name}\", {k_${identifier}, sizeof(k_${identifier}) - 1}},\n")
endforeach()
string(APPEND text "\nconstexpr std::array kFiles = {\n${rows}};\n\n}  // namespace\n\n"
  "std::span<const EmbeddedFile> embedded_files() {\n  return kFiles;\n}\n\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
