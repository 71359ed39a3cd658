# The folder is the registry: every .cpp in it that is not a _test.cpp defines one constant that bears the file's name, and
# the table of them is written here. Nothing else lists them.
#
#   softmax_audit_registry(<target> TYPE <type> NAMESPACE <namespace of the constants> HEADER <declares the function>
#                          FUNCTION <name> FOLDERS <folder>...)
function(softmax_audit_registry target)
  cmake_parse_arguments(PARSE_ARGV 1 registry "" "TYPE;NAMESPACE;HEADER;FUNCTION" "FOLDERS")
  set(declarations "")
  set(entries "")
  foreach(folder IN LISTS registry_FOLDERS)
    file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
    list(SORT sources)
    foreach(source IN LISTS sources)
      if(source MATCHES "_test\\.cpp$")
        continue()
      endif()
      get_filename_component(entry ${source} NAME_WE)
      string(APPEND declarations "extern const ${registry_TYPE} ${entry};\n")
      string(APPEND entries "    &${registry_NAMESPACE}::${entry},\n")
      target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/${source})
    endforeach()
  endforeach()
  if(entries STREQUAL "")
    message(FATAL_ERROR "no entry found in ${registry_FOLDERS}: ${registry_FUNCTION}() would be empty")
  endif()
  set(generated ${PROJECT_BINARY_DIR}/registries/${registry_FUNCTION}.cpp)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT [[
#include "@registry_HEADER@"

namespace softmax_audit {
namespace @registry_NAMESPACE@ {
@declarations@}

std::span<const @registry_TYPE@* const> @registry_FUNCTION@() {
  static constexpr const @registry_TYPE@* entries[] = {
@entries@  };
  return entries;
}

} // namespace softmax_audit
]])
  target_sources(${target} PRIVATE ${generated})
endfunction()
