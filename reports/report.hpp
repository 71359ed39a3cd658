// What the program found, as data. Every output format is a pure function of a Report, and a Report is written to and read
// from JSON (reports/schema.json) without loss.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

inline constexpr int schema_version = 1;

// One row, and whatever a law added to it, so that it can be judged again. Values are hexfloats, "inf", "-inf" or "nan".
struct Witness {
  std::size_t rows = 1;
  std::size_t cols = 0;
  std::vector<std::string> x; // empty where the row is too long to print; `row` says how to get it
  std::string row;            // "generated:REGIME,LENGTH,SEED" or "FILE.npy:INDEX"; empty where x is given by itself
  std::string scale = "0x1p+0";
  std::string shift;                    // empty: none
  std::vector<std::size_t> permutation; // empty: none
  std::vector<std::string> dy;          // upstream gradients of a backward operation
  std::optional<std::int64_t> target;   // of cross-entropy, or what the law says
  std::vector<std::string> with;        // a second row; what it means the law says
  std::optional<std::uint64_t> number;  // a position or a count; what it means the law says
};

// One law, one subject, one format.
struct VerdictEntry {
  std::string property, statement, source; // source: where bound and proof are written down
  std::string implementation, subject_version, instruction_set, operation, format;
  std::string outcome; // holds broken undecided vacuous skipped crashed timed_out
  double measured_low = 0, measured_high = 0, bound = 0;
  std::string unit, basis, because;
  std::string claim;          // what the subject declared, "nothing" if it did not
  std::string declared_break; // why the implementation says that it breaks this law; empty where it does not
  std::string means;          // what a break means to who uses the implementation, in plain words
  bool isolation = false;     // about what code does besides answering
  std::string incident;       // crashed, timed_out, undecided, broken isolation: what happened
  std::uint64_t cases = 0;    // that met the precondition and exercised the law
  std::uint64_t seed = 0;
  std::optional<Witness> witness;                     // of the break, or of the case that came nearest to one
  std::optional<std::uint64_t> at;                    // the element
  std::string want, got;                              // hexfloats, at that element
  std::size_t shrunk_from = 0;                        // length of the row that first broke it; 0: not shrunk
  bool shrinking_unfinished = false;                  // time ended first: the witness need not be locally minimal
  std::string contract;                               // laws that compare two runs: the bitwise promise that belongs to them
  std::uint64_t bits_compared = 0, bits_differed = 0; // cases
  std::string rerun;                                  // a command line
};

// Errors y - p of one subject on rows of one length and regime, in ulp of the exact p.
struct AccuracyEntry {
  std::string implementation, subject_version, instruction_set, operation, format;
  std::uint64_t length = 0;
  std::string regime;                    // or the name of the file that the rows came from
  std::uint64_t cases = 0, elements = 0; // rows, elements
  double max_ulp = 0, mean_ulp = 0, signed_mean_ulp = 0, p99_ulp = 0;
  double misrounded = 0;            // share of elements that are not the correctly rounded result
  double max_over_bound = 0;        // largest error / proved bound
  double norm_wise = 0;             // largest max_i |y_i - p_i| / (u max_i p_i) of a row
  std::uint64_t not_a_number = 0;   // elements that are NaN; they are in max_ulp (infinite) and in misrounded, not in the means
  std::string found_by = "sampled"; // sampled hunted exhaustive
  std::string claim;
  // For each metric of this entry, by its name in JSON: the row on which it is worst, and a command that shows the row.
  struct Worst {
    double value = 0;
    Witness witness;
    std::string rerun;
  };
  std::map<std::string, Worst> worst;
  struct Bucket {
    double from = 0, to = 0; // signed error in ulp, from <= error < to; the outermost reach to -inf and inf
    std::uint64_t count = 0;
  };
  std::vector<Bucket> histogram; // buckets that are not empty, ascending
  // The elements by the distance m - x_i of their logit from the row's largest, where the operation has one. Masked ones are left out.
  struct Distance {
    double from = 0, to = 0;    // from <= m - x_i < to; 0, 0: the largest logits themselves
    std::vector<Bucket> errors; // as in the histogram
    std::vector<Bucket> bounds; // proved bounds of the same elements, in ulp
    double largest_bound = 0;   // infinite: the class allows some element anything
    std::uint64_t not_a_number = 0;
  };
  std::vector<Distance> density; // that are not empty, ascending
};

