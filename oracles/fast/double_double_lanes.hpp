// Second stage: all formats in double-double lanes. Every radius is proved in oracles/README.md ("Second stage"), with u = 2^-53
// and E = exponential_double_double_error. For files that Highway compiles once per target.
#if defined(SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_LANES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_LANES_HPP
#undef SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_LANES_HPP
#else
#define SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_LANES_HPP
#endif

#include "oracles/fast/row.hpp"

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace double_double_lanes {

// Two exponentials, the lanes' sums, reciprocal and product.
constexpr double share_error = 2 * exponential_double_double_error + 13 * double_double_unit;
// Sums of the exponentials of all but the largest logit, whose own exponential is 1.
constexpr double ratio_error = exponential_double_double_error + 9 * double_double_unit;

// Beyond these x is not differenced, and g not multiplied.
constexpr double largest_operand = 0x1p1000;
constexpr double largest_factor = 0x1p400;     // of products in softmax_backward_from_output
constexpr double smallest_gradient = 0x1p-400; // |g - g_argmax| in softmax_backward, where not all are equal
inline double largest_gradient(Format format) { return format == Format::f64 ? 0x1p60 : 0x1p140; }
// Logits this far below the largest have a share that vanishes, and so does its product with the largest gradient: e^-840 2^61 is
// below 2^-1122, which is 2^-48 of binary64's smallest subnormal (its 44 bits of resolution and 4 more); e^-650 2^141 for the others.
inline double reach_of(Format format) { return format == Format::f64 ? 840 : 650; }
// Exponents of what is left out of sums: e^z < 2^-339 beside a sum of at least 1.
constexpr double least_exponent = -340;

// (a + a_low) (b + b_low), normalized; relative error below 6 u^2 where both are.
HWY_INLINE V product_of(V a, V a_low, V b, V b_low, V& low) {
  const V product = hn::Mul(a, b);
  const V rest = hn::MulAdd(a, b_low, hn::MulAdd(a_low, b, hn::MulSub(a, b, product)));
  return fast_two_sum_of(product, rest, low);
}

inline bool takes(const Task& task) {
  // x - largest may overflow where that means "far below", but a small scale would bring it near again.
  if (task.scale < 1 && !(task.smallest >= -largest_operand)) return false;
  return std::fabs(task.largest) <= largest_operand && task.scale <= largest_operand;
}
inline double largest_of(std::span<const double> values) {
  V largest = hn::Zero(D());
  each_vector(0, values.size(), [&](std::size_t i, std::size_t count) HWY_ATTR {
    largest = hn::Max(largest, hn::Abs(load(&values[i], count, 0)));
  });
  return hn::GetLane(hn::MaxOfLanes(D(), largest));
}

class Exponentials {
public:
  explicit Exponentials(const Task& task)
      : task_(task), largest_(task.largest), scaled_(task.scale != 1), reach_(reach_of(task.format)) {}

  // d = scale (x - largest), normalized: exact without a scale, else within distance_error |d|; `exact` where it certainly is
  // (and |d| > 2^-900).
  static constexpr double relative_distance_error = 0x1p-104;
  double distance_error() const { return scaled_ ? relative_distance_error : 0; }
  HWY_INLINE V distance(V x, V& low) const {
    M exact;
    return distance(x, low, exact);
  }
  HWY_INLINE V distance(V x, V& low, M& exact) const {
    const V d = two_sum_of(x, set(-largest_), low);
    exact = hn::Eq(low, hn::Zero(D()));
    if (!scaled_) {
      exact = hn::Eq(x, x);
      return d;
    }
    const V product = hn::Mul(d, set(task_.scale));
    const V rest = hn::MulAdd(low, set(task_.scale), hn::MulSub(d, set(task_.scale), product));
    return fast_two_sum_of(product, rest, low);
  }
  std::size_t size() const { return task_.x.size(); }
  // Relative error of an exponential beyond the kernel's own.
  double argument_error() const { return distance_error() * reach_ * 1.01; }

  // (fraction + fraction_low) 2^exponent. Beyond reach: 2^-1400, which stands for something
  // positive and is used for nothing else; -inf: 0.
  HWY_INLINE void of(V x, V& fraction, V& fraction_low, V& exponent) const {
    V low;
    const V high = distance(x, low);
    const M far = hn::Not(hn::Ge(high, set(-reach_)));
    const V zero = hn::Zero(D());
    exponential(D(), hn::IfThenElseZero(hn::Not(far), high), hn::IfThenElseZero(hn::Not(far), low), fraction, fraction_low,
                exponent);
    const V instead = hn::IfThenElseZero(hn::Gt(x, set(-infinity)), set(0x1p-500));
    fraction = hn::IfThenElse(far, instead, fraction);
    fraction_low = hn::IfThenElse(far, zero, fraction_low);
    exponent = hn::IfThenElse(far, set(-900), exponent);
  }
  // 2^exponent for what counts in sums, else 0.
  HWY_INLINE static V factor(V exponent) {
    return hn::IfThenElseZero(hn::Ge(exponent, set(least_exponent)), power_of_two(hn::Max(exponent, set(least_exponent))));
  }
  HWY_INLINE void sum(std::size_t begin, std::size_t end, Accumulator& sum) const {
    each_vector(begin, end, [&](std::size_t i, std::size_t count) HWY_ATTR {
      V fraction, fraction_low, exponent;
      of(load(&task_.x[i], count, -infinity), fraction, fraction_low, exponent);
      const V scale = factor(exponent);
      sum.add(hn::Mul(fraction, scale), hn::Mul(fraction_low, scale));
    });
  }
  // Where the ratio is below it, it is not known but from above.
  static constexpr double vanished = 0x1p-200;
  DoubleDouble ratio() const {
    Accumulator others;
    sum(0, task_.argmax, others);
    sum(task_.argmax + 1, task_.x.size(), others);
    return others.total();
  }

private:
  const Task& task_;
  double largest_;
  bool scaled_;
  double reach_;
};

// The exponentials of a row between its two passes.
class Kept {
public:
  Kept(Workspace& workspace, std::size_t n) {
    for (std::vector<double>* part : {&workspace.numerators, &workspace.numerators_low, &workspace.exponents}) part->resize(n);
    fractions_ = workspace.numerators.data();
    fractions_low_ = workspace.numerators_low.data();
    exponents_ = workspace.exponents.data();
  }
  HWY_INLINE void put(std::size_t i, std::size_t count, V fraction, V fraction_low, V exponent) const {
    store(fraction, fractions_ + i, count);
    store(fraction_low, fractions_low_ + i, count);
    store(exponent, exponents_ + i, count);
  }
  // Without its 2^exponent.
  HWY_INLINE V share(std::size_t i, std::size_t count, DoubleDouble inverse, V& low) const {
    return product_of(load(fractions_ + i, count, 0), load(fractions_low_ + i, count, 0), set(inverse.high), set(inverse.low),
                      low);
  }
  HWY_INLINE V exponent(std::size_t i, std::size_t count) const { return load(exponents_ + i, count, 0); }

private:
  double *fractions_, *fractions_low_, *exponents_;
};

template <class Sink> void softmax(const Task& task, Workspace& workspace, Sink& sink) {
  const std::size_t n = task.x.size();
  const Exponentials exponentials(task);
  const Kept kept(workspace, n);
  Accumulator total;
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    V fraction, fraction_low, exponent;
    exponentials.of(load(&task.x[i], count, -infinity), fraction, fraction_low, exponent);
    kept.put(i, count, fraction, fraction_low, exponent);
    const V scale = Exponentials::factor(exponent);
    total.add(hn::Mul(fraction, scale), hn::Mul(fraction_low, scale));
  });
  const DoubleDouble sum = total.total(), inverse = reciprocal(sum);
  const double relative = share_error + 2 * exponentials.argument_error() + lost_in_lanes(n);

  const JustBelow below = just_below_share(task, sum, 2 * relative, sink.resolution());
  const Truth masked = zero_truth(task.format);

  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    V low;
    const V high = kept.share(i, count, inverse, low);
    const V exponent = kept.exponent(i, count);
    const V radius = hn::Mul(high, set(relative));
    const M is_masked_lane = hn::Eq(high, hn::Zero(D()));
    if (below.applies) {
      const M is_largest = hn::Eq(load(&task.x[i], count, -infinity), set(task.largest));
      sink.pair(i, count, high, low, exponent, radius,
                std::array<Known, 2>{{{is_largest, below.truth, below.radius}, {is_masked_lane, masked, 0}}});
    } else {
      sink.pair(i, count, high, low, exponent, radius, is_masked_lane, masked);
    }
  });
}

