// The program as a user meets it: exit codes, one-line errors, whole files.
#include "scripts/run_program.hpp"
#include "reports/json.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string library = SOFTMAX_AUDIT_TEST_LIBRARY;

} // namespace

TEST_CASE("cli / what the user has to mend is one line and exit 2") {
  is_refused("check shfted", "did you mean shifted");
  is_refused("check shifted --property is_acurate", "did you mean is_accurate");
  is_refused("check shifted --oracle mpfi", "did you mean mpfr");
  is_refused("check shifted --format f31", "did you mean f32");
  is_refused("check naive --format f16", "no subject has that operation and format");
  is_refused("check shifted --effort smok", "did you mean smoke");
  is_refused("check shifted --operation log_sofmax", "did you mean log_softmax");
  is_refused("check naive --operation log_softmax", "no subject has that operation and format");
  is_refused("check shifted --operation softmax_backward --row '1 2'", "--dy");
  is_refused("check shifted --operation softmax_backward --row '1 2' --dy 1", "1 gradients for a row of 2");
  is_refused("check shifted --row '1 2' --dy '1 2'", "backward");
  is_refused("check shifted --operation softmax_backward_from_output --row '0.5 1.5' --dy '1 2'", "value 2 is 0x1.8p+0");
  is_refused("check shifted --operation softmax_backward_from_output --row '-0.5 0.5' --dy '1 2'", "from 0 to 1");
  is_refused("check shifted --operation softmax_backward_from_output --row '0.5 0.5' --dy '1 2' --scale 2", "takes none");
  is_refused("check shifted --operation cross_entropy --row '1 2' --target 2", "0 to 1");
  is_refused("check shifted --number 3", "--row");
  is_refused("check shifted --row '1 two 3'", "value 2: \"two\"");
  is_refused("check shifted --row ''", "no values");
  is_refused("check shifted --shift 1", "--row");
  is_refused("check shifted --claim sum=fast", "recursive, pairwise");
  is_refused("check shifted --profile nice", "ieee, safe");
  is_refused("check", "no subject");
  is_refused("check shifted --instruction-set mmx", "mmx");
  is_refused("measure shifted --lengths 0", "--lengths");
  is_refused("explain shifted", "--row");
  is_refused("explain shifted --row 'inf 1'", "no exact result");
  is_refused("chek shifted", "chek");
  is_refused("check shifted --effrot smoke", "--effrot");
  is_refused("list implementation", "did you mean implementations");
}

TEST_CASE("cli / foreign code that cannot be served is told in one line") {
  const std::string call = " --call 'void(const f32* x, f32* y, size n)'";
  is_refused("check --library /there/is/no.so --symbol f" + call, "/there/is/no.so");
  is_refused("check --library " + library + " --symbol no_such_function" + call, "no_such_function");
  is_refused("check --library " + library + " --symbol softmax_f32 --call 'void(const f23* x, f32* y, size n)'", "column 12");
  is_refused("check --library " + library + " --symbol softmax_f32", "--call");
  is_refused("check --symbol softmax_f32", "--library");
  is_refused("check --worker 'echo hello'", "hello");
  const Run no_command = run("check --worker /there/is/no-command"); // the shell has its own line to say
  CHECK(no_command.code == 2);
  CHECK_THAT(no_command.out, ContainsSubstring("no-command"));
  is_refused("check --worker cat --library " + library, "one subject at a time");
}

TEST_CASE("cli / logits and results of two formats are judged like others") {
  const auto checked = [](const std::string& symbol, const std::string& call) {
    return run("check --library " + library + " --symbol " + symbol + " --call '" + call + "' --cases 300");
  };
  const Run widening = checked("reads_halves", "void(const f16* x, f32* y, size n)");
  INFO(widening.out);
  CHECK(widening.code == 0);
  const Run narrowing = checked("writes_brains", "void(const f32* x, bf16* y, size n)");
  INFO(narrowing.out);
  CHECK(narrowing.code == 0);
  CHECK(checked("forgets_the_last", "void(const f16* x, f32* y, size n)").code != 0); // reads what is not there
  const Run explained = run("explain --library " + library +
                            " --symbol reads_halves --call 'void(const f16* x, f32* y, size n)' --row '0.1 0.2'");
  CHECK_THAT(explained.out, ContainsSubstring("0x1.998p-4")); // 0.1 as binary16
}

