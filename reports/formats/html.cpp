// The report as one HTML file that needs nothing else: no network, no fonts, no library. Everything reads without the
// script. The same Report gives the same bytes.
#include "reports/formats/html_page.hpp"
#include "reports/formats/html_text.hpp"
#include "reports/formats/svg.hpp"
#include "reports/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace softmax_audit {
namespace {

using markup::breakable;
using markup::count;
using markup::counted;
using markup::decimal;
using markup::escape;
using markup::joined;
using markup::listed;
using markup::number;
using markup::percent;

// ---- what it means

// What an outcome means beside what the implementation said about itself; the loudest first.
enum class Standing {
  broken,
  crashed,
  timed_out,
  held_though_declared,
  undecided,
  vacuous,
  broken_as_declared,
  skipped,
  holds,
};
struct StandingText {
  std::string_view symbol, text, style, singular, plural;
};
constexpr std::array<StandingText, 9> standing_texts{{
    {"✗", "BROKEN", "bad", "broken, not declared", "broken, not declared"},
    {"!", "crashed", "dead", "crashed", "crashed"},
    {"…", "timed out", "dead", "timed out", "timed out"},
    {"◇", "held, declared broken", "odd", "held though declared broken", "held though declared broken"},
    {"?", "undecided", "open", "undecided", "undecided"},
    {"∅", "vacuous", "vac", "vacuous", "vacuous"},
    {"◆", "broken, as declared", "dec", "broken, as declared", "broken, as declared"},
    {"–", "skipped", "skip", "skipped", "skipped"},
    {"✓", "holds", "ok", "holds", "hold"},
}};
const StandingText& text_of(Standing standing) { return standing_texts[static_cast<std::size_t>(standing)]; }

Standing standing_of(const VerdictEntry& verdict) {
  const bool declared = !verdict.declared_break.empty();
  if (verdict.outcome == "holds") return declared ? Standing::held_though_declared : Standing::holds;
  if (verdict.outcome == "broken") return declared ? Standing::broken_as_declared : Standing::broken;
  if (verdict.outcome == "vacuous") return Standing::vacuous;
  if (verdict.outcome == "skipped") return Standing::skipped;
  if (verdict.outcome == "crashed") return Standing::crashed;
  if (verdict.outcome == "timed_out") return Standing::timed_out;
  return Standing::undecided;
}
bool is_loud(Standing standing) { return standing <= Standing::vacuous; }
bool has_evidence(Standing standing) { return standing != Standing::holds && standing != Standing::skipped; }

// Everything of one key together, keys in the order in which they first appear.
template <class Key, class Entry> using Groups = std::vector<std::pair<Key, std::vector<const Entry*>>>;
template <class Entry, class Entries, class KeyOf> auto grouped(const Entries& entries, KeyOf key_of) {
  using Key = decltype(key_of(std::declval<const Entry&>()));
  Groups<Key, Entry> groups;
  std::map<Key, std::size_t> places;
  for (const auto& item : entries) {
    const Entry* entry;
    if constexpr (std::is_pointer_v<std::decay_t<decltype(item)>>)
      entry = item;
    else
      entry = &item;
    const auto [place, is_new] = places.try_emplace(key_of(*entry), groups.size());
    if (is_new) groups.push_back({place->first, {}});
    groups[place->second].second.push_back(entry);
  }
  return groups;
}

using Verdicts = std::vector<const VerdictEntry*>;
using Accuracies = std::vector<const AccuracyEntry*>;

struct Place {
  std::string instruction_set, operation, format;
  auto operator<=>(const Place&) const = default;
};
template <class Entry> Place place_of(const Entry& entry) { return {entry.instruction_set, entry.operation, entry.format}; }
std::string text_of(const Place& place) {
  std::string out = place.instruction_set;
  if (!place.format.empty()) out += " · " + place.format;
  if (!place.operation.empty() && place.operation != "softmax") out += " · " + place.operation;
  return out;
}

// One subject whatever the format.
struct SubjectName {
  std::string implementation, instruction_set, operation;
  auto operator<=>(const SubjectName&) const = default;
};
std::string text_of(const SubjectName& subject) {
  std::string out = subject.implementation + " / " + subject.instruction_set;
  if (!subject.operation.empty() && subject.operation != "softmax") out += " / " + subject.operation;
  return out;
}

double ratio_of(const VerdictEntry& verdict) {
  const double measured = verdict.outcome == "broken" ? verdict.measured_low : verdict.measured_high;
  if (!(measured > 0)) return std::isnan(measured) ? measured : 0;
  return verdict.bound == 0 ? std::numeric_limits<double>::infinity() : measured / verdict.bound;
}

// A share of the bound below it, a multiple above it; rounding never moves a figure across.
std::string ratio_text(double ratio) {
  if (std::isnan(ratio)) return "";
  if (ratio == 0) return "0%";
  if (std::isinf(ratio)) return "inf×";
  if (ratio < 0.01) return "<1%";
  if (ratio <= 1) return fmt::format("{}%", std::floor(ratio * 100 + 1e-9));
  if (ratio < 1.1) return fmt::format("{}%", std::max(100.1, std::ceil(ratio * 1000) / 10));
  return fmt::format("{}×", number(ratio, 3));
}

// As many digits as it takes to tell the value from the bound: a break by a hair must not read "4.2 against 4.2".
std::string told_from(double value, double bound) {
  for (int digits = 4; digits < 17; ++digits) {
    if (value == bound || number(value, digits) != number(bound, digits)) return number(value, digits);
  }
  return number(value, 17);
}
std::string measured_text(const VerdictEntry& verdict) {
  const std::string low = told_from(verdict.measured_low, verdict.bound),
                    high = told_from(verdict.measured_high, verdict.bound);
  return number(verdict.measured_low) == number(verdict.measured_high) ? high : fmt::format("{} to {}", low, high);
}
bool was_measured(Standing standing) {
  return standing != Standing::skipped && standing != Standing::crashed && standing != Standing::timed_out;
}

std::string_view basis_text(std::string_view basis) {
  if (basis == "theorem") return "proved";
  if (basis == "claim") return "claimed";
  if (basis == "policy") return "set by policy";
  return basis;
}

std::string claim_text(std::string_view claim) {
  if (claim.empty() || claim == "nothing") return "claims nothing, so the default class is assumed";
  return fmt::format("claims <code>{}</code>", escape(claim));
}

// The laws with a standing among these verdicts, each once.
std::vector<std::string> laws_with(const Verdicts& verdicts, Standing standing) {
  std::vector<std::string> laws;
  for (const VerdictEntry* verdict : verdicts) {
    if (standing_of(*verdict) != standing) continue;
    if (std::find(laws.begin(), laws.end(), verdict->property) == laws.end()) laws.push_back(verdict->property);
  }
  return laws;
}
bool has(const Verdicts& verdicts, Standing standing) { return !laws_with(verdicts, standing).empty(); }

std::string named_or_counted(const std::vector<std::string>& laws) {
  if (laws.size() > 3) return fmt::format("{} laws", laws.size());
  std::vector<std::string> names;
  for (const std::string& law : laws) names.push_back(fmt::format("<code>{}</code>", escape(law)));
  return listed(names);
}

// "breaks 11 laws, as declared; crashes under sums_to_one"
std::string conduct(const Verdicts& verdicts) {
  std::vector<std::string> parts;
  const auto tell = [&](Standing standing, std::string_view pattern_before, std::string_view pattern_after) {
    const auto laws = laws_with(verdicts, standing);
    if (!laws.empty()) parts.push_back(fmt::format("{}{}{}", pattern_before, named_or_counted(laws), pattern_after));
  };
  tell(Standing::broken, "breaks ", ", <strong>not declared</strong>");
  tell(Standing::crashed, "crashed under ", "");
  tell(Standing::timed_out, "timed out under ", "");
  tell(Standing::broken_as_declared, "breaks ", ", as declared");
  tell(Standing::held_though_declared, "held ", " in places, though declared broken");
  tell(Standing::undecided, "undecided on ", "");
  tell(Standing::vacuous, "hardly tested on ", "");
  if (parts.empty()) {
    if (!has(verdicts, Standing::holds)) return "was skipped";
    return has(verdicts, Standing::skipped) ? "holds every law that was not skipped" : "holds every law";
  }
  return joined(parts, "; ");
}

bool holds_all(const Verdicts& verdicts) {
  return std::all_of(verdicts.begin(), verdicts.end(),
                     [](const VerdictEntry* verdict) {
                       const Standing standing = standing_of(*verdict);
                       return standing == Standing::holds || standing == Standing::skipped;
                     }) &&
         has(verdicts, Standing::holds);
}

// Everything that the parts of the page look up.
struct Page {
  const Report& report;
  Groups<std::string, VerdictEntry> implementations;
  Groups<SubjectName, AccuracyEntry> accuracy;
  std::vector<std::string> laws;
  std::map<std::string, std::size_t> line_styles; // of a regime, the same in every chart
};

bool is_real(const AccuracyEntry& entry) { return entry.regime.ends_with(".npy"); }

Page page_of(const Report& report) {
  Page page{report, {}, {}, {}, {}};
  page.implementations = grouped<VerdictEntry>(report.verdicts, [](const auto& verdict) { return verdict.implementation; });
  page.accuracy = grouped<AccuracyEntry>(report.accuracy, [](const auto& entry) {
    return SubjectName{entry.implementation, entry.instruction_set, entry.operation};
  });
  for (const auto& [law, verdicts] : grouped<VerdictEntry>(report.verdicts, [](const auto& v) { return v.property; })) {
    page.laws.push_back(law);
  }
  for (const AccuracyEntry& entry : report.accuracy) {
    if (!is_real(entry)) page.line_styles.try_emplace(entry.regime, page.line_styles.size());
  }
  return page;
}

std::size_t number_of(const Page& page, const VerdictEntry& verdict) {
  return static_cast<std::size_t>(&verdict - page.report.verdicts.data());
}

// A table wider than the screen scrolls by itself, by keyboard too.
std::string scrolling(std::string_view label) {
  return fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">", escape(label));
}

