# A test that holds a softmax to a gate:
#
#   softmax_audit_add_gate(NAME <test> POLICY <gate.toml>
#                          [LIBRARY <target or file> SYMBOL <function> CALL <signature>
#                           | PLUGIN <target or file> [SYMBOL <entry>]
#                           | WORKER <command>]
#                          [OPERATION <operation>] [CLAIM <claim>] [EFFORT smoke|gate|deep] [SUBJECT_NAME <name in reports>]
#                          [ARGUMENTS <more for the program>...] [LABELS <label>...] [TIMEOUT <seconds>])
#
# The limits of POLICY are applied to the library, plugin or worker; without one, to the subjects that POLICY itself names. Without
# POLICY the subject is judged by every law (softmax-audit check). Where everything is skipped, the test is. Reports:
# ARGUMENTS --junit out.xml --html out.html. Generator expressions may stand in every value.
function(softmax_audit_add_gate)
  cmake_parse_arguments(PARSE_ARGV 0 gate ""
                        "NAME;POLICY;LIBRARY;SYMBOL;CALL;PLUGIN;WORKER;OPERATION;CLAIM;EFFORT;SUBJECT_NAME;TIMEOUT" "ARGUMENTS;LABELS")
  if(gate_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "softmax_audit_add_gate: unknown: ${gate_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT gate_NAME)
    message(FATAL_ERROR "softmax_audit_add_gate: NAME is missing: how the test is called")
  endif()
  set(kinds "")
  foreach(kind IN ITEMS LIBRARY PLUGIN WORKER)
    if(gate_${kind})
      list(APPEND kinds ${kind})
    endif()
  endforeach()
  list(LENGTH kinds count)
  if(count GREATER 1)
    message(FATAL_ERROR "softmax_audit_add_gate(${gate_NAME}): one of LIBRARY, PLUGIN and WORKER, not ${kinds}")
  endif()
  if(count EQUAL 0 AND NOT gate_POLICY)
    message(FATAL_ERROR "softmax_audit_add_gate(${gate_NAME}): nothing to judge: give LIBRARY, PLUGIN, WORKER or POLICY")
  endif()
  if(gate_LIBRARY AND NOT (gate_SYMBOL AND gate_CALL))
    message(FATAL_ERROR "softmax_audit_add_gate(${gate_NAME}): LIBRARY needs SYMBOL and CALL, "
                        "as in CALL \"void(const f32* x, f32* y, size n)\"")
  endif()

  if(gate_POLICY)
    get_filename_component(policy "${gate_POLICY}" ABSOLUTE)
    if(NOT EXISTS "${policy}")
      message(FATAL_ERROR "softmax_audit_add_gate(${gate_NAME}): there is no POLICY ${policy}")
    endif()
    set(words gate "${policy}")
  else()
    set(words check)
  endif()
  foreach(kind IN ITEMS LIBRARY PLUGIN)
    if(NOT gate_${kind})
      continue()
    endif()
    string(TOLOWER ${kind} option)
    if(TARGET "${gate_${kind}}")
      list(APPEND words --${option} "$<TARGET_FILE:${gate_${kind}}>")
    else()
      list(APPEND words --${option} "${gate_${kind}}")
    endif()
  endforeach()
  foreach(kind IN ITEMS SYMBOL CALL WORKER OPERATION CLAIM EFFORT)
    if(gate_${kind})
      string(TOLOWER ${kind} option)
      list(APPEND words --${option} "${gate_${kind}}")
    endif()
  endforeach()
  if(gate_SUBJECT_NAME)
    list(APPEND words --name "${gate_SUBJECT_NAME}")
  elseif(count EQUAL 1)
    list(APPEND words --name "${gate_NAME}")
  endif()

  add_test(NAME "${gate_NAME}" COMMAND softmax_audit::program ${words} ${gate_ARGUMENTS})
  set_tests_properties("${gate_NAME}" PROPERTIES SKIP_RETURN_CODE 77 LABELS "softmax_audit;${gate_LABELS}")
  if(gate_TIMEOUT)
    set_tests_properties("${gate_NAME}" PROPERTIES TIMEOUT ${gate_TIMEOUT})
  endif()
endfunction()