TEST_CASE("cli / files that are not what they should be are named") {
  const Folder folder;
  std::ofstream(folder.file("not.npy")) << "1 2 3";
  std::ofstream(folder.file("not.json")) << "{\"schema_version\": 9}";
  is_refused("measure shifted --input " + folder.file("not.npy"), "not.npy: it does not begin like a .npy file");
  is_refused("measure shifted --input " + folder.file("missing.npy"), "cannot be read");
  is_refused("report " + folder.file("not.json"), "schema_version is 9");
  is_refused("report " + folder.file("missing.json"), "cannot be read");
}

TEST_CASE("cli / exit codes tell what happened") {
  CHECK(run("check shifted --format f32").code == 0);
  CHECK(run("check log1p_form --operation log_sum_exp --format f64").code == 0);
  CHECK(run("check maximum_from_zero").code == 1);
  CHECK(run("check shifted --operation all --property sums_to_zero --format f16").code == 0);
  CHECK(run("explain shifted --operation softmax_backward --row '1 2' --dy '0 1'").code == 0);
  CHECK(run("explain shifted --operation cross_entropy --row '1 2' --target 1").code == 0);
  CHECK(run("check naive --format f32").code == 1);
  CHECK(run("check shifted --property splits_ties_evenly --row 1").code == 5);
  CHECK(run("measure naive --lengths 2 --format f32").code == 0);
  CHECK(run("explain naive --row 1000").code == 0);
  CHECK_THAT(run("explain naive --format f32 --row 1000").out, ContainsSubstring("NaN         "));
  CHECK(run("--help").code == 0);
  CHECK(run("check --help").code == 0);
  CHECK(run("audit shifted --format f32 --lengths 2 --out /dev/null/x").code == 2);
  CHECK(run("check shifted --format f32 > /dev/full").code == 4);
}

TEST_CASE("cli / a crash and a hang are exit 3 with the row that did it") {
  const std::string call = " --call 'void(const f32* x, f32* y, size n)' --property is_accurate";
  const Run crash = run("check --library " + library + " --symbol crashes_on_42" + call + " --row '42 1'");
  CHECK(crash.code == 3);
  CHECK_THAT(crash.out, ContainsSubstring("CRASHED") && ContainsSubstring("signal 11") && ContainsSubstring("0x1.5p+5 0x1p+0"));
  const Run hang = run("check --library " + library + " --symbol hangs_on_43" + call + " --timeout 0.5 --row '43 1'");
  CHECK(hang.code == 3);
  CHECK_THAT(hang.out, ContainsSubstring("TIMED_OUT") && ContainsSubstring("0x1.58p+5 0x1p+0"));
}

TEST_CASE("cli / a subject that refuses every row is skipped, not crashed") {
  const Run refusal = run("check --library " + library + " --symbol refuses --call 'int(const f32* x, f32* y, size n)'");
  CHECK(refusal.code == 77);
  CHECK_THAT(refusal.out, ContainsSubstring("skipped"));
}

TEST_CASE("cli / SciPy's softmax is judged through the adapter") {
  const std::string worker = "--worker '" SOFTMAX_AUDIT_PYTHON " " SOFTMAX_AUDIT_ADAPTERS "/scipy_softmax.py'";
  const Run result = run("check " + worker + " --property is_accurate --property sums_to_one");
  CHECK(result.code == 0);
  CHECK_THAT(result.out, ContainsSubstring("scipy.special.softmax"));
}