std::string command(std::string_view rerun) { return fmt::format("<code class=\"run\">{}</code>", escape(rerun)); }

// ---- 1 the verdict

std::string headline(const Page& page) {
  const std::size_t all = page.implementations.size();
  const auto sound = static_cast<std::size_t>(std::count_if(page.implementations.begin(), page.implementations.end(),
                                                            [](const auto& group) { return holds_all(group.second); }));
  if (page.report.verdicts.empty()) {
    return page.report.accuracy.empty() ? "Nothing was judged: this report is empty."
                                        : "Nothing was judged; accuracy was measured.";
  }
  if (all == 1) {
    const std::string name = escape(page.implementations.front().first);
    return fmt::format("{} {}.", name, conduct(page.implementations.front().second));
  }
  if (sound == all) return fmt::format("All {} implementations hold every law.", all);
  if (sound == 0) return fmt::format("None of {} implementations holds every law.", all);
  return fmt::format("{} of {} implementations {} every law.", sound, all, sound == 1 ? "holds" : "hold");
}

// One line for each implementation, law and kind of trouble; the formats and instruction sets are links to the
// evidence.
void write_troubles(std::string& out, const Page& page) {
  std::vector<std::pair<Standing, std::string>> items;
  for (const auto& [implementation, verdicts] : page.implementations) {
    const auto by_kind = grouped<VerdictEntry>(
        verdicts, [](const VerdictEntry& verdict) { return std::pair(standing_of(verdict), verdict.property); });
    for (const auto& [kind, members] : by_kind) {
      const auto& [standing, law] = kind;
      if (!is_loud(standing)) continue;
      std::vector<std::string> places;
      for (const VerdictEntry* verdict : members) {
        places.push_back(
            fmt::format("<a href=\"#v{}\">{}</a>", number_of(page, *verdict), escape(text_of(place_of(*verdict)))));
      }
      const bool elsewhere = standing == Standing::held_though_declared &&
                             std::any_of(by_kind.begin(), by_kind.end(), [&, &name = law](const auto& other) {
                               return other.first == std::pair(Standing::broken_as_declared, name);
                             });
      const StandingText& text = text_of(standing);
      items.emplace_back(standing, fmt::format("<li><span class=\"tag {}\">{} {}</span> <b>{}</b> <code>{}</code>: {}{}</li>\n",
                                               text.style, text.symbol, text.text, escape(implementation), breakable(law),
                                               joined(places, ", "), elsewhere ? "; the break shows elsewhere" : ""));
    }
  }
  if (items.empty()) return;
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  out += fmt::format("<div class=\"box\"><h2>{}</h2>\n<ul>\n",
                     items.size() == 1 ? "One finding needs a look" : fmt::format("{} findings need a look", items.size()));
  for (const auto& [standing, item] : items) out += item;
  out += "</ul></div>\n";
}

