// softmax-audit-runner --library PATH --symbol NAME --call 'SIGNATURE' [--operation NAME]
//                      --plugin PATH [--symbol NAME]
//                      --implementation NAME --instruction-set NAME
//                      [--allow-overread BYTES]
//
// Serves one subject to the program over the worker protocol, in a process that may die. It contains no oracle and no
// judge: whatever the code does to this process, it cannot do to the truth.
//
// Before the handshake every error is one JSON line {"softmax_audit": 1, "error": "..."} and exit status 2.

#include "impl/foreign/serve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace softmax_audit {
namespace {

struct Arguments {
  std::string library, plugin, symbol, call, operation{name(Operation::softmax)}, implementation, instruction_set, overread;
};

Arguments arguments_from(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; i += 2) {
    const std::string_view option = words[i];
    std::string* const value = option == "--library"           ? &arguments.library
                               : option == "--plugin"          ? &arguments.plugin
                               : option == "--symbol"          ? &arguments.symbol
                               : option == "--call"            ? &arguments.call
                               : option == "--operation"       ? &arguments.operation
                               : option == "--implementation"  ? &arguments.implementation
                               : option == "--instruction-set" ? &arguments.instruction_set
                               : option == "--allow-overread"  ? &arguments.overread
                                                               : nullptr;
    if (!value) throw std::invalid_argument(fmt::format("runner: \"{}\" is not an option", option));
    if (i + 1 >= count) throw std::invalid_argument(fmt::format("runner: {} needs a value", option));
    *value = words[i + 1];
  }
  const int named = !arguments.library.empty() + !arguments.plugin.empty() + !arguments.implementation.empty();
  if (named != 1) throw std::invalid_argument("runner: one of --library, --plugin and --implementation names what to serve");
  if (!arguments.library.empty() && arguments.symbol.empty()) throw std::invalid_argument("runner: --symbol NAME is missing");
  if (!arguments.library.empty() && arguments.call.empty()) throw std::invalid_argument("runner: --call SIGNATURE is missing");
  return arguments;
}

Operation operation_from(const std::string& text) {
  const auto found = std::ranges::find(operation_names, text);
  if (found == operation_names.end())
    throw std::invalid_argument(
        fmt::format("runner: \"{}\" is not an operation; the operations are {}", text, fmt::join(operation_names, ", ")));
  return static_cast<Operation>(found - operation_names.begin());
}

ServeOptions options_from(const Arguments& arguments) {
  ServeOptions options;
  const std::string& text = arguments.overread;
  if (text.empty()) return options;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.overread);
  if (error != std::errc() || end != text.data() + text.size() || options.overread > 65536)
    throw std::invalid_argument(fmt::format("runner: --allow-overread {} is not a number of bytes up to 65536", text));
  return options;
}

Callee callee_from(const Arguments& arguments) {
  if (!arguments.library.empty())
    return library_callee(arguments.library, arguments.symbol, arguments.call, operation_from(arguments.operation));
  if (!arguments.plugin.empty())
    return plugin_callee(arguments.plugin, arguments.symbol.empty() ? "softmax_audit_plugin_entry" : arguments.symbol);
  return built_in_callee(arguments.implementation, arguments.instruction_set);
}

int run(int count, char** words) {
  Wire wire = take_wire();
  Callee callee;
  ServeOptions options;
  Sighting at_start;
  try {
    const Arguments arguments = arguments_from(count, words);
    options = options_from(arguments);
    Watch watch(wire, false);
    try {
      callee = callee_from(arguments);
    } catch (...) {
      pass_on_prints(wire);
      throw;
    }
    watch.finish(at_start);
  } catch (const std::invalid_argument& error) {
    report_error(wire, error.what());
    return 2;
  }
  if (!at_start.text.empty()) at_start.text = "when it was loaded: " + at_start.text;
  serve(wire, callee, at_start, options);
  return 0;
}

} // namespace
} // namespace softmax_audit

// Asked by the sanitizers' runtimes where they are linked in: a crash of the library has to reach whoever waits as the signal
// that it is, not as an exit of the sanitizer.
constexpr const char* leave_signals_alone = "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0";
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return leave_signals_alone; }
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return leave_signals_alone; }

int main(int count, char** words) {
  try {
    return softmax_audit::run(count, words);
  } catch (const std::exception& error) {
    fmt::print(stderr, "softmax-audit-runner: {}\n", error.what());
    return 4;
  }
}
