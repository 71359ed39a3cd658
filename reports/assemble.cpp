#include "reports/assemble.hpp"

#include "properties/inputs/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace softmax_audit {
namespace {

std::vector<std::string> hexfloats(const std::vector<double>& row) {
  std::vector<std::string> texts;
  for (const double value : row) texts.push_back(hexfloat(value));
  return texts;
}

// Rows longer than this are named by their source, if they have one, instead of being written out.
constexpr std::size_t longest_written = 64;
bool is_named(const Case& c) { return !c.source.empty() && c.x.size() > longest_written; }

Witness witness_of(const Case& c) {
  Witness witness;
  witness.cols = c.x.size();
  witness.row = c.source;
  if (!is_named(c)) witness.x = hexfloats(c.x);
  witness.scale = hexfloat(c.scale);
  if (c.shift != 0) witness.shift = hexfloat(c.shift);
  witness.permutation = c.permutation;
  if (!is_named(c)) witness.dy = hexfloats(c.dy);
  if (c.target != 0 || c.operation == Operation::cross_entropy) witness.target = c.target;
  witness.with = hexfloats(c.with);
  if (c.number != 0) witness.number = c.number;
  return witness;
}

std::string instruction_set_option(const Subject& subject) {
  return subject.version == "built-in" ? fmt::format(" --instruction-set {}", subject.instruction_set) : "";
}

std::string operation_option(Operation operation) {
  return operation == Operation::softmax ? "" : fmt::format(" --operation {}", name(operation));
}

std::string rerun_of(const Verdict& verdict, const Subject& subject, const CommandLine& line) {
  if (!verdict.witness) return "";
  const Case& c = *verdict.witness;
  std::string text =
      fmt::format("softmax-audit check {}{} --property {}{} --format {}", line.subject, instruction_set_option(subject),
                  verdict.property->name, operation_option(c.operation), name(c.format));
  if (c.limit) text += fmt::format(" --limit {}", *c.limit);
  if (c.scale != 1) text += fmt::format(" --scale {}", hexfloat(c.scale));
  if (c.shift != 0) text += fmt::format(" --shift {}", hexfloat(c.shift));
  if (!c.permutation.empty()) text += fmt::format(" --permutation \"{}\"", fmt::join(c.permutation, " "));
  if (c.target != 0) text += fmt::format(" --target {}", c.target);
  if (!c.with.empty()) text += fmt::format(" --with \"{}\"", row_text(c.with));
  if (c.number != 0) text += fmt::format(" --number {}", c.number);
  if (!c.dy.empty() && !is_named(c)) text += fmt::format(" --dy \"{}\"", row_text(c.dy));
  return text + fmt::format(" --row \"{}\"", is_named(c) ? c.source : row_text(c.x));
}

} // namespace

VerdictEntry entry_of(const Verdict& verdict, const Subject& subject, std::uint64_t seed, const CommandLine& line) {
  VerdictEntry entry;
  entry.property = verdict.property->name;
  entry.statement = verdict.property->statement;
  entry.source = verdict.property->source;
  entry.means = verdict.property->means;
  entry.isolation = verdict.property->isolation;
  entry.implementation = subject.name;
  entry.subject_version = subject.version;
  entry.instruction_set = subject.instruction_set;
  entry.operation = name(verdict.operation);
  entry.format = name(verdict.format);
  entry.outcome = name(verdict.outcome);
  entry.measured_low = verdict.finding.measured.low;
  entry.measured_high = verdict.finding.measured.high;
  entry.bound = verdict.finding.bound.value;
  entry.unit = name(verdict.property->unit);
  entry.basis = name(verdict.finding.bound.basis);
  entry.because = verdict.finding.bound.because;
  entry.claim = text_of(subject.claim);
  for (const Break& declared : subject.breaks)
    if (declared.property == entry.property && declared.only_in.value_or(verdict.format) == verdict.format &&
        declared.only_of.value_or(verdict.operation) == verdict.operation)
      entry.declared_break = declared.because;
  entry.incident = verdict.incident;
  entry.cases = verdict.cases;
  if (verdict.property->contract) entry.contract = name(*verdict.property->contract);
  entry.bits_compared = verdict.bits_compared;
  entry.bits_differed = verdict.bits_differed;
  entry.seed = seed;
  // A long row that is nowhere else is written out where something is wrong with it; that it came nearest to a break is not worth megabytes.
  const bool is_worth_its_row = verdict.outcome != Outcome::holds || !verdict.witness ||
                                verdict.witness->x.size() <= longest_written || is_named(*verdict.witness);
  if (verdict.witness && is_worth_its_row) {
    entry.witness = witness_of(*verdict.witness);
    entry.want = hexfloat(verdict.finding.want);
    entry.got = hexfloat(verdict.finding.got);
  }
  if (verdict.finding.at) entry.at = *verdict.finding.at;
  entry.shrunk_from = verdict.shrunk_from;
  entry.shrinking_unfinished = verdict.shrinking_unfinished;
  if (is_worth_its_row) entry.rerun = rerun_of(verdict, subject, line);
  return entry;
}