void write_counts(std::string& out, const Page& page) {
  std::array<std::size_t, standing_texts.size()> counts{};
  for (const VerdictEntry& verdict : page.report.verdicts) ++counts[static_cast<std::size_t>(standing_of(verdict))];
  out += "<ul class=\"chips\" aria-label=\"Verdicts by outcome\">";
  for (std::size_t i = counts.size(); i-- > 0;) {
    const StandingText& text = standing_texts[i];
    if (counts[i] == 0) continue;
    out += fmt::format("<li class=\"{}\">{} <b>{}</b> {}</li>", text.style, text.symbol, count(counts[i]),
                       counts[i] == 1 ? text.singular : text.plural);
  }
  out += "</ul>\n";
}

void write_provenance(std::string& out, const Page& page) {
  const Report& report = page.report;
  out += fmt::format("<details><summary class=\"mute\">Made by {} {}{}", escape(report.tool_name), escape(report.tool_version),
                     report.tool_commit.empty() ? "" : fmt::format(", commit {}", escape(report.tool_commit)));
  out += report.environment.empty() ? "</summary>" : " — environment</summary>";
  out += "<dl class=\"env\">";
  out += fmt::format("<dt>schema</dt><dd>{}</dd>", schema_version);
  for (const auto& [key, value] : report.environment) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>", escape(key), escape(value));
  }
  out += "</dl></details>\n";
}

void write_verdict(std::string& out, const Page& page) {
  out += fmt::format("<header><p class=\"eyebrow\">{} · do these softmax implementations compute softmax?</p>\n<h1>{}</h1>\n",
                     escape(page.report.tool_name), headline(page));
  std::vector<std::string> as_declared;
  bool trouble = false;
  for (const auto& [implementation, verdicts] : page.implementations) {
    const bool loud = std::any_of(verdicts.begin(), verdicts.end(), [](const auto* v) { return is_loud(standing_of(*v)); });
    trouble |= loud;
    if (!loud && has(verdicts, Standing::broken_as_declared))
      as_declared.push_back(fmt::format("<b>{}</b>", escape(implementation)));
  }
  if (!as_declared.empty()) {
    out += fmt::format("<p class=\"lead\">{} {} laws, as {}.{}</p>\n", listed(as_declared),
                       as_declared.size() == 1 ? "breaks" : "break", as_declared.size() == 1 ? "it declares" : "they declare",
                       trouble ? "" : " Every break was declared, and every declared break was found.");
  }
  write_troubles(out, page);
  if (!page.report.verdicts.empty()) write_counts(out, page);
  write_provenance(out, page);
  out += "</header>\n";
}

// ---- 2 the matrix

// Cells of two short lines; the words in full are the link's title.
void write_cell(std::string& out, const Page& page, const VerdictEntry& verdict) {
  const Standing standing = standing_of(verdict);
  const StandingText& text = text_of(standing);
  const bool figures = was_measured(standing);
  const std::string title =
      figures ? fmt::format("measured {}, bound {} {}", measured_text(verdict), number(verdict.bound), escape(verdict.unit))
              : escape(verdict.incident.substr(0, 200));
  std::string second = figures ? ratio_text(ratio_of(verdict)) : "";
  std::string_view first = text.text;
  if (standing == Standing::broken_as_declared || standing == Standing::held_though_declared) {
    first = standing == Standing::broken_as_declared ? "broken" : "held";
    second = standing == Standing::broken_as_declared ? "as declared" : "not as declared";
  }
  if (standing == Standing::undecided && figures) second = "at the bound";
  if (standing == Standing::vacuous) second = counted(verdict.cases, "case", "cases");
  out +=
      fmt::format("<a class={} href=#v{} title=\"{}\">{} {}", text.style, number_of(page, verdict), title, text.symbol, first);
  if (!second.empty()) out += fmt::format("<small>{}</small>", second);
  out += "</a>";
}

void write_matrix(std::string& out, const Page& page) {
  out += "<section id=\"matrix\"><h2>Laws</h2>\n<p>Each cell is one law for one implementation, instruction set and "
         "format; it leads to the evidence. Below the outcome: the measured error as a share of the bound, or by how "
         "many times it exceeds it.</p>\n";
  out += scrolling("Verdicts") + "<table class=\"matrix\"><thead><tr><th scope=\"col\">subject";
  for (const std::string& law : page.laws) out += fmt::format("<th scope=\"col\"><a href=\"#laws\">{}</a>", breakable(law));
  out += "</thead>\n";
  for (std::size_t i = 0; i < page.implementations.size(); ++i) {
    const auto& [implementation, verdicts] = page.implementations[i];
    out += fmt::format("<tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\"><div><b><a "
                       "href=\"#i{}\">{}</a></b> {}</div>\n",
                       page.laws.size() + 1, i, breakable(implementation), conduct(verdicts));
    for (const auto& [place, row] : grouped<VerdictEntry>(verdicts, [](const auto& v) { return place_of(v); })) {
      out += fmt::format("<tr><th scope=row>{}", escape(text_of(place)));
      for (const std::string& law : page.laws) {
        out += "<td>";
        for (const VerdictEntry* verdict : row) {
          if (verdict->property == law) write_cell(out, page, *verdict);
        }
      }
      out += '\n';
    }
    out += "</tbody>\n";
  }
  out += "</table></div>\n";
}

