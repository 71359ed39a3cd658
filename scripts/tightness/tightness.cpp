// How much of its proved bound does a class of arithmetic attain? A gate may be strict because its bound is tight. Prints a
// table in markdown, for each class, operation, format and length the largest |error| / bound that was found,
//   honest       of the built-in implementations whose claim it is
//   adversarial  of any member of the class: those, and arithmetic whose roundings are all to nearest but whose exp and log are
//                as far off as the claim allows, each towards the side that hurts the element (one argument, one result)
// on rows that hill climbing moved, in the integer order of the floats, to where the quotient is largest. Climbs start at
// generated regimes and at rows whose sums lose (or gain) half an ulp of the largest element at every addition of the tree.
//   tightness                  everything: classes, classes on exact differences, each operation in each class; half an hour on one core
//   tightness [TIMES] WORD...  only the classes and operations with these names; TIMES as many rows
//   tightness ... rows         tells on stderr which rows of one to three logits attain it
// The quotient is taken from below: what is not known of the truth counts for the bound. One above 1 contradicts the proof; the
// row is told on stderr, and the exit code is 1. All seeds are fixed. What the instruction sets of the machine at hand add to
// the honest ones of class `lanes` is the only thing that differs from one machine to another.
#include "impl/registry.hpp"
#include "impl/subject.hpp"
#include "oracles/registry.hpp"
#include "properties/bounds.hpp"
#include "properties/inputs/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int resolution = 20; // a bound of half an ulp is not blurred by what is not known of the truth
constexpr std::size_t lengths[] = {1, 2, 3, 10, 100, 1000, 10000, 100000};

struct Class {
  std::string_view name;
  std::string_view claim;
  std::span<const Format> formats = softmax_audit::formats; // elsewhere it is the class `default`
};
constexpr Format narrow[] = {Format::f16, Format::bf16, Format::f32}, widest[] = {Format::f64};
constexpr Class classes[] = {
    {"default", ""},
    {"pairwise", "sum=pairwise"},
    {"lanes", "sum=lanes:32"},
    {"kahan", "sum=compensated"},
    {"compensated", "sum=compensated,difference=compensated,exp=1.6"},
    {"wide", "sum=wide", narrow},
    {"arithmetic=f64", "arithmetic=f64", narrow},
    {"arithmetic=f32", "arithmetic=f32", widest},
    {"reciprocal", "division=reciprocal"},
    {"exp2", "form=exp2"},
    {"exp2-fused", "form=exp2-fused"},
    {"online", "rescaling=online"},
    {"online-poor-exp", "exp=16,rescaling=online"},
    {"online-pairwise", "sum=pairwise,rescaling=online"},
};
constexpr Operation relatives[] = {Operation::log_softmax,      Operation::log_sum_exp,
                                   Operation::softmax_backward, Operation::softmax_backward_from_output,
                                   Operation::cross_entropy,    Operation::sigmoid};

// A question of one row, and which of its results the adversary wants large (+1) or small (-1).
struct Candidate {
  std::vector<double> x, dy;
  std::int64_t target = 0; // of cross-entropy
  double scale = 1;
  std::size_t victim = 0;
  int direction = 1;
  std::size_t block = 1; // online: elements that are summed below a maximum of their own
};
Problem problem_of(Operation operation, Format format, const Candidate& candidate) {
  Problem problem{operation, format, 1, candidate.x.size(), candidate.x, candidate.scale};
  if (takes_upstream_gradient(operation)) problem.dy = candidate.dy;
  if (operation == Operation::cross_entropy) problem.target = {&candidate.target, 1};
  return problem;
}

