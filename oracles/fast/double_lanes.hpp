// First stage: binary16, bfloat16 and binary32 in double lanes. Every radius is proved in oracles/README.md ("First stage"),
// with u = 2^-53 and E = exponential_error. For files that Highway compiles once per target.
#if defined(SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_LANES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_LANES_HPP
#undef SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_LANES_HPP
#else
#define SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_LANES_HPP
#endif

#include "oracles/fast/row.hpp"

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace double_lanes {

constexpr double u = 0x1p-53;
// Products of errors, what sums of sums lose, and stand_in, all together.
constexpr double second_order = 1 + 0x1p-8;
// Shares within p (1 +- this): two exponentials, the reciprocal and the product.
constexpr double share_error = (2 * exponential_error + 2 * u) * second_order;
// Sums of the exponentials of all but the largest logit, over that exponential.
constexpr double ratio_error = 2 * exponential_error * second_order;
// Of a gradient, relative to p: what the mean gradient's error, and what the difference's size contributes.
constexpr double mean_error = (2 * exponential_error + 6 * u) * second_order;
constexpr double difference_error = (2 * exponential_error + 5 * u) * second_order;

// exponential() wants |z| <= 2^20; the reach below the largest logit comes on top.
constexpr double largest_logit = 0x1p19;
// e^z below the largest by more than this counts as stand_in, which vanishes in every sum and rounds to 0.
constexpr double reach = 650;
constexpr double stand_in = 0x1p-700;

inline bool takes(const Task& task) {
  return task.format != Format::f64 && std::fabs(task.largest * task.scale) <= largest_logit;
}

// e^t_i times a power of two common to the row.
class Exponentials {
public:
  explicit Exponentials(const Task& task) : task_(task), largest_(task.largest * task.scale) {
    common_exponent_ = std::nearbyint(largest_ * 0x1.71547652b82fep0);
  }
  double largest() const { return largest_; }
  HWY_INLINE V of(V x) const {
    const V t = hn::Mul(x, set(task_.scale)); // exact
    const M far = hn::Lt(t, set(largest_ - reach));
    V fraction, exponent;
    exponential(D(), hn::IfThenElse(far, set(largest_), t), fraction, exponent);
    const V value = hn::Mul(fraction, power_of_two(hn::Sub(exponent, set(common_exponent_))));
    const V instead = hn::IfThenElseZero(hn::Gt(x, set(-infinity)), set(stand_in));
    return hn::IfThenElse(far, instead, value);
  }
  // Sum over begin .. end, each kept if asked.
  HWY_INLINE void sum(std::size_t begin, std::size_t end, ShortAccumulator& sum, double* keep) const {
    each_vector(begin, end, [&](std::size_t i, std::size_t count) HWY_ATTR {
      const V e = of(load(&task_.x[i], count, -infinity));
      if (keep) store(e, keep + i, count);
      sum.add(e);
    });
  }
  // (Sum of all but the largest) / the largest.
  DoubleDouble ratio() const {
    ShortAccumulator others;
    sum(0, task_.argmax, others, nullptr);
    sum(task_.argmax + 1, task_.x.size(), others, nullptr);
    const double own = hn::GetLane(of(set(task_.largest)));
    return others.total() * reciprocal({own, 0});
  }

private:
  const Task& task_;
  double largest_;
  double common_exponent_;
};

template <class Sink> void softmax(const Task& task, Workspace& workspace, Sink& sink) {
  const std::size_t n = task.x.size();
  workspace.numerators.resize(n);
  double* numerators = workspace.numerators.data();
  const Exponentials exponentials(task);
  ShortAccumulator total;
  exponentials.sum(0, n, total, numerators);
  const DoubleDouble sum = total.total();
  const V inverse = set(reciprocal(sum).high);
  // Of the sum, relative to the largest element's own exponential: k + R, within 2 share_error.
  const double in_largest = sum.high / hn::GetLane(exponentials.of(set(task.largest)));
  if (const JustBelow below = just_below_share(task, {in_largest, 0}, 2 * share_error, sink.resolution()); below.applies) {
    each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
      const M is_largest = hn::Eq(load(&task.x[i], count, -infinity), set(task.largest));
      sink.positive(i, count, hn::Mul(load(numerators + i, count, 0), inverse), share_error,
                    std::array<Known, 1>{{{is_largest, below.truth, below.radius}}});
    });
    return;
  }
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    sink.positive(i, count, hn::Mul(load(numerators + i, count, 0), inverse), share_error);
  });
}