void write_laws(std::string& out, const Page& page) {
  out += fmt::format("<details id=\"laws\"><summary>The {} as formulas</summary>", counted(page.laws.size(), "law", "laws"));
  out += scrolling("Laws") + "<table><thead><tr><th scope=\"col\">softmax …<th scope=\"col\">law<th "
                             "scope=\"col\">bound and proof</thead><tbody>\n";
  for (const std::string& law : page.laws) {
    const auto verdict = std::find_if(page.report.verdicts.begin(), page.report.verdicts.end(),
                                      [&](const auto& v) { return v.property == law; });
    out += fmt::format("<tr><th scope=row><b>{}</b><td><code>{}</code><td>{}\n", breakable(law), escape(verdict->statement),
                       escape(verdict->source));
  }
  out += "</tbody></table></div></details></section>\n";
}

// ---- 3 the implementations

void write_fact(std::string& out, std::string_view name, std::string_view html) {
  if (!html.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, html);
}

std::string value_text(const std::string& hexfloat) {
  const std::string readable = decimal(hexfloat);
  if (readable.empty() || readable == hexfloat) return escape(hexfloat);
  return fmt::format("{} <i>{}</i>", escape(readable), escape(hexfloat));
}

constexpr std::size_t longest_row = 16;

std::string row_text(const Witness& witness) {
  std::vector<std::string> parts;
  if (!witness.x.empty() && witness.x.size() <= longest_row) {
    std::vector<std::string> readable;
    for (const std::string& x : witness.x) readable.push_back(decimal(x));
    parts.push_back(fmt::format("{} <i>({})</i>", escape(joined(witness.x, " ")), escape(joined(readable, ", "))));
  } else if (!witness.row.empty()) {
    parts.push_back(escape(witness.row));
  } else if (!witness.x.empty()) {
    parts.push_back(fmt::format("<i>n = {}: the command below holds it</i>", witness.x.size()));
  }
  if (!witness.scale.empty() && witness.scale != "0x1p+0") parts.push_back(fmt::format("scale {}", value_text(witness.scale)));
  if (!witness.shift.empty()) parts.push_back(fmt::format("shift {}", value_text(witness.shift)));
  if (!witness.permutation.empty() && witness.permutation.size() <= longest_row) {
    std::string order;
    for (const std::size_t place : witness.permutation) order += fmt::format(" {}", place);
    parts.push_back(fmt::format("permutation{}", order));
  }
  return joined(parts, "\n");
}

std::string numbers_text(const VerdictEntry& verdict) {
  const double ratio = ratio_of(verdict);
  std::string out =
      fmt::format("{} {}   <i>{}</i> {} {}   <i>{}</i>", measured_text(verdict), escape(verdict.unit),
                  escape(basis_text(verdict.basis)), number(verdict.bound), escape(verdict.unit),
                  verdict.claim.empty() || verdict.claim == "nothing" ? "claimed nothing" : "claimed " + escape(verdict.claim));
  if (ratio > 1)
    out += std::isinf(ratio) ? "   infinitely far over"
                             : fmt::format("   {} {}the bound", ratio_text(ratio), ratio < 1.1 ? "of " : "");
  return out;
}

std::string elements_text(const VerdictEntry& verdict) {
  if (verdict.want.empty() && verdict.got.empty()) return "";
  return fmt::format("want {}\ngot  {}", value_text(verdict.want), value_text(verdict.got));
}

// Law, numbers, reason, evidence, a line to paste.
void write_evidence(std::string& out, const Page& page, const VerdictEntry& verdict) {
  const Standing standing = standing_of(verdict);
  const StandingText& text = text_of(standing);
  const std::string title = fmt::format("<span class=\"tag {}\">{} {}</span> {} / {} / {} / {}", text.style, text.symbol,
                                        text.text, breakable(verdict.property), breakable(verdict.implementation),
                                        escape(verdict.format), escape(verdict.instruction_set));
  const bool quiet = standing == Standing::broken_as_declared;
  const std::size_t id = number_of(page, verdict);
  if (quiet)
    out += fmt::format("<details class=\"x dec-x\" id=\"v{}\"><summary>{}</summary><dl>", id, title);
  else
    out +=
        fmt::format("<div class=\"x{}\" id=\"v{}\"><p>{}</p><dl>", standing <= Standing::timed_out ? " bad-x" : "", id, title);
  std::string law = escape(verdict.statement);
  if (!verdict.source.empty()) law += fmt::format("   <i>{}</i>", escape(verdict.source));
  write_fact(out, "law", law);
  if (was_measured(standing)) write_fact(out, "measured", numbers_text(verdict));
  write_fact(out, "because", escape(verdict.because));
  if (standing == Standing::vacuous)
    write_fact(out, "cases", fmt::format("{}: too few that exercise the law", count(verdict.cases)));
  write_fact(out, "declared", escape(verdict.declared_break));
  write_fact(out, "incident", escape(verdict.incident));
  write_fact(out, verdict.at ? fmt::format("at i = {}", *verdict.at) : "values", elements_text(verdict));
  if (verdict.witness) {
    std::string row = row_text(*verdict.witness);
    if (verdict.shrunk_from > 0) row += fmt::format("   <i>shrunk from n = {}</i>", verdict.shrunk_from);
    write_fact(out, "row", row);
  }
  if (!verdict.rerun.empty()) write_fact(out, "rerun", command(verdict.rerun));
  out += quiet ? "</dl></details>\n" : "</dl></div>\n";
}

void write_law_row(std::string& out, const Page& page, const VerdictEntry& verdict) {
  const Standing standing = standing_of(verdict);
  const StandingText& text = text_of(standing);
  const bool figures = was_measured(standing);
  const std::string id = fmt::format("v{}", number_of(page, verdict));
  if (has_evidence(standing))
    out += fmt::format("<tr><th scope=row><a href=#{}>{}</a>", id, escape(verdict.property));
  else
    out += fmt::format("<tr id={}><th scope=row>{}", id, escape(verdict.property));
  out += fmt::format("<td class=w><span class=\"tag {}\">{} {}</span><td>{}<td>{}<td>{}<td>{}<td class=r>", text.style,
                     text.symbol, text.text, figures ? fmt::format("{} {}", measured_text(verdict), escape(verdict.unit)) : "",
                     figures ? number(verdict.bound) : "", figures ? ratio_text(ratio_of(verdict)) : "", count(verdict.cases));
  if (!figures)
    out += escape(verdict.incident.substr(0, 200));
  else if (!verdict.basis.empty())
    out +=
        fmt::format("{}{}{}", escape(basis_text(verdict.basis)), verdict.because.empty() ? "" : ": ", escape(verdict.because));
  out += '\n';
}