template <class Sink> bool softmax_backward(const Task& task, Workspace& workspace, Sink& sink) {
  const std::size_t n = task.x.size();
  const Exponentials exponentials(task);
  const Kept kept(workspace, n);
  const V origin = set(-task.dy[task.argmax]), zero = hn::Zero(D());
  Accumulator total, weighted;
  V magnitudes = zero, largest = zero;
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    V fraction, fraction_low, exponent, g_low, product_low;
    exponentials.of(load(&task.x[i], count, -infinity), fraction, fraction_low, exponent);
    kept.put(i, count, fraction, fraction_low, exponent);
    const V scale = Exponentials::factor(exponent);
    const V e = hn::Mul(fraction, scale), e_low = hn::Mul(fraction_low, scale);
    const V g = two_sum_of(load(&task.dy[i], count, task.dy[task.argmax]), origin, g_low);
    largest = hn::Max(largest, hn::Abs(g));
    total.add(e, e_low);
    const V product = product_of(e, e_low, g, g_low, product_low);
    weighted.add(product, product_low);
    magnitudes = hn::Add(magnitudes, hn::Abs(product));
  });
  // Products of gradients beyond these may over- or underflow. All equal, they give exact zeros.
  const double largest_difference = hn::GetLane(hn::MaxOfLanes(D(), largest));
  if (!(largest_difference == 0 ||
        (largest_difference >= smallest_gradient && largest_difference <= largest_gradient(task.format))))
    return false;
  const DoubleDouble inverse = reciprocal(total.total()), mean = weighted.total() * inverse;
  // Elements that do not count, and parts of products that underflow.
  const double spread = hn::GetLane(hn::SumOfLanes(D(), magnitudes)) * inverse.high * 1.01;
  const double relative = share_error + 2 * exponentials.argument_error() + 12 * double_double_unit + 2 * lost_in_lanes(n);
  const double lost = static_cast<double>(n) * 0x1p-330 * largest_difference;
  const V mean_radius = set(2 * relative * spread + lost);
  const M all_equal = hn::Eq(set(largest_difference), zero); // then every gradient is an exact 0
  const Truth masked = zero_truth(task.format);
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    V p_low, g_low, low;
    const V p = kept.share(i, count, inverse, p_low);
    const V g = two_sum_of(load(&task.dy[i], count, 0), origin, g_low);
    V error;
    const V difference = two_sum_of(g, set(-mean.high), error);
    V difference_low;
    const V normal = fast_two_sum_of(difference, hn::Add(error, hn::Sub(g_low, set(mean.low))), difference_low);
    const V v = product_of(p, p_low, normal, difference_low, low);
    const V size = hn::Abs(normal);
    const V radius = hn::Mul(p, hn::MulAdd(size, set(2 * relative), mean_radius));
    sink.pair(i, count, v, low, kept.exponent(i, count), radius, hn::Or(hn::Eq(p, zero), all_equal), masked);
  });
  return true;
}