// p_i (g'_i - sum p_j g'_j) with g' = g - g_argmax, so that the largest share, which may be 1 but for e^-1000, meets a zero.
template <class Sink> void softmax_backward(const Task& task, Workspace& workspace, Sink& sink) {
  const std::size_t n = task.x.size();
  workspace.numerators.resize(n);
  double* numerators = workspace.numerators.data();
  const Exponentials exponentials(task);
  const V origin = set(task.dy[task.argmax]);
  ShortAccumulator total, weighted;
  V magnitudes = hn::Zero(D());
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V e = exponentials.of(load(&task.x[i], count, -infinity));
    const V g = hn::Sub(load(&task.dy[i], count, 0), origin);
    const V product = hn::Mul(e, g);
    store(e, numerators + i, count);
    total.add(e);
    weighted.add(product);
    magnitudes = hn::Add(magnitudes, hn::Abs(product));
  });
  const double inverse = reciprocal(total.total()).high;
  const DoubleDouble sum = weighted.total();
  const V mean = set((sum.high + sum.low) * inverse);
  const double spread = hn::GetLane(hn::SumOfLanes(D(), magnitudes)) * inverse * 1.01;
  // The last term: products e g' may underflow, by less than 2^-1075 each.
  const V mean_radius = set(mean_error * spread + 0x1p-1000);
  const Truth masked = zero_truth(task.format);
  each_vector(0, n, [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V p = hn::Mul(load(numerators + i, count, 0), set(inverse));
    const V difference = hn::Sub(hn::Sub(load(&task.dy[i], count, 0), origin), mean);
    const V radius = hn::Mul(p, hn::MulAdd(hn::Abs(difference), set(difference_error), mean_radius));
    sink.of_any_sign(i, count, hn::Mul(p, difference), radius, hn::Eq(p, hn::Zero(D())), masked);
  });
}

// Below this ratio of the others to the largest, results of log-softmax lie beside t_i - m by less than what is told apart.
constexpr double dominated = 0x1p-40;
// And below this the largest element's own result, -log(1 + ratio), is nothing but negative.
constexpr double vanished = 0x1p-300;

struct LogSumExp {
  double largest;      // t
  DoubleDouble excess; // log-sum-exp - largest = log(1 + ratio)
  double radius;       // of excess
  double ratio_above;
};
inline LogSumExp log_sum_exp_of(const Task& task) {
  const Exponentials exponentials(task);
  const DoubleDouble ratio = exponentials.ratio();
  const Logarithm logarithm = logarithm_of_one_plus(ratio);
  return {exponentials.largest(), logarithm.value, logarithm.error + std::min(1.0, logarithm.value.high) * ratio_error,
          ratio.high * 1.01};
}

template <class Sink> void put_excess(std::size_t result, const LogSumExp& lse, double sign, Sink& sink) {
  if (lse.ratio_above < vanished) {
    sink.known(result, vanishing_truth(sink.format()), vanished);
    return;
  }
  sink.pair(result, 1, set(sign * lse.excess.high), set(sign * lse.excess.low), hn::Zero(D()), set(lse.radius), nothing(),
            Truth{});
}

// sign * (d + excess), d = m - t >= 0 exactly: cross-entropy and log-softmax of one element.
template <class Sink> void put_distance(std::size_t result, const LogSumExp& lse, double t, double sign, Sink& sink) {
  const DoubleDouble d = two_sum(lse.largest, -t);
  const V zero = hn::Zero(D());
  if (lse.ratio_above < dominated) {
    sink.template pair<true>(result, 1, set(sign * d.high), set(sign * d.low), zero, zero, nothing(), Truth{},
                             set(lse.ratio_above), 1);
    return;
  }
  const DoubleDouble v = d + lse.excess;
  sink.pair(result, 1, set(sign * v.high), set(sign * v.low), zero, set(lse.radius + v.high * double_double_unit), nothing(),
            Truth{});
}

