// The certified fast oracle: vectors of doubles with proved radii decide what they can, vectors of double-doubles most of the
// rest, and the mpfr oracle what is left. Radii: oracles/README.md. Compiled once for each instruction set by including itself.
#include "oracles/fast/fast.hpp"
#include "oracles/fast/near_constant.hpp"
#include "oracles/fast/task.hpp"
#include "oracles/oracle.hpp"
#include "oracles/rational_rounding.hpp"
#include "oracles/special_values.hpp"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "oracles/fast.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

// Only where fused multiply-add is one instruction, and lanes are counted when compiling.
#if HWY_NATIVE_FMA && !HWY_HAVE_SCALABLE
#include "oracles/fast/double_double_lanes.hpp"
#include "oracles/fast/double_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

bool runnable() { return (hwy::SupportedTargets() & HWY_TARGET) != 0; }

template <class Sink> bool decide_in(fast::Stage stage, const Task& task, Workspace& workspace, Sink& sink) {
  return stage == fast::Stage::double_lanes ? double_lanes::decide(task, workspace, sink)
                                            : double_double_lanes::decide(task, workspace, sink);
}

bool truths_of_row(fast::Stage stage, const Task& task, Workspace& workspace, int resolution, std::span<Truth> results) {
  workspace.open.clear();
  TruthSink sink(task.format, resolution, results, workspace.open);
  return decide_in(stage, task, workspace, sink);
}

bool enclosures_of_row(fast::Stage stage, const Task& task, Workspace& workspace, std::span<Enclosure> results) {
  EnclosureSink sink(task.format, results);
  return decide_in(stage, task, workspace, sink);
}

// Over the finite elements; unordered where there is a NaN.
fast::Range range_of(std::span<const double> x) {
  V largest = set(-infinity), smallest = set(infinity), lowest = set(infinity);
  M ordered = hn::Eq(largest, largest);
  // What Max and Min make of a NaN does not matter: then nothing else is looked at.
  each_vector(0, x.size(), [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V v = load(&x[i], count, x[i]);
    ordered = hn::And(ordered, hn::Eq(v, v));
    lowest = hn::Min(lowest, v);
    largest = hn::Max(largest, v);
    smallest = hn::Min(smallest, hn::IfThenElse(hn::Gt(v, set(-infinity)), v, set(infinity)));
  });
  return {hn::GetLane(hn::MaxOfLanes(D(), largest)), hn::GetLane(hn::MinOfLanes(D(), smallest)), hn::AllTrue(D(), ordered),
          hn::GetLane(hn::MinOfLanes(D(), lowest)) == -infinity};
}

std::size_t first_equal(std::span<const double> x, double value) {
  std::size_t i = 0;
  for (; i + lanes <= x.size(); i += lanes)
    if (!hn::AllFalse(D(), hn::Eq(hn::LoadU(D(), &x[i]), set(value)))) break;
  while (x[i] != value) ++i;
  return i;
}

} // namespace

struct Kernel {
  static constexpr fast::Target target(std::string_view instruction_set) {
    return {instruction_set, &runnable, &range_of, &first_equal, &truths_of_row, &enclosures_of_row};
  }
};

} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
#include "oracles/registry.hpp"

namespace softmax_audit {
namespace oracles {
extern const Oracle mpfr;
}
namespace fast {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Best first.
constexpr Target all_targets[] = {
#if HWY_TARGETS & HWY_AVX3
    N_AVX3::Kernel::target("avx512"),
#endif
#if HWY_TARGETS & HWY_AVX2
    N_AVX2::Kernel::target("avx2"),
#endif
#if HWY_TARGETS & HWY_NEON
    N_NEON::Kernel::target("neon"),
#endif
    Target{},
};

// What this machine can run, asked once: Highway's answer costs microseconds where the processor's is emulated.
const std::vector<Target>& runnable_targets() {
  static const std::vector<Target> targets = [] {
    std::vector<Target> found;
    for (const Target& target : all_targets)
      if (target.runnable && target.runnable()) found.push_back(target);
    return found;
  }();
  return targets;
}

// Null where there is none.
const Target* best_target() { return runnable_targets().empty() ? nullptr : &runnable_targets().front(); }
const Target* target_named(std::string_view instruction_set) {
  for (const Target& target : runnable_targets())
    if (target.instruction_set == instruction_set) return &target;
  return nullptr;
}

// A row, and what the stages know of it once it has been looked at.
class Row {
public:
  enum class Kind { special, uniform, ordinary, for_reference };