AccuracyEntry entry_of(const Accuracy& accuracy, const CommandLine& line) {
  const Subject& subject = *accuracy.subject;
  const auto value = [&](Metric metric) { return accuracy.value[static_cast<std::size_t>(metric)]; };
  AccuracyEntry entry;
  entry.implementation = subject.name;
  entry.subject_version = subject.version;
  entry.instruction_set = subject.instruction_set;
  entry.operation = name(accuracy.operation);
  entry.format = name(accuracy.format);
  entry.length = accuracy.length;
  entry.regime = accuracy.regime;
  entry.cases = accuracy.rows;
  entry.elements = accuracy.errors.count();
  entry.max_ulp = value(Metric::max_ulp);
  entry.mean_ulp = value(Metric::mean_ulp);
  entry.signed_mean_ulp = value(Metric::signed_mean_ulp);
  entry.p99_ulp = value(Metric::p99_ulp);
  entry.misrounded = value(Metric::misrounded);
  entry.max_over_bound = value(Metric::max_over_bound);
  entry.norm_wise = value(Metric::norm_wise);
  entry.not_a_number = accuracy.errors.not_a_number();
  entry.claim = text_of(subject.claim);
  for (std::size_t k = 0; k < metric_names.size(); ++k) {
    const Accuracy::Worst& worst = accuracy.worst[k];
    if (worst.value < 0) continue;
    AccuracyEntry::Worst row;
    row.value = worst.value;
    row.witness.cols = worst.row.x.size();
    row.witness.row = worst.row.source;
    // A few elements say it at a glance; longer rows are named by their source.
    constexpr std::size_t longest_printed = 10;
    if (worst.row.x.size() <= longest_printed) row.witness.x = hexfloats(worst.row.x);
    row.rerun = fmt::format("softmax-audit explain {}{}{} --format {} --row \"{}\"", line.subject,
                            instruction_set_option(subject), operation_option(accuracy.operation), entry.format,
                            row.witness.x.empty() ? worst.row.source : row_text(worst.row.x));
    entry.worst[std::string(metric_names[k])] = std::move(row);
  }
  for (const auto& bucket : accuracy.errors.histogram()) entry.histogram.push_back({bucket.from, bucket.to, bucket.count});
  const auto buckets = [](const std::vector<ErrorStatistics::Bucket>& all) {
    std::vector<AccuracyEntry::Bucket> out;
    for (const auto& bucket : all) out.push_back({bucket.from, bucket.to, bucket.count});
    return out;
  };
  for (const ErrorDensity::Column& column : accuracy.density)
    entry.density.push_back(
        {column.from, column.to, buckets(column.errors), buckets(column.bounds), column.largest_bound, column.not_a_number});
  return entry;
}