// Long rows stay in the JSON: a page should not grow by commands that nobody needs.
constexpr std::size_t longest_command = 240;

void write_nearest_cases(std::string& out, const Verdicts& verdicts) {
  std::string items;
  for (const VerdictEntry* verdict : verdicts) {
    if (has_evidence(standing_of(*verdict)) || verdict->rerun.empty() || verdict->rerun.size() > longest_command) continue;
    items += fmt::format("<dt>{} {}<dd>{}\n", escape(verdict->format), breakable(verdict->property), command(verdict->rerun));
  }
  if (items.empty()) return;
  out += "<details class=\"bulk\"><summary class=\"mute\">Commands that run the case nearest to a break "
         "again</summary><div class=\"x\"><dl>\n";
  out += items + "</dl></div></details>\n";
}

void write_variant(std::string& out, const Page& page, const std::string& name, const Verdicts& verdicts, bool open) {
  std::vector<std::string> claims;
  const auto by_format = grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.format; });
  for (const auto& [format, members] : by_format) {
    const std::string claim = claim_text(members.front()->claim);
    if (std::find(claims.begin(), claims.end(), claim) == claims.end()) claims.push_back(claim);
  }
  out += fmt::format("<details class=\"subject\"{}><summary>{} <span>{}</span></summary>\n<p class=\"mute\">{}",
                     open ? " open" : "", escape(name), conduct(verdicts), listed(claims));
  if (!verdicts.front()->subject_version.empty()) out += fmt::format("; version {}", escape(verdicts.front()->subject_version));
  out += "</p>\n" + scrolling(name) +
         "<table class=\"num\"><thead><tr><th scope=col>law<th scope=col class=w>outcome<th scope=col>measured<th "
         "scope=col>bound"
         "<th scope=col>of bound<th scope=col>cases<th scope=col class=w>bound is …</thead>\n";
  for (const auto& [format, members] : by_format) {
    out += fmt::format("<tbody><tr><th scope=rowgroup colspan=7><b>{}</b>\n", escape(format));
    for (const VerdictEntry* verdict : members) write_law_row(out, page, *verdict);
    out += "</tbody>";
  }
  out += "</table></div>\n";
  for (const VerdictEntry* verdict : verdicts) {
    if (has_evidence(standing_of(*verdict))) write_evidence(out, page, *verdict);
  }
  write_nearest_cases(out, verdicts);
  out += "</details>\n";
}

// The reason that an implementation gives for its breaks, and whether it was found.
void write_declarations(std::string& out, const Verdicts& verdicts) {
  const auto declared = grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.declared_break; });
  for (const auto& [reason, members] : declared) {
    if (reason.empty()) continue;
    const auto found = laws_with(members, Standing::broken_as_declared);
    const auto laws = grouped<VerdictEntry>(members, [](const auto& v) { return v.property; });
    std::vector<std::string> names;
    for (const auto& [law, judged] : laws) {
      const bool seen = std::find(found.begin(), found.end(), law) != found.end();
      names.push_back(fmt::format("<code>{}</code>{}", breakable(law), seen ? "" : " <strong>(not found)</strong>"));
    }
    out += fmt::format("<p>Declared: {}. Found and explained for {} of {}: {}.</p>\n", escape(reason), found.size(),
                       counted(laws.size(), "law", "laws"), listed(names));
  }
}

void write_implementations(std::string& out, const Page& page) {
  if (page.implementations.empty()) return;
  out += "<section id=\"implementations\"><h2>Implementations</h2>\n";
  for (std::size_t i = 0; i < page.implementations.size(); ++i) {
    const auto& [implementation, verdicts] = page.implementations[i];
    out += fmt::format("<article id=\"i{}\"><h3>{}</h3>\n", i, breakable(implementation));
    const auto summary = page.report.implementations.find(implementation);
    if (summary != page.report.implementations.end()) out += fmt::format("<p>{}</p>\n", escape(summary->second));
    write_declarations(out, verdicts);
    bool first = i == 0;
    const auto variants =
        grouped<VerdictEntry>(verdicts, [](const auto& v) { return std::pair(v.instruction_set, v.operation); });
    for (const auto& [variant, members] : variants) {
      const bool trouble = std::any_of(members.begin(), members.end(), [](const auto* v) { return is_loud(standing_of(*v)); });
      write_variant(out, page, text_of(Place{variant.first, variant.second, ""}), members, first || trouble);
      first = false;
    }
    out += "</article>\n";
  }
  out += "</section>\n";
}

// ---- 4 accuracy

double largest(const Accuracies& entries, double AccuracyEntry::*metric) {
  double most = 0;
  for (const AccuracyEntry* entry : entries) {
    const double value = entry->*metric;
    most = std::isnan(value) ? std::numeric_limits<double>::infinity() : std::max(most, value);
  }
  return most;
}

// Rows that were hunted for are chosen by their error: they count for maxima, never for shares and distributions.
Accuracies unbiased(const Accuracies& entries) {
  Accuracies out;
  for (const AccuracyEntry* entry : entries) {
    if (entry->found_by != "hunted") out.push_back(entry);
  }
  return out;
}

double misrounded_share(const Accuracies& entries) {
  double wrong = 0, all = 0;
  for (const AccuracyEntry* entry : entries) {
    wrong += entry->misrounded * static_cast<double>(entry->elements);
    all += static_cast<double>(entry->elements);
  }
  return all > 0 ? wrong / all : 0;
}

Accuracies only(const Accuracies& entries, bool real) {
  Accuracies out;
  for (const AccuracyEntry* entry : entries) {
    if (is_real(*entry) == real) out.push_back(entry);
  }
  return out;
}

// Half an ulp, the best that is possible, is the left end; each further factor of ten has the same length.
std::string bar_cell(double ulp) {
  if (std::isinf(ulp)) return "<td class=\"b inf\">inf";
  const double length = std::clamp(100 * std::log10(1 + std::max(0.0, ulp - 0.5)) / 6, 0.0, 100.0);
  return fmt::format("<td class=b style=--w:{}>{}", std::round(length), number(ulp, 3));
}