  Row(const Problem& problem, const Target& target, std::vector<double>& negated) {
    task = {.operation = problem.operation,
            .format = problem.format,
            .x = problem.x,
            .scale = problem.scale,
            .dy = problem.dy,
            .target = problem.target.empty() ? 0 : static_cast<std::size_t>(problem.target[0])};
    if (problem.operation == Operation::softmax_backward_from_output) {
      const bool finite = target.range_of(problem.x).all_finite() && target.range_of(problem.dy).all_finite();
      kind = finite ? Kind::ordinary : Kind::special;
      return;
    }
    // The stages rely on a scale of the format, as problem.hpp requires it; better slow than wrong.
    if (!std::isfinite(problem.scale) || problem.scale == 0 || !is_representable(problem.format, problem.scale)) {
      kind = Kind::for_reference;
      return;
    }
    if (problem.scale < 0) {
      negated.resize(problem.x.size());
      std::transform(problem.x.begin(), problem.x.end(), negated.begin(), [](double x) { return -x; });
      task.x = negated;
      task.scale = -problem.scale;
    }
    const Range range = target.range_of(task.x);
    if (problem.operation == Operation::sigmoid) {
      kind = Kind::ordinary;
      has_special_elements = !range.all_finite();
      return;
    }
    if (!range.ordered || !std::isfinite(range.largest) ||
        (problem.operation == Operation::softmax_backward && !target.range_of(problem.dy).all_finite())) {
      kind = Kind::special;
      return;
    }
    task.largest = range.largest;
    task.smallest = range.smallest;
    kind = range.largest == range.smallest ? Kind::uniform : Kind::ordinary;
    if (problem.operation != Operation::softmax) task.argmax = target.first_equal(task.x, range.largest);
  }

