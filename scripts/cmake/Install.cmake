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
file(GLOB adapters CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scripts/adapters/*)

set_target_properties(softmax-audit PROPERTIES EXPORT_NAME program)
add_executable(softmax_audit::program ALIAS softmax-audit)
install(TARGETS softmax-audit EXPORT softmax_audit RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(TARGETS softmax-audit-runner RUNTIME DESTINATION ${runner_folder} COMPONENT program)
install(FILES ${adapters} DESTINATION ${adapter_folder} COMPONENT program)
install(FILES README.md CHANGELOG.md LICENSE CITATION.cff DESTINATION ${documentation_folder} COMPONENT program)
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
