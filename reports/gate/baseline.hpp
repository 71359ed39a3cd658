// What was measured before, to the last bit: the same code on the same rows gives the same figures, so that any difference is one of
// the code. Every figure is one of which less is better.
#pragma once

#include "reports/report.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// Figures are comparable where all of these are the same. The version of the judged code is not among them: that it changes is what
// a baseline is for.
struct BaselineKey {
  std::string subject, build; // the second as gate.toml says, to tell builds of the same code apart
  std::string instruction_set;
  std::string machine; // what else the bits depend on: instruction sets that code may choose from, the system's libm
  std::string corpus;  // a hash of every row that is measured, and of how they are drawn
  std::string tool_version;
  friend auto operator<=>(const BaselineKey&, const BaselineKey&) = default;
};

struct BaselineFigure {
  double value = 0;
  std::string reason{}; // why it was allowed to get worse; empty: it never was
};

struct BaselineEntry {
  std::string subject_version; // when it was last written
  std::map<std::string, BaselineFigure> figures;
};

using Baseline = std::map<BaselineKey, BaselineEntry>;

// Throws std::invalid_argument with one sentence that begins with the file's name.
Baseline baseline_from(std::string_view text, std::string_view file);
// JSON, one figure a line, in order: the same baseline is the same bytes.
std::string text_of(const Baseline& baseline);

// "softmax/f32/1000/spread/max_ulp" and what was measured there, and "softmax/f32/contracts/batch" with the share of cases.
std::map<std::string, double> figures_of(const Report& report, std::string_view implementation,
                                         std::string_view instruction_set);

struct FigureChange {
  std::string figure;
  std::string outcome; // improved, regressed, new, missing
  double before = 0, now = 0;
};
// Every figure that is not what it was.
std::vector<FigureChange> changes(const BaselineEntry& before, const std::map<std::string, double>& now);

// With what is new and what is better; with what is worse only for a reason. What was not measured this time stays.
BaselineEntry updated(BaselineEntry before, const std::map<std::string, double>& now, const std::string& reason);

} // namespace softmax_audit
