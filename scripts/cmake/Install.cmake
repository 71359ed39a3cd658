# What is installed, where, and as which package. Three components:
#   program       softmax-audit, its runner, the adapters for workers, manual page, completions
#   development   headers for plugins and C++ test programs, softmax_audit::embedding, the CMake package
#   python        the program as it lies in a Python package (pyproject.toml); only when asked for
# Nothing that is installed knows the prefix: the program finds its runner and adapters from where it lies itself.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/softmax_audit)
set(adapter_folder share/softmax-audit/adapters)   # as in reports/cli/subjects.cpp
set(runner_folder libexec/softmax-audit)           # as in impl/foreign/worker.cpp
set(documentation_folder ${CMAKE_INSTALL_DATAROOTDIR}/doc/softmax-audit)
file(GLOB adapters CONFIGURE_DEPENDS LIST_DIRECTORIES false ${PROJECT_SOURCE_DIR}/scripts/adapters/*) # not __pycache__

set(maintainer "The softmax-audit authors <authors@softmax-audit.invalid>")
option(SOFTMAX_AUDIT_DEBIAN "Install what Debian's policy asks of a package, where it asks for it" OFF)
if(SOFTMAX_AUDIT_DEBIAN)
  set(zsh_completions vendor-completions)
  install(FILES scripts/package/copyright DESTINATION ${documentation_folder} COMPONENT program)
  configure_file(CHANGELOG.md ${PROJECT_BINARY_DIR}/changelog COPYONLY)
  string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
  file(WRITE ${PROJECT_BINARY_DIR}/changelog.Debian "softmax-audit (${PROJECT_VERSION}-1${SOFTMAX_AUDIT_DEBIAN_SUFFIX}) unstable; urgency=medium

  * Packaged by the project itself: changelog.gz says what is new.

 -- ${maintainer}  ${now}
")
  foreach(name IN ITEMS changelog changelog.Debian)
    execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/${name} COMMAND_ERROR_IS_FATAL ANY)
    install(FILES ${PROJECT_BINARY_DIR}/${name}.gz DESTINATION ${documentation_folder} COMPONENT program)
  endforeach()
else()
  set(zsh_completions site-functions)
  install(FILES LICENSE CHANGELOG.md DESTINATION ${documentation_folder} COMPONENT program)
endif()

set_target_properties(softmax-audit PROPERTIES EXPORT_NAME program)
add_executable(softmax_audit::program ALIAS softmax-audit)
install(TARGETS softmax-audit EXPORT softmax_audit RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(TARGETS softmax-audit-runner RUNTIME DESTINATION ${runner_folder} COMPONENT program)
install(FILES ${adapters} DESTINATION ${adapter_folder} COMPONENT program)
install(FILES README.md CITATION.cff DESTINATION ${documentation_folder} COMPONENT program)
install(FILES impl/foreign/README.md DESTINATION ${documentation_folder} RENAME foreign.md COMPONENT program)
install(FILES reports/schema.json DESTINATION share/softmax-audit COMPONENT program)

set_target_properties(softmax_audit_embedding PROPERTIES EXPORT_NAME embedding)
add_library(softmax_audit::embedding ALIAS softmax_audit_embedding)
install(TARGETS softmax_audit_embedding EXPORT softmax_audit
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(FILES impl/foreign/softmax_audit.hpp impl/foreign/softmax_audit_plugin.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT softmax_audit NAMESPACE softmax_audit:: FILE softmax_audit-targets.cmake DESTINATION ${cmake_folder}
        COMPONENT development)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/softmax_audit-config.cmake.in
  ${PROJECT_BINARY_DIR}/softmax_audit-config.cmake INSTALL_DESTINATION ${cmake_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/softmax_audit-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/softmax_audit-config.cmake ${PROJECT_BINARY_DIR}/softmax_audit-config-version.cmake
        ${CMAKE_CURRENT_LIST_DIR}/softmax_audit-gate.cmake DESTINATION ${cmake_folder} COMPONENT development)

# A Python package is a prefix of its own.
install(TARGETS softmax-audit RUNTIME DESTINATION bin COMPONENT python EXCLUDE_FROM_ALL)
install(TARGETS softmax-audit-runner RUNTIME DESTINATION ${runner_folder} COMPONENT python EXCLUDE_FROM_ALL)
install(FILES ${adapters} DESTINATION ${adapter_folder} COMPONENT python EXCLUDE_FROM_ALL)
install(FILES ${PROJECT_SOURCE_DIR}/scripts/adapters/softmax_audit.py DESTINATION . RENAME _adapter.py COMPONENT python
        EXCLUDE_FROM_ALL)
file(GLOB python_package CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scripts/package/softmax_audit/*.py)
install(FILES ${python_package} DESTINATION . COMPONENT python EXCLUDE_FROM_ALL)

# Manual page and completions say what --help says: the page is made from it, the completions ask it.
set(package_folder ${PROJECT_SOURCE_DIR}/scripts/package)
if(NOT CMAKE_CROSSCOMPILING)
  set(manual ${PROJECT_BINARY_DIR}/softmax-audit.1)
  add_custom_command(OUTPUT ${manual}.gz
    COMMAND sh ${package_folder}/manual $<TARGET_FILE:softmax-audit> ${package_folder}/help.awk ${package_folder}/softmax-audit.1.in
            ${PROJECT_VERSION} > ${manual}
    COMMAND gzip -9nf ${manual}
    DEPENDS softmax-audit ${package_folder}/manual ${package_folder}/help.awk ${package_folder}/softmax-audit.1.in VERBATIM)
  add_custom_target(softmax_audit_manual ALL DEPENDS ${manual}.gz)
  install(FILES ${manual}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
endif()
install(PROGRAMS ${package_folder}/complete DESTINATION ${runner_folder} COMPONENT program)
install(FILES ${package_folder}/help.awk DESTINATION ${runner_folder} COMPONENT program)
install(FILES ${package_folder}/completion.bash DESTINATION share/bash-completion/completions RENAME softmax-audit COMPONENT program)
install(FILES ${package_folder}/completion.zsh DESTINATION share/zsh/${zsh_completions} RENAME _softmax-audit COMPONENT program)
install(FILES ${package_folder}/completion.fish DESTINATION share/fish/vendor_completions.d RENAME softmax-audit.fish
        COMPONENT program)

# cpack -G DEB (scripts/package deb): one package, whose dependencies are those of the libraries that it was linked against. It
# therefore belongs to the release of Debian that it was built on, and its version says which.
set(CPACK_PACKAGE_NAME softmax-audit)
set(CPACK_PACKAGE_VENDOR "The softmax-audit authors")
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "judges softmax implementations against arbitrary precision")
set(CPACK_PACKAGE_DESCRIPTION "softmax-audit says whether a softmax is right, and how wrong it is, in units
in the last place, with the smallest row that shows it. It judges functions of
shared libraries, programs in any language and Python callables by laws and
proved bounds, in binary16, bfloat16, binary32 and binary64, and holds them to
limits in CI.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_NAME softmax-audit)
set(CPACK_DEBIAN_PACKAGE_RELEASE "1${SOFTMAX_AUDIT_DEBIAN_SUFFIX}")
set(CPACK_DEBIAN_PACKAGE_SECTION math)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, g++, python3-numpy")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/scripts/package/prerm)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
