// A call string as a value: which arguments a foreign function takes, in its own order, and what each of them means.
//
//   void(const f32* x, f32* y, size rows, size cols)
//   void(bf16* y, const bf16* x, size n, f32 scale)
//   int(f64* x, i64 n)
//   void(const f32* x, const f32* dy, f32* y, size rows, size cols)        softmax_backward
//   void(const f32* x, const i64* target, f32* y, size rows, size cols)    cross_entropy
//
//   x               logits, pointer to a format; without y the results replace them. softmax_backward_from_output: what the
//                   forward pass gave
//   y               results, pointer to a format, in the layout of x; log_sum_exp and cross_entropy: one element a row, and
//                   always there
//   n               one row: the function is called once a row
//   rows, cols      many rows: the function is called once a question
//   ld, ldx, ldy    elements between the beginnings of two rows, of both buffers or of one
//   scale           f32 or f64, by value
//   mask            added to the logits, of the type and the layout of x
//   dy              upstream gradient, of the type and the layout of x; the two backward operations
//   target          cross_entropy: pointer to i64 or int, one element a row; or size, int or i64 by value beside n
//   work            a buffer of the extent of x, to scribble on
//
// A value holds nothing but itself; no pointer into the text survives the parse.
#pragma once

#include "oracles/format.hpp"
#include "oracles/problem.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace softmax_audit {

// The first four stand in the order of Format.
enum class CallType { f16, bf16, f32, f64, size, integer, i64, boolean };
inline constexpr std::array<std::string_view, 8> call_type_names{"f16", "bf16", "f32", "f64", "size", "int", "i64", "bool"};
constexpr std::string_view name(CallType type) { return call_type_names[static_cast<std::size_t>(type)]; }
constexpr bool is_format(CallType type) { return type <= CallType::f64; }
constexpr Format format_of_type(CallType type) { return static_cast<Format>(type); } // requires is_format

enum class Meaning { x, y, n, rows, cols, ld, ldx, ldy, scale, mask, target, dy, work };
inline constexpr std::array<std::string_view, 13> meaning_names{"x",   "y",     "n",    "rows",   "cols", "ld",  "ldx",
                                                                "ldy", "scale", "mask", "target", "dy",   "work"};
constexpr std::string_view name(Meaning meaning) { return meaning_names[static_cast<std::size_t>(meaning)]; }

struct CallArgument {
  Meaning meaning;
  CallType type;
  bool is_pointer;
  bool is_const;
  std::size_t column; // of its name, counted from 1
};

struct CallSignature {
  bool returns_int; // otherwise void; non-zero means that the function refused
  std::vector<CallArgument> arguments;
};

// Parses and validates: a call takes what the operation has, and nothing that it has not. Throws std::invalid_argument with one
// sentence that says what is wrong and at which column.
CallSignature call_from(std::string_view text, Operation operation = Operation::softmax);

// Null when the call has no such argument.
const CallArgument* argument(const CallSignature& call, Meaning meaning);

inline bool takes(const CallSignature& call, Meaning meaning) { return argument(call, meaning) != nullptr; }
inline bool is_in_place(const CallSignature& call) { return !takes(call, Meaning::y); }
Format format_of_x(const CallSignature& call);
Format format_of_y(const CallSignature& call);

} // namespace softmax_audit
