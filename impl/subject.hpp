// What a law sees: something that answers problems, wherever its code lives.
#pragma once

#include "impl/implementation.hpp"
#include "impl/profile.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// What code may do besides answering. Each is seen from outside the code: by pages that nobody may touch, by what is compared before
// and after a call, or by the end of the process that it runs in (impl/foreign/README.md, "What isolates what").
enum class Deed {
  reads_outside,       // of the buffers that it was given
  writes_outside,      // of the buffer of its results, or between their rows
  writes_input,        // x, dy, mask or target
  changes_environment, // rounding mode, flush-to-zero, denormals-are-zero, traps, precision of the x87
  prints,              // to standard output
  starts_process,      //
  touches_descriptors, // closes one that is not its own, or leaves one open
  exceeds_time,        // these end the call, and mostly the process
  exceeds_memory,      //
  exceeds_stack,       //
  raises_signal,       //
  leaves_otherwise,    // than by returning: exit, an exception
};
inline constexpr std::size_t deed_count = 12;

class Deeds {
public:
  constexpr Deeds() = default;
  static constexpr Deeds from_bits(std::uint32_t bits) {
    Deeds deeds;
    deeds.bits_ = bits & ((1u << deed_count) - 1);
    return deeds;
  }
  constexpr void add(Deed deed) { bits_ |= 1u << static_cast<unsigned>(deed); }
  constexpr bool has(Deed deed) const { return (bits_ >> static_cast<unsigned>(deed)) & 1u; }
  constexpr std::uint32_t bits() const { return bits_; }

private:
  std::uint32_t bits_ = 0;
};

// The subject did something other than answer. The row that did it is known to whoever asked.
struct Incident : std::runtime_error {
  enum class Kind { crashed, timed_out, refused };
  Kind kind;
  std::optional<Deed> deed; // what it was, where that is known
  Incident(Kind kind_, const std::string& what_, std::optional<Deed> deed_ = std::nullopt)
      : std::runtime_error(what_), kind(kind_), deed(deed_) {}
};

// Where the pages that nobody may touch lie around every buffer.
enum class Fence {
  none,    // at least 4096 readable bytes on both sides: what reads a little too far is judged by its answers
  aligned, // the buffer begins at a 64-byte boundary; the page begins less than 64 bytes after its end
  end,     // the page begins with the first byte after the buffer
  start,   // the page ends with the last byte before the buffer
};

// What the place of the results holds before the call.
enum class Prefill { not_a_number, zero, one, largest, minus_infinity };
inline constexpr std::size_t prefill_count = 5;

// How one call is made. The results must not depend on it.
struct Placement {
  std::size_t inner = 1;     // rows side by side: the axis has this many elements behind it; divides the number of rows
  std::size_t gap = 0;       // elements between two blocks of rows, filled with NaN
  std::size_t misplaced = 0; // elements between a 64-byte boundary and each buffer
  bool in_place = false;     // y is x
  Fence fence = Fence::none;
  Prefill prefill = Prefill::not_a_number;
  std::uint32_t callers = 1;   // threads: so many more calls at once, of one row each
  std::uint32_t repeats = 1;   // of the same call, to be timed
  bool masked = false;         // logits of -inf are given as 0, and -inf in a mask that is added to them
  bool second_results = false; // the maximum and the sum of each row are wanted, too
};

// How often each of Placement::callers calls. Rows are computed side by side for some tens of microseconds, which is what lets a
// race be seen: a long row does that in fewer calls.
constexpr std::uint64_t calls_of_each(std::uint64_t cols) {
  return std::clamp<std::uint64_t>(16384 / std::max<std::uint64_t>(cols, 1), 8, 64);
}

struct Answer {
  std::vector<double> y;                // row-major, whatever the placement was
  int flags = 0;                        // the IEEE exceptions that the call raised (FE_INVALID ...)
  Deeds deeds{};                        // run_watched only, like all that follows
  std::string seen{};                   // the deeds in words: "wrote 4 bytes after the end of y"
  std::uint64_t differing = 0;          // calls of the callers whose results had other bits
  double nanoseconds = 0;               // median of the repeats
  std::vector<double> maximum{}, sum{}; // of each row: m = max_j scale x_j and sum_j exp(scale x_j - m)
};