  Task task{};
  Kind kind = Kind::ordinary;
  bool has_special_elements = false; // sigmoid
};

constexpr std::size_t sigmoids_at_once = 2048;

struct Room {
  Workspace workspace;
  std::vector<double> negated;
  std::vector<Truth> second;
  std::vector<std::size_t> open;
};

// softmax of k equal logits, and 0 for the masked.
void truths_of_uniform_softmax(const Task& task, int resolution, std::span<Truth> results) {
  const auto k = static_cast<std::size_t>(std::count(task.x.begin(), task.x.end(), task.largest));
  const Truth share = rounded(task.format, BesideRational{1, k, 0, 0}, resolution);
  const Truth masked = zero_truth(task.format);
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = task.x[i] == task.largest ? share : masked;
}

void truths_of_row(const Problem& problem, const Target& target, Room& room, int resolution, std::span<Truth> results,
                   RowsDecided& counts) {
  if (results.empty()) return;
  const Row row(problem, target, room.negated);
  switch (row.kind) {
    case Row::Kind::special: {
      const RowClass row_class = class_of_row(problem);
      if (row_class == RowClass::ordinary) break; // not seen to happen; the reference knows
      special_truths(problem, row_class, results);
      return;
    }
    case Row::Kind::uniform:
      if (problem.operation == Operation::softmax) {
        truths_of_uniform_softmax(row.task, resolution, results);
        ++counts.in_double_lanes;
        return;
      }
      break;
    default: break;
  }
  const bool for_stages = row.kind == Row::Kind::ordinary;
  // A stage whose doubles have no room for the wanted resolution would only waste time, and so would one that is bound to leave
  // something open: about 2^(bits + 1 - 50) of the results (oracles/README.md, "Rounding in vectors").
  const int bits = traits(problem.format).precision + resolution + 1;
  const bool first_has_room = bits <= 42 && std::ldexp(static_cast<double>(results.size()), bits + 1 - 50) < 2;
  const bool is_sigmoid = problem.operation == Operation::sigmoid;
  bool first_done = false;
  if (for_stages && first_has_room)
    first_done = target.truths_of_row(Stage::double_lanes, row.task, room.workspace, resolution, results);
  const auto argue = [&](std::span<Truth> into) {
    if (problem.operation == Operation::softmax && !room.workspace.open.empty())
      decide_beside_power_of_two(row.task, resolution, room.workspace.open, into);
  };
  if (first_done) argue(results);
  const auto settle_special_elements = [&] {
    if (!row.has_special_elements) return;
    for (std::size_t i = 0; i < results.size(); ++i)
      if (const double t = class_of_product(problem.x[i], problem.scale); t != 0)
        results[i] = special_sigmoid(problem.format, t);
  };
  if (first_done && room.workspace.open.empty()) {
    counts.in_double_lanes += is_sigmoid ? results.size() : 1;
    return settle_special_elements();
  }
  if (first_done) room.open = room.workspace.open;
  bool second_done = false;
  if (for_stages) {
    const std::span<Truth> into = first_done ? (room.second.resize(results.size()), std::span<Truth>(room.second)) : results;
    second_done = target.truths_of_row(Stage::double_double_lanes, row.task, room.workspace, resolution, into);
    if (second_done && !first_done) argue(into);
  }
  if (second_done && first_done) {
    for (const std::size_t i : room.open) results[i] = room.second[i];
    // What neither decided: both lists ascend but for the largest element's own place.
    std::sort(room.open.begin(), room.open.end());
    std::erase_if(room.workspace.open,
                  [&](std::size_t i) { return !std::binary_search(room.open.begin(), room.open.end(), i); });
  }
  settle_special_elements();
  if (row.has_special_elements)
    std::erase_if(room.workspace.open, [&](std::size_t i) { return class_of_product(problem.x[i], problem.scale) != 0; });
  const std::size_t left = !second_done ? results.size() : room.workspace.open.size();
  if (is_sigmoid) {
    counts.in_double_double_lanes += (first_done ? room.open.size() : results.size()) - left;
    counts.in_double_lanes += first_done ? results.size() - room.open.size() : 0;
    counts.by_reference += left;
    for (std::size_t j = 0; j < left; ++j) {
      const std::size_t i = second_done ? room.workspace.open[j] : j;
      Problem one = problem;
      one.cols = 1;
      one.x = problem.x.subspan(i, 1);
      oracles::mpfr.truths(one, resolution, results.subspan(i, 1));
    }
    return;
  }
  if (left == 0) {
    ++counts.in_double_double_lanes;
    return;
  }
  ++counts.by_reference;
  oracles::mpfr.truths(problem, resolution, results);
}

template <class Visit> void for_each_row(const Problem& problem, Visit visit) {
  require_well_formed(problem);
  const std::size_t width = results_of_row(problem.operation, problem.cols);
  for (std::size_t r = 0; r < problem.rows; ++r) visit(row_of(problem, r), r * width, width);
}

void truths_on(const Target* target, const Problem& problem, int resolution, std::span<Truth> results, RowsDecided& counts) {
  if (!target) {
    counts.by_reference += problem.rows;
    oracles::mpfr.truths(problem, resolution, results);
    return;
  }
  thread_local Room room;
  for_each_row(problem, [&](const Problem& row, std::size_t first, std::size_t /*width*/) {
    // sigmoid's elements know nothing of each other: in parts, so that one that is open does not cost the others a stage.
    const std::size_t part = row.operation == Operation::sigmoid ? sigmoids_at_once : std::max<std::size_t>(row.cols, 1);
    for (std::size_t begin = 0; begin == 0 || begin < row.cols; begin += part) {
      Problem some = row;
      if (row.operation == Operation::sigmoid) {
        some.cols = std::min(part, row.cols - begin);
        some.x = row.x.subspan(begin, some.cols);
      }
      truths_of_row(some, *target, room, resolution, results.subspan(first + begin, results_of_row(some.operation, some.cols)),
                    counts);
    }
  });
}

void enclosures_on(const Target& target, const Problem& problem, Stage stage, std::span<Enclosure> results) {
  Room room;
  for_each_row(problem, [&](const Problem& row_problem, std::size_t first, std::size_t width) {
    const std::span<Enclosure> of_row = results.subspan(first, width);
    const Row row(row_problem, target, room.negated);
    if (row.kind == Row::Kind::ordinary && !row.has_special_elements &&
        target.enclosures_of_row(stage, row.task, room.workspace, of_row))
      return;
    std::fill(of_row.begin(), of_row.end(), Enclosure{0, 0, infinity, 0});
  });
}

} // namespace

std::span<const std::string_view> instruction_sets() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> found;
    for (const Target& target : runnable_targets()) found.push_back(target.instruction_set);
    return found;
  }();
  return names;
}