StandingEntry entry_of(const Standing& standing, const Subject& subject) {
  StandingEntry entry;
  entry.implementation = subject.name;
  entry.subject_version = subject.version;
  entry.instruction_set = subject.instruction_set;
  entry.operation = name(standing.operation);
  entry.format = name(standing.format);
  entry.claim = text_of(subject.claim);
  entry.strongest_claim = standing.strongest_claim;
  entry.profiles.assign(standing.profiles.begin(), standing.profiles.end());
  entry.subnormals.assign(standing.subnormals.begin(), standing.subnormals.end());
  for (const Standing::ContractCount& count : standing.contracts)
    entry.contracts.push_back(
        {std::string(name(count.contract)), subject.claim.bitwise.has(count.contract), count.compared, count.differed});
  return entry;
}

SpeedEntry entry_of(const Speed& speed) {
  return {speed.subject->name,
          speed.subject->version,
          speed.subject->instruction_set,
          std::string(name(speed.operation)),
          std::string(name(speed.format)),
          speed.length,
          speed.rows,
          speed.ns_per_element,
          speed.memcpy_ns_per_element,
          speed.runs};
}

CurveEntry entry_of(const Curve& curve, const Subject& subject) {
  CurveEntry entry;
  entry.implementation = subject.name;
  entry.subject_version = subject.version;
  entry.instruction_set = subject.instruction_set;
  entry.operation = name(Operation::softmax);
  entry.format = name(curve.format);
  entry.logits = hexfloats(curve.logits);
  entry.asked_by = curve.by_scale ? "scale" : "row";
  for (const CurvePoint& point : curve.points)
    entry.points.push_back({point.temperature, point.exact, hexfloats(point.computed), point.ulp, point.bound});
  entry.incident = curve.incident;
  return entry;
}

SpecialValuesEntry entry_of(const SpecialValues& values, const Subject& subject) {
  const auto names = [](const std::vector<Profile>& profiles) {
    std::vector<std::string> all;
    for (const Profile profile : profiles) all.emplace_back(name(profile));
    return all;
  };
  SpecialValuesEntry entry;
  entry.implementation = subject.name;
  entry.subject_version = subject.version;
  entry.instruction_set = subject.instruction_set;
  entry.operation = name(values.operation);
  entry.format = name(values.format);
  entry.profiles = names(values.met);
  for (const SpecialRow& row : values.rows) {
    entry.rows.push_back({std::string(row.name), hexfloats(row.x), hexfloats(row.y), row.incident, row.has_truth, {}});
    for (const SpecialRow::Demand& demand : row.demands)
      entry.rows.back().demands.push_back({names(demand.profiles), hexfloats(demand.y), demand.met});
  }
  return entry;
}

FaultEntry entry_of(const KillRow& row) {
  FaultEntry entry;
  entry.name = row.fault->name;
  entry.summary = row.fault->summary;
  entry.source = row.fault->source;
  entry.instruction_set = row.instruction_set;
  for (const Offer& offer : row.offers) {
    const std::string operation(name(offer.operation)), format(name(offer.format));
    if (std::find(entry.operations.begin(), entry.operations.end(), operation) == entry.operations.end())
      entry.operations.push_back(operation);
    if (std::find(entry.formats.begin(), entry.formats.end(), format) == entry.formats.end()) entry.formats.push_back(format);
  }
  entry.named_law = row.fault->breaks[0].property;
  entry.because = row.fault->breaks[0].because;
  for (const KillRow::Kill& kill : row.kills) {
    entry.kills.push_back({std::string(kill.property->name), kill.cases});
    entry.killed = entry.killed || kill.property->name == entry.named_law;
  }
  entry.laws_tried = row.laws_tried;
  return entry;
}

DetectionEntry entry_of(const Detection& detection, const Subject& subject, Format format, std::string_view effort) {
  DetectionEntry entry;
  Claim arithmetic = subject.claim;
  arithmetic.bitwise = {}; // told by `contracts`
  entry.claim = text_of(arithmetic);
  entry.format = name(format);
  entry.pattern = pattern_names[static_cast<std::size_t>(detection.pattern)];
  entry.from_length = detection.from_length;
  entry.to_length = detection.to_length;
  entry.contracts = detection.contracts;
  entry.ulp = detection.ulp;
  entry.runs = detection.runs;
  entry.found = detection.found;
  entry.low = detection.low;
  entry.high = detection.high;
  entry.effort = effort;
  return entry;
}

} // namespace softmax_audit