TEST_CASE("cli / a counterexample's rerun line breaks again") {
  const Folder folder;
  // With faults whose laws need a scale, a shift, a permutation, gradients, a target, a second row or a place.
  REQUIRE(
      run("check naive log_form gradient_scaled_twice temperature_in_half target_clamped_at_row_end unpaired_partial_dropped "
          "gradient_mean_of_earlier_tiles loss_averaged_over_rows packed_rows_assumed collapsed_axis masked_lane_poisons_row "
          "numerators_not_rescaled misaligned_head_left_out --operation all --json " +
          folder.file("report.json"))
          .code == 1);
  const Report report = report_from_json(content(folder.file("report.json")), "report.json");
  std::size_t reruns = 0;
  for (const VerdictEntry& verdict : report.verdicts) {
    if (verdict.outcome != "broken") continue;
    REQUIRE(verdict.rerun.starts_with("softmax-audit "));
    INFO(verdict.rerun);
    CHECK(run(verdict.rerun.substr(std::string("softmax-audit ").size())).code == 1);
    ++reruns;
  }
  REQUIRE(reruns >= 100);
}

TEST_CASE("cli / one option puts counterexamples into a corpus file, and none twice") {
  const Folder folder;
  const std::string command =
      "check gradient_scaled_twice --operation all --property is_accurate --keep " + folder.file("rows.txt");
  REQUIRE(run(command).code == 1);
  const std::string once = content(folder.file("rows.txt"));
  CHECK(once.starts_with("is_accurate  f32  operation=softmax_backward"));
  REQUIRE(run(command).code == 1);
  CHECK(content(folder.file("rows.txt")) == once);
}

TEST_CASE("cli / what was kept is asked first, by whatever seed, without a build") {
  const Folder folder;
  const std::string file = folder.file("rows.txt");
  const std::string check = "check maximum_of_bits --property restricts_to_parts";
  const std::string finds_nothing = check + " --cases 1 --seed 5"; // and the compiled-in corpus has no row for it
  REQUIRE(run(finds_nothing).code == 0);
  REQUIRE(run(check + " --keep " + file).code == 1);
  const std::string kept = content(file);
  REQUIRE(std::count(kept.begin(), kept.end(), '\n') == 1);
  const Run again = run(finds_nothing + " --json - --keep " + file);
  REQUIRE(again.code == 1);
  const auto verdict = nlohmann::json::parse(again.out).at("verdicts").at(0);
  CHECK(verdict.at("outcome") == "broken");
  CHECK(verdict.at("cases") == 1);
  CHECK(content(file) == kept);
  // Whatever stands behind the row, and without a newline at the end.
  const std::string remark = kept.substr(0, kept.size() - 1) + "   # why it is here";
  std::ofstream(file) << remark;
  REQUIRE(run(finds_nothing + " --keep " + file).code == 1);
  CHECK(content(file) == remark);
  REQUIRE(run("check gradient_scaled_twice --operation all --property is_accurate --keep " + file).code == 1);
  CHECK(content(file).starts_with(remark + "\nis_accurate  f32  operation=softmax_backward"));
  CHECK(content(file).ends_with("\n"));
}

TEST_CASE("cli / --keep refuses what is no corpus, before anything is judged, and leaves it as it was") {
  const Folder folder;
  const std::string file = folder.file("notes.txt"), check = "check naive --format f32 --property is_accurate --keep ";
  for (const auto& [text, sentence] :
       {std::pair<std::string, std::string>{"Dear diary, today\n", "line 1: \"diary,\" is not a format"},
        {"# a comment\n\nis_accurate f32 row=1,two\n", "line 3: "},
        {"is_accurate f32 row=1\nis_acurate f32 row=1", "line 2: there is no law \"is_acurate\""},
        {std::string("\x7f"
                     "ELF\0\1",
                     6),
         "line 1: expected PROPERTY FORMAT"}}) {
    std::ofstream(file, std::ios::binary) << text;
    is_refused(check + file, sentence);
    is_refused(check + file, file);
    CHECK(content(file) == text);
  }
  is_refused(check + folder.path.string(), "cannot be read; name a corpus file");
}