// A member of the class, in the arithmetic A, whose exponentials and logarithms lie at the ends of what the claim allows.
template <class A> class Adversary {
public:
  using Wide = std::conditional_t<std::is_same_v<A, float>, double, long double>;
  static_assert(std::numeric_limits<Wide>::digits >= std::numeric_limits<A>::digits + 11);

  Adversary(const Claim& claim, const Problem& row, const Candidate& candidate)
      : claim_(claim), row_(row), victim_(candidate.victim), direction_(candidate.direction), block_(candidate.block) {}

  // The victim, before it is rounded to storage.
  A result() {
    if (row_.operation == Operation::sigmoid) return sigmoid(t_of(victim_));
    if (row_.operation == Operation::softmax_backward_from_output) {
      std::vector<A> terms(row_.cols);
      for (std::size_t k = 0; k < row_.cols; ++k) terms[k] = static_cast<A>(row_.x[k]) * static_cast<A>(row_.dy[k]);
      const A mean = sum(terms);
      return static_cast<A>(row_.x[victim_]) * (static_cast<A>(row_.dy[victim_]) - mean);
    }
    t_.resize(row_.cols);
    for (std::size_t k = 0; k < row_.cols; ++k) t_[k] = t_of(k);
    largest_ = *std::max_element(t_.begin(), t_.end());
    choose_sides();
    const A s = sum_of_exponentials();
    switch (row_.operation) {
      case Operation::softmax: return share(victim_, s);
      case Operation::log_softmax: return (t_[victim_] - largest_) - logarithm(s, -direction_);
      case Operation::log_sum_exp: return largest_ + logarithm(s, direction_);
      case Operation::cross_entropy:
        return logarithm(s, direction_) - (t_[static_cast<std::size_t>(row_.target[0])] - largest_);
      default: break;
    }
    std::vector<A> terms(row_.cols);
    for (std::size_t k = 0; k < row_.cols; ++k) terms[k] = share(k, s) * static_cast<A>(row_.dy[k]);
    const A mean = sum(terms);
    return share(victim_, s) * (static_cast<A>(row_.dy[victim_]) - mean);
  }

private:
  // What an exponential is asked for: exp(rounded + error), or exp2.
  using Argument = std::pair<A, A>;

  A t_of(std::size_t k) const { return static_cast<A>(row_.scale) * static_cast<A>(row_.x[k]); }

  Argument argument(A t, A largest) const {
    constexpr auto log2_of_e = static_cast<A>(0x1.71547652b82fe1777d0ffda0d23a8p+0L);
    if (claim_.form == ExponentialForm::base_two) return {(t - largest) * log2_of_e, 0};
    if (claim_.form == ExponentialForm::base_two_fused) return {std::fma(t, log2_of_e, -(largest * log2_of_e)), 0};
    const A rounded = t - largest;
    if (!claim_.difference_is_compensated || !std::isfinite(rounded)) return {rounded, 0};
    const A part = rounded - t; // TwoSum
    return {rounded, (t - (rounded - part)) + (-largest - part)};
  }

  // The value of A that lies farthest in the direction within `ulps` of the claim's ulp. Wide's own error is kept out of it.
  static A pushed(Wide exact, double ulps, int direction) {
    constexpr Wide own = 2 * std::numeric_limits<Wide>::epsilon();
    constexpr Wide u = std::numeric_limits<A>::epsilon() / 2;
    const Wide magnitude = std::fabs(exact);
    const Wide room = magnitude >= Wide(std::numeric_limits<A>::min())
                          ? 2 * Wide(ulps) * u * magnitude
                          : Wide(ulps) * Wide(std::numeric_limits<A>::denorm_min());
    const Wide limit = exact + Wide(direction) * (room - own * magnitude);
    const auto nearest = static_cast<A>(limit);
    if (direction > 0 && Wide(nearest) > limit) return std::nextafter(nearest, -std::numeric_limits<A>::infinity());
    if (direction < 0 && Wide(nearest) < limit) return std::nextafter(nearest, std::numeric_limits<A>::infinity());
    return nearest;
  }
  A exponential(const Argument& a, int direction) const {
    if (a.first == 0 && a.second == 0) return 1;
    if (std::isinf(a.first)) return 0;
    const Wide e = a.second;
    const Wide exact =
        claim_.form == ExponentialForm::natural ? std::exp(Wide(a.first)) * (1 + e + e * e / 2) : std::exp2(Wide(a.first));
    return std::max(pushed(exact, claim_.exponential_ulp, direction), A(0));
  }
  A exponential(A t, A largest) const {
    const Argument a = argument(t, largest);
    const auto side = sides_.find(a);
    return exponential(a, side == sides_.end() ? other_side_ : side->second);
  }
  A logarithm(A s, int direction) const { return s == 1 ? A(0) : pushed(std::log(Wide(s)), claim_.logarithm_ulp, direction); }

  // Each argument's exponential is moved to the side on which the victim moves in the direction.
  void choose_sides() {
    const bool negative = row_.operation == Operation::softmax || row_.operation == Operation::log_softmax;
    other_side_ = negative ? -direction_ : direction_;
    if (row_.operation == Operation::softmax) sides_[argument(t_[victim_], largest_)] = direction_;
    if (row_.operation != Operation::softmax_backward) return;
    // d y_i / d log e_k = p_i ((g_i - D) [k = i] - p_k (g_i + g_k - 2 D))
    std::vector<double> p(row_.cols);
    double s = 0, mean = 0;
    for (std::size_t k = 0; k < row_.cols; ++k)
      s += p[k] = std::exp(static_cast<double>(t_[k]) - static_cast<double>(largest_));
    for (std::size_t k = 0; k < row_.cols; ++k) mean += (p[k] /= s) * row_.dy[k];
    std::map<Argument, double> slopes;
    for (std::size_t k = 0; k < row_.cols; ++k)
      slopes[argument(t_[k], largest_)] +=
          (k == victim_ ? row_.dy[k] - mean : 0) - p[k] * (row_.dy[victim_] + row_.dy[k] - 2 * mean);
    for (const auto& [a, slope] : slopes) sides_[a] = slope < 0 ? -direction_ : direction_;
  }

  A sum(const std::vector<A>& terms) const {
    const std::size_t n = terms.size();
    switch (claim_.summation) {
      case Summation::recursive: break;
      case Summation::pairwise: return by_halves(terms, 0, n);
      case Summation::lanes: {
        std::vector<A> lanes(claim_.accumulator_bytes / sizeof(A));
        for (std::size_t k = 0; k < n; ++k) lanes[k % lanes.size()] += terms[k];
        for (std::size_t width = lanes.size() / 2; width >= 1; width /= 2)
          for (std::size_t lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
        return lanes[0];
      }
      case Summation::compensated: {
        A s = 0, lost = 0;
        for (const A term : terms) { // TwoSum
          const A next = s + term, part = next - s;
          lost += (s - (next - part)) + (term - part);
          s = next;
        }
        return s + lost;
      }
      case Summation::wide: {
        double s = 0;
        for (const A term : terms) s += static_cast<double>(term);
        return static_cast<A>(s);
      }
    }
    A s = 0;
    for (const A term : terms) s += term;
    return s;
  }
  static A by_halves(const std::vector<A>& terms, std::size_t first, std::size_t last) {
    if (last - first == 1) return terms[first];
    const std::size_t middle = first + (last - first) / 2;
    return by_halves(terms, first, middle) + by_halves(terms, middle, last);
  }

  // A running maximum and the sum below it.
  struct Partial {
    A largest, sum;
  };
  Partial merged(const Partial& a, const Partial& b) const {
    if (std::isinf(a.largest)) return b;
    if (std::isinf(b.largest)) return a;
    const A largest = std::max(a.largest, b.largest);
    const A left = a.largest == largest ? a.sum : a.sum * exponential(a.largest, largest);
    const A right = b.largest == largest ? b.sum : b.sum * exponential(b.largest, largest);
    return {largest, left + right};
  }
  Partial partial_of_block(std::size_t first) const {
    const std::size_t last = std::min(first + block_, t_.size());
    Partial block{*std::max_element(&t_[first], &t_[0] + last), 0};
    if (std::isinf(block.largest)) return block;
    for (std::size_t k = first; k < last; ++k) block.sum += exponential(t_[k], block.largest);
    return block;
  }
  Partial merged_by_halves(std::size_t first, std::size_t last) const {
    if (last - first == 1) return {t_[first], 1};
    const std::size_t middle = first + (last - first) / 2;
    return merged(merged_by_halves(first, middle), merged_by_halves(middle, last));
  }
  A sum_of_exponentials() const {
    if (claim_.rescaling == Rescaling::online) {
      if (claim_.summation == Summation::pairwise) return merged_by_halves(0, t_.size()).sum;
      Partial running = partial_of_block(0);
      for (std::size_t first = block_; first < t_.size(); first += block_) running = merged(running, partial_of_block(first));
      return running.sum;
    }
    std::vector<A> terms(t_.size());
    for (std::size_t k = 0; k < t_.size(); ++k) terms[k] = exponential(t_[k], largest_);
    return sum(terms);
  }
  A share(std::size_t k, A s) const {
    const A e = exponential(t_[k], largest_);
    return claim_.division == Division::reciprocal ? e * (1 / s) : e / s;
  }
  A sigmoid(A t) const {
    const A e = exponential(argument(-std::fabs(t), 0), t < 0 ? direction_ : -direction_);
    const A one_or_e = t < 0 ? e : A(1);
    return claim_.division == Division::reciprocal ? one_or_e * (1 / (1 + e)) : one_or_e / (1 + e);
  }

  const Claim& claim_;
  const Problem& row_;
  std::size_t victim_;
  int direction_;
  std::size_t block_;
  std::vector<A> t_;
  A largest_ = 0;
  std::map<Argument, int> sides_; // of the arguments that are not moved to the other side
  int other_side_ = 1;
};

// Error / bound of result i, from below; 0 where the bound says nothing.
double quotient(double y, const Truth& truth, Format format, double bound) {
  if (!std::isfinite(bound)) return 0;
  if (std::isnan(y)) return infinity;
  const UlpError error = ulp_error(y, truth, format, resolution);
  const double certain = std::max(0.0, std::fabs(error.value) - error.half_width);
  if (bound == 0) return certain == 0 ? 0 : infinity;
  return certain / bound;
}

// What a class proves about one row; nothing where it says nothing.
struct Proved {
  std::vector<Truth> truths;
  std::vector<double> bounds;
};
std::optional<Proved> proved(const Claim& claim, const Problem& row) {
  if (!std::any_of(row.x.begin(), row.x.end(), [](double value) { return std::isfinite(value); })) return std::nullopt;
  if (row.operation == Operation::cross_entropy && !std::isfinite(row.x[static_cast<std::size_t>(row.target[0])]))
    return std::nullopt;
  if (!covers(claim, row)) return std::nullopt;
  try {
    Proved all{truths(default_oracle(), row, resolution), {}};
    all.bounds = error_bounds(claim, row, all.truths, default_oracle());
    return all;
  } catch (const Undecided&) {
    return std::nullopt;
  }
}

// The largest quotient of the subjects, over all results.
double of_honest(const std::vector<Subject>& subjects, const Problem& row) {
  double largest = 0;
  std::optional<Proved> all;
  unsigned bytes = 0;
  for (const Subject& subject : subjects) {
    if (!all || subject.claim.accumulator_bytes != bytes) all = proved(subject.claim, row);
    if (!all) return 0;
    bytes = subject.claim.accumulator_bytes;
    const std::vector<double> y = subject.run(row);
    for (std::size_t i = 0; i < y.size(); ++i)
      largest = std::max(largest, quotient(y[i], all->truths[i], row.format, all->bounds[i]));
  }
  return largest;
}

double of_adversary(const Claim& claim, const Problem& row, const Candidate& candidate) {
  const std::size_t victim = candidate.victim;
  const std::optional<Proved> all = proved(claim, row);
  if (!all || (!std::isfinite(row.x[victim]) && !gives_one_value_a_row(row.operation))) return 0;
  const double y = arithmetic_of(claim, row.format) == Format::f64
                       ? Adversary<double>(claim, row, candidate).result()
                       : static_cast<double>(Adversary<float>(claim, row, candidate).result());
  const std::size_t at = gives_one_value_a_row(row.operation) ? 0 : victim;
  return quotient(round_to(row.format, y), all->truths[at], row.format, all->bounds[at]);
}

// How many summands share the half ulp of the largest, so that each addition on the largest one's way loses nearly all of it: as
// many as stand in the other half, or in the other lanes.
std::vector<double> summands_beside_first(const Claim& claim, Format arithmetic, std::size_t n) {
  std::vector<double> beside(n, 1);
  if (claim.summation == Summation::pairwise)
    for (std::size_t last = n; last > 1; last /= 2)
      for (std::size_t k = last / 2; k < last; ++k) beside[k] = static_cast<double>(last - last / 2);
  if (claim.summation == Summation::lanes) {
    const std::size_t lanes = claim.accumulator_bytes * 8 / static_cast<std::size_t>(traits(arithmetic).storage_bits);
    for (std::size_t k = 0; k < n; ++k)
      if (const std::size_t lane = k % lanes; lane != 0) // all lanes with this one's lowest bit are added at once
        beside[k] = static_cast<double>((lanes / 2 >> std::countr_zero(lane)) * ((n + lanes - 1) / lanes));
  }
  return beside;
}

// The first element has the largest summand, the others so little that a sum of nearest floats stays where it is (or that each
// moves it by a whole ulp): (n - 1) u, attained.
std::vector<double> absorbed_row(Random& random, const Claim& claim, Format format, std::size_t n) {
  const Format arithmetic = arithmetic_of(claim, format);
  const Format accumulator = claim.summation == Summation::wide ? Format::f64 : arithmetic;
  std::vector<double> beside = summands_beside_first(claim, arithmetic, n);
  const std::size_t leaders = claim.summation == Summation::recursive && random.one_in(3)
                                  ? std::min(n, std::size_t{1} << random.below(std::bit_width(n)))
                                  : 1;
  const double centre = random.one_in(2) ? 0 : round_to(format, 4 * random.normal());
  const bool gains = random.one_in(2);
  std::vector<double> x(n, centre);
  for (std::size_t k = leaders; k < n; ++k) {
    const double exact = centre + std::log(unit_roundoff(accumulator) * static_cast<double>(leaders) / beside[k]);
    const double nearest = round_to(format, exact);
    const std::int64_t step = (nearest > exact) == gains ? 0 : gains ? 1 : -1;
    x[k] = value_of_order(format, order_of(format, nearest) + step);
  }
  return x;
}

// One element with about half of the mass, all others equal: whatever one rounding does to them, it does to all.
std::vector<double> two_valued_row(Random& random, Format format, std::size_t n) {
  const double centre = random.one_in(2) ? 0 : round_to(format, 4 * random.normal());
  std::vector<double> x(n, round_to(format, centre - std::log(static_cast<double>(n)) + random.normal()));
  x[random.one_in(2) ? 0 : random.below(n)] = centre;
  return x;
}

// Rows of all kinds, or multiples of one ulp of 8 up to 8: their differences are exact, and no distance is large, so that what the
// rounding of x - m costs, which outweighs all else where distances are large, is not there.
enum class Rows { all, on_grid };
double grid_spacing(Format format) { return std::ldexp(1.0, 4 - traits(format).precision); }

class Search {
public:
  Search(const Claim& claim, Operation operation, Format format, std::size_t n, Rows rows, std::size_t times)
      : claim_(claim), operation_(operation), format_(format), n_(n), rows_(rows), times_(times), random_(times << 32 | n) {}

  // Many starts, and climbs from the best of them. Larger is better.
  std::pair<double, Candidate> largest(const std::function<double(const Candidate&)>& objective,
                                       const std::vector<Candidate>& given) {
    const std::size_t climbs = std::min<std::size_t>(4 * times_, 16);
    const std::size_t once = n_ == 1 ? 2000 : n_ <= 10 ? 12000 : n_ <= 100 ? 5000 : n_ <= 1000 ? 1200 : n_ <= 10000 ? 200 : 40;
    const std::size_t evaluations = once * times_;
    std::vector<std::pair<double, Candidate>> starts;
    for (const Candidate& candidate : given) { // relatives of each other: one of them is enough
      const double height = objective(candidate);
      if (starts.empty()) starts.emplace_back(height, candidate);
      if (height > starts[0].first) starts[0] = {height, candidate};
    }
    while (starts.size() < evaluations / 4) {
      Candidate candidate = start();
      starts.emplace_back(objective(candidate), std::move(candidate));
    }
    std::stable_sort(starts.begin(), starts.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::pair<double, Candidate> best = starts.front();
    for (std::size_t climb = 0; climb < climbs; ++climb) {
      auto [height, place] = starts[climb];
      for (std::size_t step = 0; step < evaluations * 3 / 4 / climbs; ++step) {
        Candidate next = moved(place);
        const double reached = objective(next);
        if (reached >= height) height = reached, place = std::move(next);
      }
      if (height > best.first) best = {height, place};
    }
    return best;
  }

private:
  Candidate start() {
    Candidate candidate;
    if (rows_ == Rows::on_grid) {
      const double centre = 4 * random_.unit(), width = 4 * random_.unit();
      for (std::size_t k = 0; k < n_; ++k) candidate.x.push_back(on_grid(centre + width * random_.normal()));
    } else if (n_ > 1 && random_.one_in(3)) {
      candidate.x = absorbed_row(random_, claim_, format_, n_);
    } else if (n_ > 2 && random_.one_in(3)) {
      candidate.x = two_valued_row(random_, format_, n_);
    } else {
      const Structure structure{n_,
                                static_cast<Regime>(random_.below(regime_names.size())),
                                random_.one_in(4),
                                random_.one_in(8),
                                false,
                                random_.bits()};
      candidate.x = row_of(structure, format_);
    }
    if (operation_ == Operation::softmax_backward_from_output)
      candidate.x = output_of(candidate.x, format_);
    else if (rows_ == Rows::all && random_.one_in(4)) {
      const auto exponent = static_cast<int>(random_.between(-3, 2));
      candidate.scale = round_to(format_, std::ldexp(1 + random_.unit(), exponent));
    }
    if (takes_upstream_gradient(operation_)) candidate.dy = gradient_of(random_, format_, n_);
    candidate.target = static_cast<std::int64_t>(random_.below(n_));
    candidate.direction = random_.one_in(2) ? 1 : -1;
    if (claim_.rescaling == Rescaling::online && random_.one_in(2)) candidate.block = std::size_t{1} << random_.below(9);
    candidate.victim =
        random_.one_in(2)
            ? random_.below(n_)
            : static_cast<std::size_t>(std::max_element(candidate.x.begin(), candidate.x.end()) - candidate.x.begin());
    return candidate;
  }

  double on_grid(double value) const {
    const double spacing = grid_spacing(format_);
    return std::clamp(std::nearbyint(value / spacing) * spacing, -8.0, 8.0);
  }
  void move(double& value, std::int64_t step) {
    if (!std::isfinite(value)) return;
    if (rows_ == Rows::on_grid) {
      value = on_grid(value + static_cast<double>(step) * grid_spacing(format_));
      return;
    }
    const std::int64_t most = order_of(format_, largest_finite(format_));
    value = value_of_order(format_, std::clamp(order_of(format_, value) + step, -most, most));
  }
  Candidate moved(Candidate candidate) {
    std::vector<double>& values = !candidate.dy.empty() && random_.one_in(3) ? candidate.dy : candidate.x;
    const std::int64_t size = std::int64_t{1} << random_.below(static_cast<std::size_t>(traits(format_).precision));
    const std::int64_t step = random_.one_in(2) ? size : -size;
    switch (random_.below(8)) {
      case 0: std::swap(values[random_.below(n_)], values[random_.below(n_)]); break;
      case 1: values[random_.below(n_)] = values[random_.below(n_)]; break;
      case 2: {
        const std::size_t odds = 1 + random_.below(8);
        for (double& value : values)
          if (random_.one_in(odds)) move(value, step);
        break;
      }
      case 3: {
        const double common = values[random_.below(n_)];
        for (double& value : values)
          if (value == common) move(value, step);
        break;
      }
      case 4:
        if (candidate.scale != 1) move(candidate.scale, step);
        [[fallthrough]];
      default: move(values[random_.below(n_)], step);
    }
    if (candidate.scale <= 0) candidate.scale = 1;
    return candidate;
  }

  const Claim& claim_;
  Operation operation_;
  Format format_;
  std::size_t n_;
  Rows rows_;
  std::size_t times_;
  Random random_;
};

// The built-in implementations of the class that declare no inaccuracy.
std::vector<Subject> honest_subjects(const Claim& claim, Operation operation, Format format) {
  const auto class_of = [](Claim of) {
    of.bitwise = {};
    if (of.summation == Summation::lanes) of.accumulator_bytes = 32; // each is held to its own bound
    return text_of(of);
  };
  std::vector<Subject> subjects;
  for (const Implementation* implementation : all_implementations())
    for (Subject& subject : subjects_of(*implementation)) {
      const bool inaccurate = std::any_of(subject.breaks.begin(), subject.breaks.end(),
                                          [](const Break& broken) { return broken.property == "is_accurate"; });
      if (!inaccurate && subject.has(operation, format) && class_of(subject.claim) == class_of(claim))
        subjects.push_back(std::move(subject));
    }
  return subjects;
}

std::string hexadecimal(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += fmt::format(" {:a}", value);
  return text;
}
void tell(std::string_view who, const Class& of, Operation operation, Format format, double found, const Candidate& at) {
  fmt::print(stderr, "{}{:.4f} {} class {}, {}, {}, n = {}, scale {:a}, target {}, result {} made {}\n",
             found <= 1 ? "" : "ABOVE THE BOUND: ", found, who, of.name, name(operation), name(format), at.x.size(), at.scale,
             at.target, at.victim, at.direction < 0 ? "small" : "large");
  fmt::print(stderr, "  x{}\n", hexadecimal(at.x));
  if (!at.dy.empty()) fmt::print(stderr, "  dy{}\n", hexadecimal(at.dy));
}

// Rounded towards zero: 1.00 is attained.
std::string digits(double found) { return fmt::format("{:.2f}", std::floor(found * 100) / 100); }

// What the command line asks for.
struct Asked {
  std::size_t times = 1;
  bool tells_rows = false;
  std::vector<std::string_view> classes, operations; // none: all
};
bool wants(const std::vector<std::string_view>& asked, std::string_view name) {
  return asked.empty() || std::find(asked.begin(), asked.end(), name) != asked.end();
}

// Sigmoid adds nothing up, and what starts from a softmax has no exponential: classes that say more of those alone are not asked again.
bool differs_from_default(const Class& of, Operation operation) {
  const Claim plain = claim_from(classes[0].claim);
  if (&of == &classes[0]) return true;
  Claim claim = claim_from(of.claim);
  if (operation == Operation::sigmoid) {
    claim.summation = plain.summation;
    claim.rescaling = plain.rescaling;
  }
  if (operation == Operation::softmax_backward_from_output) {
    claim.exponential_ulp = plain.exponential_ulp;
    claim.difference_is_compensated = plain.difference_is_compensated;
    claim.form = plain.form;
    claim.division = plain.division;
    claim.rescaling = plain.rescaling;
  }
  return text_of(claim) != text_of(plain);
}

using Ratios = std::array<double, std::size(lengths)>;

// One row of the table: all lengths. Returns the larger of each pair.
Ratios print_row(const Class& of, Operation operation, Format format, Rows rows, const Asked& asked) {
  const Claim claim = claim_from(of.claim);
  const std::vector<Subject> subjects = honest_subjects(claim, operation, format);
  fmt::print("| {} | {} |", of.name, name(format));
  Ratios largest{};
  for (std::size_t k = 0; k < std::size(lengths); ++k) {
    const std::size_t n = lengths[k];
    Search search(claim, operation, format, n, rows, asked.times);
    std::string honest_text = "-";
    double honest = 0;
    std::vector<Candidate> given;
    if (!subjects.empty()) {
      const auto [found, at] = search.largest(
          [&](const Candidate& candidate) { return of_honest(subjects, problem_of(operation, format, candidate)); }, {});
      honest = found;
      honest_text = digits(honest);
      if (!(honest <= 1) || (asked.tells_rows && n <= 3)) tell("honest", of, operation, format, honest, at);
      for (std::size_t victim = 0; victim < std::min<std::size_t>(n, 8); ++victim)
        for (const int direction : {-1, 1}) {
          given.push_back(at);
          given.back().victim = victim;
          given.back().direction = direction;
        }
    }
    const auto [found, at] = search.largest(
        [&](const Candidate& candidate) { return of_adversary(claim, problem_of(operation, format, candidate), candidate); },
        given);
    if (!(found <= 1) || (asked.tells_rows && n <= 3)) tell("adversarial", of, operation, format, found, at);
    largest[k] = honest <= found ? found : honest; // what is no number is not lost
    fmt::print(" {} / {} |", honest_text, digits(largest[k]));
  }
  fmt::print("\n");
  std::fflush(stdout);
  return largest;
}

void print_head(std::string_view first) {
  fmt::print("| {} |", first);
  for (const std::size_t n : lengths) fmt::print(" n = {} |", n);
  fmt::print("\n|---|");
  if (first.ends_with("format")) fmt::print("---|");
  for (std::size_t k = 0; k < std::size(lengths); ++k) fmt::print("---|");
  fmt::print("\n");
}

struct Table {
  std::string_view title;
  std::vector<Ratios> rows;
};

// A head, and a line for each class and format that is asked for; nothing if there is none.
Table print_table(std::string_view title, Operation operation, Rows rows, const Asked& asked) {
  Table table{title, {}};
  if (!wants(asked.operations, name(operation))) return table;
  for (const Class& of : classes)
    for (const Format format : of.formats) {
      const bool is_narrow = traits(format).precision < 24; // their spacing is too wide for a grid
      if (!wants(asked.classes, of.name) || !differs_from_default(of, operation) || (rows == Rows::on_grid && is_narrow))
        continue;
      if (table.rows.empty()) print_head(fmt::format("{}, class | format", title));
      table.rows.push_back(print_row(of, operation, format, rows, asked));
    }
  if (!table.rows.empty()) fmt::print("\n");
  return table;
}

// Of each table and length the least and the median (the lower one, of an even number) of its rows.
void print_summary(const std::vector<Table>& tables) {
  print_head("least, median");
  for (const Table& table : tables) {
    if (table.rows.empty()) continue;
    fmt::print("| {} |", table.title);
    for (std::size_t k = 0; k < std::size(lengths); ++k) {
      std::vector<double> column;
      for (const Ratios& row : table.rows) column.push_back(row[k]);
      std::sort(column.begin(), column.end());
      fmt::print(" {}, {} |", digits(column.front()), digits(column[(column.size() - 1) / 2]));
    }
    fmt::print("\n");
  }
}

int run(const std::vector<std::string_view>& words) {
  Asked asked;
  for (const std::string_view word : words) {
    const bool names_operation = std::find(operation_names.begin(), operation_names.end(), word) != operation_names.end();
    if (word == "rows")
      asked.tells_rows = true;
    else if (std::from_chars(word.data(), word.data() + word.size(), asked.times).ec != std::errc{})
      (names_operation ? asked.operations : asked.classes).push_back(word);
  }
  fmt::print("Largest |error| / bound that was found, honest / adversarial, rounded down; `-`: no built-in implementation.\n"
             "In f16 and bf16 most of the bound is the rounding to storage. The softmax of one logit is 1, and exact. Exact "
             "differences:\n"
             "multiples of the format's spacing at 8, up to 8, so that x - m costs nothing and the other terms are seen.\n\n");
  std::vector<Table> tables{print_table("softmax", Operation::softmax, Rows::all, asked),
                            print_table("softmax, exact differences", Operation::softmax, Rows::on_grid, asked)};
  for (const Operation operation : relatives) tables.push_back(print_table(name(operation), operation, Rows::all, asked));
  if (std::all_of(tables.begin(), tables.end(), [](const Table& table) { return table.rows.empty(); })) {
    fmt::print(stderr, "tightness: nothing to do: no operation or class of these names has the other; name none to have all\n");
    return 2;
  }
  print_summary(tables);
  for (const Table& table : tables)
    for (const Ratios& row : table.rows)
      if (std::any_of(row.begin(), row.end(), [](double ratio) { return !(ratio <= 1); })) return 1;
  return 0;
}

} // namespace
} // namespace softmax_audit

int main(int count, char** arguments) { return softmax_audit::run({arguments + 1, arguments + count}); }