template <class Sink> void log_softmax(const Task& task, Workspace&, Sink& sink) {
  const LogSumExp lse = log_sum_exp_of(task);
  const Truth masked = masked_truth(Operation::log_softmax, task.format);
  const V largest = set(lse.largest), zero = hn::Zero(D());
  const bool beside = lse.ratio_above < dominated;
  const auto others = [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V x = load(&task.x[i], count, -infinity);
    const M is_masked_lane = hn::Eq(x, set(-infinity));
    const V t = hn::Mul(x, set(task.scale)); // exact
    V d = hn::Sub(t, largest);
    V d_low;
    if (beside) {
      d = two_sum_of(t, hn::Neg(largest), d_low);
      sink.template pair<true>(i, count, d, d_low, zero, zero, is_masked_lane, masked, set(lse.ratio_above), 1);
      return;
    }
    // A mask that is merely huge would drown the rest of a double.
    if (HWY_UNLIKELY(!hn::AllFalse(D(), hn::AndNot(is_masked_lane, hn::Lt(d, set(-0x1p20)))))) {
      V low, radius;
      d = two_sum_of(t, hn::Neg(largest), d_low);
      const V high = difference_of(d, d_low, lse.excess, low, radius);
      sink.pair(i, count, high, low, zero, hn::Add(radius, set(lse.radius)), is_masked_lane, masked);
      return;
    }
    const V y = hn::Sub(hn::Sub(d, set(lse.excess.high)), set(lse.excess.low));
    const V radius = hn::MulAdd(hn::Abs(y), set(3.2 * u), set(lse.radius));
    sink.of_any_sign(i, count, y, radius, is_masked_lane, masked);
  };
  each_vector(0, task.argmax, others);
  put_excess(task.argmax, lse, -1, sink);
  each_vector(task.argmax + 1, task.x.size(), others);
}

template <class Sink> void log_sum_exp(const Task& task, Workspace&, Sink& sink) {
  const LogSumExp lse = log_sum_exp_of(task);
  const V zero = hn::Zero(D());
  if (lse.largest == 0) return put_excess(0, lse, 1, sink);
  if (lse.ratio_above < dominated) {
    sink.template pair<true>(0, 1, set(lse.largest), zero, zero, zero, nothing(), Truth{}, set(lse.ratio_above),
                             lse.largest > 0 ? 1 : -1);
    return;
  }
  const DoubleDouble v = DoubleDouble{lse.largest, 0} + lse.excess;
  // The sum of two of different sign is exact enough: AccurateDWPlusDW's bound is relative to the result.
  sink.pair(0, 1, set(v.high), set(v.low), zero, set(lse.radius + std::fabs(v.high) * double_double_unit), nothing(), Truth{});
}

template <class Sink> void cross_entropy(const Task& task, Workspace&, Sink& sink) {
  const LogSumExp lse = log_sum_exp_of(task);
  if (task.target == task.argmax) return put_excess(0, lse, 1, sink);
  put_distance(0, lse, task.x[task.target] * task.scale, 1, sink);
}

// 1 / (1 + e^-t). With e = e^-|t| <= 1 that is 1 / (1 + e) or e / (1 + e): one exponential (and half of one in the sum), one
// addition, one division.
constexpr double sigmoid_error = (1.5 * exponential_error + 2 * u) * second_order;

template <class Sink> void sigmoid(const Task& task, Workspace&, Sink& sink) {
  each_vector(0, task.x.size(), [&](std::size_t i, std::size_t count) HWY_ATTR {
    const V t = hn::Mul(load(&task.x[i], count, 1), set(task.scale)); // exact
    const V distance = hn::Abs(t);
    const M far = hn::Gt(distance, set(reach));
    V fraction, exponent;
    exponential(D(), hn::Neg(hn::IfThenElseZero(hn::Not(far), distance)), fraction, exponent);
    const V e = hn::IfThenElse(far, set(stand_in), hn::Mul(fraction, power_of_two(exponent)));
    const V numerator = hn::IfThenElse(hn::Lt(t, hn::Zero(D())), e, set(1));
    sink.positive(i, count, hn::Div(numerator, hn::Add(set(1), e)), sigmoid_error,
                  known_sigmoids(task.format, sink.resolution(), t));
  });
}

// Every result of the row; false: the stage does not take it.
template <class Sink> bool decide(const Task& task, Workspace& workspace, Sink& sink) {
  switch (task.operation) {
    case Operation::sigmoid:
      if (task.format == Format::f64) return false;
      sigmoid(task, workspace, sink);
      return true;
    case Operation::softmax_backward_from_output: return false; // double-double lanes do all formats
    default: break;
  }
  if (!takes(task)) return false;
  switch (task.operation) {
    case Operation::softmax: softmax(task, workspace, sink); break;
    case Operation::softmax_backward: softmax_backward(task, workspace, sink); break;
    case Operation::log_softmax: log_softmax(task, workspace, sink); break;
    case Operation::log_sum_exp: log_sum_exp(task, workspace, sink); break;
    default: cross_entropy(task, workspace, sink); break;
  }
  return true;
}

} // namespace double_lanes

} // namespace
} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#endif
