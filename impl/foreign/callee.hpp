// What the runner calls: a function of a library behind a call string, a plugin, an implementation that is compiled in, or a
// C++ callable, all behind one signature.
#pragma once

#include "impl/foreign/call_signature.hpp"
#include "impl/foreign/softmax_audit_plugin.h"
#include "impl/subject.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace softmax_audit {

// One call as the runner makes it: the plugin's, and what only call strings have.
struct CalleeCall : softmax_audit_call {
  void* work = nullptr; // a buffer of the extent of x in the format of Callee::work
};

// It cannot be asked this: said to the program as a refusal, which counts neither for nor against.
struct CannotAsk : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Callee {
  std::string name, version, instruction_set;
  std::vector<Offer> offers;         // the format is that of the results
  bool offers_differ = false;        // each says by itself which of mask, strides, axis, in place, second results it has
  std::optional<Format> format_of_x; // where it is another one, in every offer
  bool takes_scale = false;
  bool takes_mask = false;
  bool odd_mask = false;             // is given a mask of zeros even if nobody asked: it has no call without one
  bool works_only_in_place = false;  // there is no y
  bool works_in_place = false;       // y may be x
  bool takes_row_stride = false;     // rows of x and y may have gaps
  bool takes_one_row_stride = false; // the same gap in both
  bool takes_axis = false;
  bool gives_second_results = false; // call->maximum and call->sum
  bool takes_threads = false;        // several calls at once
  bool odd_strides = false;          // rows have gaps even if nobody asked: a function that ignores its strides is found
  std::optional<Format> work;        // wants a scratch buffer
  // SOFTMAX_AUDIT_DONE, or what it gave instead. May throw CannotAsk, and whatever the code throws.
  std::function<int(const CalleeCall&)> run;
};

// Each throws std::invalid_argument with one sentence.
Callee library_callee(const std::string& library, const std::string& symbol, const std::string& call, Operation operation);
Callee plugin_callee(const std::string& library, const std::string& entry);
Callee built_in_callee(const std::string& implementation, const std::string& instruction_set);

} // namespace softmax_audit
