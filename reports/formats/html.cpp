// The report as one HTML file that needs nothing else: no network, no fonts, no library. Everything reads without the
// script. The same Report gives the same bytes.
#include "reports/formats/html_comparison.hpp"
#include "reports/formats/html_curves.hpp"
#include "reports/formats/html_gate.hpp"
#include "reports/formats/html_page.hpp"
#include "reports/formats/html_parts.hpp"
#include "reports/formats/html_special_values.hpp"
#include "reports/formats/html_text.hpp"
#include "reports/formats/svg.hpp"
#include "reports/formats/svg_density.hpp"
#include "reports/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace softmax_audit {
namespace {

using markup::breakable;
using markup::breakable_after_commas;
using markup::command;
using markup::count;
using markup::counted;
using markup::decimal;
using markup::escape;
using markup::joined;
using markup::listed;
using markup::number;
using markup::percent;
using markup::scrolling;
using markup::told_from;
using markup::write_fact;

// ---- what it means

// What an outcome means beside what the implementation said about itself; the loudest first.
enum class Judgement {
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
struct JudgementText {
  std::string_view symbol, text, style, singular, plural;
};
constexpr std::array<JudgementText, 9> judgement_texts{{
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
const JudgementText& text_of(Judgement judgement) { return judgement_texts[static_cast<std::size_t>(judgement)]; }

Judgement judgement_of(const VerdictEntry& verdict) {
  const bool declared = !verdict.declared_break.empty();
  if (verdict.outcome == "holds") return declared ? Judgement::held_though_declared : Judgement::holds;
  if (verdict.outcome == "broken") return declared ? Judgement::broken_as_declared : Judgement::broken;
  if (verdict.outcome == "vacuous") return Judgement::vacuous;
  if (verdict.outcome == "skipped") return Judgement::skipped;
  if (verdict.outcome == "crashed") return Judgement::crashed;
  if (verdict.outcome == "timed_out") return Judgement::timed_out;
  return Judgement::undecided;
}
bool is_loud(Judgement judgement) { return judgement <= Judgement::vacuous; }
bool has_evidence(Judgement judgement) { return judgement != Judgement::holds && judgement != Judgement::skipped; }

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

std::string measured_text(const VerdictEntry& verdict) {
  const std::string low = told_from(verdict.measured_low, verdict.bound),
                    high = told_from(verdict.measured_high, verdict.bound);
  return number(verdict.measured_low) == number(verdict.measured_high) ? high : fmt::format("{} to {}", low, high);
}
bool was_measured(Judgement judgement) {
  return judgement != Judgement::skipped && judgement != Judgement::crashed && judgement != Judgement::timed_out;
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

// The laws with a judgement among these verdicts, each once.
std::vector<std::string> laws_with(const Verdicts& verdicts, Judgement judgement) {
  std::vector<std::string> laws;
  for (const VerdictEntry* verdict : verdicts) {
    if (judgement_of(*verdict) != judgement) continue;
    if (std::find(laws.begin(), laws.end(), verdict->property) == laws.end()) laws.push_back(verdict->property);
  }
  return laws;
}
bool has(const Verdicts& verdicts, Judgement judgement) { return !laws_with(verdicts, judgement).empty(); }

std::string named_or_counted(const std::vector<std::string>& laws) {
  if (laws.size() > 3) return fmt::format("{} laws", laws.size());
  std::vector<std::string> names;
  for (const std::string& law : laws) names.push_back(fmt::format("<code>{}</code>", escape(law)));
  return listed(names);
}

// "breaks 11 laws, as declared; crashes under sums_to_one"
std::string conduct(const Verdicts& verdicts) {
  std::vector<std::string> parts;
  const auto tell = [&](Judgement judgement, std::string_view pattern_before, std::string_view pattern_after) {
    const auto laws = laws_with(verdicts, judgement);
    if (!laws.empty()) parts.push_back(fmt::format("{}{}{}", pattern_before, named_or_counted(laws), pattern_after));
  };
  tell(Judgement::broken, "breaks ", ", <strong>not declared</strong>");
  tell(Judgement::crashed, "crashed under ", "");
  tell(Judgement::timed_out, "timed out under ", "");
  tell(Judgement::broken_as_declared, "breaks ", ", as declared");
  tell(Judgement::held_though_declared, "held ", " in places, though declared broken");
  tell(Judgement::undecided, "undecided on ", "");
  tell(Judgement::vacuous, "hardly tested on ", "");
  if (parts.empty()) {
    if (!has(verdicts, Judgement::holds)) return "was skipped";
    return has(verdicts, Judgement::skipped) ? "holds every law that was not skipped" : "holds every law";
  }
  return joined(parts, "; ");
}

bool holds_all(const Verdicts& verdicts) {
  return std::all_of(verdicts.begin(), verdicts.end(),
                     [](const VerdictEntry* verdict) {
                       const Judgement judgement = judgement_of(*verdict);
                       return judgement == Judgement::holds || judgement == Judgement::skipped;
                     }) &&
         has(verdicts, Judgement::holds);
}

// Everything that the parts of the page look up.
struct Page {
  const Report& report;
  Groups<std::string, VerdictEntry> implementations;
  Groups<std::string, VerdictEntry> operations;
  Groups<SubjectName, AccuracyEntry> accuracy; // what was measured regime by regime
  Groups<Place, AccuracyEntry> pooled;         // what was measured over all regimes at once; no instruction set
  std::vector<std::string> laws;
  std::map<std::string, std::size_t> line_styles; // of a regime, the same in every chart
};

bool is_real(const AccuracyEntry& entry) { return entry.regime.ends_with(".npy"); }
bool is_pooled(const AccuracyEntry& entry) { return entry.regime == "all regimes"; }

Page page_of(const Report& report) {
  Page page{report, {}, {}, {}, {}, {}, {}};
  page.implementations = grouped<VerdictEntry>(report.verdicts, [](const auto& verdict) { return verdict.implementation; });
  page.operations = grouped<VerdictEntry>(report.verdicts, [](const auto& verdict) { return verdict.operation; });
  // Real rows belong to where the generated rows of the same subject, operation and format stand.
  std::set<Place> pooled;
  for (const AccuracyEntry& entry : report.accuracy) {
    if (is_pooled(entry)) pooled.insert({"", entry.operation, entry.format});
  }
  Accuracies apart, together;
  for (const AccuracyEntry& entry : report.accuracy) {
    if (pooled.count({"", entry.operation, entry.format}) == 0)
      apart.push_back(&entry);
    else if (!is_real(entry))
      together.push_back(&entry);
  }
  page.accuracy = grouped<AccuracyEntry>(apart, [](const auto& entry) {
    return SubjectName{entry.implementation, entry.instruction_set, entry.operation};
  });
  page.pooled = grouped<AccuracyEntry>(together, [](const auto& entry) { return Place{"", entry.operation, entry.format}; });
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

// ---- 1 the verdict

std::string verdict_sentence(const Page& page) {
  const std::size_t all = page.implementations.size();
  const auto sound = static_cast<std::size_t>(std::count_if(page.implementations.begin(), page.implementations.end(),
                                                            [](const auto& group) { return holds_all(group.second); }));
  if (page.report.verdicts.empty()) {
    if (!page.report.accuracy.empty()) return "Nothing was judged; accuracy was measured.";
    if (!page.report.faults.empty()) return "No implementation was judged; the laws were, by planted faults.";
    if (!page.report.detection.empty()) return "No implementation was judged; the smallest error that is found was.";
    return "Nothing was judged: this report is empty.";
  }
  if (all == 1) {
    const std::string name = escape(page.implementations.front().first);
    return fmt::format("{} {}.", name, conduct(page.implementations.front().second));
  }
  if (sound == all) return fmt::format("All {} implementations hold every law.", all);
  if (sound == 0) return fmt::format("None of {} implementations holds every law.", all);
  return fmt::format("{} of {} implementations {} every law.", sound, all, sound == 1 ? "holds" : "hold");
}

// What was asked for decides what is said first: a gate's verdict, a comparison's, that of the laws.
std::string headline(const Page& page) {
  if (page.report.gate && !page.report.gate->sentence.empty()) return escape(page.report.gate->sentence);
  if (page.report.comparison) return escape(page.report.comparison->sentence);
  return verdict_sentence(page);
}

// What a reader wants to know next, of one implementation: how far its softmax was seen to be wrong, and how much was looked at.
void write_gist(std::string& out, const Page& page) {
  if (page.implementations.size() > 1 || page.report.accuracy.empty()) return;
  std::string subject = page.report.accuracy.front().operation;
  std::map<std::string, std::pair<double, double>> by_format; // largest error, share of the bound
  std::vector<std::string> order;
  std::uint64_t elements = 0;
  for (const AccuracyEntry& entry : page.report.accuracy) {
    elements += entry.elements;
    if (entry.operation != subject) continue;
    const auto [place, is_new] = by_format.try_emplace(entry.format);
    if (is_new) order.push_back(entry.format);
    place->second.first = std::max(place->second.first, entry.max_ulp);
    place->second.second = std::max(place->second.second, entry.max_over_bound);
  }
  std::vector<std::string> parts;
  for (const std::string& format : order) {
    const auto& [error, share] = by_format[format];
    parts.push_back(std::isinf(error) ? fmt::format("infinite in {}", escape(format))
                                      : fmt::format("<b>{} ulp</b> in {} ({} of what is proved)", number(error, 3),
                                                    escape(format), ratio_text(share)));
  }
  out += fmt::format("<p class=\"lead\">Largest errors seen in {}: {}. {} results were measured", breakable(subject),
                     listed(parts), count(elements));
  if (!page.report.verdicts.empty())
    out += fmt::format(", {} held against it", counted(page.laws.size(), "law was", "laws were"));
  out += ".</p>\n";
}

// One line for each implementation, law and kind of trouble; the formats and instruction sets are links to the
// evidence.
void write_troubles(std::string& out, const Page& page) {
  std::vector<std::pair<Judgement, std::string>> items;
  for (const auto& [implementation, verdicts] : page.implementations) {
    const auto by_kind = grouped<VerdictEntry>(
        verdicts, [](const VerdictEntry& verdict) { return std::pair(judgement_of(verdict), verdict.property); });
    for (const auto& [kind, members] : by_kind) {
      const auto& [judgement, law] = kind;
      if (!is_loud(judgement)) continue;
      std::vector<std::string> places;
      for (const VerdictEntry* verdict : members) {
        places.push_back(
            fmt::format("<a href=\"#v{}\">{}</a>", number_of(page, *verdict), escape(text_of(place_of(*verdict)))));
      }
      const bool elsewhere = judgement == Judgement::held_though_declared &&
                             std::any_of(by_kind.begin(), by_kind.end(), [&, &name = law](const auto& other) {
                               return other.first == std::pair(Judgement::broken_as_declared, name);
                             });
      const JudgementText& text = text_of(judgement);
      items.emplace_back(judgement,
                         fmt::format("<li><span class=\"tag {}\">{} {}</span> <b>{}</b> <code>{}</code>: {}{}</li>\n",
                                     text.style, text.symbol, text.text, escape(implementation), breakable(law),
                                     joined(places, ", "), elsewhere ? "; the break shows elsewhere" : ""));
    }
  }
  if (items.empty()) return;
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  out += fmt::format("<div class=\"box\"><h2>{}</h2>\n<ul>\n",
                     items.size() == 1 ? "One finding needs a look" : fmt::format("{} findings need a look", items.size()));
  for (const auto& [judgement, item] : items) out += item;
  out += "</ul></div>\n";
}

void write_counts(std::string& out, const Page& page) {
  std::array<std::size_t, judgement_texts.size()> counts{};
  for (const VerdictEntry& verdict : page.report.verdicts) ++counts[static_cast<std::size_t>(judgement_of(verdict))];
  out += "<ul class=\"chips\" aria-label=\"Verdicts by outcome\">";
  for (std::size_t i = counts.size(); i-- > 0;) {
    const JudgementText& text = judgement_texts[i];
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
  out += fmt::format("<header><p class=\"eyebrow\">{} · is this softmax right, and are its relatives?</p>\n<h1{}>{}</h1>\n",
                     escape(page.report.tool_name), headline(page).size() > 90 ? " class=long" : "", headline(page));
  if (page.report.gate || page.report.comparison) out += fmt::format("<p class=\"lead\">{}</p>\n", verdict_sentence(page));
  std::vector<std::string> as_declared;
  bool trouble = false;
  for (const auto& [implementation, verdicts] : page.implementations) {
    const bool loud = std::any_of(verdicts.begin(), verdicts.end(), [](const auto* v) { return is_loud(judgement_of(*v)); });
    trouble |= loud;
    if (!loud && has(verdicts, Judgement::broken_as_declared))
      as_declared.push_back(fmt::format("<b>{}</b>", escape(implementation)));
  }
  if (!as_declared.empty()) {
    out += fmt::format("<p class=\"lead\">{} {} laws, as {}.{}</p>\n", listed(as_declared),
                       as_declared.size() == 1 ? "breaks" : "break", as_declared.size() == 1 ? "it declares" : "they declare",
                       trouble ? "" : " Every break was declared, and every declared break was found.");
  }
  write_gist(out, page);
  write_troubles(out, page);
  if (!page.report.verdicts.empty()) write_counts(out, page);
  write_provenance(out, page);
  out += "</header>\n";
}

// ---- 2 the matrix

// Two short lines: the outcome's symbol, and how far measured is from the bound. What holds is most of the page, so it gets neither
// class nor link; what does not says in its title what the symbol means.
void write_cell(std::string& out, const Page& page, const VerdictEntry& verdict) {
  const Judgement judgement = judgement_of(verdict);
  const JudgementText& text = text_of(judgement);
  const bool figures = was_measured(judgement);
  if (judgement == Judgement::holds) {
    out += fmt::format("<td>{}<br>{}", text.symbol, ratio_text(ratio_of(verdict)));
    return;
  }
  std::string title(text.text);
  if (figures)
    title += fmt::format(": measured {}, bound {} {}", measured_text(verdict), number(verdict.bound), escape(verdict.unit));
  else if (!verdict.incident.empty())
    title += fmt::format(": {}", escape(verdict.incident.substr(0, 200)));
  const std::string second = judgement == Judgement::vacuous ? count(verdict.cases)
                             : figures                       ? ratio_text(ratio_of(verdict))
                                                             : "";
  if (!has_evidence(judgement)) {
    out += fmt::format("<td class={} title=\"{}\">{}", text.style, title, text.symbol);
    return;
  }
  out += fmt::format("<td class={}><a href=#v{} title=\"{}\">{}{}{}</a>", text.style, number_of(page, verdict), title,
                     text.symbol, second.empty() ? "" : "<br>", second);
}

std::vector<std::string> laws_of(const Verdicts& verdicts) {
  std::vector<std::string> laws;
  for (const VerdictEntry* verdict : verdicts) {
    if (std::find(laws.begin(), laws.end(), verdict->property) == laws.end()) laws.push_back(verdict->property);
  }
  return laws;
}

// Names stand upright, so that thirty columns are as wide as a screen; the table scrolls by itself below them.
void write_upright_heads(std::string& out, std::string_view corner, const std::vector<std::string>& names,
                         std::string_view link) {
  out += fmt::format("<thead><tr><th scope=col>{}", corner);
  for (const std::string& name : names) {
    out += link.empty() ? fmt::format("<th scope=col><span>{}</span>", escape(name))
                        : fmt::format("<th scope=col><a href=\"{}\">{}</a>", link, escape(name));
  }
}

void write_matrix_of(std::string& out, const Page& page, const std::string& operation, const Verdicts& all, bool open) {
  const std::vector<std::string> laws = laws_of(all);
  const auto subjects = grouped<VerdictEntry>(all, [](const auto& v) { return v.implementation; });
  const auto sound = static_cast<std::size_t>(
      std::count_if(subjects.begin(), subjects.end(), [](const auto& group) { return holds_all(group.second); }));
  out += fmt::format("<details class=\"subject\"{}><summary>{} <span>{}, {}: {} every one</span></summary>\n",
                     open ? " open" : "", escape(operation), counted(laws.size(), "law", "laws"),
                     counted(subjects.size(), "implementation", "implementations"),
                     sound == subjects.size() ? subjects.size() == 1 ? "it holds" : "all hold"
                     : sound == 1             ? "1 holds"
                                              : fmt::format("{} hold", sound));
  out += fmt::format("<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Verdicts, {0}\"><table "
                     "class=\"matrix up\"><caption "
                     "class=hid>Verdicts, {0}</caption>",
                     escape(operation));
  write_upright_heads(out, "subject", laws, "#laws");
  out += "</thead>\n";
  for (const auto& [implementation, verdicts] : subjects) {
    const auto place = std::find_if(page.implementations.begin(), page.implementations.end(),
                                    [&, &name = implementation](const auto& group) { return group.first == name; });
    out += fmt::format("<tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\"><div><b><a "
                       "href=\"#i{}\">{}</a></b> {}</div>\n",
                       laws.size() + 1, place - page.implementations.begin(), breakable(implementation), conduct(verdicts));
    for (const auto& [variant, row] : grouped<VerdictEntry>(verdicts, [](const auto& v) {
           return Place{v.instruction_set, "", v.format};
         })) {
      out += fmt::format("<tr><th scope=row>{}", escape(text_of(variant)));
      for (const std::string& law : laws) {
        const auto verdict = std::find_if(row.begin(), row.end(), [&](const auto* v) { return v->property == law; });
        if (verdict == row.end())
          out += "<td>";
        else
          write_cell(out, page, **verdict);
      }
      out += '\n';
    }
    out += "</tbody>\n";
  }
  out += "</table></div></details>\n";
}

// Of one subject, laws stand below each other and everything fits on a screen: figures are percent of the bound.
void write_flat_cell(std::string& out, const Page& page, const VerdictEntry& verdict) {
  const Judgement judgement = judgement_of(verdict);
  const JudgementText& text = text_of(judgement);
  if (judgement == Judgement::holds) {
    std::string share = ratio_text(ratio_of(verdict));
    if (share.ends_with("%")) share.pop_back();
    out += share == "0" ? fmt::format("<td>{}", text.symbol) : fmt::format("<td>{} {}", text.symbol, escape(share));
    return;
  }
  const std::string title = was_measured(judgement)
                                ? fmt::format("{}: measured {}, bound {} {}", text.text, measured_text(verdict),
                                              number(verdict.bound), escape(verdict.unit))
                                : std::string(text.text);
  if (has_evidence(judgement))
    out +=
        fmt::format("<td class={}><a href=#v{} title=\"{}\">{}</a>", text.style, number_of(page, verdict), title, text.symbol);
  else
    out += fmt::format("<td class={} title=\"{}\">{}", text.style, title, text.symbol);
}

void write_flat_matrix(std::string& out, const Page& page) {
  const auto variants =
      grouped<VerdictEntry>(page.report.verdicts, [](const auto& v) { return std::pair(v.operation, v.instruction_set); });
  const bool several = std::any_of(variants.begin(), variants.end(),
                                   [&](const auto& variant) { return variant.first.second != variants.front().first.second; });
  out += scrolling("Verdicts") + "<table class=\"matrix flat\"><caption class=hid>Laws by operation and format</caption>\n";
  std::string groups = "<colgroup>", first = "<thead><tr><th scope=col rowspan=2>law", second;
  std::vector<std::pair<const Verdicts*, std::string>> columns;
  for (const auto& [variant, verdicts] : variants) {
    std::vector<std::string> formats;
    for (const auto& [format, members] : grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.format; }))
      formats.push_back(format);
    groups += fmt::format("<colgroup span={}>", formats.size());
    first += fmt::format("<th scope=colgroup colspan={}>{}{}", formats.size(), breakable(variant.first),
                         several ? " " + escape(variant.second) : "");
    for (const std::string& format : formats) {
      second += fmt::format("<th scope=col>{}", escape(format));
      columns.emplace_back(&verdicts, format);
    }
  }
  out += groups + first + "<tr>" + second + "</thead><tbody>\n";
  for (const auto& [law, members] : grouped<VerdictEntry>(page.report.verdicts, [](const auto& v) { return v.property; })) {
    out += fmt::format("<tr><th scope=row>{}", escape(law));
    for (const auto& [verdicts, format] : columns) {
      const auto verdict = std::find_if(verdicts->begin(), verdicts->end(), [&, &law = law, &format = format](const auto* v) {
        return v->property == law && v->format == format;
      });
      if (verdict == verdicts->end())
        out += "<td>";
      else
        write_flat_cell(out, page, **verdict);
    }
    out += '\n';
  }
  out += "</tbody></table></div>\n";
}

void write_matrix(std::string& out, const Page& page) {
  const bool flat = page.implementations.size() == 1;
  out += "<section id=\"matrix\"><h2>Laws</h2>\n";
  out += flat ? "<p>Each cell is one law in one operation and format: the outcome, and beside it, in percent, how near the "
                "worst case came "
                "to its bound. What does not hold leads to the evidence.</p>\n"
              : "<p>Each cell is one law for one implementation, instruction set and "
                "format: the outcome, and below it the measured error as a share of the bound, or by how many times it exceeds "
                "it. What "
                "does not hold leads to the evidence.</p>\n";
  out += "<ul class=\"chips\" aria-label=\"Symbols\">";
  std::set<Judgement> seen;
  for (const VerdictEntry& verdict : page.report.verdicts) seen.insert(judgement_of(verdict));
  for (std::size_t i = judgement_texts.size(); i-- > 0;) {
    const JudgementText& text = judgement_texts[i];
    if (seen.count(static_cast<Judgement>(i)) > 0)
      out += fmt::format("<li class=\"{}\">{} {}</li>", text.style, text.symbol, text.text);
  }
  out += "</ul>\n";
  if (flat) return write_flat_matrix(out, page);
  bool first = true;
  for (const auto& [operation, verdicts] : page.operations) {
    const bool loud = std::any_of(verdicts.begin(), verdicts.end(), [](const auto* v) { return is_loud(judgement_of(*v)); });
    write_matrix_of(out, page, operation, verdicts, first || loud);
    first = false;
  }
}

void write_laws(std::string& out, const Page& page) {
  out += fmt::format("<details id=\"laws\"><summary>The {} as formulas</summary>", counted(page.laws.size(), "law", "laws"));
  out += scrolling("Laws") +
         "<table><caption class=hid>Laws, their formulas and where their bounds are proved</caption><thead><tr><th "
         "scope=\"col\">name<th scope=\"col\">law<th scope=\"col\">operations judged<th "
         "scope=\"col\">bound and proof</thead><tbody>\n";
  for (const auto& [law, verdicts] : grouped<VerdictEntry>(page.report.verdicts, [](const auto& v) { return v.property; })) {
    std::vector<std::string> operations;
    for (const auto& [operation, members] : grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.operation; }))
      operations.push_back(breakable(operation));
    out += fmt::format(
        "<tr><th scope=row><b>{}</b><td><code>{}</code><td>{}<td>{}\n", breakable(law), escape(verdicts.front()->statement),
        page.operations.size() > 1 && operations.size() == page.operations.size() ? "all" : joined(operations, ", "),
        escape(verdicts.front()->source));
  }
  out += "</tbody></table></div></details></section>\n";
}

// ---- 3 the implementations

std::string value_text(const std::string& hexfloat) {
  const std::string readable = decimal(hexfloat);
  if (readable.empty() || readable == hexfloat) return escape(hexfloat);
  return fmt::format("{} <i>{}</i>", escape(readable), escape(hexfloat));
}

constexpr std::size_t longest_row = 16;
// Long rows stay in the JSON.
constexpr std::size_t longest_command = 240;

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

// What a law or an operation adds to a row, one fact each.
void write_additions(std::string& out, const Witness& witness) {
  const auto values = [](const std::vector<std::string>& all) {
    if (all.size() > longest_row) return fmt::format("<i>{} values: the command below holds them</i>", all.size());
    std::vector<std::string> readable;
    for (const std::string& value : all) readable.push_back(decimal(value));
    return fmt::format("{} <i>({})</i>", escape(joined(all, " ")), escape(joined(readable, ", ")));
  };
  if (!witness.dy.empty()) write_fact(out, "dy", values(witness.dy));
  if (witness.target) write_fact(out, "target", fmt::format("{}", *witness.target));
  if (!witness.with.empty()) write_fact(out, "with", values(witness.with));
  if (witness.number) write_fact(out, "number", fmt::format("{}", *witness.number));
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

// Law, numbers, reason, evidence, a line to paste. `likewise`: the same law of the same subject, broken in other formats.
void write_evidence(std::string& out, const Page& page, const VerdictEntry& verdict, const Verdicts& likewise) {
  const Judgement judgement = judgement_of(verdict);
  const JudgementText& text = text_of(judgement);
  std::string title = fmt::format("<span class=\"tag {}\">{} {}</span> {} / {} / {}", text.style, text.symbol, text.text,
                                  breakable(verdict.property), breakable(verdict.implementation), escape(verdict.format));
  for (const VerdictEntry* other : likewise) title += fmt::format(", {}", escape(other->format));
  title += fmt::format(" / {}", escape(verdict.instruction_set));
  if (verdict.operation != "softmax") title += fmt::format(" / {}", breakable(verdict.operation));
  const bool quiet = judgement == Judgement::broken_as_declared;
  const std::size_t id = number_of(page, verdict);
  if (quiet)
    out += fmt::format("<details class=\"x dec-x\" id=\"v{}\"><summary>{}</summary><dl>", id, title);
  else
    out += fmt::format("<div class=\"x{}\" id=\"v{}\"><p>{}</p><dl>", judgement <= Judgement::timed_out ? " bad-x" : "", id,
                       title);
  std::string law = escape(verdict.statement);
  if (!verdict.source.empty()) law += fmt::format("   <i>{}</i>", escape(verdict.source));
  write_fact(out, "law", law);
  if (was_measured(judgement)) write_fact(out, "measured", numbers_text(verdict));
  write_fact(out, "because", escape(verdict.because));
  if (judgement == Judgement::vacuous)
    write_fact(out, "cases", fmt::format("{}: too few that exercise the law", count(verdict.cases)));
  write_fact(out, "declared", escape(verdict.declared_break));
  write_fact(out, "incident", escape(verdict.incident));
  write_fact(out, verdict.at ? fmt::format("at i = {}", *verdict.at) : "values", elements_text(verdict));
  if (verdict.witness) {
    std::string row = row_text(*verdict.witness);
    if (verdict.shrunk_from > 0)
      row += fmt::format("   <i>shrunk from n = {}{}</i>", verdict.shrunk_from,
                         verdict.shrinking_unfinished ? judged::not_minimal : "");
    write_fact(out, "row", row);
    write_additions(out, *verdict.witness);
  }
  if (verdict.rerun.size() > judged::longest_pasted)
    write_fact(out, "rerun",
               fmt::format("<i>a command of {} characters: the JSON report has it</i>", count(verdict.rerun.size())));
  else if (!verdict.rerun.empty())
    write_fact(out, "rerun", command(verdict.rerun));
  for (const VerdictEntry* other : likewise) {
    out += fmt::format("<dt>in {}</dt><dd id=v{}>{} {}   <i>{}</i> {}", escape(other->format), number_of(page, *other),
                       measured_text(*other), escape(other->unit), escape(basis_text(other->basis)), number(other->bound));
    if (!other->rerun.empty() && other->rerun.size() <= longest_command) out += fmt::format("\n{}", command(other->rerun));
    out += "</dd>";
  }
  out += quiet ? "</dl></details>\n" : "</dl></div>\n";
}

void write_all_evidence(std::string& out, const Page& page, const Verdicts& verdicts) {
  const auto key = [](const auto& v) { return std::tuple(judgement_of(v), v.property, v.declared_break); };
  std::set<const VerdictEntry*> told;
  for (const VerdictEntry* verdict : verdicts) {
    if (!has_evidence(judgement_of(*verdict)) || told.count(verdict) > 0) continue;
    Verdicts likewise;
    if (judgement_of(*verdict) == Judgement::broken_as_declared) {
      for (const VerdictEntry* other : verdicts) {
        if (other != verdict && key(*other) == key(*verdict)) likewise.push_back(other);
      }
    }
    told.insert(likewise.begin(), likewise.end());
    write_evidence(out, page, *verdict, likewise);
  }
}

void write_law_cell(std::string& out, const VerdictEntry& verdict) {
  const Judgement judgement = judgement_of(verdict);
  const JudgementText& text = text_of(judgement);
  out += judgement == Judgement::holds
             ? fmt::format("<td>{} ", text.symbol)
             : fmt::format("<td><span class=\"tag {}\">{} {}</span> ", text.style, text.symbol, text.text);
  if (was_measured(judgement)) {
    const std::string measured = judgement == Judgement::holds ? number(verdict.measured_high, 3) : measured_text(verdict);
    out += fmt::format("{} of {}", measured, number(verdict.bound, judgement == Judgement::holds ? 3 : 4));
  }
  if (verdict.cases > 0) out += fmt::format("<small>{}</small>", count(verdict.cases));
}

// One law a row, one format a column.
void write_law_table(std::string& out, std::string_view name, const Verdicts& verdicts) {
  const auto by_format = grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.format; });
  out += "<p class=\"mute above\">Measured of allowed; below it the cases that were tried.</p>\n" + scrolling(name) +
         "<table class=\"num laws\"><caption class=hid>Measured of allowed</caption><thead><tr><th scope=col>law";
  for (const auto& [format, members] : by_format) out += fmt::format("<th scope=col>{}", escape(format));
  out += "<th scope=col class=w>in<th scope=col class=w>the bound is …</thead><tbody>\n";
  for (const auto& [law, members] : grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.property; })) {
    out += fmt::format("<tr><th scope=row>{}", escape(law));
    for (const auto& column : by_format) {
      const auto verdict =
          std::find_if(members.begin(), members.end(), [&](const auto* v) { return v->format == column.first; });
      if (verdict == members.end())
        out += "<td>";
      else
        write_law_cell(out, **verdict);
    }
    const VerdictEntry& first = *members.front();
    const bool alike = std::all_of(members.begin(), members.end(), [&](const auto* v) { return v->because == first.because; });
    out += fmt::format("<td class=w>{}<td class=r>{}{}{}{}\n", escape(first.unit), escape(basis_text(first.basis)),
                       first.because.empty() ? "" : ": ", escape(first.because),
                       alike || first.because.empty() ? "" : fmt::format(" ({})", escape(first.format)));
  }
  out += "</tbody></table></div>\n";
}

