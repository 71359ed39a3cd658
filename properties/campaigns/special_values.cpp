#include "properties/campaigns/special_values.hpp"

#include "properties/laws/due_values.hpp"
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<SpecialRow> rows_in(Format format) {
  const double most = largest_finite(format), least = smallest_subnormal(format);
  const auto row = [](std::string_view name, std::vector<double> x) {
    return SpecialRow{name, std::move(x), {}, {}, false, {}};
  };
  return {row("NaN first", {not_a_number, 0, 1}),
          row("NaN last", {0, 1, not_a_number}),
          row("NaN alone", {not_a_number}),
          row("NaN beside +inf", {infinity, not_a_number, 0}),
          row("NaN among -inf", {-infinity, not_a_number, -infinity}),
          row("one +inf", {0, infinity, 1}),
          row("two +inf", {infinity, 0, infinity}),
          row("+inf alone", {infinity}),
          row("+inf beside -inf", {-infinity, infinity, -infinity}),
          row("only -inf", {-infinity, -infinity, -infinity}),
          row("-inf alone", {-infinity}),
          row("-inf beside finite", {0, -infinity, 0}),
          row("all but one -inf", {-infinity, 1, -infinity}),
          row("both zeros", {0, -0.0}),
          row("the largest twice", {most, most}),
          row("the largest and the lowest", {most, -most}),
          row("subnormal and zero", {least, 0})};
}

// Sigmoid's elements are rows of their own: those that are finite have a truth, whatever stands beside them.
bool decided_by_arithmetic(const Case& c) {
  if (c.operation == Operation::sigmoid)
    return std::all_of(c.x.begin(), c.x.end(), [](double value) { return std::isfinite(value); });
  return has_truth(c.x, 1);
}

bool met_by(const Subject& subject, const Case& c, const std::vector<double>& y, const std::vector<double>& want,
            const std::vector<Truth>& truth, const std::vector<double>& bound) {
  if (y.size() != want.size()) return false;
  for (std::size_t i = 0; i < y.size(); ++i) {
    // As in the law: beside infinities, finite elements of sigmoid are is_accurate's matter.
    if (c.operation == Operation::sigmoid && truth.empty() && std::isfinite(c.x[i])) continue;
    const bool arithmetic = !truth.empty() && std::isfinite(truth[i].nearest) && !std::isinf(bound[i]);
    if (arithmetic ? std::isnan(y[i]) || absolute(ulp_error(y[i], truth[i], c.format, default_resolution)).low > bound[i]
                   : !agrees_with_due(y[i], want[i], subject.claim, c.format))
      return false;
  }
  return true;
}

void add_demand(SpecialRow& row, Profile profile, std::vector<double> y, bool met) {
  for (SpecialRow::Demand& demand : row.demands)
    if (std::equal(demand.y.begin(), demand.y.end(), y.begin(), y.end(), same_bits)) {
      demand.profiles.push_back(profile);
      return;
    }
  row.demands.push_back({{profile}, std::move(y), met});
}

void judge_row(const Subject& subject, const Case& c, SpecialRow& row, const Oracle& oracle) {
  row.has_truth = decided_by_arithmetic(c);
  try {
    row.y = subject.run(question_of(c));
  } catch (const Incident& incident) {
    row.incident = incident.what();
  }
  const SpecialCounts counts = special_counts(c.x);
  std::vector<Truth> truth;
  std::vector<double> bound;
  if (row.has_truth) {
    truth = truths(oracle, question_of(c));
    bound = is_ordinary(c) && covers(subject.claim, question_of(c)) ? error_bounds(subject.claim, question_of(c), truth, oracle)
                                                                    : std::vector<double>(truth.size(), infinity);
  }
  for (std::size_t p = 0; p < profile_names.size(); ++p) {
    std::vector<double> want;
    for (std::size_t i = 0; i < results_of_row(c.operation, c.x.size()); ++i) {
      if (row.has_truth)
        want.push_back(truth[i].nearest);
      else if (c.operation == Operation::sigmoid && std::isfinite(c.x[i]))
        want.push_back(truths(oracle, question_of(c))[i].nearest);
      else
        want.push_back(due_value(c, counts, static_cast<Profile>(p), i));
    }
    const bool met = met_by(subject, c, row.y, want, truth, bound);
    add_demand(row, static_cast<Profile>(p), std::move(want), met);
  }
}

} // namespace

SpecialValues special_values_of(const Subject& subject, Operation operation, Format format, const Oracle& oracle) {
  SpecialValues values{operation, format, rows_in(format), {}};
  for (SpecialRow& row : values.rows) {
    Case c;
    c.operation = operation;
    c.format = format;
    c.x = row.x;
    judge_row(subject, c, row, oracle);
  }
  for (std::size_t p = 0; p < profile_names.size(); ++p) {
    const auto met = [p](const SpecialRow& row) {
      return std::any_of(row.demands.begin(), row.demands.end(), [p](const SpecialRow::Demand& demand) {
        return demand.met &&
               std::find(demand.profiles.begin(), demand.profiles.end(), static_cast<Profile>(p)) != demand.profiles.end();
      });
    };
    if (std::all_of(values.rows.begin(), values.rows.end(), met)) values.met.push_back(static_cast<Profile>(p));
  }
  return values;
}

} // namespace softmax_audit
