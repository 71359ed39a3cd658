#include "reports/cli/commands.hpp"

#include "impl/foreign/worker.hpp"
#include "impl/registry.hpp"
#include "oracles/registry.hpp"
#include "properties/campaigns/bench.hpp"
#include "properties/campaigns/explain.hpp"
#include "properties/campaigns/speed.hpp"
#include "properties/inputs/npy.hpp"
#include "properties/inputs/values.hpp"
#include "reports/assemble.hpp"
#include "reports/cli/gating.hpp"
#include "reports/cli/judging.hpp"
#include "reports/cli/output.hpp"
#include "reports/cli/progress.hpp"
#include "reports/cli/subjects.hpp"
#include "reports/comparison.hpp"
#include "reports/formats/comparison_text.hpp"
#include "reports/formats/text_parts.hpp"
#include "reports/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <tuple>

namespace softmax_audit {
namespace {

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw std::runtime_error("standard output cannot be written");
}

// Before hours of work, not after: can the results be written where they are to go?
void require_writable(const Options& options) {
  const auto require = [](const std::filesystem::path& folder, std::string_view option) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error || access(folder.c_str(), W_OK) != 0)
      throw UsageError(fmt::format("{}: {} cannot be written to", option, folder.string()));
  };
  if (!options.out.empty()) require(options.out, "--out");
  const auto require_folder_of = [&](const std::string& file, std::string_view option) {
    if (file.empty() || file == "-" || std::filesystem::exists(file)) return;
    const auto folder = std::filesystem::path(file).parent_path();
    require(folder.empty() ? "." : folder, option);
  };
  require_folder_of(options.json, "--json");
  require_folder_of(options.keep, "--keep");
  for (const auto& [format, file] : options.report_files) require_folder_of(file, "--" + format);
  if (options.update_baseline) require_folder_of(options.baseline, "--baseline");
}

std::vector<InputFile> read_inputs(const Options& options) {
  std::vector<InputFile> files;
  for (const std::string& path : options.inputs) {
    try {
      files.push_back({path, std::filesystem::path(path).filename().string(), read_npy(path).rows});
    } catch (const std::invalid_argument& error) {
      throw UsageError(error.what());
    }
  }
  return files;
}

// The first of contracts.md's exit codes that applies.
int exit_code_of(const Report& report) {
  const auto any = [&](std::string_view outcome) {
    return std::any_of(report.verdicts.begin(), report.verdicts.end(),
                       [&](const VerdictEntry& v) { return v.outcome == outcome; });
  };
  if (any("undecided")) return exit_own_failure;
  const bool not_isolated = std::any_of(report.verdicts.begin(), report.verdicts.end(),
                                        [](const VerdictEntry& v) { return v.isolation && v.outcome == "broken"; });
  if (any("crashed") || any("timed_out") || not_isolated) return exit_incident;
  if (any("broken")) return exit_broken;
  if (any("holds")) return exit_all_hold;
  return any("skipped") && !any("vacuous") ? exit_skipped : exit_nothing_tested;
}

const ReportFormat& report_format(std::string_view name) {
  for (const ReportFormat* format : all_report_formats())
    if (format->name == name) return *format;
  throw UsageError(fmt::format("there is no report format \"{}\"", name));
}

void write_reports(const Report& report, const Options& options) {
  if (!options.json.empty()) write_whole(options.json, report_format("json").write(report));
  for (const auto& [format, file] : options.report_files) write_whole(file, report_format(format).write(report));
  if (options.out.empty()) return;
  const bool is_asked_for_formats = !options.results.empty();
  for (const ReportFormat* format : all_report_formats())
    if (is_asked_for_formats || format->always)
      write_whole(std::filesystem::path(options.out) / fmt::format("report.{}", format->extension), format->write(report));
}

// Two gates told as one: everything that each demands, and the exit code that says the most.
void join(Gate& gate, Gate&& other) {
  const auto weight = [](int code) {
    constexpr int by_weight[] = {exit_skipped,  exit_all_hold,    exit_nothing_tested, exit_broken,
                                 exit_incident, exit_own_failure, exit_usage};
    return std::find(std::begin(by_weight), std::end(by_weight), code) - std::begin(by_weight);
  };
  if (weight(other.exit_code) > weight(gate.exit_code)) gate.exit_code = other.exit_code;
  for (const auto& [text, added, separator] :
       {std::tuple(&gate.file, &other.file, ", "), std::tuple(&gate.baseline_file, &other.baseline_file, ", "),
        std::tuple(&gate.sentence, &other.sentence, " ")})
    if (*text != *added && !added->empty()) *text += (text->empty() ? "" : separator) + *added;
  // What became of two baselines is no one word.
  if (gate.baseline != other.baseline) gate.baseline.clear();
  gate.entries.insert(gate.entries.end(), std::make_move_iterator(other.entries.begin()),
                      std::make_move_iterator(other.entries.end()));
}