void write_summary_table(std::string& out, const Page& page) {
  const auto by_format = grouped<AccuracyEntry>(page.report.accuracy, [](const auto& entry) { return entry.format; });
  for (const auto& [format, members] : by_format) {
    out += scrolling(fmt::format("Accuracy in {}", format));
    out += fmt::format(
        "<table class=\"num sort\"><caption>All subjects in <b>{}</b></caption><thead><tr><th scope=col>subject"
        "<th scope=col>largest error, ulp<th scope=col>largest p99, ulp<th scope=col>error / proved bound"
        "<th scope=col>norm-wise, u<th scope=col>misrounded<th scope=col>NaN<th scope=col>elements</thead><tbody>\n",
        escape(format));
    const auto subjects = grouped<AccuracyEntry>(members, [](const auto& e) {
      return SubjectName{e.implementation, e.instruction_set, e.operation};
    });
    for (const auto& [subject, entries] : subjects) {
      const auto place = std::find_if(page.accuracy.begin(), page.accuracy.end(),
                                      [&, &name = subject](const auto& group) { return group.first == name; });
      std::uint64_t lost = 0, elements = 0;
      for (const AccuracyEntry* entry : entries) {
        lost += entry->not_a_number;
        elements += entry->elements;
      }
      const Accuracies sampled = unbiased(entries);
      out += fmt::format(
          "<tr><th scope=row class=name><a href=#a{}>{}</a>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}\n",
          place - page.accuracy.begin(), escape(text_of(subject)), bar_cell(largest(entries, &AccuracyEntry::max_ulp)),
          number(largest(sampled, &AccuracyEntry::p99_ulp), 3), number(largest(entries, &AccuracyEntry::max_over_bound), 3),
          number(largest(entries, &AccuracyEntry::norm_wise), 3), percent(misrounded_share(sampled)), count(lost),
          count(elements));
    }
    out += "</tbody></table></div>\n";
  }
}

std::string_view shade(double ulp) {
  constexpr std::array<std::pair<double, std::string_view>, 7> steps{
      {{0.5, "h0"}, {1, "h1"}, {2, "h2"}, {4, "h3"}, {16, "h4"}, {256, "h5"}, {65536, "h6"}}};
  if (!std::isfinite(ulp)) return "hx";
  for (const auto& [limit, name] : steps) {
    if (ulp <= limit) return name;
  }
  return "h7";
}

// `keep` maps keys to rows and columns; what coincides is shown by its largest error.
void write_heat_row(std::string& out, const Accuracies& entries, std::size_t columns, const std::vector<std::size_t>& column_of,
                    bool with_p99) {
  for (std::size_t column = 0; column < columns; ++column) {
    const AccuracyEntry* worst = nullptr;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (column_of[i] == column && (worst == nullptr || entries[i]->max_ulp > worst->max_ulp)) worst = entries[i];
    }
    if (worst == nullptr) {
      out += "<td class=hn>·";
      continue;
    }
    out += fmt::format("<td class={}>{}", shade(worst->max_ulp), number(worst->max_ulp, 3));
    if (worst->found_by == "hunted") out += "*";
    if (with_p99) out += fmt::format("<small>p99 {}</small>", number(worst->p99_ulp, 3));
  }
  out += '\n';
}

// Rows and columns of one heat map, by the keys of its entries.
template <class RowKey, class ColumnKey>
void write_heat_map(std::string& out, std::string_view label, std::string_view caption, std::string_view corner,
                    const Accuracies& entries, RowKey row_key, const std::vector<std::string>& columns, ColumnKey column_key,
                    bool with_p99) {
  out += scrolling(label);
  out += fmt::format("<table class=heat><caption>{}</caption><thead><tr><th scope=col>{}", caption, corner);
  for (const std::string& column : columns) out += fmt::format("<th scope=col>{}", breakable(column));
  out += "</thead><tbody>\n";
  for (const auto& [row, members] : grouped<AccuracyEntry>(entries, row_key)) {
    std::vector<std::size_t> column_of;
    for (const AccuracyEntry* entry : members) {
      column_of.push_back(
          static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column_key(*entry)) - columns.begin()));
    }
    out += fmt::format("<tr><th scope=row>{}", escape(row));
    write_heat_row(out, members, columns.size(), column_of, with_p99);
  }
  out += "</tbody></table></div>\n";
}

void write_real_logits(std::string& out, const Page& page) {
  Accuracies real;
  for (const AccuracyEntry& entry : page.report.accuracy) {
    if (is_real(entry)) real.push_back(&entry);
  }
  if (real.empty()) return;
  out += "<h3>On real logits</h3>\n<p>Largest error in ulp on the rows of each file, and the error that 99 of 100 "
         "elements do not exceed.</p>\n";
  for (const auto& [format, entries] : grouped<AccuracyEntry>(real, [](const auto& e) { return e.format; })) {
    std::vector<std::string> files;
    for (const auto& [file, members] : grouped<AccuracyEntry>(entries, [](const auto& e) { return e.regime; }))
      files.push_back(file);
    write_heat_map(
        out, fmt::format("Real logits in {}", format), fmt::format("Real logits in <b>{}</b>", escape(format)), "subject",
        entries,
        [](const AccuracyEntry& e) {
          return text_of(SubjectName{e.implementation, e.instruction_set, e.operation});
        },
        files, [](const AccuracyEntry& e) { return e.regime; }, true);
  }
}

std::vector<svg::Bar> pooled(const Accuracies& entries) {
  std::map<std::pair<double, double>, std::uint64_t> pool;
  for (const AccuracyEntry* entry : entries) {
    for (const AccuracyEntry::Bucket& bucket : entry->histogram) pool[{bucket.from, bucket.to}] += bucket.count;
  }
  std::vector<svg::Bar> bars;
  for (const auto& [edges, n] : pool) {
    if (!std::isnan(edges.first) && !std::isnan(edges.second) && n > 0) bars.push_back({edges.first, edges.second, n});
  }
  return bars;
}