constexpr double dominated = 0x1p-60;

struct LogSumExp {
  DoubleDouble excess;
  double radius;
  double ratio_above;
};
inline LogSumExp log_sum_exp_of(const Exponentials& exponentials) {
  const DoubleDouble ratio = exponentials.ratio();
  const Logarithm logarithm = logarithm_of_one_plus(ratio);
  const double relative = ratio_error + exponentials.argument_error() + lost_in_lanes(exponentials.size());
  return {logarithm.value, logarithm.error + std::min(1.0, logarithm.value.high) * relative,
          std::max(ratio.high * 1.01, Exponentials::vanished)};
}

template <class Sink> void put_excess(std::size_t result, const LogSumExp& lse, double sign, Sink& sink) {
  // Not known from below; binary64 reaches further down than that, so it is left to the reference there.
  if (lse.ratio_above <= Exponentials::vanished * 2) {
    if (sink.format() == Format::f64) return sink.open(result);
    return sink.known(result, vanishing_truth(sink.format()), lse.ratio_above);
  }
  sink.pair(result, 1, set(sign * lse.excess.high), set(sign * lse.excess.low), hn::Zero(D()), set(lse.radius), nothing(),
            Truth{});
}

// d - excess for vectors, times sign.
template <class Sink>
HWY_INLINE void put_distances(std::size_t i, std::size_t count, V x, const Exponentials& exponentials, const LogSumExp& lse,
                              double sign, M masked, const Truth& masked_truth, Sink& sink) {
  V d_low;
  M exact;
  const V d = exponentials.distance(x, d_low, exact), zero = hn::Zero(D());
  if (lse.ratio_above < dominated) {
    // Needs d exactly; a NaN stays open.
    const V exact_low = hn::IfThenElse(exact, d_low, set(std::numeric_limits<double>::quiet_NaN()));
    sink.template pair<true>(i, count, hn::Mul(d, set(sign)), hn::Mul(exact_low, set(sign)), zero, zero, masked, masked_truth,
                             set(lse.ratio_above), 1);
    return;
  }
  V low, radius;
  const V high = difference_of(d, d_low, lse.excess, low, radius);
  radius = hn::Add(hn::MulAdd(hn::Abs(high), set(exponentials.distance_error()), set(lse.radius)), radius);
  sink.pair(i, count, hn::Mul(high, set(sign)), hn::Mul(low, set(sign)), zero, radius, masked, masked_truth);
}