// The one that came nearest to a break, of each format: a page should not grow by commands that nobody needs, and the JSON has all.
void write_nearest_cases(std::string& out, const Verdicts& verdicts) {
  std::string items;
  for (const auto& [format, members] : grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.format; })) {
    const VerdictEntry* nearest = nullptr;
    for (const VerdictEntry* verdict : members) {
      if (has_evidence(judgement_of(*verdict)) || verdict->rerun.empty() || verdict->rerun.size() > longest_command) continue;
      if (nearest == nullptr || ratio_of(*verdict) > ratio_of(*nearest)) nearest = verdict;
    }
    if (nearest == nullptr) continue;
    items += fmt::format("<dt>{} {}<dd>{} of the bound\n{}\n", escape(format), breakable(nearest->property),
                         ratio_text(ratio_of(*nearest)), command(nearest->rerun));
  }
  if (items.empty()) return;
  out += "<details class=\"bulk\"><summary class=\"mute\">What came nearest to a break</summary><div class=\"x\"><dl>\n";
  out += items + "</dl></div></details>\n";
}

void write_variant(std::string& out, const Page& page, const std::string& name, const Verdicts& verdicts, bool open) {
  std::vector<std::string> claims;
  for (const VerdictEntry* verdict : verdicts) {
    const std::string claim = claim_text(verdict->claim);
    if (std::find(claims.begin(), claims.end(), claim) == claims.end()) claims.push_back(claim);
  }
  out += fmt::format("<details class=\"subject\"{}><summary>{} <span>{}</span></summary>\n<p class=\"mute\">{}",
                     open ? " open" : "", escape(name), conduct(verdicts), listed(claims));
  if (!verdicts.front()->subject_version.empty()) out += fmt::format("; version {}", escape(verdicts.front()->subject_version));
  out += "</p>\n";
  write_law_table(out, name, verdicts);
  write_all_evidence(out, page, verdicts);
  write_nearest_cases(out, verdicts);
  out += "</details>\n";
}