TEST_CASE("cli / list faults prints the kill matrix") {
  const Run result = run("list faults");
  CHECK(result.code == 0);
  CHECK_THAT(result.out, ContainsSubstring("maximum_from_zero") && ContainsSubstring("broken by the law that they name"));
  CHECK_THAT(result.out, !ContainsSubstring("Not broken by the law"));
}

TEST_CASE("cli / explain as JSON has every element with forty digits") {
  const Run result = run("explain shifted --format f32 --row '0 0x1p+0' --json -");
  REQUIRE(result.code == 0);
  const auto json = nlohmann::json::parse(result.out);
  REQUIRE(json.at("elements").size() == 2);
  // 1/(1 + e) = 0.26894142136999512074884...
  REQUIRE(json["elements"][0]["exact"] == "2.689414213699951207488407581781637256349e-1");
  REQUIRE(json["elements"][0]["nearest"] == "0x1.136562p-2");
  const auto several = nlohmann::json::parse(run("explain shifted --row '0 1' --json -").out);
  REQUIRE(several.at("elements").size() == 2);
  REQUIRE(several.at("more").at(2).at("format") == "f64");
  for (const char* field : {"x", "exact", "nearest", "computed", "ulp_error", "bound"})
    REQUIRE(json["elements"][1].contains(field));
}

TEST_CASE("cli / the audit agrees with what is declared, and a declaration that is missing is found") {
  const Folder folder;
  const std::string options = " --operation softmax --format f32 --lengths 2,100 --out " + folder.file("out");
  const Run agreeing = run("audit naive log_form shifted" + options);
  CHECK(agreeing.code == 0);
  for (const char* name : {"report.txt", "report.json", "report.html"})
    CHECK(std::filesystem::exists(folder.path / "out" / name));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path / "out"), {}) == 3);
  const Report report = report_from_json(content(folder.file("out/report.json")), "report.json");
  CHECK(report.verdicts.size() % 3 == 0);
  CHECK(report.verdicts.size() >= 75);
  CHECK(report.accuracy.size() == 60);
  CHECK(report.standings.size() == 3);
  // A claim that shifted does not meet: that the rounding of x - m is made good.
  const Run disagreeing = run("audit shifted --claim difference=compensated" + options);
  CHECK(disagreeing.code == 1);
  CHECK_THAT(disagreeing.out, ContainsSubstring("BROKEN    is_accurate / shifted / f32"));
  // JSON to every format, the same bytes again.
  REQUIRE(run("report " + folder.file("out/report.json") + " --json " + folder.file("again.json") + " --html " +
              folder.file("again.html"))
              .code == 0);
  CHECK_FALSE(content(folder.file("again.json")).empty());
  CHECK(run("report " + folder.file("again.json") + " --html " + folder.file("twice.html")).code == 0);
  CHECK(content(folder.file("again.html")) == content(folder.file("twice.html")));
}

TEST_CASE("cli / report writes every format under a name of its own, and tells two gates as one") {
  const Folder folder;
  const std::string one = std::string(SOFTMAX_AUDIT_GOLDEN) + "/gate.json";
  Report other = report_from_json(content(one), "gate.json");
  other.gate->exit_code = 0;
  other.gate->sentence = "All is well.";
  for (const ReportFormat* format : all_report_formats())
    if (format->name == "json") std::ofstream(folder.file("other.json")) << format->write(other);
  REQUIRE(run("report " + folder.file("other.json") + " " + one + " --out " + folder.file("all")).code == 0);
  for (const ReportFormat* format : all_report_formats())
    CHECK(std::filesystem::exists(folder.path / "all" / ("report." + std::string(format->extension))));
  const Report joined = report_from_json(content(folder.file("all/report.json")), "report.json");
  REQUIRE(joined.gate);
  CHECK(joined.gate->entries.size() == 2 * other.gate->entries.size());
  CHECK(joined.gate->exit_code == 3);
  CHECK(joined.gate->file == "ci/gate.toml");
  CHECK_THAT(joined.gate->sentence, ContainsSubstring("All is well. The gate fails"));
}