void note_settings(Report& report, const Options& options) {
  report.environment["seed"] = fmt::format("{}", options.seed);
  report.environment["effort"] = options.effort;
  const Oracle& oracle = resolve_oracle(options);
  report.environment["oracle"] = fmt::format("{} ({})", oracle.name, oracle.version());
}

std::string verdict_line(const VerdictEntry& v) {
  if ((v.outcome != "holds" && v.outcome != "broken" && v.outcome != "undecided") || (v.isolation && !v.incident.empty()))
    return fmt::format("{:<9} {:<24} {:<28} {}\n", v.outcome, v.property, question_name(v), v.incident);
  return fmt::format("{:<9} {:<24} {:<28} measured {:>8} {:<8} allowed {:>8} {:<8} {} cases\n", v.outcome, v.property,
                     question_name(v), figure(v.measured_low), v.unit, figure(v.bound), v.unit, v.cases);
}

// Whose results `detection` moves: sound code of four classes, from the default to the strictest.
constexpr std::array<std::string_view, 4> moved_by_default{"shifted", "pairwise", "kahan", "double_inside"};
constexpr unsigned runs_at_smoke = 20;

// What check, measure and audit begin with.
struct Asked {
  std::vector<NamedSubject> subjects;
  std::vector<InputFile> files;
  const Oracle* oracle;
  std::vector<Operation> operations;
  Report report;
};
Asked asked_for(const Options& options, std::string_view default_operation) {
  require_writable(options);
  Asked asked{resolve_subjects(options), read_inputs(options), &resolve_oracle(options),
              resolve_operations(options, default_operation), new_report()};
  note_settings(asked.report, options);
  return asked;
}

std::string explanation_text(const Subject& subject, Format format, const Explanation& explanation) {
  std::string text =
      fmt::format("{} {} {}: {}\n\n{:>4}  {:<24} {:<44} {:<24} {:<24} {:>12} {:>12}\n", subject.name, subject.instruction_set,
                  name(format), explanation.assumptions, "i", "x", "exact", "nearest", "computed", "error (ulp)", "proved");
  for (std::size_t i = 0; i < explanation.elements.size(); ++i) {
    const ExplainedElement& e = explanation.elements[i];
    text += fmt::format("{:>4}  {:<24} {:<44} {:<24} {:<24} {:>12} {:>12}\n", i, hexfloat(e.x), e.exact, hexfloat(e.nearest),
                        hexfloat(e.computed), std::isnan(e.ulp_error) ? "NaN" : fmt::format("{:+.4g}", e.ulp_error),
                        figure(e.bound));
  }
  return text;
}

nlohmann::ordered_json explanation_json(const Subject& subject, Format format, const Explanation& explanation) {
  const auto number = [](double value) -> nlohmann::ordered_json {
    if (std::isfinite(value)) return value;
    return hexfloat(value);
  };
  nlohmann::ordered_json elements = nlohmann::ordered_json::array();
  for (const ExplainedElement& e : explanation.elements)
    elements.push_back({{"x", hexfloat(e.x)},
                        {"exact", e.exact},
                        {"nearest", hexfloat(e.nearest)},
                        {"computed", hexfloat(e.computed)},
                        {"ulp_error", number(e.ulp_error)},
                        {"bound", number(e.bound)}});
  return {{"implementation", subject.name},
          {"instruction_set", subject.instruction_set},
          {"format", name(format)},
          {"because", explanation.assumptions},
          {"elements", elements}};
}

