// The text for a library's issue tracker: what was expected and why, the smallest input, what came out, how to see it again. Made from
// the verdict; where a finding was checked without this program its words win. Markdown, as issue trackers read it.
#pragma once

#include "reports/formats/atlas_records.hpp"

#include <fmt/format.h>

namespace softmax_audit::atlas {

// "sums_to_one" is written to finish a sentence.
inline std::string words_of(std::string_view property) {
  std::string words(property);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

inline std::string unit_words(std::string_view unit) {
  if (unit == "u") return "u (units of roundoff)";
  if (unit == "lambda") return "smallest subnormal numbers";
  return std::string(unit);
}

// Enough digits to tell the measured value from the bound.
inline std::string told_from(double value, double bound) {
  for (int digits = 4; digits < 17; ++digits)
    if (value == bound || markup::number(value, digits) != markup::number(bound, digits)) return markup::number(value, digits);
  return markup::number(value, 17);
}

inline std::string measured_words(const VerdictEntry& v) {
  if (is_incident(v)) return v.outcome == "crashed" ? "the call did not return" : "the call did not answer in time";
  if (std::isinf(v.measured_low)) {
    if (v.got == "nan") return "NaN where a number is due";
    return v.got.empty() ? "not finite" : fmt::format("{} where {} is due", v.got, v.want);
  }
  if (v.unit == "elements" && v.bound == 0)
    return fmt::format("{} wrong {}", markup::number(v.measured_low), v.measured_low == 1 ? "result" : "results");
  return fmt::format("{} {} measured, at most {} expected", told_from(v.measured_low, v.bound), v.unit,
                     told_from(v.bound, v.measured_low));
}

// The shortest decimal that gives the value back, in f32 arithmetic where it is a value of f32, else in f64.
inline std::string exact_decimal(const std::string& hexfloat) {
  char* end = nullptr;
  const double value = std::strtod(hexfloat.c_str(), &end);
  if (hexfloat.empty() || *end != '\0') return hexfloat;
  if (!std::isfinite(value)) return markup::number(value);
  const auto narrow = static_cast<float>(value);
  return static_cast<double>(narrow) == value ? fmt::format("{}", narrow) : fmt::format("{}", value);
}
inline std::string value_words(const std::string& value) {
  const std::string readable = exact_decimal(value);
  return readable == value || !std::isfinite(std::strtod(value.c_str(), nullptr)) ? readable
                                                                                  : fmt::format("{} ({})", readable, value);
}

// Rows that stand written out are short ones; longer ones bear a name that the program takes.
constexpr std::size_t longest_in_issue = 64;
inline std::string decimals(const std::vector<std::string>& values) {
  std::vector<std::string> texts;
  for (const std::string& value : values) texts.push_back(exact_decimal(value));
  return markup::joined(texts, ", ");
}

inline std::string input_words(const VerdictEntry& v) {
  if (!v.witness) return "No input is recorded.\n";
  const Witness& w = *v.witness;
  std::string text;
  const auto line = [&](std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    if (values.size() > longest_in_issue) {
      text += fmt::format("{} = {} values, among them {}, ... (all of them in the line below)\n", name, values.size(),
                          decimals({values.begin(), values.begin() + 4}));
      return;
    }
    text += fmt::format("{} = [{}]\n", name, decimals(values));
    text += fmt::format("{}   in hexadecimal: {}\n", std::string(name.size(), ' '), markup::joined(values, " "));
  };
  if (w.x.empty())
    text += fmt::format("x = a row of {} elements, which softmax-audit writes as {}\n", w.cols, w.row);
  else
    line("x", w.x);
  line("dy", w.dy);
  line("with", w.with);
  if (w.scale != "0x1p+0" && !w.scale.empty()) text += fmt::format("scale = {}\n", value_words(w.scale));
  if (!w.shift.empty()) text += fmt::format("shift = {}\n", value_words(w.shift));
  if (w.target) text += fmt::format("target = {}\n", *w.target);
  if (w.number) text += fmt::format("number = {}\n", *w.number);
  if (!w.permutation.empty()) text += fmt::format("permutation = {}\n", fmt::format("{} places", w.permutation.size()));
  return text;
}

// "pytorch avx2"
inline std::string variant_words(const VerdictEntry& v) {
  const std::string set = shown_instruction_set(v.instruction_set);
  const bool said = set.empty() || v.implementation.ends_with(" " + set);
  return said ? v.implementation : fmt::format("{} {}", v.implementation, set);
}

inline std::string issue_title(const Break& b) {
  if (b.finding && !b.finding->title.empty()) return b.finding->title;
  const VerdictEntry& v = *b.places.front();
  std::string row = v.witness ? fmt::format(" on a row of {}", v.witness->cols) : "";
  if (is_incident(v)) return fmt::format("{} ({}): {}{}", b.operation, v.format, measured_words(v), row);
  if (v.isolation) return fmt::format("{} ({}): \"{}\" does not hold", b.operation, v.format, words_of(b.property));
  return fmt::format("{} ({}): \"{}\" does not hold{}: {}", b.operation, v.format, words_of(b.property), row,
                     measured_words(v));
}

inline std::string meaning_of(const Break& b) {
  return b.finding && !b.finding->meaning.empty() ? b.finding->meaning : b.places.front()->means;
}

// "pytorch avx2 in f32 and f64; pytorch avx512 in f32"
inline std::string places_words(const Break& b) {
  std::vector<std::string> variants;
  std::map<std::string, std::set<std::string>> formats;
  for (const VerdictEntry* place : b.places) {
    const std::string variant = variant_words(*place);
    if (formats[variant].empty()) variants.push_back(variant);
    formats[variant].insert(place->format);
  }
  std::vector<std::string> places;
  for (const std::string& variant : variants)
    places.push_back(fmt::format("{} in {}", variant, markup::listed({formats[variant].begin(), formats[variant].end()})));
  return markup::joined(places, "; ");
}
// The same where there is room for little.
inline std::string places_counted(const Break& b) {
  std::set<std::string> variants, formats;
  for (const VerdictEntry* place : b.places) {
    variants.insert(variant_words(*place));
    formats.insert(place->format);
  }
  const std::string in_formats = markup::listed({formats.begin(), formats.end()});
  return variants.size() == 1 ? in_formats : fmt::format("{} in {} variants", in_formats, variants.size());
}

inline std::string issue_text(const Break& b, const Report& report) {
  const VerdictEntry& v = *b.places.front();
  std::string text = fmt::format("# {}\n\n", issue_title(b));
  const auto section = [&](std::string_view heading, const std::string& words) {
    if (!words.empty()) text += fmt::format("## {}\n\n{}{}\n", heading, words, words.ends_with('\n') ? "" : "\n");
  };
  const auto fenced = [](const std::string& code) {
    // A fence is longer than what it holds.
    std::string fence = "```";
    while (code.find(fence) != std::string::npos) fence += '`';
    return fmt::format("{}\n{}{}{}\n", fence, code, code.ends_with('\n') ? "" : "\n", fence);
  };
  if (b.finding && !b.finding->issue.empty()) {
    text = b.finding->issue;
    if (!text.ends_with('\n')) text += '\n';
    text += '\n';
  } else {
    section("Input", fenced(input_words(v)));
    std::string came;
    if (is_incident(v)) {
      came = fmt::format("{}.{}\n", v.outcome == "crashed" ? "The call did not return" : "The call did not answer in time",
                         v.incident.empty() ? "" : " " + v.incident);
    } else {
      if (!v.incident.empty()) came += v.incident + "\n\n";
      if (!v.want.empty()) {
        came += v.at ? fmt::format("At element {} (counted from 0):\n\n", *v.at) : std::string();
        came += fmt::format("    expected  {}\n    got       {}\n\n", value_words(v.want), value_words(v.got));
      }
      if (std::isinf(v.measured_low) || (v.unit == "elements" && v.bound == 0))
        came += fmt::format("The result: {}.\n", measured_words(v));
      else
        came += fmt::format("The deviation is {} {}; at most {} can be expected.\n", told_from(v.measured_low, v.bound),
                            unit_words(v.unit), told_from(v.bound, v.measured_low));
    }
    section("What came out", came);
    std::string why = fmt::format("The law \"{}\":\n\n    {}\n\n", words_of(b.property), v.statement);
    if (v.basis == "theorem" && !v.because.empty()) {
      why += fmt::format("The bound of {} {} is proved for this very row, under: {}.", told_from(v.bound, v.measured_low),
                         v.unit, v.because);
      if (v.claim.empty() || v.claim == "nothing")
        why += " We found no accuracy documented and took this for the usual arithmetic; if another one is intended, a "
               "sentence in "
               "the documentation would tell users.";
    } else if (!v.because.empty()) {
      why += fmt::format("It is expected because {}.", v.because);
    }
    if (!v.source.empty()) why += fmt::format(" Derivation: {} of softmax-audit.", v.source);
    section("Why this is expected", why);
    section("What it means for users", meaning_of(b));
  }
  section("Version",
          fmt::format("{} {}. Seen in: {}.", b.library, b.version.empty() ? "(version unknown)" : b.version, places_words(b)));
  if (b.finding && !b.finding->program.empty()) {
    std::string program = fenced(b.finding->program);
    if (!b.finding->output.empty()) program += fmt::format("\nprints\n\n{}", fenced(b.finding->output));
    section("Reproduce", program);
  }
  if (!v.rerun.empty())
    section(b.finding && !b.finding->program.empty() ? "With softmax-audit" : "Reproduce with softmax-audit", fenced(v.rerun));
  text += fmt::format("Found by {}{}{}.\n", report.tool_name, report.tool_version.empty() ? "" : " " + report.tool_version,
                      report.tool_commit.empty() ? "" : fmt::format(" (commit {})", report.tool_commit));
  return text;
}

} // namespace softmax_audit::atlas