void truths(const Problem& problem, int resolution, std::span<Truth> results, std::string_view instruction_set,
            RowsDecided& counts) {
  truths_on(target_named(instruction_set), problem, resolution, results, counts);
}

void enclosures(const Problem& problem, Stage stage, std::span<Enclosure> results, std::string_view instruction_set) {
  const Target* target = target_named(instruction_set);
  if (!target) {
    std::fill(results.begin(), results.end(), Enclosure{0, 0, infinity, 0});
    return;
  }
  enclosures_on(*target, problem, stage, results);
}

} // namespace fast

namespace {

void all_truths(const Problem& problem, int resolution, std::span<Truth> results) {
  fast::RowsDecided counts;
  fast::truths_on(fast::best_target(), problem, resolution, results, counts);
}

// Of the first stage that takes a row; what it declines is mpfr's.
void first_enclosures(const Problem& problem, std::span<Enclosure> results) {
  const fast::Target* target = fast::best_target();
  if (!target) return oracles::mpfr.enclosures(problem, results);
  fast::enclosures_on(*target, problem, fast::Stage::double_lanes, results);
  std::vector<Enclosure> other(results.size());
  const auto fill = [&] {
    for (std::size_t i = 0; i < results.size(); ++i)
      if (std::isinf(results[i].radius)) results[i] = other[i];
  };
  fast::enclosures_on(*target, problem, fast::Stage::double_double_lanes, other);
  fill();
  if (std::none_of(results.begin(), results.end(), [](const Enclosure& e) { return std::isinf(e.radius); })) return;
  oracles::mpfr.enclosures(problem, other);
  fill();
}

std::vector<std::string> reference_decimals(const Problem& problem, int digits) {
  return oracles::mpfr.decimals(problem, digits);
}

std::string versions() {
  const std::span<const std::string_view> sets = fast::instruction_sets();
  return std::string("Highway ") + std::to_string(HWY_MAJOR) + '.' + std::to_string(HWY_MINOR) + '.' +
         std::to_string(HWY_PATCH) + (sets.empty() ? std::string(" without fused multiply-add") : ' ' + std::string(sets[0])) +
         ", then " + oracles::mpfr.version();
}

} // namespace

namespace oracles {
extern constinit const Oracle fast{"fast",
                                   "double, then double-double vectors with proved radii, then mpfr",
                                   &versions,
                                   &all_truths,
                                   &first_enclosures,
                                   &reference_decimals};
} // namespace oracles

} // namespace softmax_audit
#endif