std::string bench_text(const std::vector<BenchLine>& lines, bool with_header) {
  std::string text;
  if (with_header)
    text += fmt::format("{:<28} {:<5} {:<10} {:>8}  {:<13} {:>11} {:>8}   {}\n", "operation", "", "rows", "n", "oracle",
                        "ns/element", "ratio", "rows decided by double, double-double, mpfr");
  for (const BenchLine& line : lines) {
    const std::string oracle =
        std::string(line.oracle) + (line.instruction_set.empty() ? "" : " ") + std::string(line.instruction_set);
    std::string decided;
    if (line.decided)
      decided = fmt::format("   {} {} {}", line.decided->in_double_lanes, line.decided->in_double_double_lanes,
                            line.decided->by_reference);
    text += fmt::format("{:<28} {:<5} {:<10} {:>8}  {:<13} {:>11.2f} {:>8.1f}{}\n", name(line.c.operation), name(line.c.format),
                        name(line.c.rows), line.c.length, oracle, line.ns_per_element, line.ratio, decided);
  }
  return text;
}

nlohmann::ordered_json bench_json(const std::vector<BenchLine>& lines, const Report& machine) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const BenchLine& line : lines) {
    nlohmann::ordered_json entry{{"name", line.oracle},
                                 {"kind", "oracle"},
                                 {"instruction_set", line.instruction_set},
                                 {"operation", name(line.c.operation)},
                                 {"format", name(line.c.format)},
                                 {"rows", name(line.c.rows)},
                                 {"n", line.c.length},
                                 {"ns_per_element", line.ns_per_element},
                                 {"ratio", line.ratio},
                                 {"ratio_to", "mpfr"}};
    if (line.decided)
      entry["rows_decided"] = {{"double_lanes", line.decided->in_double_lanes},
                               {"double_double_lanes", line.decided->in_double_double_lanes},
                               {"mpfr", line.decided->by_reference}};
    all.push_back(std::move(entry));
  }
  nlohmann::ordered_json environment = nlohmann::ordered_json::object();
  for (const auto& [key, value] : machine.environment) environment[key] = value;
  return {{"schema_version", schema_version},
          {"tool", {{"name", "softmax-audit"}, {"version", machine.tool_version}, {"commit", machine.tool_commit}}},
          {"environment", environment},
          {"bench", all}};
}

} // namespace

static std::string_view summary_of(std::string_view operation) {
  constexpr std::string_view summaries[] = {
      "p_i = exp(scale x_i) / sum_j exp(scale x_j)",
      "log p_i",
      "log sum_j exp(scale x_j): one value a row",
      "p_i (g_i - sum_k p_k g_k), from (x, dy)",
      "y_i (g_i - sum_k y_k g_k), from (y, dy)",
      "-log p_target: one value a row",
      "1 / (1 + exp(-scale x_i))",
  };
  const auto found = std::find(operation_names.begin(), operation_names.end(), operation);
  return summaries[found - operation_names.begin()];
}

// The kill matrix: every fault by every law at the effort, faults as they are done.
static int list_faults(const Options& options) {
  require_writable(options);
  Report report = new_report();
  note_settings(report, options);
  std::vector<std::string> laws;
  for (const Property* property : all_properties()) laws.emplace_back(property->name);
  const bool quiet = options.json == "-";
  if (!quiet) print(matrix_header(laws, fault_width));
  kill_all(options, resolve_oracle(options), report, [&](const FaultEntry& fault) {
    if (!quiet) print(kill_line(fault, laws));
  });
  if (!quiet) print(kill_summary(report));
  write_reports(report, options);
  return exit_all_hold;
}

int list(const Options& options) {
  const auto line = [](std::string_view name, std::string_view summary) { print(fmt::format("{:<24} {}\n", name, summary)); };
  if (options.list_what == "implementations")
    for (const Implementation* i : all_implementations()) {
      std::string sets;
      for (const Variant& variant : i->variants)
        sets +=
            fmt::format("{}{}{}", sets.empty() ? "" : " ", variant.instruction_set, variant.runnable() ? "" : " (not here)");
      line(i->name, fmt::format("{}  [{}]", i->summary, sets));
    }
  else if (options.list_what == "properties")
    for (const Property* p : all_properties()) line(p->name, p->statement);
  else if (options.list_what == "oracles")
    for (const Oracle* o : all_oracles()) line(o->name, o->summary);
  else if (options.list_what == "operations")
    for (const std::string_view name : operation_names) line(name, summary_of(name));
  else if (options.list_what == "report-formats")
    for (const ReportFormat* f : all_report_formats()) line(f->name, f->summary);
  else if (options.list_what == "faults")
    return list_faults(options);
  else
    throw UsageError("list: " +
                     unknown_name("list", options.list_what,
                                  {"implementations", "faults", "properties", "oracles", "operations", "report-formats"}));
  return exit_all_hold;
}