template <class Sink> void log_softmax(const Task& task, Workspace&, Sink& sink) {
  const Exponentials exponentials(task);
  const LogSumExp lse = log_sum_exp_of(exponentials);
  const Truth truth_of_masked = masked_truth(Operation::log_softmax, task.format);
  const auto others = [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V x = load(&task.x[i], count, -infinity);
    put_distances(i, count, x, exponentials, lse, 1, hn::Eq(x, set(-infinity)), truth_of_masked, sink);
  };
  each_vector(0, task.argmax, others);
  put_excess(task.argmax, lse, -1, sink);
  each_vector(task.argmax + 1, task.x.size(), others);
}

template <class Sink> void cross_entropy(const Task& task, Workspace&, Sink& sink) {
  const Exponentials exponentials(task);
  const LogSumExp lse = log_sum_exp_of(exponentials);
  if (task.target == task.argmax) return put_excess(0, lse, 1, sink);
  put_distances(0, 1, set(task.x[task.target]), exponentials, lse, -1, nothing(), Truth{}, sink);
}

template <class Sink> void log_sum_exp(const Task& task, Workspace&, Sink& sink) {
  const LogSumExp lse = log_sum_exp_of(Exponentials(task));
  const DoubleDouble largest = two_product(task.largest, task.scale);
  const V zero = hn::Zero(D());
  if (task.largest == 0) return put_excess(0, lse, 1, sink);
  // An inexact product: its error term may have underflowed.
  if (std::fabs(largest.high) < 0x1p-900) return sink.open(0);
  if (lse.ratio_above < dominated) {
    sink.template pair<true>(0, 1, set(largest.high), set(largest.low), zero, zero, nothing(), Truth{}, set(lse.ratio_above),
                             largest.high > 0 ? 1 : -1);
    return;
  }
  const DoubleDouble v = largest + lse.excess;
  sink.pair(0, 1, set(v.high), set(v.low), zero, set(lse.radius + std::fabs(v.high) * double_double_unit), nothing(), Truth{});
}

// x_i (g_i - sum x_j g_j). Products of two doubles are double-doubles, and where nothing is ever rounded away the result is
// exact: then ties are decided here.
template <class Sink> bool softmax_backward_from_output(const Task& task, Workspace&, Sink& sink) {
  const std::size_t n = task.x.size();
  const double largest_x = largest_of(task.x), largest_g = largest_of(task.dy);
  if (!(largest_x <= largest_factor) || !(largest_g <= largest_factor)) return false;
  const V zero = hn::Zero(D());
  Accumulator total;
  V magnitudes = zero;
  M underflow = nothing();
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V y = load(&task.x[i], count, 0), g = load(&task.dy[i], count, 0);
    const V product = hn::Mul(y, g);
    total.add(product, hn::MulSub(y, g, product));
    magnitudes = hn::Add(magnitudes, hn::Abs(product));
    const M is_zero = hn::Or(hn::Eq(y, zero), hn::Eq(g, zero));
    underflow = hn::Or(underflow, hn::AndNot(is_zero, hn::Lt(hn::Abs(product), set(0x1p-900))));
  });
  if (!hn::AllFalse(D(), underflow)) return false;
  const DoubleDouble mean = total.total();
  const bool exact = total.adds_up_to(mean);
  const double spread = hn::GetLane(hn::SumOfLanes(D(), magnitudes)) * 1.01;
  const V mean_radius = set(exact ? 0 : (10 * double_double_unit + lost_in_lanes(n)) * spread);
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V y = load(&task.x[i], count, 0), g = load(&task.dy[i], count, 0);
    V error, low_error, difference_low, low;
    const V difference = two_sum_of(g, set(-mean.high), error);
    const V rest = two_sum_of(error, set(-mean.low), low_error);
    const V normal = two_sum_of(difference, rest, difference_low);
    const V product = hn::Mul(y, normal);
    const V high = fast_two_sum_of(product, hn::MulAdd(y, difference_low, hn::MulSub(y, normal, product)), low);
    // A difference of one double times y is a double-double exactly.
    const M all_exact = hn::And(hn::And(hn::Eq(difference_low, zero), hn::Eq(low_error, zero)), hn::Eq(mean_radius, zero));
    const M underflows = hn::And(hn::Lt(hn::Abs(product), set(0x1p-900)), hn::And(hn::Ne(y, zero), hn::Ne(normal, zero)));
    const V size = hn::Abs(normal);
    V radius = hn::Mul(hn::Abs(y), hn::MulAdd(size, set(8 * double_double_unit), mean_radius));
    radius = hn::IfThenElse(underflows, set(infinity), hn::IfThenElse(all_exact, zero, radius));
    // x_i = 0 makes an exact 0 of anything.
    sink.pair(i, count, high, low, zero, radius, hn::Eq(y, zero), zero_truth(task.format), zero, 0,
              hn::AndNot(underflows, all_exact));
  });
  return true;
}