TEST_CASE("cli / what only measuring finds is a verdict, too") {
  const Folder folder;
  const Run result =
      run("audit --library " + library + " --symbol wrong_beyond_20000 --call 'void(const f32* x, f32* y, size n)'" +
          " --lengths 10,30000 --out " + folder.file("out"));
  CHECK(result.code == 1);
  CHECK_THAT(result.out, ContainsSubstring("BROKEN    is_accurate / wrong_beyond_20000") && ContainsSubstring("generated:"));
}

TEST_CASE("cli / a report is written whole or not at all") {
  const Folder folder;
  CHECK(run("check shifted --format f32 --property is_accurate --json /dev/full").code == 4);
  std::filesystem::create_directories(folder.path / "read_only");
  CHECK(run("check shifted --format f32 --property is_accurate --json " + folder.file("new/deep/report.json")).code == 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path))
    CHECK(entry.path().string().find("unfinished") == std::string::npos);
}

TEST_CASE("cli / every oracle gives the same report, byte for byte but for its own name") {
  const Folder folder;
  // Without the words that name the oracle.
  const auto report_of = [&](const std::string& oracle, const std::string& file) {
    std::string text = content(folder.file(oracle + "/" + file));
    const std::size_t begin = text.find(oracle + " (");
    REQUIRE(begin != std::string::npos);
    const std::size_t end = text.find(')', begin);
    text.erase(begin, end - begin);
    REQUIRE(text.size() > 1000);
    REQUIRE(text.find(oracle + " (") == std::string::npos);
    return text;
  };
  const std::string explain = "explain log_form --row \"1 -0x1p+24 0 1000 1000.5 -inf\" --json - --oracle ";
  for (const std::string oracle : {"fast", "mpfr", "arb"}) {
    INFO(oracle);
    REQUIRE(run("audit log_form compensated --operation softmax --format f32 --property is_accurate --property keeps_ratios "
                "--property "
                "restricts_to_parts --lengths 2,10,100 --oracle " +
                oracle + " --out " + folder.file(oracle))
                .code == 0);
    for (const std::string file : {"report.txt", "report.json", "report.html"})
      REQUIRE(report_of(oracle, file) == report_of("fast", file));
    REQUIRE(run(explain + oracle).out == run(explain + "fast").out);
  }
}

TEST_CASE("cli / bench oracles gives figures with their ratios") {
  const Run text = run("bench oracles --operation softmax --format f32 --lengths 2");
  CHECK(text.code == 0);
  CHECK_THAT(text.out, ContainsSubstring("mpfr") && ContainsSubstring("arb"));
  const Run result = run("bench oracles --operation cross_entropy --format f64 --json -");
  REQUIRE(result.code == 0);
  const auto json = nlohmann::json::parse(result.out);
  REQUIRE(json.at("bench").size() >= 2);
  for (const auto& line : json["bench"]) {
    for (const char* field : {"name", "kind", "operation", "format", "n", "ns_per_element", "ratio", "ratio_to"})
      REQUIRE(line.contains(field));
    CHECK(line["kind"] == "oracle");
    CHECK(line["ratio_to"] == "mpfr");
    CHECK(line["ns_per_element"] > 0);
  }
  is_refused("bench orakels", "there are oracles");
  is_refused("bench oracles --operation softmx", "did you mean softmax");
  is_refused("bench oracles --lengths 7", "lengths are 2, 1024 and 1000000");
}
