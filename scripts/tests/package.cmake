# Installs the build to a scratch prefix, moves that somewhere else, and builds and tests a project outside of the tree from there:
#   cmake -D BUILD=<build folder> -D CONSUMER=<project> -D WORK=<scratch folder> [-D GENERATOR=..] -P package.cmake
foreach(needed IN ITEMS BUILD CONSUMER WORK)
  if(NOT ${needed})
    message(FATAL_ERROR "package.cmake: ${needed} is missing")
  endif()
endforeach()
function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " line)
    message(FATAL_ERROR "${line}: ${code}\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
foreach(component IN ITEMS program development)
  step(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/staging --component ${component})
endforeach()
# Whoever unpacks a package elsewhere finds everything there.
file(RENAME ${WORK}/staging ${WORK}/prefix)
# Laws of isolation are asked in the runner.
step(${WORK}/prefix/bin/softmax-audit check shifted --cases 20 --format f32 --instruction-set scalar)

step(bash ${CMAKE_CURRENT_LIST_DIR}/check_manual.sh ${WORK}/prefix)

file(COPY ${CONSUMER}/ DESTINATION ${WORK}/consumer)
set(generator "")
if(GENERATOR)
  set(generator -G ${GENERATOR})
endif()
step(${CMAKE_COMMAND} -S ${WORK}/consumer -B ${WORK}/consumer/build ${generator} -D CMAKE_PREFIX_PATH=${WORK}/prefix
     -D CMAKE_BUILD_TYPE=Release)
# Neither the build tree nor the source tree may be what was found.
file(READ ${WORK}/consumer/build/CMakeCache.txt cache)
if(NOT cache MATCHES "softmax_audit_DIR:PATH=${WORK}/prefix/")
  message(FATAL_ERROR "the project found another softmax_audit than the installed one")
endif()
step(${CMAKE_COMMAND} --build ${WORK}/consumer/build)
step(${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/consumer/build --output-on-failure)
message("${out}")
if(NOT out MATCHES "100% tests passed, 0 tests failed out of 4")
  message(FATAL_ERROR "four tests were to be run")
endif()