void write_histogram(std::string& out, std::string_view who, const Accuracies& entries) {
  const std::vector<svg::Bar> bars = pooled(entries);
  std::uint64_t lost = 0, elements = 0, halves = 0, shown = 0;
  for (const AccuracyEntry* entry : entries) {
    lost += entry->not_a_number;
    elements += entry->elements;
  }
  for (const svg::Bar& bar : bars) {
    shown += bar.count;
    if (bar.from >= -0.5 && bar.to <= 0.5) halves += bar.count;
  }
  if (bars.empty()) return;
  out += fmt::format("<figure><figcaption>Signed errors of {} elements, logarithmic counts. {} lie within half an "
                     "ulp.{}</figcaption>\n",
                     count(elements), percent(static_cast<double>(halves) / static_cast<double>(shown)),
                     lost > 0 ? fmt::format(" <b>{} are NaN and not shown.</b>", count(lost)) : "");
  out += svg::Histogram(bars).write(fmt::format("Histogram of signed errors in ulp, {}", who));
  out += "<details class=bulk><summary class=mute>as a table</summary>" + scrolling("Histogram") +
         "<table class=num><thead><tr><th scope=col>from, ulp<th scope=col>below<th scope=col>elements</thead><tbody>\n";
  for (const svg::Bar& bar : bars)
    out += fmt::format("<tr><td>{}<td>{}<td>{}\n", number(bar.from), number(bar.to), count(bar.count));
  out += "</tbody></table></div></details></figure>\n";
}

std::vector<svg::Line> lines_of(const Page& page, const Accuracies& entries, double AccuracyEntry::*metric) {
  std::vector<svg::Line> lines;
  for (const auto& [regime, members] :
       grouped<AccuracyEntry>(entries, [](const auto& e) { return std::string_view(e.regime); })) {
    std::map<std::uint64_t, double> worst;
    for (const AccuracyEntry* entry : members) {
      double& value = worst[entry->length];
      value = std::isnan(entry->*metric) ? std::numeric_limits<double>::infinity() : std::max(value, entry->*metric);
    }
    svg::Line line{regime, page.line_styles.at(std::string(regime)), {}};
    for (const auto& [length, value] : worst) line.points.push_back({static_cast<double>(length), value});
    lines.push_back(line);
  }
  return lines;
}

void write_length_charts(std::string& out, const Page& page, std::string_view who, const Accuracies& entries) {
  const Accuracies sampled = unbiased(entries);
  const auto most = lines_of(page, entries, &AccuracyEntry::max_ulp), usual = lines_of(page, sampled, &AccuracyEntry::p99_ulp);
  double largest_finite = 0;
  bool any_infinite = false;
  for (const auto* lines : {&most, &usual}) {
    for (const svg::Line& line : *lines) {
      for (const svg::Point& point : line.points) {
        if (std::isfinite(point.value))
          largest_finite = std::max(largest_finite, point.value);
        else
          any_infinite = true;
      }
    }
  }
  if (most.empty()) return;
  out += "<figure><figcaption>Largest error in ulp by row length, one line a regime. Dashed: half an ulp.</figcaption>\n";
  out +=
      svg::LengthChart(most, largest_finite, any_infinite).write(fmt::format("Largest error in ulp by row length, {}", who)) +
      "</figure>\n";
  if (usual.empty()) return;
  out += "<figure><figcaption>The error that 99 of 100 elements do not exceed, on the same scale.</figcaption>\n";
  out += svg::LengthChart(usual, largest_finite, any_infinite)
             .write(fmt::format("99th percentile of the error in ulp by row length, {}", who)) +
         "</figure>\n";
}

void write_regimes(std::string& out, std::string_view who, const Accuracies& entries) {
  std::set<std::uint64_t> lengths;
  bool hunted = false;
  for (const AccuracyEntry* entry : entries) {
    lengths.insert(entry->length);
    hunted |= entry->found_by == "hunted";
  }
  if (lengths.empty()) return;
  std::vector<std::string> columns;
  for (const std::uint64_t length : lengths) columns.push_back(fmt::format("{}", length));
  const std::string caption =
      fmt::format("Largest error in ulp, by regime and row length; a stronger colour is a larger error.{}",
                  hunted ? " * found by hunting." : "");
  write_heat_map(
      out, fmt::format("Largest error by regime and length, {}", who), caption, "regime", entries,
      [](const AccuracyEntry& e) { return e.regime; }, columns,
      [](const AccuracyEntry& e) { return fmt::format("{}", e.length); }, false);
}

struct Metric {
  std::string_view json, title, unit;
  double AccuracyEntry::*value;
};
constexpr std::array<Metric, 3> metrics{{
    {"max_ulp", "largest error", "ulp", &AccuracyEntry::max_ulp},
    {"max_over_bound", "nearest to its proved bound", "times the bound", &AccuracyEntry::max_over_bound},
    {"norm_wise", "largest norm-wise error", "u", &AccuracyEntry::norm_wise},
}};

// Often one row is the worst in every respect: it is told once.
void write_worst_rows(std::string& out, const Accuracies& entries) {
  struct Block {
    std::string titles, facts;
  };
  std::vector<Block> blocks;
  for (const Metric& metric : metrics) {
    const AccuracyEntry* worst = nullptr;
    for (const AccuracyEntry* entry : entries) {
      if (worst == nullptr || entry->*metric.value > worst->*metric.value) worst = entry;
    }
    if (worst == nullptr || !(worst->*metric.value > 0)) continue;
    const std::string title = fmt::format("<p>{} {}, {}</p>", number(worst->*metric.value), metric.unit, metric.title);
    std::string facts;
    write_fact(facts, "where", fmt::format("{}, n = {}, {}", escape(worst->regime), worst->length, escape(worst->found_by)));
    const auto row = worst->worst.find(std::string(metric.json));
    if (row != worst->worst.end()) {
      write_fact(facts, "row", row_text(row->second.witness));
      if (!row->second.rerun.empty()) write_fact(facts, "show it", command(row->second.rerun));
    }
    const auto same = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) { return block.facts == facts; });
    if (same != blocks.end())
      same->titles += title;
    else
      blocks.push_back({title, facts});
  }
  if (blocks.empty()) return;
  out += "<div class=\"worst\"><h5>Worst rows</h5>";
  for (const Block& block : blocks) out += fmt::format("<div class=x>{}<dl>{}</dl></div>\n", block.titles, block.facts);
  out += "</div>\n";
}

