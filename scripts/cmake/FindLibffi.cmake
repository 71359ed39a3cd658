# libffi ships no CMake package. Defines Libffi::Libffi.
find_path(LIBFFI_INCLUDE_DIR ffi.h PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE})
find_library(LIBFFI_LIBRARY ffi)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libffi REQUIRED_VARS LIBFFI_LIBRARY LIBFFI_INCLUDE_DIR)
if(Libffi_FOUND AND NOT TARGET Libffi::Libffi)
  add_library(Libffi::Libffi INTERFACE IMPORTED)
  set_target_properties(Libffi::Libffi PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${LIBFFI_INCLUDE_DIR}"
                                                  INTERFACE_LINK_LIBRARIES "${LIBFFI_LIBRARY}")
endif()
mark_as_advanced(LIBFFI_INCLUDE_DIR LIBFFI_LIBRARY)