// What can be asked of a subject besides an answer.
enum class Ability {
  alignment,      // Placement::misplaced
  row_stride,     // Placement::gap
  axis,           // Placement::inner
  in_place,       // Placement::in_place
  flags,          // Answer::flags
  threads,        // run_placed from several threads at once
  fences,         // run_watched with fences: reads and writes outside, writes to inputs
  environment,    // run_watched sees changes_environment
  prefill,        // run_watched with a prefill
  streams,        // run_watched sees prints
  processes,      // run_watched sees starts_process
  descriptors,    // run_watched sees touches_descriptors
  callers,        // run_watched with callers
  timing,         // run_watched with repeats
  mask,           // run_watched with Placement::masked
  second_results, // run_watched with Placement::second_results
  apart,          // it runs in a process of its own: what ends that process is an Incident with a deed
};
inline constexpr std::array<std::string_view, 17> ability_names{
    "alignment", "row_stride", "axis",        "in_place", "flags",  "threads", "fences",         "environment", "prefill",
    "streams",   "processes",  "descriptors", "callers",  "timing", "mask",    "second_results", "apart"};
constexpr std::string_view name(Ability ability) { return ability_names[static_cast<std::size_t>(ability)]; }

class Abilities {
public:
  constexpr Abilities() = default;
  constexpr Abilities(std::initializer_list<Ability> abilities) {
    for (const Ability ability : abilities) add(ability);
  }
  constexpr void add(Ability ability) { bits_ |= 1u << static_cast<unsigned>(ability); }
  constexpr bool has(Ability ability) const { return (bits_ >> static_cast<unsigned>(ability)) & 1u; }
  constexpr bool has_all(Abilities others) const { return (bits_ & others.bits_) == others.bits_; }
  friend constexpr bool operator==(const Abilities&, const Abilities&) = default;
  constexpr Abilities operator|(Abilities others) const {
    others.bits_ |= bits_;
    return others;
  }

private:
  std::uint32_t bits_ = 0;
};

struct Offer {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  Abilities abilities{}; // besides those of the subject as a whole
  friend bool operator==(const Offer& a, const Offer& b) { return a.operation == b.operation && a.format == b.format; }
};

struct Subject {
  std::string name;
  std::string version;
  std::string instruction_set;
  std::vector<Offer> offers; // what it can be asked
  Claim claim;
  bool claim_is_assumed = false;       // nothing was declared
  std::optional<Format> format_of_x{}; // of logits and gradients, where it is not that of the results
  bool takes_scale = false;            // otherwise only scale = 1 may be asked
  Profile profile = Profile::ieee;
  bool profile_is_assumed = false; // nothing was declared: it is judged by one that it meets, if there is one
  std::vector<Break> breaks;       // declared
  Abilities abilities;
  // Answers a problem: result_count(problem) results, row-major, as values of problem.format. Throws Incident.
  std::function<std::vector<double>(const Problem&)> run;
  // The same with the rows placed in another way; requires the abilities that the placement needs.
  std::function<Answer(const Problem&, const Placement&)> run_placed;
  // The same in a process of its own, which is watched.
  std::function<Answer(const Problem&, const Placement&)> run_watched;

  bool can(Ability ability, Operation operation, Format format) const {
    const auto offer = std::find(offers.begin(), offers.end(), Offer{operation, format});
    return abilities.has(ability) || (offer != offers.end() && offer->abilities.has(ability));
  }
  bool can_all(Abilities wanted, Operation operation, Format format) const {
    const auto offer = std::find(offers.begin(), offers.end(), Offer{operation, format});
    return offer != offers.end() && (abilities | offer->abilities).has_all(wanted);
  }
  bool has(Operation operation, Format format) const {
    return std::find(offers.begin(), offers.end(), Offer{operation, format}) != offers.end();
  }
};

// One subject per runnable variant of the implementation. Without run and run_placed if it must not run in this process.
std::vector<Subject> subjects_of(const Implementation& implementation);

} // namespace softmax_audit