// softmax(x / T) of fixed logits over the temperature T, one subject and format.
struct CurveEntry {
  std::string implementation, subject_version, instruction_set, operation, format;
  std::vector<std::string> logits;
  std::string asked_by; // scale: with scale = 1/T; row: with the row x/T; both rounded once to the format
  struct Point {
    double temperature = 1;
    std::vector<double> exact; // of the very question that was asked
    std::vector<std::string> computed;
    std::vector<double> ulp;   // signed errors; NaN where computed is
    std::vector<double> bound; // proved, in ulp; infinite: the class allows anything
  };
  std::vector<Point> points; // ascending
  std::string incident;      // it crashed or hung, and was asked no more
};

// What one subject answers to a fixed set of rows with NaN, infinities, masks and the ends of the format.
struct SpecialValuesEntry {
  std::string implementation, subject_version, instruction_set, operation, format;
  std::vector<std::string> profiles; // whose every demand it meets
  struct Demand {
    std::vector<std::string> profiles; // that demand these results
    std::vector<std::string> y;
    bool met = false;
  };
  struct Row {
    std::string name; // "NaN first"
    std::vector<std::string> x, y;
    std::string incident;   // why there is no y
    bool has_truth = false; // arithmetic decides it, and no profile
    std::vector<Demand> demands;
  };
  std::vector<Row> rows;
};

// What one subject turned out to be, in one operation and format.
struct StandingEntry {
  std::string implementation, instruction_set, operation, format;
  std::string claim;                   // what it declared
  std::string strongest_claim;         // of the ladder that it meets; empty: none
  std::vector<std::string> profiles;   // of special values that it meets; empty: none
  std::vector<std::string> subnormals; // gradual, flushed
  struct Contract {
    std::string name;
    bool promised = false;
    std::uint64_t compared = 0, differed = 0; // cases
  };
  std::vector<Contract> contracts;
  std::string subject_version = "";
};

// One planted fault: which law had to break it, and which did.
struct FaultEntry {
  std::string name, summary, source, instruction_set;
  std::vector<std::string> operations, formats;
  std::string named_law, because;
  bool killed = false; // by the named law, in every runnable variant
  struct Kill {
    std::string law;
    std::uint64_t cases = 0; // until it was found
  };
  std::vector<Kill> kills; // every law that breaks it
  std::size_t laws_tried = 0;
};

// The smallest error that the suite finds: results moved by `ulp` ulp in the places that `pattern` says.
struct DetectionEntry {
  std::string claim, format, pattern; // claim: the class whose bounds are held against the subject
  std::uint64_t from_length = 0, to_length = 0;
  bool contracts = false; // are the subject's bitwise promises held against it?
  double ulp = 0;         // the smallest found in 95 of 100 runs; infinite: none up to the largest tried
  std::uint64_t runs = 0, found = 0;
  double low = 0, high = 0; // Clopper and Pearson's 95 % interval of the share of runs that find it
  std::string effort;
};

// How fast one subject is. One thread; the same bytes copied by memcpy are the measure of the machine.
struct SpeedEntry {
  std::string implementation, subject_version, instruction_set, operation, format;
  std::uint64_t length = 0, rows = 0;
  double ns_per_element = 0, memcpy_ns_per_element = 0; // median of the runs; the second 0: not timed
  std::uint64_t runs = 0;
};

// A break that was checked without this program: a program of its own shows it, and words of ours go with it.
struct FindingEntry {
  std::string title, implementation, property, operation, format; // format empty: in every one
  std::string meaning;                                            // to users, in plain words
  std::string issue;                                              // the text for the library's issue tracker
  std::string program, output;                                    // needs nothing of ours; what it printed
  std::string checked;                                            // how; empty: not yet
};