void write_figures(std::string& out, std::string_view who, const Accuracies& entries) {
  const bool one_source = std::all_of(entries.begin(), entries.end(), [](const auto* e) { return e->found_by == "sampled"; });
  out += fmt::format("<details class=bulk><summary class=mute>All figures as a table</summary>{}<table class=\"num "
                     "sort\"><thead><tr><th scope=col>regime<th scope=col>n"
                     "<th scope=col>rows<th scope=col>elements<th scope=col>max<th scope=col>p99<th scope=col>mean<th "
                     "scope=col>signed mean<th scope=col>misrounded"
                     "<th scope=col>of bound<th scope=col>norm-wise<th scope=col>NaN{}</thead><tbody>\n",
                     scrolling(fmt::format("All figures, {}", who)), one_source ? "" : "<th scope=col>found by");
  for (const AccuracyEntry* e : entries) {
    out += fmt::format("<tr><th scope=row>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}",
                       escape(e->regime), e->length, e->cases, e->elements, number(e->max_ulp, 3), number(e->p99_ulp, 3),
                       number(e->mean_ulp, 3), number(e->signed_mean_ulp, 3), percent(e->misrounded),
                       number(e->max_over_bound, 3), number(e->norm_wise, 3), e->not_a_number);
    if (!one_source) out += fmt::format("<td>{}", escape(e->found_by));
    out += '\n';
  }
  out += "</tbody></table></div></details>\n";
}

void write_format(std::string& out, const Page& page, const SubjectName& subject, const std::string& format,
                  const Accuracies& entries) {
  const std::string who = fmt::format("{} / {}", text_of(subject), format);
  const Accuracies generated = only(entries, false);
  out += fmt::format("<h4>{}</h4>\n<div class=\"charts\">", escape(format));
  write_histogram(out, who, unbiased(entries));
  write_length_charts(out, page, who, generated);
  out += "</div>\n";
  out += "<div class=\"pair\">";
  write_regimes(out, who, generated);
  write_worst_rows(out, entries);
  out += "</div>\n";
  write_figures(out, who, entries);
}

void write_accuracy(std::string& out, const Page& page) {
  if (page.report.accuracy.empty()) return;
  out += "<section id=\"accuracy\"><h2>Accuracy</h2>\n<p>How far results lie from the exact ones, measured; whether "
         "that is allowed is said above.</p>\n";
  write_summary_table(out, page);
  write_real_logits(out, page);
  out += "<h3>By subject</h3>\n";
  for (std::size_t i = 0; i < page.accuracy.size(); ++i) {
    const auto& [subject, entries] = page.accuracy[i];
    const auto by_format = grouped<AccuracyEntry>(entries, [](const auto& e) { return e.format; });
    std::vector<std::string> parts;
    for (const auto& [format, members] : by_format) {
      const double ulp = largest(members, &AccuracyEntry::max_ulp);
      parts.push_back(fmt::format("{}: {}", escape(format),
                                  std::isinf(ulp) ? "no finite limit" : fmt::format("up to {} ulp", number(ulp, 3))));
    }
    out += fmt::format("<details class=\"subject\" id=\"a{}\"{}><summary>{} <span>{}</span></summary>\n", i,
                       i == 0 ? " open" : "", escape(text_of(subject)), joined(parts, "; "));
    for (const auto& [format, members] : by_format) write_format(out, page, subject, format, members);
    out += "</details>\n";
  }
  out += "</section>\n";
}

// ---- 5 how to read this

constexpr std::string_view how_to_read = R"(<section id="how"><h2>How to read this</h2>
<dl class="how">
<dt>ulp</dt><dd>The spacing of the format's numbers around the exact result p; errors are (y − p) / ulp(p). A
correctly rounded result is off by at most half an ulp, so 0.5 is the best that is possible.</dd>
<dt>u, lambda</dt><dd>The format's unit roundoff (half the spacing just above 1) and its smallest positive number. A
norm-wise error is the largest error of a row divided by u times the row's largest result.</dd>
<dt>proved, claimed, measured</dt><dd><b>Proved</b>: what theory allows this kind of algorithm on this very row;
beyond it, something is wrong. <b>Claimed</b>: what the author promises. <b>Measured</b>: what the implementation did,
against results computed with enough digits that their own error is inside the figure given.</dd>
<dt>✓ holds, ✗ BROKEN, ◆ broken as declared</dt><dd>Measured is within the bound on every case tried; above it on at
least one; above it, and the implementation says so itself and why.</dd>
<dt>◇ held, declared broken</dt><dd>A declared break that did not show here. Either the declaration is too wide or the
search too short.</dd>
<dt>? undecided, ∅ vacuous, – skipped, ! crashed, … timed out</dt><dd>Measured and bound could not be told apart at
the highest precision; too few cases exercised the law, so nothing is said; not run on this machine; the process died;
it did not answer in time.</dd>
<dt>What is not shown</dt><dd>A law that holds was not refuted on the cases tried; that is no proof for all rows.
Histograms and percentiles depend on how rows were drawn (the regimes). Rows found by hunting count for the largest
error only, never for shares. Long rows stand in the JSON report.</dd>
</dl></section>
)";

// ---- the page

std::string write(const Report& report) {
  const Page page = page_of(report);
  std::string out;
  out.reserve(1 << 20);
  out += "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
         "script-src 'unsafe-inline'\">\n";
  out += fmt::format("<title>{} report</title>\n<style>", escape(report.tool_name));
  out += markup::style;
  out += "</style></head>\n<body>\n";
  out += markup::markers;
  write_verdict(out, page);
  out += "<nav aria-label=\"Contents\">";
  if (!report.verdicts.empty()) out += "<a href=\"#matrix\">Laws</a><a href=\"#implementations\">Implementations</a>";
  if (!report.accuracy.empty()) out += "<a href=\"#accuracy\">Accuracy</a>";
  out += "<a href=\"#how\">How to read this</a></nav>\n<main>\n";
  if (!report.verdicts.empty()) {
    write_matrix(out, page);
    write_laws(out, page);
  }
  write_implementations(out, page);
  write_accuracy(out, page);
  out += how_to_read;
  out += "</main>\n<script>";
  out += markup::script;
  out += "</script>\n</body></html>\n";
  return out;
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat html{
    .name = "html",
    .summary = "one self-contained page: verdicts, evidence and charts, light, dark and on paper",
    .extension = "html",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
