#include "impl/text_from_outside.hpp"
#include "reports/cli/commands.hpp"
#include "reports/report.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace softmax_audit {
namespace {

using Command = int (*)(const Options&);

void add_foreign_options(CLI::App& command, Options& options) {
  command.add_option("--library", options.library, "judge a function of this shared library");
  command.add_option("--symbol", options.symbol, "the function's name in --library");
  command.add_option("--call", options.call,
                     "its signature: 'void(const f32* x, f32* y, size n)'; impl/foreign/README.md has the grammar");
  command.add_option("--plugin", options.plugin, "judge a library that exports the table of softmax_audit_plugin.h");
  command.add_option("--worker", options.worker, "judge a command that speaks the worker protocol");
  command.add_option("--name", options.foreign_name, "how reports call the --library, --plugin or --worker");
  command.add_option("--claim", options.claim, "what the subject declares: exp=1,sum=pairwise,...");
  command.add_option("--profile", options.profile, "special values: ieee, safe, uniform, unshifted or limits");
  command.add_option("--operation", options.operation, "softmax, log_softmax, ... (softmax-audit list operations), or all");
  command.add_option("--format", options.format, "f16, bf16, f32 or f64; default: all that the subject has");
  command.add_option("--oracle", options.oracle, "who knows the truth");
  command.add_option("--timeout", options.timeout_seconds,
                     "seconds that foreign code may take for one answer (its start has 60)");
  command.add_option("--memory", options.memory_bytes,
                     "bytes that foreign code may hold; default: half of the machine's, at most 8 GiB");
  command.add_option("--allow-overread", options.overread_bytes,
                     "bytes after the end of every buffer that a --library or --plugin may read");
  command.add_flag("--no-shared-memory", options.no_shared_memory, "send everything to foreign code through pipes");
}

void add_subject_options(CLI::App& command, Options& options) {
  command.add_option("SUBJECT", options.subjects, "names of implementations, or all");
  add_foreign_options(command, options);
  command.add_option("--instruction-set", options.instruction_set, "only this variant of built-in implementations");
  command.add_option("--json", options.json, "write the JSON here; - is standard output");
  command.add_option("--seed", options.seed, "of everything random");
}

void add_judging_options(CLI::App& command, Options& options) {
  command.add_option("--property", options.properties, "only these laws")->take_all();
  command.add_option("--effort", options.effort, "smoke, gate or deep");
  command.add_option("--cases", options.cases, "generated cases of each law, instead of the effort's 1000, 20000 or 500000");
  command.add_option("--input", options.inputs, "real logits: .npy files")->take_all();
  command.add_option("--out", options.out, "write report.txt, report.json and report.html into this folder")->take_last();
}

void add_row_options(CLI::App& command, Options& options) {
  command.add_option("--row", options.row,
                     "logits: hexfloats, decimals, inf, -inf, nan; or generated:REGIME,LENGTH,SEED; or FILE.npy:INDEX");
  command.add_option("--scale", options.scale, "softmax(scale * x)");
  command.add_option("--dy", options.dy, "upstream gradients of --row, for the backward operations");
  command.add_option("--target", options.target,
                     "the target of --row, for cross_entropy (and where a law needs a second place)");
}

void add_report_options(CLI::App& command, Options& options) {
  for (const ReportFormat* format : all_report_formats())
    command.add_option_function<std::string>(
        fmt::format("--{}", format->name),
        [&options, format](const std::string& file) { options.report_files[std::string(format->name)] = file; },
        std::string(format->summary));
}

int run(int argc, char** argv) {
  CLI::App app("Judges softmax implementations against arbitrary precision and against laws.", "softmax-audit");
  app.set_version_flag("--version", SOFTMAX_AUDIT_VERSION);
  app.require_subcommand(1);
  Options options;
  std::vector<std::pair<CLI::App*, Command>> commands;
  const auto add = [&](const char* name, const char* summary, Command command) {
    CLI::App* subcommand = app.add_subcommand(name, summary);
    commands.emplace_back(subcommand, command);
    return subcommand;
  };

  CLI::App* bench_command = add("bench", "how fast: nanoseconds an element and ratios, on one thread", &bench);
  bench_command->add_option("WHAT", options.bench_what, "oracles or implementations")->required();
  add_subject_options(*bench_command, options);
  bench_command->add_option("--lengths", options.lengths, "only rows of these lengths")->delimiter(',');
  CLI::App* list_command = add("list", "what there is; faults: with the matrix of the laws that break them", &list);
  list_command
      ->add_option("WHAT", options.list_what, "implementations, faults, properties, oracles, operations or report-formats")
      ->required();
  list_command->add_option("--effort", options.effort, "faults: smoke, gate or deep");
  list_command->add_option("--seed", options.seed, "faults: of the rows");
  list_command->add_option("--json", options.json, "faults: write the JSON here; - is standard output");
  CLI::App* check_command = add("check", "judge subjects by every law, or by the named ones", &check);
  add_subject_options(*check_command, options);
  add_judging_options(*check_command, options);
  add_row_options(*check_command, options);
  check_command->add_option("--shift", options.shift, "ignores_shift: what is added to every logit of --row");
  check_command->add_option("--permutation", options.permutation, "follows_permutation: of --row, as \"2 0 1\"");
  check_command->add_option("--with", options.with, "a second row beside --row; what it is each law says (list properties)");
  check_command->add_option("--number", options.number, "a place or a count beside --row; what it is each law says");
  check_command->add_option("--limit", options.limit, "a bound instead of the proved one; with one --property");
  check_command->add_option("--keep", options.keep,
                            "a corpus file: its rows are asked before all others, and counterexamples are added to it");
  CLI::App* measure_command = add("measure", "ulp tables and histograms", &measure);
  add_subject_options(*measure_command, options);
  measure_command->add_option("--lengths", options.lengths, "of generated rows")->delimiter(',');
  measure_command->add_option("--effort", options.effort, "smoke, gate or deep");
  measure_command->add_option("--input", options.inputs, "measure these .npy files instead of generated rows")->take_all();
  measure_command->add_option("--out", options.out, "write report.txt, report.json and report.html into this folder");
  CLI::App* explain_command = add("explain", "one row, element by element", &explain);
  add_subject_options(*explain_command, options);
  add_row_options(*explain_command, options);
  CLI::App* audit_command =
      add("audit", "check and measure everything, compare with what is declared, write the reports", &audit);
  add_subject_options(*audit_command, options);
  add_judging_options(*audit_command, options);
  audit_command->add_option("--lengths", options.lengths, "of generated rows that are measured")->delimiter(',');
  CLI::App* detection_command =
      add("detection", "the smallest error that the laws find, in ulp, by the place where it is planted", &detection);
  add_subject_options(*detection_command, options);
  detection_command->add_option("--effort", options.effort, "of each run: smoke, gate or deep");
  detection_command->add_option("--runs", options.runs,
                                "seeds that are tried; an error counts as found if 95 % of them find it");
  detection_command->add_flag("--contracts", options.contracts, "also with the subject's bitwise promises held against it");
  detection_command->add_option("--out", options.out, "write report.txt, report.json and report.html into this folder");
  CLI::App* report_command = add("report", "reports from JSON results", &report);
  report_command->add_option("RESULT", options.results, "JSON files");
  report_command
      ->add_option("--compare", options.compare,
                   "what changed from one JSON file to another; the report is of the later, or RESULT")
      ->expected(2)
      ->type_name("OLD NEW");
  add_report_options(*report_command, options);
  report_command->add_option("--out", options.out, "write every format into this folder");

  CLI::App* gate_command = add("gate", "hold a policy's subjects to its limits and to a baseline", &gate);
  gate_command->add_option("POLICY", options.policy, "gate.toml: subjects and limits (reports/gate/README.md)")->required();
  gate_command->add_option("--baseline", options.baseline, "figures that must not get worse, bit for bit");
  gate_command->add_flag("--update-baseline", options.update_baseline, "write what is new or better into the baseline");
  gate_command->add_option("--allow-regression", options.allow_regression,
                           "why --update-baseline may also write what is worse");
  add_foreign_options(*gate_command, options);
  gate_command->add_option("--effort", options.policy_effort, "smoke, gate or deep, instead of the policy's");
  gate_command->add_option("--seed", options.policy_seed, "of everything random, instead of the policy's");
  gate_command->add_option("--cases", options.cases, "generated cases of each law, instead of the effort's");
  add_report_options(*gate_command, options);
  gate_command->add_option("--out", options.out, "write report.txt, report.json and report.html into this folder");

  if (argc > 1 && argv[1][0] != '-') {
    std::vector<std::string> names;
    for (const auto& [subcommand, command] : commands) names.push_back(subcommand->get_name());
    if (std::find(names.begin(), names.end(), argv[1]) == names.end())
      throw UsageError(unknown_name("command", argv[1], names));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) { // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    std::fputs(fmt::format("softmax-audit: {} (softmax-audit --help)\n", excerpt(error.what(), 1000)).c_str(), stderr);
    return exit_usage;
  }
  for (const auto& [subcommand, command] : commands)
    if (subcommand->parsed()) return command(options);
  return exit_usage;
}

} // namespace
} // namespace softmax_audit

int main(int argc, char** argv) {
  try {
    return softmax_audit::run(argc, argv);
  } catch (const softmax_audit::UsageError& error) {
    std::fputs(fmt::format("softmax-audit: {}\n", error.what()).c_str(), stderr);
    return softmax_audit::exit_usage;
  } catch (const std::exception& error) {
    std::fputs(fmt::format("softmax-audit: {}\n", error.what()).c_str(), stderr);
    return softmax_audit::exit_own_failure;
  }
}