// One thing that a gate demands of one subject, and what came of it.
struct GateEntry {
  std::string kind;    // law, isolation (a law of it), limit, baseline
  std::string outcome; // gate_outcomes
  std::string metric;  // of a law: its name; else what is limited or compared: max_ulp, speed_ratio, contracts ...
  std::string implementation, subject_version, instruction_set, operation, format;
  std::uint64_t length = 0;                   // 0: not of one length
  std::string regime;                         // empty: not of one regime
  double measured_low = 0, measured_high = 0; // measured_low > limit is broken, measured_high <= limit holds
  double limit = 0;                           // of a baseline: the value that it holds
  std::string unit;                           // ulp, u, lambda, elements, share, times, laws, contracts ...
  std::string basis;                          // theorem, claim, policy, measured
  std::string reason;                         // why the limit is that one, in its author's words
  std::string sentence;                       // what happened and what to do, in one sentence
  std::string file;                           // where it is demanded; `line` 0: nowhere, it is the rule
  std::uint64_t line = 0, column = 0;         // from 1
  std::string rerun;                          // a command line that shows it; empty where there is none
  std::string row;                            // the smallest row that shows it; empty where there is none
};

// Outcomes that let a gate pass, and those that do not.
inline constexpr std::string_view gate_passes[] = {"holds",   "known_broken", "improved", "unchanged", "new",
                                                   "missing", "inconclusive", "skipped",  "expired"};
inline constexpr std::string_view gate_fails[] = {"broken",  "regressed", "unexpectedly_holds", "untested",
                                                  "crashed", "timed_out", "undecided"};

struct Gate {
  std::string file, baseline_file; // as they were named; the second empty: none
  std::string baseline;            // what became of the baseline: absent, none for this machine, compared, written
  std::string sentence;            // the verdict, in words
  int exit_code = 0;
  std::vector<GateEntry> entries;
};

// What changed from one report to another. Verdicts and cells of accuracy that did not change are counted only.
struct Comparison {
  std::string before, after; // the files, as they were named
  std::string sentence;      // the outcome, in words
  struct Difference {
    std::string what, before, after; // of tool and environment; empty: absent
  };
  std::vector<Difference> environment;
  bool same_rows = true; // both were measured with the same seed and effort: figures are of the same rows
  struct Verdict {
    std::string change; // worse, better, other
    std::string property, implementation, instruction_set, operation, format;
    std::string outcome_before, outcome_after;
    double measured_before = 0, measured_after = 0, bound_before = 0, bound_after = 0;
    std::string unit;
    std::string rerun; // of the later one
  };
  std::vector<Verdict> verdicts;
  std::uint64_t verdicts_unchanged = 0;
  struct Metric {
    std::string name;
    double before = 0, after = 0;
  };
  struct Accuracy {
    std::string change; // worse, better, both: some figure is worse and some better
    std::string implementation, instruction_set, operation, format;
    std::uint64_t length = 0;
    std::string regime;
    std::vector<Metric> metrics; // that changed
    std::string rerun;           // shows the row of the largest error of the later one
  };
  std::vector<Accuracy> accuracy;
  std::uint64_t accuracy_unchanged = 0;
  // What only one of the two has: verdicts and cells of accuracy by subject.
  struct Alone {
    std::string in; // before, after
    std::string implementation, instruction_set, operation, format;
    std::uint64_t verdicts = 0, accuracy = 0;
  };
  std::vector<Alone> alone;
};

struct Report {
  std::string tool_name = "softmax-audit", tool_version, tool_commit;
  std::map<std::string, std::string> environment; // cpu, compiler, libraries, oracle, seed, effort ...
  std::vector<VerdictEntry> verdicts;
  std::vector<AccuracyEntry> accuracy;
  std::vector<StandingEntry> standings;
  std::vector<FaultEntry> faults;
  std::vector<DetectionEntry> detection;
  std::vector<SpeedEntry> speed;
  std::vector<FindingEntry> findings;
  std::vector<CurveEntry> curves;
  std::vector<SpecialValuesEntry> special_values;
  std::optional<Gate> gate;
  std::optional<Comparison> comparison; // with an earlier report
  // What is known beside the figures: one line of summary for each implementation by name.
  std::map<std::string, std::string> implementations;
};

// One output format: one file in reports/formats/.
struct ReportFormat {
  std::string_view name;
  std::string_view summary;
  std::string_view extension;
  std::string (*write)(const Report&);
  bool always = false; // what commands that judge or measure write into --out; `report --out` writes every format
};

std::span<const ReportFormat* const> all_report_formats();

} // namespace softmax_audit