constexpr double sigmoid_error = share_error;
template <class Sink> void sigmoid(const Task& task, Workspace&, Sink& sink) {
  const double reach = reach_of(task.format);
  const V zero = hn::Zero(D());
  each_vector(0, task.x.size(), [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V x = load(&task.x[i], count, 1), scale = set(task.scale);
    const V t = hn::Mul(x, scale), t_low = hn::MulSub(x, scale, t); // exact, or next to 0
    const M is_negative = hn::Lt(x, zero);
    const M far = hn::Not(hn::Le(hn::Abs(t), set(reach)));
    const V sign = hn::IfThenElse(is_negative, set(1), set(-1)); // -|t|
    V fraction, fraction_low, exponent;
    exponential(D(), hn::IfThenElseZero(hn::Not(far), hn::Mul(t, sign)), hn::IfThenElseZero(hn::Not(far), hn::Mul(t_low, sign)),
                fraction, fraction_low, exponent);
    fraction = hn::IfThenElse(far, set(0x1p-500), fraction);
    fraction_low = hn::IfThenElse(far, zero, fraction_low);
    exponent = hn::IfThenElse(far, set(-900), exponent);
    const V factor = Exponentials::factor(exponent);
    // 1 + e, and its reciprocal as in reciprocal().
    V sum_error, sum_low;
    const V e = hn::Mul(fraction, factor);
    const V sum0 = fast_two_sum_of(set(1), e, sum_error);
    const V sum = fast_two_sum_of(sum0, hn::MulAdd(fraction_low, factor, sum_error), sum_low);
    const V y = hn::Div(set(1), sum);
    const V r = hn::NegMulAdd(sum_low, y, hn::NegMulAdd(sum, y, set(1)));
    V inverse_low;
    const V inverse = fast_two_sum_of(y, hn::Mul(y, hn::MulAdd(r, r, r)), inverse_low);
    // The product with e, or with 1.
    V high_low;
    const V numerator = hn::IfThenElse(is_negative, fraction, set(1));
    const V numerator_low = hn::IfThenElseZero(is_negative, fraction_low);
    const V high = product_of(numerator, numerator_low, inverse, inverse_low, high_low);
    const V k = hn::IfThenElseZero(is_negative, exponent);
    // The argument's sign is x's, also where t underflows.
    const V certain_t = hn::IfThenElse(hn::And(hn::Eq(t, zero), hn::Ne(x, zero)), hn::CopySign(set(0x1p-1000), x), t);
    sink.pair(i, count, high, high_low, k, hn::Mul(high, set(sigmoid_error)),
              known_sigmoids(task.format, sink.resolution(), certain_t));
  });
}

template <class Sink> bool decide(const Task& task, Workspace& workspace, Sink& sink) {
  if (task.operation == Operation::sigmoid) {
    if (!(task.scale <= largest_operand)) return false;
    sigmoid(task, workspace, sink);
    return true;
  }
  if (task.operation == Operation::softmax_backward_from_output) return softmax_backward_from_output(task, workspace, sink);
  if (!takes(task)) return false;
  switch (task.operation) {
    case Operation::softmax: softmax(task, workspace, sink); break;
    case Operation::softmax_backward: return softmax_backward(task, workspace, sink);
    case Operation::log_softmax: log_softmax(task, workspace, sink); break;
    case Operation::log_sum_exp: log_sum_exp(task, workspace, sink); break;
    default: cross_entropy(task, workspace, sink); break;
  }
  return true;
}

} // namespace double_double_lanes

} // namespace
} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#endif