int check(const Options& options) {
  Asked asked = asked_for(options, "softmax");
  const bool quiet = options.json == "-";
  // With the first verdicts, not before: what the user has to mend comes alone.
  bool first = true;
  judge_all({asked.subjects, options, *asked.oracle, asked.operations, asked.files}, asked.report,
            [&](const std::vector<VerdictEntry>& line) {
              if (quiet) return;
              if (first) print(fmt::format("seed {}, effort {}\n", options.seed, options.effort));
              first = false;
              for (const VerdictEntry& verdict : line) print(verdict_line(verdict));
              for (const VerdictEntry& verdict : line)
                if (verdict.outcome != "holds" && is_exercised(verdict)) print("\n" + failure_block(verdict));
            });
  write_reports(asked.report, options);
  return exit_code_of(asked.report);
}

int measure(const Options& options) {
  Asked asked = asked_for(options, "softmax");
  const std::vector<std::string> incidents =
      measure_all({asked.subjects, options, *asked.oracle, asked.operations, asked.files}, asked.report);
  if (options.json != "-") print(report_format("text").write(asked.report));
  write_reports(asked.report, options);
  for (const std::string& incident : incidents) std::fputs((incident + "\n").c_str(), stderr);
  if (!incidents.empty()) return exit_incident;
  if (!asked.report.accuracy.empty()) return exit_all_hold;
  std::fputs("softmax-audit: no row could be measured: each was refused, or has no exact softmax (a NaN, +inf, or only -inf)\n",
             stderr);
  return exit_nothing_tested;
}

int explain(const Options& options) {
  if (!options.row) throw UsageError("explain needs --row \"x_0 x_1 ...\"");
  const std::vector<NamedSubject> subjects = resolve_subjects(options);
  const Oracle& oracle = resolve_oracle(options);
  const std::vector<Operation> operations = resolve_operations(options, "softmax");
  if (operations.size() != 1) throw UsageError("explain takes one --operation");
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const NamedSubject& named : subjects)
    for (const Format format : resolve_formats(options)) {
      if (!named.subject.has(operations[0], format)) continue;
      const Case c = *case_option(options, operations[0], format);
      if (c.scale != 1 && !named.subject.takes_scale)
        throw UsageError("--scale: the subject takes no scale; scale the row instead");
      Explanation explanation;
      try {
        explanation = softmax_audit::explain(named.subject, c, oracle);
      } catch (const std::invalid_argument& error) {
        throw UsageError(std::string("--") + error.what());
      }
      if (options.json != "-") print(explanation_text(named.subject, format, explanation) + "\n");
      all.push_back(explanation_json(named.subject, format, explanation));
    }
  if (all.empty())
    throw UsageError(
        fmt::format("the subject has no {}{}{}", name(operations[0]), options.format.empty() ? "" : " in ", options.format));
  if (!options.json.empty()) {
    // The first subject and format are the object itself, so that readers of one find "elements" at the top; others follow in "more".
    nlohmann::ordered_json first = all[0];
    for (std::size_t k = 1; k < all.size(); ++k) first["more"].push_back(all[k]);
    write_whole(options.json, first.dump(1) + "\n");
  }
  return exit_all_hold;
}

int detection(const Options& given) {
  Options options = given;
  if (options.subjects.empty()) options.subjects.assign(moved_by_default.begin(), moved_by_default.end());
  if (options.runs < 1 || options.runs > 100000) throw UsageError("--runs: expected a number from 1 to 100000");
  Asked asked = asked_for(options, "softmax");
  for (const NamedSubject& named : asked.subjects)
    if (!named.subject.abilities.has(Ability::threads))
      throw UsageError("detection moves built-in implementations; foreign code cannot be asked");
  detect_all({asked.subjects, options, *asked.oracle, asked.operations, {}}, asked.report, [](const DetectionEntry&) {});
  if (options.json != "-") print(report_format("text").write(asked.report));
  write_reports(asked.report, options);
  return exit_all_hold;
}