// The reason that an implementation gives for its breaks, and whether it was found.
void write_declarations(std::string& out, const Verdicts& verdicts) {
  const auto declared = grouped<VerdictEntry>(verdicts, [](const auto& v) { return v.declared_break; });
  for (const auto& [reason, members] : declared) {
    if (reason.empty()) continue;
    const auto found = laws_with(members, Judgement::broken_as_declared);
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

// ---- what it turned out to be

using Standings = std::vector<const StandingEntry*>;

std::string rung_text(const StandingEntry& standing) {
  if (standing.strongest_claim.empty()) return "<b class=none>no claim of the ladder</b>";
  if (standing.strongest_claim == "nothing") return "the default class";
  return fmt::format("<code>{}</code>", breakable_after_commas(standing.strongest_claim));
}

// Formats that turned out the same but for the shares are one line; shares become ranges.
struct StandingLine {
  std::string operation, text; // cells before the contracts
  std::vector<std::string> formats;
  struct Share {
    bool promised = false, compared = false, differed = false;
    double least = 1, most = 0;
  };
  std::map<std::string, Share> contracts;
  bool like(const StandingLine& other) const {
    if (operation != other.operation || text != other.text || contracts.size() != other.contracts.size()) return false;
    return std::equal(contracts.begin(), contracts.end(), other.contracts.begin(), [](const auto& a, const auto& b) {
      return a.first == b.first && a.second.promised == b.second.promised && a.second.differed == b.second.differed;
    });
  }
};

StandingLine line_of(const StandingEntry& standing) {
  StandingLine line;
  line.operation = standing.operation;
  line.formats = {standing.format};
  const auto names = [](const std::vector<std::string>& all) { return all.empty() ? "–" : escape(joined(all, ", ")); };
  // Where every row of special values is defined alike, as for sigmoid, all profiles are met.
  constexpr std::size_t profiles = 5;
  line.text = fmt::format("<td>{}<td>{}<td>{}", rung_text(standing),
                          standing.profiles.size() == profiles ? "every profile" : names(standing.profiles),
                          names(standing.subnormals));
  for (const auto& contract : standing.contracts) {
    const double share =
        contract.compared > 0 ? static_cast<double>(contract.differed) / static_cast<double>(contract.compared) : 0;
    line.contracts[contract.name] = {contract.promised, contract.compared > 0, contract.differed > 0, share, share};
  }
  return line;
}

std::string share_text(const StandingLine::Share& share) {
  if (!share.compared) return "–";
  if (!share.differed) return "yes";
  const auto rounded = [](double value) { return number(100 * value, 2); };
  const std::string least = rounded(share.least), most = rounded(share.most);
  return fmt::format("no, {}%", least == most ? most : fmt::format("{}–{}", least, most));
}

void write_standings(std::string& out, const Standings& standings) {
  if (standings.empty()) return;
  std::vector<std::string> contracts;
  for (const StandingEntry* standing : standings) {
    for (const auto& contract : standing->contracts) {
      if (std::find(contracts.begin(), contracts.end(), contract.name) == contracts.end()) contracts.push_back(contract.name);
    }
  }
  out += "<p class=\"mute above\">What it turned out to be, whatever it claims. The same bits: yes, or in what share of cases "
         "not; "
         "<b>bold</b> where it is promised.</p>\n" +
         scrolling("What it turned out to be") +
         "<table class=\"turned\"><caption class=hid>What it turned out to be</caption><thead><tr><th scope=col "
         "rowspan=2>operation<th scope=col rowspan=2>format<th "
         "scope=col rowspan=2>strongest claim met<th scope=col rowspan=2>special values<th scope=col rowspan=2>subnormals";
  if (!contracts.empty()) out += fmt::format("<th scope=colgroup colspan={}>the same bits under …", contracts.size());
  out += "<tr>";
  for (const std::string& contract : contracts) out += fmt::format("<th scope=col>{}", escape(contract));
  out += "</thead>\n";
  for (const auto& [key, members] :
       grouped<StandingEntry>(standings, [](const auto& s) { return std::pair(s.instruction_set, s.claim); })) {
    std::vector<StandingLine> lines;
    for (const StandingEntry* standing : members) {
      StandingLine line = line_of(*standing);
      const auto same = std::find_if(lines.begin(), lines.end(), [&](const auto& other) { return other.like(line); });
      if (same == lines.end()) {
        lines.push_back(std::move(line));
        continue;
      }
      same->formats.push_back(standing->format);
      for (auto& [name, share] : same->contracts) {
        share.least = std::min(share.least, line.contracts[name].least);
        share.most = std::max(share.most, line.contracts[name].most);
      }
    }
    out += fmt::format("<tbody><tr class=group><th scope=rowgroup colspan={}><div><b>{}</b> {}</div>\n", 5 + contracts.size(),
                       escape(key.first), claim_text(key.second));
    for (const StandingLine& line : lines) {
      out +=
          fmt::format("<tr><th scope=row>{}<td>{}{}", breakable(line.operation), escape(joined(line.formats, " ")), line.text);
      for (const std::string& contract : contracts) {
        const auto share = line.contracts.find(contract);
        if (share == line.contracts.end()) {
          out += "<td>";
          continue;
        }
        const auto& [name, s] = *share;
        const std::string text = share_text(s);
        out += s.promised ? fmt::format("<td{}><b>{}</b>", s.differed ? " class=bad" : "", text) : fmt::format("<td>{}", text);
      }
      out += '\n';
    }
    out += "</tbody>\n";
  }
  out += "</table></div>\n";
}

void write_implementations(std::string& out, const Page& page) {
  const auto standings = grouped<StandingEntry>(page.report.standings, [](const auto& s) { return s.implementation; });
  if (page.implementations.empty() && standings.empty()) return;
  out += "<section id=\"implementations\"><h2>Law by law, with every counterexample</h2>\n";
  const auto standings_of = [&](const std::string& implementation) {
    const auto found =
        std::find_if(standings.begin(), standings.end(), [&](const auto& s) { return s.first == implementation; });
    return found == standings.end() ? Standings{} : found->second;
  };
  for (std::size_t i = 0; i < page.implementations.size(); ++i) {
    const auto& [implementation, verdicts] = page.implementations[i];
    out += fmt::format("<article id=\"i{}\"><h3>{}</h3>\n", i, breakable(implementation));
    const auto summary = page.report.implementations.find(implementation);
    if (summary != page.report.implementations.end()) out += fmt::format("<p>{}</p>\n", escape(summary->second));
    write_declarations(out, verdicts);
    write_standings(out, standings_of(implementation));
    bool first = i == 0;
    const auto variants =
        grouped<VerdictEntry>(verdicts, [](const auto& v) { return std::pair(v.instruction_set, v.operation); });
    for (const auto& [variant, members] : variants) {
      const bool trouble = std::any_of(members.begin(), members.end(), [](const auto* v) { return is_loud(judgement_of(*v)); });
      std::string name = variant.first;
      if (page.operations.size() > 1 || variant.second != "softmax") name += " · " + variant.second;
      write_variant(out, page, name, members, first || trouble);
      first = false;
    }
    out += "</article>\n";
  }
  for (const auto& [implementation, members] : standings) {
    const bool told = std::any_of(page.implementations.begin(), page.implementations.end(),
                                  [&, &name = implementation](const auto& group) { return group.first == name; });
    if (told) continue;
    out += fmt::format("<article><h3>{}</h3>\n", breakable(implementation));
    write_standings(out, members);
    out += "</article>\n";
  }
  out += "</section>\n";
}

// ---- 4 what the laws catch

bool breaks(const FaultEntry& fault, const std::string& law) {
  return std::any_of(fault.kills.begin(), fault.kills.end(), [&](const auto& kill) { return kill.law == law; });
}

void write_fault_matrix(std::string& out, const std::vector<const FaultEntry*>& faults, const std::vector<std::string>& laws) {
  out += "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Planted faults by laws\"><table "
         "class=\"matrix up "
         "kills\"><caption class=hid>Planted faults by laws</caption>";
  write_upright_heads(out, "planted fault", laws, "");
  out += "<th scope=col><span>laws that break it</span></thead><tbody>\n";
  std::vector<std::size_t> kills(laws.size()), alone(laws.size());
  for (std::size_t f = 0; f < faults.size(); ++f) {
    const FaultEntry& fault = *faults[f];
    out += fmt::format("<tr><th scope=row><a href=#f{} title=\"{}\">{}</a>", f, escape(fault.summary), escape(fault.name));
    for (std::size_t l = 0; l < laws.size(); ++l) {
      const auto kill = std::find_if(fault.kills.begin(), fault.kills.end(), [&](const auto& k) { return k.law == laws[l]; });
      const bool named = laws[l] == fault.named_law, broken = kill != fault.kills.end();
      kills[l] += broken;
      alone[l] += broken && fault.kills.size() == 1;
      if (named && !fault.killed)
        out += "<td class=bad title=\"MISSED by the law that it names\">✗";
      else if (broken)
        out += fmt::format("<td class={} title=\"after {}\">{}", named ? "K" : "k", counted(kill->cases, "case", "cases"),
                           named ? "●" : "·");
      else
        out += "<td>";
    }
    out += fmt::format("<td class={}>{}\n", fault.kills.empty() ? "bad" : "sum", fault.kills.size());
  }
  const auto sums = [&](std::string_view name, const std::vector<std::size_t>& all) {
    out += fmt::format("<tr><th scope=row>{}", name);
    for (const std::size_t n : all) out += n == 0 ? std::string("<td class=none>0") : fmt::format("<td>{}", n);
    out += "<td>\n";
  };
  out += "</tbody><tfoot>";
  sums("faults that it breaks", kills);
  sums("that only it breaks", alone);
  out += "</tfoot></table></div>\n";
}

void write_fault_table(std::string& out, const std::vector<const FaultEntry*>& faults) {
  out += fmt::format("<details><summary>The {} in words</summary>{}<table><caption class=hid>Planted "
                     "faults</caption><thead><tr><th scope=col>fault<th scope=col>what it does<th "
                     "scope=col>must break<th scope=col>because<th scope=col>in<th scope=col>seen in</thead><tbody>\n",
                     counted(faults.size(), "planted fault", "planted faults"), scrolling("Planted faults"));
  for (std::size_t f = 0; f < faults.size(); ++f) {
    const FaultEntry& fault = *faults[f];
    const auto kill =
        std::find_if(fault.kills.begin(), fault.kills.end(), [&](const auto& k) { return k.law == fault.named_law; });
    out += fmt::format("<tr id=f{}><th scope=row>{}<td>{}<td>{}", f, breakable(fault.name), escape(fault.summary),
                       breakable(fault.named_law));
    out += !fault.killed ? std::string("<br><span class=\"tag bad\">✗ MISSED</span>")
           : kill == fault.kills.end()
               ? std::string()
               : fmt::format("<br><span class=mute>after {}</span>", counted(kill->cases, "case", "cases"));
    std::vector<std::string> operations;
    for (const std::string& operation : fault.operations) operations.push_back(breakable(operation));
    out +=
        fmt::format("<td>{}<td>{}<br><span class=mute>{}; {}</span><td>{}\n", escape(fault.because), joined(operations, ", "),
                    escape(joined(fault.formats, " ")), escape(fault.instruction_set), escape(fault.source));
  }
  out += "</tbody></table></div></details>\n";
}

void write_faults(std::string& out, const Page& page) {
  if (page.report.faults.empty()) return;
  // Columns are all laws that judged anything, by name; rows stand by the law that they name, so that what is named is a staircase.
  std::set<std::string> names(page.laws.begin(), page.laws.end());
  std::vector<const FaultEntry*> faults, missed, unseen;
  std::size_t kills = 0, tried = 0;
  for (const FaultEntry& fault : page.report.faults) {
    faults.push_back(&fault);
    names.insert(fault.named_law);
    for (const auto& kill : fault.kills) names.insert(kill.law);
    kills += fault.kills.size();
    tried += fault.laws_tried;
    if (!fault.killed) missed.push_back(&fault);
    if (fault.kills.empty()) unseen.push_back(&fault);
  }
  std::stable_sort(faults.begin(), faults.end(), [](const auto* a, const auto* b) { return a->named_law < b->named_law; });
  const std::vector<std::string> laws(names.begin(), names.end());
  std::vector<std::string> idle;
  for (const std::string& law : laws) {
    if (std::none_of(faults.begin(), faults.end(), [&](const auto* fault) { return breaks(*fault, law); }))
      idle.push_back(fmt::format("<code>{}</code>", breakable(law)));
  }
  out += fmt::format(
      "<section id=\"faults\"><h2>What the laws catch</h2>\n<p>Sound kernels with one mistake planted in each. <b>{}: {} "
      "broken by the law that {}, {} by any law</b>, of {} trials.",
      counted(faults.size(), "planted fault", "planted faults"), count(faults.size() - missed.size()),
      faults.size() == 1 ? "it names" : "they name", counted(kills, "kill", "kills"), count(tried));
  if (!idle.empty()) out += fmt::format(" {} {} none of them.", listed(idle), idle.size() == 1 ? "breaks" : "break");
  out += "</p>\n";
  if (!missed.empty()) {
    out += fmt::format("<div class=\"box\"><h2>{} not broken by the law that {}</h2>\n<ul>",
                       counted(missed.size(), "fault", "faults"), missed.size() == 1 ? "it names" : "they name");
    for (const FaultEntry* fault : missed)
      out += fmt::format("<li><b><a href=#f{}>{}</a></b> by <code>{}</code>{}</li>\n",
                         std::find(faults.begin(), faults.end(), fault) - faults.begin(), escape(fault->name),
                         breakable(fault->named_law), fault->kills.empty() ? "; no law breaks it" : "");
    out += "</ul></div>\n";
  }
  out += "<ul class=\"chips\" aria-label=\"Symbols\"><li><span class=\"key K\">●</span> the law that the fault "
         "names</li><li><span "
         "class=\"key k\">·</span> another law that breaks it</li><li class=bad>✗ MISSED by the law that it names</li></ul>\n";
  write_fault_matrix(out, faults, laws);
  write_fault_table(out, faults);
  out += "</section>\n";
}

// ---- 5 the smallest error that is found

void write_detection(std::string& out, const Page& page) {
  if (page.report.detection.empty()) return;
  out += "<section id=\"detection\"><h2>The smallest error that is found</h2>\n<p>A sound softmax whose results are moved by "
         "so many ulp "
         "in the places that the pattern says: the least error that 95 of 100 runs find, in how many runs it was found, and "
         "the 95% "
         "interval of that share. A claim is the class whose bounds are held against it; promises are bitwise.</p>\n";
  using Column = std::tuple<std::uint64_t, std::uint64_t, bool>;
  for (const auto& [claim, entries] : grouped<DetectionEntry>(page.report.detection, [](const auto& d) { return d.claim; })) {
    std::set<Column> columns;
    for (const DetectionEntry* d : entries) columns.insert({d->from_length, d->to_length, d->contracts});
    std::set<std::string> efforts;
    for (const DetectionEntry* d : entries) efforts.insert(d->effort);
    out += scrolling(fmt::format("Smallest error found under {}", claim)) +
           fmt::format("<table class=found><caption>{}{}</caption><thead><tr><th scope=col>format<th scope=col>pattern",
                       claim.empty() || claim == "nothing" ? "The default class is held against it"
                                                           : fmt::format("Held against it: <code>{}</code>", escape(claim)),
                       efforts.size() == 1 && !efforts.begin()->empty() ? fmt::format("; effort {}", escape(*efforts.begin()))
                                                                        : "");
    for (const auto& [from, to, contracts] : columns) {
      const std::string lengths = from == to ? count(from) : fmt::format("{} to {}", count(from), count(to));
      out += fmt::format("<th scope=col>n = {}<small>promises {}</small>", lengths, contracts ? "on" : "off");
    }
    out += "</thead><tbody>\n";
    for (const auto& [row, members] :
         grouped<DetectionEntry>(entries, [](const auto& d) { return std::pair(d.format, d.pattern); })) {
      out += fmt::format("<tr><th scope=row>{}<td>{}", escape(row.first), escape(row.second));
      for (const Column& column : columns) {
        std::vector<std::string> found;
        bool nothing = false;
        for (const DetectionEntry* d : members) {
          if (Column{d->from_length, d->to_length, d->contracts} != column) continue;
          nothing |= std::isinf(d->ulp);
          found.push_back(fmt::format("{}<small>{}/{} · {:.3f}–{:.3f}{}</small>",
                                      std::isinf(d->ulp) ? "not found" : fmt::format("<b>{}</b> ulp", number(d->ulp, 3)),
                                      d->found, d->runs, d->low, d->high,
                                      efforts.size() > 1 ? fmt::format(" · {}", escape(d->effort)) : ""));
        }
        out += fmt::format("<td{}>{}", nothing ? " class=open" : "", joined(found, ""));
      }
      out += '\n';
    }
    out += "</tbody></table></div>\n";
  }
  out += "</section>\n";
}

// ---- 6 accuracy

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

// The entry with the largest error, and the command that shows its row.
const AccuracyEntry* worst_of(const Accuracies& entries) {
  const AccuracyEntry* worst = nullptr;
  for (const AccuracyEntry* entry : entries)
    if (worst == nullptr || entry->max_ulp > worst->max_ulp) worst = entry;
  return worst;
}

void write_summary_row(std::string& out, std::string_view heading, const Accuracies& entries) {
  std::uint64_t lost = 0, elements = 0;
  for (const AccuracyEntry* entry : entries) {
    lost += entry->not_a_number;
    elements += entry->elements;
  }
  const Accuracies sampled = unbiased(entries);
  const AccuracyEntry& worst = *worst_of(entries);
  const auto row = worst.worst.find("max_ulp");
  out += fmt::format(
      "<tr>{}{}<td class=w>n = {}, {}, {}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td class=w>{}\n", heading,
      bar_cell(largest(entries, &AccuracyEntry::max_ulp)), worst.length, escape(worst.regime), escape(worst.found_by),
      number(largest(sampled, &AccuracyEntry::p99_ulp), 3), number(largest(entries, &AccuracyEntry::max_over_bound), 3),
      number(largest(entries, &AccuracyEntry::norm_wise), 3), percent(misrounded_share(sampled)), count(lost), count(elements),
      row == worst.worst.end() || row->second.rerun.empty() ? "" : markup::short_command(row->second.rerun));
}
constexpr std::string_view summary_heads =
    "<th scope=col>largest error known, ulp<th scope=col class=w>found at<th scope=col>largest p99, ulp<th scope=col>error / "
    "proved "
    "bound<th scope=col>norm-wise, u<th scope=col>misrounded<th scope=col>NaN<th scope=col>elements<th scope=col class=w>its "
    "input</thead><tbody>\n";

// Of one subject, a row an operation and format; of several, a table a format.
void write_summary_table(std::string& out, const Page& page) {
  const auto subjects = grouped<AccuracyEntry>(page.report.accuracy,
                                               [](const auto& e) { return std::pair(e.implementation, e.instruction_set); });
  if (subjects.size() == 1) {
    out += scrolling("Largest errors") +
           "<table class=\"num sort\"><caption>The largest errors known, and the rows that show "
           "them</caption><thead><tr><th scope=col>operation<th scope=col class=w>format" +
           std::string(summary_heads);
    for (const auto& [key, entries] :
         grouped<AccuracyEntry>(page.report.accuracy, [](const auto& e) { return std::pair(e.operation, e.format); }))
      write_summary_row(out, fmt::format("<th scope=row class=name>{}<td class=w>{}", escape(key.first), escape(key.second)),
                        entries);
    out += "</tbody></table></div>\n";
    return;
  }
  Accuracies apart;
  for (const auto& [subject, entries] : page.accuracy) apart.insert(apart.end(), entries.begin(), entries.end());
  for (const auto& [format, members] : grouped<AccuracyEntry>(apart, [](const auto& entry) { return entry.format; })) {
    out += scrolling(fmt::format("Accuracy in {}", format));
    out +=
        fmt::format("<table class=\"num sort\"><caption>All subjects in <b>{}</b></caption><thead><tr><th scope=col>subject{}",
                    escape(format), summary_heads);
    for (const auto& [subject, entries] : grouped<AccuracyEntry>(members, [](const auto& e) {
           return SubjectName{e.implementation, e.instruction_set, e.operation};
         })) {
      const auto place = std::find_if(page.accuracy.begin(), page.accuracy.end(),
                                      [&, &name = subject](const auto& group) { return group.first == name; });
      write_summary_row(
          out,
          fmt::format("<th scope=row class=name><a href=#a{}>{}</a>", place - page.accuracy.begin(), escape(text_of(subject))),
          entries);
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
  for (const auto& [operation, of_operation] : grouped<AccuracyEntry>(real, [](const auto& e) { return e.operation; })) {
    const bool is_softmax = operation.empty() || operation == "softmax";
    if (!is_softmax) out += fmt::format("<details class=\"subject\"><summary>{} on real logits</summary>", escape(operation));
    for (const auto& [format, entries] : grouped<AccuracyEntry>(of_operation, [](const auto& e) { return e.format; })) {
      std::vector<std::string> files;
      for (const auto& [file, members] : grouped<AccuracyEntry>(entries, [](const auto& e) { return e.regime; }))
        files.push_back(file);
      write_heat_map(
          out, fmt::format("Real logits in {}", format), fmt::format("Real logits in <b>{}</b>", escape(format)), "subject",
          entries, [](const AccuracyEntry& e) { return e.implementation + " / " + e.instruction_set; }, files,
          [](const AccuracyEntry& e) { return e.regime; }, true);
    }
    if (!is_softmax) out += "</details>\n";
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
         "<table class=num><caption class=hid>Histogram</caption><thead><tr><th scope=col>from, ulp<th scope=col>below<th "
         "scope=col>elements</thead><tbody>\n";
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

void write_length_chart(std::string& out, const Page& page, std::string_view who, const Accuracies& entries) {
  const auto most = lines_of(page, entries, &AccuracyEntry::max_ulp);
  double largest_finite = 0;
  bool any_infinite = false;
  for (const svg::Line& line : most) {
    for (const svg::Point& point : line.points) {
      if (std::isfinite(point.value))
        largest_finite = std::max(largest_finite, point.value);
      else
        any_infinite = true;
    }
  }
  if (most.empty()) return;
  out += "<figure><figcaption>Largest error in ulp by row length, one line a regime; the table below has the figures. Dashed: "
         "half "
         "an ulp.</figcaption>\n";
  out +=
      svg::LengthChart(most, largest_finite, any_infinite).write(fmt::format("Largest error in ulp by row length, {}", who)) +
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
                     "sort\"><caption class=hid>All figures</caption><thead><tr><th scope=col>regime<th scope=col>n"
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

// All cells of the entries in one: counts add, and so the median of the bounds is that of all elements, to the width of its bucket.
std::vector<svg::DensityColumn> density_of(const Accuracies& entries) {
  using Ends = std::pair<double, double>;
  struct Column {
    std::map<Ends, std::uint64_t> errors, bounds;
    double largest_bound = 0;
  };
  std::map<Ends, Column> pool;
  for (const AccuracyEntry* entry : entries) {
    for (const AccuracyEntry::Distance& distance : entry->density) {
      Column& column = pool[{distance.from, distance.to}];
      for (const auto& bucket : distance.errors) column.errors[{bucket.from, bucket.to}] += bucket.count;
      for (const auto& bucket : distance.bounds) column.bounds[{bucket.from, bucket.to}] += bucket.count;
      column.largest_bound = std::max(column.largest_bound, distance.largest_bound);
    }
  }
  std::vector<svg::DensityColumn> columns;
  for (const auto& [ends, column] : pool) {
    svg::DensityColumn shown{ends.first, ends.second, {}, 0, column.largest_bound};
    for (const auto& [edges, n] : column.errors) shown.errors.push_back({edges.first, edges.second, n});
    std::uint64_t all = 0, seen = 0;
    for (const auto& [edges, n] : column.bounds) all += n;
    for (const auto& [edges, n] : column.bounds) {
      seen += n;
      if (2 * seen < all) continue;
      shown.median_bound = std::min(edges.second, column.largest_bound);
      break;
    }
    columns.push_back(std::move(shown));
  }
  return columns;
}

std::string distance_text(const svg::DensityColumn& column) {
  if (column.to == 0) return "0, the largest";
  return std::isinf(column.to) ? fmt::format("from {}", number(column.from))
                               : fmt::format("{} to {}", number(column.from), number(column.to));
}

void write_density(std::string& out, std::string_view who, const Accuracies& entries) {
  const std::vector<svg::DensityColumn> columns = density_of(entries);
  if (columns.empty()) return;
  out +=
      "<figure><figcaption>Signed errors by how far the logit lies below the largest; darker is more, logarithmically. Lines: "
      "half an ulp (dashed), the bound that is proved for the median element (thin) and for the worst (thick).</figcaption>\n";
  out += svg::DensityChart(columns).write(fmt::format("Density of signed errors in ulp over m − x, {}", who));
  out += "<details class=bulk><summary class=mute>as a table</summary>" + scrolling(fmt::format("Density, {}", who)) +
         "<table class=num><caption class=hid>Errors by m − x</caption><thead><tr><th scope=col>m − x<th scope=col>elements<th "
         "scope=col>lowest error<th scope=col>highest<th scope=col>median bound<th scope=col>largest</thead><tbody>\n";
  for (const svg::DensityColumn& column : columns) {
    std::uint64_t n = 0;
    for (const svg::Bar& bar : column.errors) n += bar.count;
    const bool none = column.errors.empty();
    out += fmt::format("<tr><th scope=row>{}<td>{}<td>{}<td>{}<td>{}<td>{}\n", distance_text(column), count(n),
                       none ? "" : number(column.errors.front().from), none ? "" : number(column.errors.back().to),
                       number(column.median_bound, 3), number(column.largest_bound, 3));
  }
  out += "</tbody></table></div></details></figure>\n";
}

void write_exceedance(std::string& out, std::string_view who, const Accuracies& entries) {
  std::map<double, std::uint64_t> by_size; // by the least size that a bucket holds
  std::map<double, double> upper;
  std::uint64_t all = 0;
  for (const svg::Bar& bar : pooled(entries)) {
    const double from = bar.to <= 0 ? -bar.to : bar.from, to = bar.to <= 0 ? -bar.from : bar.to;
    by_size[from] += bar.count;
    upper[from] = to;
    all += bar.count;
  }
  if (all == 0) return;
  std::vector<svg::Exceedance> steps;
  std::uint64_t below = 0;
  for (const auto& [from, n] : by_size) {
    below += n;
    steps.push_back({upper[from], static_cast<double>(all - below) / static_cast<double>(all)});
  }
  out += "<figure><figcaption>Distribution of |ulp|: the share of elements whose error is at least so large. Dashed: half an "
         "ulp.</figcaption>\n";
  out += svg::ExceedanceChart(steps, static_cast<double>(all))
             .write(fmt::format("Share of elements by size of the error, {}", who));
  out += "<details class=bulk><summary class=mute>as a table</summary>" + scrolling(fmt::format("Sizes of errors, {}", who)) +
         "<table class=num><caption class=hid>Shares by size of the error</caption><thead><tr><th scope=col>error of at least, "
         "ulp<th scope=col>share of elements</thead><tbody>\n";
  for (const svg::Exceedance& step : steps)
    if (std::isfinite(step.size)) out += fmt::format("<tr><th scope=row>{}<td>{}\n", number(step.size), percent(step.share));
  out += "</tbody></table></div></details></figure>\n";
}

void write_format(std::string& out, const Page& page, const SubjectName& subject, const std::string& format,
                  const Accuracies& entries) {
  const std::string who = fmt::format("{} / {}", text_of(subject), format);
  const Accuracies generated = only(entries, false), sampled = unbiased(entries);
  out += fmt::format("<h4>{}</h4>\n<div class=\"charts\">", escape(format));
  const bool has_density = std::any_of(sampled.begin(), sampled.end(), [](const auto* e) { return !e->density.empty(); });
  if (has_density)
    write_density(out, who, sampled);
  else
    write_histogram(out, who, sampled);
  write_exceedance(out, who, sampled);
  write_length_chart(out, page, who, generated);
  out += "</div>\n";
  out += "<div class=\"pair\">";
  write_regimes(out, who, generated);
  write_worst_rows(out, entries);
  out += "</div>\n";
  write_figures(out, who, entries);
}

std::string summary_of(const Groups<std::string, AccuracyEntry>& by_format) {
  std::vector<std::string> parts;
  for (const auto& [format, members] : by_format) {
    const double ulp = largest(members, &AccuracyEntry::max_ulp);
    parts.push_back(fmt::format("{}: {}", escape(format),
                                std::isinf(ulp) ? "no finite limit" : fmt::format("up to {} ulp", number(ulp, 3))));
  }
  return joined(parts, "; ");
}

// What was measured over all regimes at once: one line a subject, or a format of the only one; its largest error by length and its figures
// over all lengths.
template <class RowKey>
void write_pooled_table(std::string& out, std::string_view label, std::string_view caption, std::string_view corner,
                        const Accuracies& entries, RowKey row_key) {
  std::set<std::uint64_t> lengths;
  for (const AccuracyEntry* entry : entries) lengths.insert(entry->length);
  out += scrolling(label) +
         fmt::format("<table class=\"heat pooled\"><caption>{}</caption><thead><tr><th scope=col>{}", caption, corner);
  for (const std::uint64_t length : lengths)
    out += fmt::format("<th scope=col>{}{}", length == *lengths.begin() ? "n = " : "", length);
  out += "<th scope=col>p99<th scope=col>of bound<th scope=col>norm-wise<th scope=col>mis&shy;rounded<th "
         "scope=col>NaN</thead><tbody>\n";
  for (const auto& [subject, members] : grouped<AccuracyEntry>(entries, row_key)) {
    out += fmt::format("<tr><th scope=row>{}", escape(subject));
    for (const std::uint64_t length : lengths) {
      Accuracies of_length;
      for (const AccuracyEntry* entry : members) {
        if (entry->length == length) of_length.push_back(entry);
      }
      const double ulp = largest(of_length, &AccuracyEntry::max_ulp);
      out += of_length.empty() ? std::string("<td class=hn>·") : fmt::format("<td class={}>{}", shade(ulp), number(ulp, 3));
    }
    std::uint64_t lost = 0;
    for (const AccuracyEntry* entry : members) lost += entry->not_a_number;
    const Accuracies sampled = unbiased(members);
    out += fmt::format("<td>{}<td>{}<td>{}<td>{}<td>{}\n", number(largest(sampled, &AccuracyEntry::p99_ulp), 3),
                       number(largest(members, &AccuracyEntry::max_over_bound), 3),
                       number(largest(members, &AccuracyEntry::norm_wise), 3), percent(misrounded_share(sampled)), count(lost));
  }
  out += "</tbody></table></div>\n";
}

// One command for each format, of the row nearest to its proved bound of all subjects.
void write_pooled_worst(std::string& out, const Groups<std::string, AccuracyEntry>& by_format) {
  std::string items;
  for (const auto& [format, members] : by_format) {
    const AccuracyEntry* nearest = nullptr;
    for (const AccuracyEntry* entry : members) {
      if (entry->worst.count("max_over_bound") == 0) continue;
      if (nearest == nullptr || entry->max_over_bound > nearest->max_over_bound) nearest = entry;
    }
    if (nearest == nullptr) continue;
    const AccuracyEntry::Worst& worst = nearest->worst.at("max_over_bound");
    items +=
        fmt::format("<dt>{}<dd>{} times its bound, {} / {}, n = {}\n{}\n", escape(format), number(nearest->max_over_bound, 3),
                    escape(nearest->implementation), escape(nearest->instruction_set), nearest->length, command(worst.rerun));
  }
  if (!items.empty())
    out += "<details class=bulk><summary class=mute>The rows nearest to their proved bounds</summary><div class=x><dl>" +
           items + "</dl></div></details>\n";
}

void write_pooled(std::string& out, const Page& page) {
  if (page.pooled.empty()) return;
  out += "<h3>Other operations and formats</h3>\n<p>Largest error in ulp by row length, over all regimes; a stronger colour is "
         "a larger "
         "error. Then, over all lengths: the error that 99 of 100 elements do not exceed at the worst length, the largest "
         "share of the "
         "proved bound, and so on.</p>\n";
  Accuracies all;
  for (const auto& [place, entries] : page.pooled) all.insert(all.end(), entries.begin(), entries.end());
  for (const auto& [operation, entries] : grouped<AccuracyEntry>(all, [](const auto& e) { return e.operation; })) {
    const auto by_format = grouped<AccuracyEntry>(entries, [](const auto& e) { return e.format; });
    out += fmt::format("<details class=\"subject\"><summary>{} <span>{}</span></summary>\n", escape(operation),
                       summary_of(by_format));
    const auto subject_of = [](const auto& e) { return e.implementation + " / " + e.instruction_set; };
    if (grouped<AccuracyEntry>(entries, subject_of).size() == 1)
      write_pooled_table(out, fmt::format("Accuracy of {}", operation), escape(subject_of(*entries.front())), "format", entries,
                         [](const auto& e) { return e.format; });
    else
      for (const auto& [format, members] : by_format)
        write_pooled_table(out, fmt::format("Accuracy of {} in {}", operation, format),
                           fmt::format("<b>{}</b>", escape(format)), "subject", members, subject_of);
    write_pooled_worst(out, by_format);
    out += "</details>\n";
  }
}

void write_accuracy(std::string& out, const Page& page) {
  if (page.report.accuracy.empty()) return;
  out += "<section id=\"accuracy\"><h2>Accuracy</h2>\n<p>How far results lie from the exact ones, measured; whether "
         "that is allowed is said above.</p>\n";
  write_summary_table(out, page);
  write_pooled(out, page);
  write_real_logits(out, page);
  if (!page.accuracy.empty()) out += "<h3>By subject</h3>\n";
  for (std::size_t i = 0; i < page.accuracy.size(); ++i) {
    const auto& [subject, entries] = page.accuracy[i];
    const auto by_format = grouped<AccuracyEntry>(entries, [](const auto& e) { return e.format; });
    out += fmt::format("<details class=\"subject\" id=\"a{}\"{}><summary>{} <span>{}</span></summary>\n", i,
                       i == 0 ? " open" : "", escape(text_of(subject)), summary_of(by_format));
    for (const auto& [format, members] : by_format) write_format(out, page, subject, format, members);
    out += "</details>\n";
  }
  out += "</section>\n";
}

// ---- 7 how to read this

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
<dt>what it turned out to be</dt><dd>Claims are tried from the strongest to the weakest, and the first whose bounds are kept on
every row tried is named. Special values are told by profile: what a row with NaN, with infinities or with nothing but −inf gives.
Two ways of asking that ought to give the same bits (a permuted row, a padded one, other threads) do, or in what share of cases not.</dd>
<dt>planted fault</dt><dd>A sound kernel with one known mistake. Each names a law that has to break it: a law that breaks nothing is no
evidence.</dd>
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
  out += "</style></head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the results</a>\n";
  out += markup::markers;
  write_verdict(out, page);
  out += "<nav aria-label=\"Contents\">";
  const auto link = [&out](bool shown, std::string_view id, std::string_view name) {
    if (shown) out += fmt::format("<a href=\"#{}\">{}</a>", id, name);
  };
  link(report.gate.has_value(), "gate", "The gate");
  link(report.comparison.has_value(), "comparison", "What changed");
  link(!report.verdicts.empty(), "matrix", "Laws");
  link(!report.accuracy.empty(), "accuracy", "Accuracy");
  link(!report.curves.empty(), "curves", "Over the temperature");
  link(!report.special_values.empty(), "special", "Special values");
  link(!report.faults.empty(), "faults", "What the laws catch");
  link(!report.detection.empty(), "detection", "The smallest error that is found");
  link(!report.verdicts.empty() || !report.standings.empty(), "implementations", "Law by law");
  link(true, "how", "How to read this");
  out += "</nav>\n<main id=\"main\">\n";
  markup::write_gate(out, report);
  markup::write_comparison(out, report);
  if (!report.verdicts.empty()) {
    write_matrix(out, page);
    write_laws(out, page);
  }
  write_accuracy(out, page);
  markup::write_curves(out, report);
  markup::write_special_values(out, report);
  write_faults(out, page);
  write_detection(out, page);
  write_implementations(out, page);
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
    .always = true,
};
} // namespace report_formats

} // namespace softmax_audit
