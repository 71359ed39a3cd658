// The runner's side of the worker protocol: one callee, in guarded buffers, under watch.
#pragma once

#include "impl/foreign/callee.hpp"
#include "impl/foreign/watch.hpp"

namespace softmax_audit {

struct ServeOptions {
  std::size_t overread = 0;   // bytes after every buffer that may be read
  bool catches_faults = true; // by signal handlers for the rest of the process
};

// Shakes hands and answers until the program closes the wire. `at_start`: what loading did. Throws std::runtime_error for what is
// not a frame.
void serve(Wire& wire, const Callee& callee, const Sighting& at_start, const ServeOptions& options);

// Instead: the handshake that says why there is nothing to serve.
void report_error(const Wire& wire, const std::string& sentence);

} // namespace softmax_audit