Report read_report(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw UsageError(fmt::format("{}: cannot be read; expected a JSON report", path));
  try {
    return report_from_json(std::string{std::istreambuf_iterator<char>(stream), {}}, path);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

// Several results as one. Environment and gate are those of the first that has them.
void join(Report& joined, Report part) {
  const auto append = [](auto& all, auto& more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  append(joined.verdicts, part.verdicts);
  append(joined.accuracy, part.accuracy);
  append(joined.standings, part.standings);
  append(joined.faults, part.faults);
  append(joined.detection, part.detection);
  append(joined.speed, part.speed);
  append(joined.findings, part.findings);
  append(joined.curves, part.curves);
  append(joined.special_values, part.special_values);
  if (part.gate && joined.gate)
    join(*joined.gate, std::move(*part.gate));
  else if (part.gate)
    joined.gate = std::move(part.gate);
  // A file of findings says nothing about a run: the first that does stands for all.
  if (joined.tool_version.empty()) {
    joined.tool_version = part.tool_version;
    joined.tool_commit = part.tool_commit;
    joined.environment = part.environment;
  }
  joined.implementations.insert(part.implementations.begin(), part.implementations.end());
}

int report(const Options& options) {
  if (options.results.empty() && options.compare.empty())
    throw UsageError("report needs RESULT.json, or --compare OLD.json NEW.json");
  for (std::size_t k = 1; k < options.results.size(); ++k)
    if (std::find(options.results.begin(), options.results.begin() + static_cast<std::ptrdiff_t>(k), options.results[k]) !=
        options.results.begin() + static_cast<std::ptrdiff_t>(k))
      throw UsageError(fmt::format("{}: named twice; its findings would count twice", options.results[k]));
  Report joined;
  for (std::size_t k = 0; k < options.results.size(); ++k) {
    Report part = read_report(options.results[k]);
    if (k == 0)
      joined = std::move(part);
    else
      join(joined, std::move(part));
  }
  const bool to_terminal = options.report_files.empty() && options.json.empty() && options.out.empty();
  if (!options.compare.empty()) {
    if (options.compare[0] == options.compare[1])
      throw UsageError(
          fmt::format("--compare: {} is named twice; expected an earlier result and a later one", options.compare[0]));
    Report after = read_report(options.compare[1]);
    Comparison comparison = compare(read_report(options.compare[0]), after, options.compare[0], options.compare[1]);
    if (to_terminal && options.results.empty()) {
      print(comparison_text(comparison));
      return exit_all_hold;
    }
    if (options.results.empty()) joined = std::move(after);
    joined.comparison = std::move(comparison);
  }
  if (to_terminal) print(report_format("text").write(joined));
  write_reports(joined, options);
  return exit_all_hold;
}

// The cases that --operation, --format and --lengths leave.
std::vector<BenchCase> bench_cases(const Options& options) {
  std::vector<std::string> known(operation_names.begin(), operation_names.end());
  if (!options.operation.empty() && std::find(known.begin(), known.end(), options.operation) == known.end())
    throw UsageError("--operation: " + unknown_name("operation", options.operation, known));
  const std::vector<Format> wanted = resolve_formats(options);
  std::vector<BenchCase> cases = all_bench_cases();
  std::erase_if(cases, [&](const BenchCase& c) {
    const bool length =
        options.lengths.empty() || std::find(options.lengths.begin(), options.lengths.end(), c.length) != options.lengths.end();
    return !length || (!options.operation.empty() && name(c.operation) != options.operation) ||
           std::find(wanted.begin(), wanted.end(), c.format) == wanted.end();
  });
  if (cases.empty()) throw UsageError("bench: no case has that operation, format and length; lengths are 2, 1024 and 1000000");
  return cases;
}

// Asked as the laws ask, of the same code: here, and in a process of its own through pipes and through shared memory.
constexpr std::size_t question_rows = 1024, question_length = 100;

int bench_implementations(const Options& given) {
  Options options = given;
  if (options.subjects.empty() && options.library.empty() && options.plugin.empty() && options.worker.empty())
    options.subjects = {"all"};
  const Asked asked = asked_for(options, "softmax");
  const bool quiet = options.json == "-";
  const std::vector<std::size_t> lengths =
      options.lengths.empty() ? std::vector<std::size_t>(speed_lengths.begin(), speed_lengths.end()) : options.lengths;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  const auto add = [&](const Subject& subject, std::string_view kind, Operation operation, Format format, std::size_t length,
                       double ns, double ratio, std::string_view ratio_to) {
    if (!quiet)
      print(fmt::format("{:<20} {:<8} {:<28} {:<5} {:>8} {:>11.3f} {:>8.2f} {}\n", subject.name, subject.instruction_set,
                        name(operation), name(format), length, ns, ratio, ratio_to));
    all.push_back({{"name", subject.name},
                   {"kind", kind},
                   {"instruction_set", subject.instruction_set},
                   {"operation", name(operation)},
                   {"format", name(format)},
                   {"n", length},
                   {"ns_per_element", ns},
                   {"ratio", ratio},
                   {"ratio_to", ratio_to}});
  };
  if (!quiet)
    print(fmt::format("{:<20} {:<8} {:<28} {:<5} {:>8} {:>11} {:>8}\n", "implementation", "", "operation", "", "n",
                      "ns/element", "times"));
  for (const NamedSubject& named : asked.subjects) {
    const Subject& subject = named.subject;
    if (!subject.abilities.has(Ability::timing))
      throw UsageError(subject.name + " cannot be timed: its worker offers no \"timing\"");
    for (const Operation operation : asked.operations)
      for (const Format format : resolve_formats(options)) {
        if (!subject.has(operation, format)) continue;
        for (const std::size_t length : lengths) {
          const Speed speed = speed_of(subject, operation, format, speed_rows, length, options.seed);
          add(subject, "implementation", operation, format, length, speed.ns_per_element,
              speed.ns_per_element / speed.memcpy_ns_per_element, "memcpy");
        }
        if (!subject.abilities.has(Ability::threads) || operation != Operation::softmax) continue;
        const std::vector<Subject> ways{subject, built_in_apart(subject, runner_beside_program(), false),
                                        built_in_apart(subject, runner_beside_program(), true)};
        const std::vector<double> costs = question_costs(ways, format, question_rows, question_length, options.seed);
        constexpr std::array<std::string_view, 3> kinds{"question", "question through pipes", "question through shared memory"};
        for (std::size_t k = 0; k < ways.size(); ++k)
          add(subject, kinds[k], operation, format, question_length, costs[k], costs[k] / costs[0],
              k == 0   ? "asked here"
              : k == 1 ? "asked here (pipes)"
                       : "asked here (shared memory)");
      }
  }
  if (!options.json.empty()) {
    nlohmann::ordered_json environment = nlohmann::ordered_json::object();
    for (const auto& [key, value] : asked.report.environment) environment[key] = value;
    write_whole(
        options.json,
        nlohmann::ordered_json{
            {"schema_version", schema_version},
            {"tool", {{"name", "softmax-audit"}, {"version", asked.report.tool_version}, {"commit", asked.report.tool_commit}}},
            {"environment", environment},
            {"bench", all}}
                .dump(1) +
            "\n");
  }
  return exit_all_hold;
}

int bench(const Options& options) {
  if (options.bench_what == "implementations") return bench_implementations(options);
  if (options.bench_what != "oracles")
    throw UsageError("bench: " + unknown_name("bench", options.bench_what, {"oracles", "implementations"}));
  require_writable(options);
  if (!options.subjects.empty() || !options.library.empty() || !options.plugin.empty() || !options.worker.empty())
    throw UsageError("bench oracles: oracles have no SUBJECT; bench implementations has");
  const std::vector<BenchCase> cases = bench_cases(options);
  const bool quiet = options.json == "-";
  std::vector<BenchLine> lines;
  Progress progress("bench", "cases", cases.size());
  for (const BenchCase& c : cases) {
    progress.step(fmt::format("{} {} {} n = {}", name(c.operation), name(c.format), name(c.rows), c.length));
    const std::vector<BenchLine> of_case = bench_oracles(c, options.seed);
    progress.count(1);
    progress.clear();
    if (!quiet) print(bench_text(of_case, lines.empty()));
    lines.insert(lines.end(), of_case.begin(), of_case.end());
  }
  progress.clear();
  if (!options.json.empty()) write_whole(options.json, bench_json(lines, new_report()).dump(1) + "\n");
  return exit_all_hold;
}

int audit(const Options& given) {
  Options options = given;
  if (options.subjects.empty() && options.library.empty() && options.plugin.empty() && options.worker.empty())
    options.subjects = {"all"};
  if (options.out.empty()) options.out = "out";
  const bool everything = options.subjects == std::vector<std::string>{"all"} && options.properties.empty();
  // With --json - standard output belongs to the JSON.
  const auto say = [quiet = options.json == "-"](const std::string& text) {
    if (!quiet) print(text);
  };
  Asked asked = asked_for(options, "all");
  Report& report = asked.report;
  say(fmt::format("softmax-audit {}: {} subjects, seed {}, effort {}\n", report.tool_version, asked.subjects.size(),
                  options.seed, options.effort));
  Judging judging{asked.subjects, options, *asked.oracle, asked.operations, asked.files, true};
  std::string operation;
  std::vector<std::string> laws;
  judge_all(judging, report, [&](const std::vector<VerdictEntry>& line) {
    if (line.front().operation != operation) {
      operation = line.front().operation;
      laws.clear();
      for (const Property* property : resolve_properties(options))
        if (property->operations.has(*operation_named(operation))) laws.emplace_back(property->name);
      say(fmt::format("\n{}\n\n{}", operation, matrix_header(laws)));
    }
    say(matrix_line(line, laws));
  });
  say(matrix_legend());
  judging.files.clear();
  std::vector<std::string> incidents = measure_all(judging, report);
  if (!asked.files.empty()) {
    judging.files = asked.files;
    for (std::string& incident : measure_all(judging, report)) incidents.push_back(std::move(incident));
  }
  if (options.properties.empty())
    for (std::string& incident : trace_all(judging, report)) incidents.push_back(std::move(incident));
  if (options.properties.empty())
    for (std::string& incident : time_all(judging, report)) incidents.push_back(std::move(incident));
  // The laws themselves are judged by the planted faults, whenever they judge everything else.
  if (everything && options.operation.empty()) {
    kill_all(options, *asked.oracle, report, [](const FaultEntry&) {});
    Options moved = options;
    moved.subjects.assign(moved_by_default.begin(), moved_by_default.end());
    if (effort_of(options) == Effort::smoke) moved.runs = runs_at_smoke;
    const std::vector<NamedSubject> subjects = resolve_subjects(moved);
    detect_all({subjects, moved, *asked.oracle, {Operation::softmax}, {}}, report, [](const DetectionEntry&) {});
  }
  write_reports(report, options);

  std::size_t surprises = 0, declared = 0;
  for (const VerdictEntry& verdict : report.verdicts) {
    declared += verdict.outcome == "broken" && !verdict.declared_break.empty();
    if (agrees_with_declaration(verdict) || verdict.outcome == "skipped") continue;
    ++surprises;
    say("\n" + failure_block(verdict));
  }
  for (const std::string& incident : incidents) say(incident + "\n");
  if (!report.faults.empty()) say("\n" + kill_summary(report));
  say(fmt::format("\n{} verdicts: {} broken as declared, {} other than declared. Reports: {}/report.txt, .json, .html\n",
                  report.verdicts.size(), declared, surprises, options.out));
  const int code = exit_code_of(report);
  if (code == exit_own_failure) return code;
  if (code == exit_incident || !incidents.empty()) return exit_incident;
  if (code == exit_nothing_tested || code == exit_skipped) return code;
  return surprises == 0 ? exit_all_hold : exit_broken;
}

int gate(const Options& given) {
  Options options = given;
  const Policy policy = read_policy(options);
  options.effort = options.policy_effort.value_or(policy.effort);
  options.seed = options.policy_seed.value_or(policy.seed);
  (void)effort_of(options);
  if (options.baseline.empty() && options.update_baseline) throw UsageError("--update-baseline needs --baseline FILE");
  if (!options.update_baseline && !options.allow_regression.empty())
    throw UsageError("--allow-regression says why --update-baseline may make a figure worse; add it");
  if (const auto json = options.report_files.extract("json")) options.json = json.mapped(); // like every other command's
  require_writable(options);
  const bool quiet = options.json == "-";
  const Report report = run_gate(options, policy, [&](const std::vector<VerdictEntry>& line) {
    if (quiet || line.empty()) return;
    const auto holding = std::count_if(line.begin(), line.end(), [](const VerdictEntry& v) { return v.outcome == "holds"; });
    print(fmt::format("{} {}: {} of {} laws hold\n", subject_name(line[0]), line[0].operation, holding, line.size()));
  });
  if (!quiet) print("\n" + gate_section(report));
  write_reports(report, options);
  return report.gate->exit_code;
}

} // namespace softmax_audit
