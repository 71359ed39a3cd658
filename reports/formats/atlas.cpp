// The atlas as one HTML page that needs nothing else: the accuracy of the softmaxes that were judged, side by side. Everything reads
// without the script. The same Report gives the same bytes.
#include "reports/formats/atlas_chart.hpp"
#include "reports/formats/atlas_issue.hpp"
#include "reports/formats/atlas_page.hpp"
#include "reports/formats/atlas_records.hpp"
#include "reports/formats/html_page.hpp"
#include "reports/formats/html_text.hpp"

#include <array>

namespace softmax_audit {
namespace {

using namespace atlas;
using markup::breakable;
using markup::breakable_after_commas;
using markup::count;
using markup::counted;
using markup::escape;
using markup::joined;
using markup::listed;
using markup::number;
using markup::percent;

struct Page {
  const Atlas& atlas;
  const Report& report;
  std::vector<std::uint64_t> lengths;                     // that the summary shows
  std::vector<std::pair<std::string, std::string>> kinds; // operation and format, the most asked first
  std::map<const Record*, std::size_t> number_of;         // by which records are linked
  std::map<std::string, std::size_t> library_by_name;
};

constexpr std::size_t most_lengths = 8;

Page page_of(const Atlas& atlas) {
  Page page{atlas, *atlas.report, {}, {}, {}, {}};
  std::map<std::uint64_t, std::size_t> asked;
  std::map<std::pair<std::string, std::string>, std::size_t> kinds;
  for (const Record& record : atlas.records) {
    page.number_of.emplace(&record, page.number_of.size());
    for (const LengthFigures& at : record.lengths) ++asked[at.length];
    const std::pair kind(record.operation, record.format);
    if (kinds.try_emplace(kind, 0).second) page.kinds.push_back(kind);
    ++kinds[kind];
  }
  for (std::size_t k = 0; k < atlas.libraries.size(); ++k) page.library_by_name[atlas.libraries[k].name] = k;
  std::stable_sort(page.kinds.begin(), page.kinds.end(), [&](const auto& a, const auto& b) { return kinds[a] > kinds[b]; });
  std::vector<std::pair<std::uint64_t, std::size_t>> lengths(asked.begin(), asked.end());
  std::stable_sort(lengths.begin(), lengths.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  // One element is always exact: its place is better given to another length.
  std::erase_if(lengths, [&](const auto& length) { return length.first == 1 && lengths.size() > 1; });
  for (std::size_t k = 0; k < std::min(lengths.size(), most_lengths); ++k) page.lengths.push_back(lengths[k].first);
  std::sort(page.lengths.begin(), page.lengths.end());
  return page;
}

std::string scrolling(std::string_view label, std::string_view more = "") {
  return fmt::format("<div class=\"scroll{}\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">", more, escape(label));
}
// Element content needs no escaped quotes, and commands are full of them.
std::string content(std::string_view text) {
  std::string out = escape(text);
  for (const auto& [escaped, quote] : {std::pair<std::string_view, char>{"&#39;", '\''}, {"&quot;", '"'}})
    for (std::size_t at = out.find(escaped); at != std::string::npos; at = out.find(escaped, at + 1))
      out.replace(at, escaped.size(), 1, quote);
  return out;
}
std::string command(std::string_view line) { return fmt::format("<code class=run>{}</code>", content(line)); }

// ---- 1 the verdict

bool keeps_proved_bounds(const Page& page, const Library& library) {
  return std::all_of(library.records.begin(), library.records.end(),
                     [&](std::size_t k) { return page.atlas.records[k].keeps_proved_bounds(); });
}
bool was_judged(const Library& library) { return !library.records.empty(); }

std::string kind_words(std::string_view operation, std::string_view format) { return fmt::format("{} {}", operation, format); }

std::string ulp_words(double value) {
  return std::isfinite(value) ? fmt::format("{} ulp", number(value)) : "NaN or infinity where a number is due";
}

std::string library_link(const Page& page, const std::string& name) {
  return fmt::format("<a href=\"#l{}\">{}</a>", page.library_by_name.at(name), escape(name));
}

void write_headline(std::string& out, const Page& page) {
  const auto judged =
      static_cast<std::size_t>(std::count_if(page.atlas.libraries.begin(), page.atlas.libraries.end(), was_judged));
  std::vector<std::string> sound, unsound;
  for (const Library& library : page.atlas.libraries)
    if (was_judged(library)) (keeps_proved_bounds(page, library) ? sound : unsound).push_back(library_link(page, library.name));
  out += fmt::format("<header><p class=\"eyebrow\">{} atlas · how accurate are the softmaxes that people use?</p>\n<h1>",
                     escape(page.report.tool_name));
  if (judged == 0)
    out += page.report.findings.empty() ? "Nothing was judged." : "Nothing was judged; findings were written down.";
  else if (judged == 1)
    out += fmt::format("{} {} the proved error bound.", escape(page.atlas.libraries[0].name),
                       unsound.empty() ? "stays within" : "does not stay within");
  else if (unsound.empty())
    out += fmt::format("All {} libraries stay within the proved error bound, everywhere.", judged);
  else
    out += fmt::format("{} of {} libraries {} within the proved error bound everywhere.",
                       sound.empty() ? "None" : count(sound.size()), judged, sound.size() == 1 ? "stays" : "stay");
  out += "</h1>\n";
  if (judged == 0) return;

  std::set<std::string> variants, operations, formats;
  std::uint64_t elements = 0;
  for (const Record& record : page.atlas.records) {
    variants.insert(record.implementation + '\n' + record.version + '\n' + record.instruction_set);
    operations.insert(record.operation);
    formats.insert(record.format);
    for (const LengthFigures& at : record.lengths) elements += at.elements;
  }
  out += fmt::format(
      "<p class=\"lead\">{} of {} in {} and {} were asked for {} results; each was compared with the exact one, which is known "
      "for certain.{}</p>\n",
      counted(variants.size(), "variant", "variants"), counted(judged, "library", "libraries"),
      counted(operations.size(), "operation", "operations"), counted(formats.size(), "format", "formats"), count(elements),
      sound.empty()
          ? ""
          : fmt::format(
                " Within the bound of the class of arithmetic that {} declared, or else the default one, on all rows: {}.",
                sound.size() == 1 ? "it" : "they", listed(sound)));
  // The worst, by the only measure that compares different operations, formats and lengths: against the bound of the very row.
  const Record* worst = nullptr;
  const LengthFigures* worst_at = nullptr;
  for (const Record& record : page.atlas.records) {
    const LengthFigures* at = record.worst(&LengthFigures::max_over_bound);
    if (at && (!worst_at || exceeds(at->max_over_bound, worst_at->max_over_bound))) worst = &record, worst_at = at;
  }
  if (worst && !(worst_at->max_over_bound <= 1))
    out += fmt::format("<p>Farthest outside: <a href=\"#r{}\">{}, {}</a>, {} on a row of {}, where {}.</p>\n",
                       page.number_of.at(worst), escape(worst->implementation),
                       kind_words(escape(worst->operation), escape(worst->format)), ulp_words(worst_at->max_ulp),
                       count(worst_at->length),
                       std::isfinite(worst_at->max_over_bound)
                           ? fmt::format("the error is {} times what is proved possible", number(worst_at->max_over_bound, 3))
                           : "a finite bound is proved");
}

// What there is at one length, so that a figure of one's own can be put beside it.
void write_range(std::string& out, const Page& page) {
  if (page.lengths.empty()) return;
  const auto middle = std::find_if(page.lengths.begin(), page.lengths.end(), [](std::uint64_t n) { return n >= 1000; });
  const std::uint64_t length = middle == page.lengths.end() ? page.lengths.back() : *middle;
  std::string lines;
  for (const auto& [operation, format] : page.kinds) {
    std::vector<std::pair<double, const Record*>> errors;
    std::size_t outside = 0;
    for (const Record& record : page.atlas.records)
      for (const LengthFigures& at : record.lengths)
        if (record.operation == operation && record.format == format && at.length == length) {
          errors.push_back({std::isnan(at.max_ulp) ? HUGE_VAL : at.max_ulp, &record});
          outside += !(at.max_over_bound <= 1);
        }
    if (errors.empty()) continue;
    std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto figure = [&](const auto& error) {
      return fmt::format("<td>{}<td class=t><a href=\"#r{}\">{}</a>", number(error.first), page.number_of.at(error.second),
                         escape(error.second->implementation));
    };
    lines += fmt::format("<tr><th scope=row>{}<td>{}{}<td>{}{}<td>{}\n", kind_words(escape(operation), escape(format)),
                         errors.size(), figure(errors.front()), number(errors[errors.size() / 2].first), figure(errors.back()),
                         outside);
  }
  out += scrolling("Range of errors") +
         fmt::format(
             "<table class=\"range\"><caption>Largest error found in rows of {} elements, in ulp: from the least to the most "
             "of all variants.</caption><thead><tr><th scope=col>operation, format<th scope=col>variants<th scope=col "
             "colspan=2>least<th scope=col>median<th scope=col colspan=2>most<th scope=col>outside their "
             "bound</thead><tbody>\n{}</tbody></table></div>\n",
             count(length), lines);
}

void write_provenance(std::string& out, const Report& report) {
  out += fmt::format("<details><summary class=\"mute\">Made by {} {}{}</summary><dl class=\"env\">", escape(report.tool_name),
                     escape(report.tool_version),
                     report.tool_commit.empty() ? "" : fmt::format(", commit {}", escape(report.tool_commit)));
  for (const auto& [key, value] : report.environment) out += fmt::format("<dt>{}</dt><dd>{}</dd>", escape(key), escape(value));
  out += "</dl></details>\n</header>\n";
}

std::string checked_words(const FindingEntry* finding) {
  if (!finding || finding->checked.empty()) return "";
  return fmt::format(" <span class=\"checked\">checked: {}</span>", escape(finding->checked));
}

// What somebody checked without this program, before all figures.
void write_findings(std::string& out, const Page& page) {
  std::string items;
  std::set<const FindingEntry*> told;
  const auto item = [&](const FindingEntry& finding, const std::string& anchor) {
    if (!told.insert(&finding).second) return;
    items +=
        fmt::format("<li><a href=\"#{}\"><b>{}</b>: {}</a>{} {}</li>\n", anchor, escape(library_of(finding.implementation)),
                    escape(finding.title), checked_words(&finding), escape(finding.meaning));
  };
  for (std::size_t k = 0; k < page.atlas.libraries.size(); ++k) {
    const Library& library = page.atlas.libraries[k];
    for (const std::size_t b : library.breaks)
      if (page.atlas.breaks[b].finding) item(*page.atlas.breaks[b].finding, fmt::format("b{}", b));
    for (std::size_t f = 0; f < library.findings.size(); ++f) item(*library.findings[f], fmt::format("l{}f{}", k, f));
  }
  if (!items.empty())
    out += fmt::format("<section id=\"findings\"><h2>Findings</h2>\n<ul class=\"plain\">\n{}</ul></section>\n", items);
}

// ---- 2 the table

// Steps that mean something: correctly rounded, faithful, a few roundings, digits lost, nothing right.
std::string_view heat_of(double ulp) {
  if (!std::isfinite(ulp)) return "hx";
  constexpr std::array<double, 7> steps{0.500001, 1, 2, 4, 16, 256, 65536};
  constexpr std::array<std::string_view, 8> classes{"h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7"};
  return classes[static_cast<std::size_t>(std::lower_bound(steps.begin(), steps.end(), ulp) - steps.begin())];
}

// Logarithms and gradients may be next to zero beside what they are computed from: an error in ulp is then huge and cannot be avoided.
// There the shade follows the bound, as long as it is kept.
bool may_cancel(const Record& record) { return record.operation != "softmax" && record.operation != "sigmoid"; }
std::string_view shade_of(const Record& record, const LengthFigures& at) {
  if (!may_cancel(record) || !(at.max_over_bound <= 1)) return heat_of(at.max_ulp);
  constexpr std::array<std::string_view, 4> classes{"h0", "h1", "h2", "h3"};
  return classes[std::min<std::size_t>(3, static_cast<std::size_t>(4 * at.max_over_bound))];
}

// "1k": the heads of columns are narrow.
std::string length_text(std::uint64_t length) {
  if (length >= 1000000 && length % 1000000 == 0) return fmt::format("{}M", length / 1000000);
  return length >= 1000 && length % 1000 == 0 ? fmt::format("{}k", length / 1000) : fmt::format("{}", length);
}

std::string ratio_text(double ratio) {
  if (std::isnan(ratio)) return "NaN";
  // Rounding never moves a figure across its bound.
  if (ratio <= 1) return ratio > 0 && ratio < 0.01 ? "0.01" : fmt::format("{:.2f}", std::floor(ratio * 100 + 1e-9) / 100);
  if (ratio < 1.01) return "1.01";
  return number(ratio, 3);
}

// "✓ 12" or "✗ 2 of 12": laws that were asked and not skipped.
std::string marks(const std::vector<const VerdictEntry*>& verdicts) {
  std::size_t asked = 0;
  std::vector<std::string> broken;
  for (const VerdictEntry* v : verdicts) {
    asked += v->outcome == "holds" || is_break(*v);
    if (is_break(*v)) broken.push_back(words_of(v->property));
  }
  if (asked == 0) return "<td class=\"t dim\">–";
  if (broken.empty()) return fmt::format("<td class=\"t yes\">✓ {}", asked);
  return fmt::format("<td class=\"t no\" title=\"{}\">✗ {} of {}", escape(joined(broken, ", ")), broken.size(), asked);
}

const SpeedEntry* speed_of(const Record& record) {
  // The cost of a row of usual length: short ones measure the call.
  const SpeedEntry* best = nullptr;
  const auto distance = [](const SpeedEntry& s) {
    return std::fabs(std::log(static_cast<double>(std::max<std::uint64_t>(1, s.length)) / 1024));
  };
  for (const SpeedEntry* speed : record.speeds)
    if (!best || distance(*speed) < distance(*best)) best = speed;
  return best;
}

std::string variant_words(const Record& record) {
  const std::string set = shown_instruction_set(record.instruction_set);
  // The name of a variant often says its instruction set already.
  const bool said = set.empty() || record.implementation.ends_with(" " + set);
  return fmt::format("{}{}{}", escape(record.version), record.version.empty() || said ? "" : " · ", said ? "" : escape(set));
}

std::string strongest_words(const Record& record) {
  if (!record.standing) return "";
  return record.standing->strongest_claim.empty() ? "none of the ladder"
                                                  : breakable_after_commas(record.standing->strongest_claim);
}

void write_line(std::string& out, const Page& page, const Record& record, std::size_t library) {
  out += fmt::format("<tr data-o={} data-f={} data-l=l{}{}><th scope=row><a href=\"#r{}\">{}</a><small>{}</small><td class=\"t "
                     "o\">{}<td class=\"t f\">{}",
                     escape(record.operation), escape(record.format), library, record.broken.empty() ? "" : " data-b",
                     page.number_of.at(&record), breakable(record.implementation), variant_words(record),
                     breakable(record.operation), escape(record.format));
  for (const std::uint64_t length : page.lengths) {
    const auto at =
        std::find_if(record.lengths.begin(), record.lengths.end(), [&](const auto& l) { return l.length == length; });
    if (at == record.lengths.end())
      out += "<td>";
    else
      out +=
          fmt::format("<td class={}>{}{}", shade_of(record, *at), number(at->max_ulp, 3), at->max_over_bound <= 1 ? "" : "*");
  }
  if (const LengthFigures* at = record.worst(&LengthFigures::max_over_bound))
    out += fmt::format("<td{}>{}", at->max_over_bound <= 1 ? "" : " class=over", ratio_text(at->max_over_bound));
  else
    out += "<td>";
  out += fmt::format("<td class=\"t c\">{}<td class=t>{}", strongest_words(record),
                     record.standing ? escape(joined(record.standing->profiles, ", ")) : "");
  if (record.broken.empty() && record.held == 0)
    out += "<td>–";
  else
    out += fmt::format("<td{}>{}", record.broken.empty() ? " class=yes" : " class=no", record.broken.size());
  out += marks(record.isolation) + marks(record.floating_point);
  const SpeedEntry* speed = speed_of(record);
  out +=
      speed
          ? fmt::format("<td title=\"rows of {}{}\">{}", count(speed->length),
                        speed->memcpy_ns_per_element > 0
                            ? fmt::format(", {} times memcpy", number(speed->ns_per_element / speed->memcpy_ns_per_element, 3))
                            : "",
                        number(speed->ns_per_element, 3))
          : "<td>";
  out += '\n';
}

std::string options_of(const std::set<std::string>& values, std::string_view selected) {
  std::string out = "<option value=\"\">all</option>";
  for (const std::string& value : values)
    out += fmt::format("<option{}>{}</option>", value == selected ? " selected" : "", escape(value));
  return out;
}

void write_table(std::string& out, const Page& page) {
  if (page.atlas.records.empty()) return;
  std::set<std::string> operations, formats;
  for (const auto& [operation, format] : page.kinds) {
    operations.insert(operation);
    formats.insert(format);
  }
  const bool usual = std::find(page.kinds.begin(), page.kinds.end(), std::pair<std::string, std::string>("softmax", "f32")) !=
                     page.kinds.end();
  out += "<section id=\"table\"><h2>Side by side</h2>\n<p>One line is one variant of one library in one operation and format. "
         "Figures "
         "under lengths are the largest error that was found in rows of that length, in ulp of the exact result: the stronger "
         "the shade, the worse, "
         "½ is a correctly rounded result, 1 a faithful one; * lies outside its bound. (Logarithms and gradients may be next "
         "to zero, where an error in ulp is huge and cannot be avoided: there the shade is that of error ⁄ bound.) Compare "
         "lines of the same operation and format, length by length.</p>\n";
  out += fmt::format(
      "<form class=\"filter\" hidden aria-label=\"Filter\"><label>operation<select name=\"operation\">{}</select></label>"
      "<label>format<select name=\"format\">{}</select></label><label>library, version, anything<input type=\"search\" "
      "name=\"words\" autocomplete=\"off\"></label><label class=\"in\"><input type=\"checkbox\" name=\"broken\"> only where "
      "a law is broken</label><output name=\"count\" aria-live=\"polite\"></output></form>\n",
      options_of(operations, usual ? "softmax" : ""), options_of(formats, usual ? "f32" : ""));
  out += scrolling("Summary", " tall") +
         "<table class=\"atlas num heat\"><caption>Largest error found by length, and what else was found "
         "out; a name leads to the details.</caption>\n<thead><tr><th scope=col class=t>library<th scope=col "
         "class=\"t o\">operation<th scope=col class=\"t f\">format";
  for (const std::uint64_t length : page.lengths)
    out += fmt::format("<th scope=col title=\"rows of {} elements\">n={}", count(length), length_text(length));
  out += "<th scope=col title=\"largest error over its proved bound; above 1 the class of arithmetic is left\">error ⁄ bound"
         "<th scope=col class=t title=\"the strongest class of arithmetic whose bounds it keeps\">strongest claim met"
         "<th scope=col class=t title=\"what it does with NaN, infinities and rows of nothing but masks\">special values"
         "<th scope=col title=\"laws that do not hold\">broken"
         "<th scope=col class=t title=\"laws of isolation: memory, other calls, signals, processes\">memory, process"
         "<th scope=col class=t title=\"floating-point state: rounding mode, flushing, exception flags\">fp state"
         "<th scope=col title=\"one thread, rows of about 1000\">ns ⁄ element</thead>\n<tbody>\n";
  for (std::size_t k = 0; k < page.atlas.libraries.size(); ++k)
    for (const std::size_t record : page.atlas.libraries[k].records) write_line(out, page, page.atlas.records[record], k);
  out += "</tbody></table></div></section>\n";
}

// ---- 3 the picture

void write_charts(std::string& out, const Page& page) {
  std::string figures;
  for (const auto& [operation, format] : page.kinds) {
    std::vector<LibraryLine> lines;
    std::set<double> lengths;
    for (const Library& library : page.atlas.libraries) {
      std::map<double, double> worst;
      for (const std::size_t k : library.records) {
        const Record& record = page.atlas.records[k];
        if (record.operation != operation || record.format != format) continue;
        for (const LengthFigures& at : record.lengths) {
          const double error = std::isnan(at.max_ulp) ? HUGE_VAL : at.max_ulp;
          const auto [place, is_new] = worst.try_emplace(static_cast<double>(at.length), error);
          if (!is_new) place->second = std::max(place->second, error);
        }
      }
      LibraryLine line{library.name, {}};
      for (const auto& [length, error] : worst) {
        line.points.push_back({length, error});
        lengths.insert(length);
      }
      if (!line.points.empty()) lines.push_back(std::move(line));
    }
    if (lengths.size() < 2) continue;
    const auto largest = [](const LibraryLine& line) {
      double value = 0;
      for (const svg::Point& point : line.points) value = std::max(value, point.value);
      return value;
    };
    std::stable_sort(lines.begin(), lines.end(),
                     [&](const LibraryLine& a, const LibraryLine& b) { return largest(a) > largest(b); });
    std::vector<svg::Point> bound;
    if (operation == "softmax")
      for (const double length : lengths)
        if (const auto most = largest_default_bound(format, length)) bound.push_back({length, *most});
    const std::string title = kind_words(operation, format);
    const std::size_t shown = lines.size();
    figures += fmt::format(
        "<figure data-o={} data-f={}><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"{}\">{}</div><figcaption>{}: "
        "the largest error found, in ulp, {}{}.</figcaption></figure>\n",
        escape(operation), escape(format), escape(title),
        ErrorChart(std::move(lines), bound).write(fmt::format("{}: largest error by row length, one line a library", title)),
        escape(title), counted(shown, "library", "libraries"),
        shown > ErrorChart::most_named
            ? fmt::format("; the {} with the largest are named, the others thin", ErrorChart::most_named)
            : "");
  }
  if (figures.empty()) return;
  out += fmt::format("<section id=\"picture\"><h2>Error against length</h2>\n<p>Of each library its worst variant. Dashed is "
                     "the most that is proved "
                     "possible for any row of that length in the default class of arithmetic: no such softmax gets above it, "
                     "and a library that does "
                     "computes otherwise or wrongly. Below it each row has a bound of its own, often far lower: the column "
                     "error ⁄ bound says how near "
                     "that is. Figures are those of the table.</p>\n<div class=\"wide\">\n{}</div></section>\n",
                     figures);
}

// ---- 4 the libraries

void write_fact(std::string& out, std::string_view name, const std::string& html) {
  if (!html.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, html);
}

// What all reruns of the record begin with, if they differ in nothing but the row.
std::string explanation_of(const Record& record) {
  for (const LengthFigures& at : record.lengths) {
    const std::string ending = fmt::format(" --row \"{}\"", at.row);
    if (!at.rerun.empty() && at.rerun.ends_with(ending)) return at.rerun.substr(0, at.rerun.size() - ending.size());
  }
  return "";
}

// A row by itself where the line above the table, with it, is what repeats it; the whole line elsewhere.
bool is_explained(const std::string& row, const std::string& rerun, const std::string& explain) {
  return !explain.empty() && rerun == fmt::format("{} --row \"{}\"", explain, row);
}
std::string row_again(const std::string& row, const std::string& rerun, const std::string& explain) {
  if (is_explained(row, rerun, explain)) return fmt::format("<span class=row>{}</span>", escape(row));
  return rerun.empty() ? escape(row) : command(rerun);
}
std::string row_cell(const std::string& row, const std::string& rerun, const std::string& explain) {
  if (row.empty()) return "<td>";
  if (is_explained(row, rerun, explain)) return fmt::format("<td class=row>{}", escape(row));
  return fmt::format("<td class=mono>{}{}", escape(row), rerun.empty() ? "" : "<br>" + command(rerun));
}

// What holds is counted; the page says once which laws there are.
std::string outcomes_words(const std::vector<const VerdictEntry*>& verdicts) {
  std::size_t held = 0;
  std::vector<std::string> words;
  for (const VerdictEntry* v : verdicts) {
    held += v->outcome == "holds";
    if (v->outcome != "holds")
      words.push_back(fmt::format("{} <b{}>{}</b>{}", escape(words_of(v->property)), is_break(*v) ? " class=over" : "",
                                  escape(v->outcome), v->rerun.empty() || !is_break(*v) ? "" : " " + command(v->rerun)));
  }
  if (held > 0) words.push_back(counted(held, "law holds", "laws hold"));
  return joined(words, "; ");
}

void write_record(std::string& out, const Page& page, const Record& record) {
  const LengthFigures* worst = record.worst(&LengthFigures::max_ulp);
  const LengthFigures* over = record.worst(&LengthFigures::max_over_bound);
  out += fmt::format("<details class=\"rec\" id=\"r{}\" data-o={} data-f={}><summary>{} · {} {} <span>{}",
                     page.number_of.at(&record), escape(record.operation), escape(record.format), escape(record.implementation),
                     escape(record.operation), escape(record.format), variant_words(record));
  if (worst)
    out += std::isfinite(worst->max_ulp)
               ? fmt::format(" — at most {} (n = {}), {} of its bound", ulp_words(worst->max_ulp), count(worst->length),
                             ratio_text(over->max_over_bound))
               : fmt::format(" — NaN or infinity where a number is due (n = {})", count(worst->length));
  if (!record.broken.empty()) out += fmt::format("; breaks {}", counted(record.broken.size(), "law", "laws"));
  out += "</span></summary>\n";
  if (!record.lengths.empty()) {
    const std::string explain = explanation_of(record);
    out += "<div class=scroll tabindex=0><table class=\"num figures\"><thead><tr><th>n<th>largest, ulp<th>⁄ bound<th>mean, "
           "ulp<th>not correctly rounded<th>found<th>row of the largest</thead><tbody>\n";
    for (const LengthFigures& at : record.lengths) {
      // One element is always exact, or else worth its line.
      if (at.length == 1 && at.max_ulp == 0) continue;
      out += fmt::format("<tr><th>{}<td>{}<td{}>{}<td>{}<td>{}<td>{}{}\n", count(at.length), number(at.max_ulp),
                         at.max_over_bound <= 1 ? "" : " class=bad", ratio_text(at.max_over_bound), number(at.mean_ulp, 3),
                         percent(at.misrounded), escape(at.found_by), row_cell(at.row, at.rerun, explain));
    }
    out += "</tbody></table></div>\n";
    if (!explain.empty())
      out += fmt::format("<p class=\"mute\">Again: <code class=explain>{} --row</code> \"row\"</p>\n", content(explain));
  }
  out += "<dl class=\"facts\">";
  if (!record.claim.empty() && record.claim != "nothing")
    write_fact(out, "declared", fmt::format("<code>{}</code>", breakable_after_commas(record.claim)));
  if (record.standing) {
    write_fact(out, "strongest claim met",
               record.standing->strongest_claim.empty() ? strongest_words(record)
                                                        : fmt::format("<code>{}</code>", strongest_words(record)));
    write_fact(out, "special values",
               record.standing->profiles.empty() ? "" : "as profile " + escape(joined(record.standing->profiles, ", ")));
    write_fact(out, "subnormal results", escape(joined(record.standing->subnormals, " or ")));
    std::vector<std::string> always, contracts;
    for (const auto& contract : record.standing->contracts) {
      if (contract.compared == 0) continue;
      if (contract.differed == 0) {
        always.push_back(escape(contract.name));
        continue;
      }
      const double share = 1 - static_cast<double>(contract.differed) / static_cast<double>(contract.compared);
      contracts.push_back(
          fmt::format("{}{} {}", escape(contract.name), contract.promised ? " (promised)" : "", percent(share)));
    }
    if (!always.empty()) contracts.insert(contracts.begin(), "always: " + joined(always, ", "));
    write_fact(out, "same bits", joined(contracts, "; "));
  }
  if (over && !over->over_bound_row.empty() && (over->over_bound_row != over->row))
    write_fact(out, "nearest its bound",
               fmt::format("{} at n = {}: {}", ratio_text(over->max_over_bound), count(over->length),
                           row_again(over->over_bound_row, over->over_bound_rerun, explanation_of(record))));
  if (record.sum && !is_incident(*record.sum))
    write_fact(
        out, "sum of the results",
        fmt::format("off by {} u, at most {} proved{}", number(record.sum->measured_high), number(record.sum->bound),
                    record.sum->rerun.empty() || record.sum->rerun.size() > 600 ? "" : " " + command(record.sum->rerun)));
  for (const VerdictEntry* v : record.conventions)
    write_fact(out, "another convention",
               fmt::format("{}: want {}, got {} {}", escape(v->because), escape(v->want), escape(v->got),
                           v->rerun.empty() ? "" : command(v->rerun)));
  write_fact(out, "memory, process", outcomes_words(record.isolation));
  write_fact(out, "floating-point state", outcomes_words(record.floating_point));
  std::vector<std::string> speeds;
  for (const SpeedEntry* speed : record.speeds)
    speeds.push_back(fmt::format("{} (n = {})", number(speed->ns_per_element, 3), count(speed->length)));
  if (const SpeedEntry* usual = speed_of(record); usual && usual->memcpy_ns_per_element > 0)
    speeds.push_back(fmt::format("{} × memcpy at n = {}", number(usual->ns_per_element / usual->memcpy_ns_per_element, 3),
                                 count(usual->length)));
  write_fact(out, "ns an element", joined(speeds, ", "));
  std::vector<std::string> laws;
  if (record.held > 0) laws.push_back(fmt::format("{} hold", record.held));
  if (!record.broken.empty()) laws.push_back(fmt::format("{} broken", record.broken.size()));
  if (record.undecided > 0) laws.push_back(fmt::format("{} undecided", record.undecided));
  if (record.vacuous > 0) laws.push_back(fmt::format("{} hardly tested", record.vacuous));
  write_fact(out, "laws", joined(laws, ", "));
  out += "</dl></details>\n";
}

void write_program(std::string& out, const FindingEntry& finding) {
  if (finding.program.empty()) return;
  out += fmt::format(
      "<details><summary>A program that shows it and needs nothing of ours</summary><pre class=\"run\">{}</pre>{}</details>\n",
      escape(finding.program),
      finding.output.empty() ? "" : fmt::format("<p>It printed:</p><pre class=\"run\">{}</pre>", escape(finding.output)));
}

void write_break(std::string& out, const Page& page, std::size_t k) {
  const Break& b = page.atlas.breaks[k];
  const VerdictEntry& v = *b.places.front();
  const std::string meaning = meaning_of(b);
  out += fmt::format("<details class=\"x bad-x\" id=\"b{}\"><summary>{} <span>{}, {}; {}</span>{}</summary>\n", k,
                     b.finding && !b.finding->title.empty() ? escape(b.finding->title)
                                                            : fmt::format("not “{}”", escape(words_of(b.property))),
                     escape(b.operation), escape(places_counted(b)), escape(measured_words(v)), checked_words(b.finding));
  if (!meaning.empty()) out += fmt::format("<p class=\"means\">{}</p>\n", escape(meaning));
  if (!v.declared_break.empty())
    out += fmt::format("<p class=\"means\">The implementation says so itself: {}</p>\n", escape(v.declared_break));
  out += "<dl class=\"facts\">";
  write_fact(out, "law", fmt::format("<code>{}</code>", escape(v.statement)));
  write_fact(out, "smallest row",
             !v.witness ? std::string()
             : v.witness->x.size() > longest_in_issue
                 ? fmt::format("{} elements", v.witness->x.size())
                 : fmt::format("<span class=\"mono\">{}</span>{}", escape(row_text(*v.witness)),
                               v.witness->x.empty() ? "" : fmt::format("<br>= {}", escape(decimals(v.witness->x)))));
  if (!v.want.empty() && !is_incident(v))
    write_fact(out, v.at ? fmt::format("element {}", *v.at) : "result",
               fmt::format("expected {}, got {}", escape(value_words(v.want)), escape(value_words(v.got))));
  write_fact(out, "what happened", escape(v.incident));
  write_fact(out, "because", escape(v.because));
  write_fact(out, "bound and proof", escape(v.source));
  out += "</dl>\n";
  if (b.places.size() == 1) {
    if (!v.rerun.empty()) out += fmt::format("<p>{}</p>\n", command(v.rerun));
  } else {
    out += scrolling("Where it shows") +
           "<table class=\"num figures\"><thead><tr><th>where<th>measured<th>allowed<th>unit<th>again</thead><tbody>\n";
    constexpr std::size_t most_places = 3;
    for (std::size_t p = 0; p < std::min(b.places.size(), most_places); ++p) {
      const VerdictEntry& place = *b.places[p];
      out += fmt::format("<tr><th>{} {}<td>{}<td>{}<td>{}<td class=mono>{}\n", escape(atlas::variant_words(place)),
                         escape(place.format),
                         is_incident(place) ? escape(place.outcome) : told_from(place.measured_low, place.bound),
                         is_incident(place) ? "" : told_from(place.bound, place.measured_low), escape(place.unit),
                         place.rerun.empty() ? "" : command(place.rerun));
    }
    out += "</tbody></table></div>\n";
    if (b.places.size() > most_places)
      out += fmt::format("<p class=\"mute\">And {} more; the data have them.</p>\n", b.places.size() - most_places);
  }
  if (b.finding) write_program(out, *b.finding);
  out += fmt::format("<details><summary>Text for the issue tracker</summary><pre class=\"run\">{}</pre></details></details>\n",
                     content(issue_text(b, page.report)));
}

void write_finding(std::string& out, const FindingEntry& finding, const std::string& anchor) {
  out += fmt::format("<details class=\"x bad-x\" id=\"{}\"><summary>{} <span>{}</span>{}</summary>\n", anchor,
                     escape(finding.title), escape(joined({finding.operation, finding.format}, " ")), checked_words(&finding));
  if (!finding.meaning.empty()) out += fmt::format("<p class=\"means\">{}</p>\n", escape(finding.meaning));
  write_program(out, finding);
  if (!finding.issue.empty())
    out += fmt::format("<details><summary>Text for the issue tracker</summary><pre class=\"run\">{}</pre></details>\n",
                       escape(finding.issue));
  out += "</details>\n";
}

void write_libraries(std::string& out, const Page& page) {
  if (page.atlas.libraries.empty()) return;
  out += "<section id=\"libraries\"><h2>Library by library</h2>\n<p>What does not hold comes first: the smallest row that "
         "shows it, what it "
         "means, a line that repeats it, and a text for that library’s issue tracker.</p>\n";
  for (std::size_t k = 0; k < page.atlas.libraries.size(); ++k) {
    const Library& library = page.atlas.libraries[k];
    std::vector<std::string> words{library.name};
    words.insert(words.end(), library.versions.begin(), library.versions.end());
    words.insert(words.end(), library.variants.begin(), library.variants.end());
    std::string name = joined(words, " ");
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
    std::set<std::string> laws;
    for (const std::size_t b : library.breaks) laws.insert(page.atlas.breaks[b].property);
    std::string verdict;
    if (was_judged(library))
      verdict =
          keeps_proved_bounds(page, library) ? "within the proved bound everywhere" : "not within the proved bound everywhere";
    if (was_judged(library))
      verdict += laws.empty() ? "; breaks no law" : fmt::format("; breaks {}", counted(laws.size(), "law", "laws"));
    if (!library.findings.empty())
      verdict += fmt::format("{}{}", verdict.empty() ? "" : "; ",
                             counted(library.findings.size(), "further finding", "further findings"));
    out += fmt::format("<details class=\"lib\" id=\"l{}\" data-name=\"{}\"><summary>{} <span>{}{}{}</span></summary>\n", k,
                       escape(name), escape(library.name), escape(joined(library.versions, ", ")),
                       library.versions.empty() ? "" : " — ", verdict);
    const auto summary = page.report.implementations.find(library.variants.empty() ? library.name : library.variants.front());
    if (summary != page.report.implementations.end() && !summary->second.empty())
      out += fmt::format("<p class=\"mute\">{}</p>\n", escape(summary->second));
    if (!library.breaks.empty() || !library.findings.empty()) out += "<h3>What does not hold</h3>\n";
    for (const std::size_t b : library.breaks) write_break(out, page, b);
    for (std::size_t f = 0; f < library.findings.size(); ++f)
      write_finding(out, *library.findings[f], fmt::format("l{}f{}", k, f));
    if (!library.records.empty()) out += "<h3>Figures</h3>\n";
    for (const std::size_t record : library.records) write_record(out, page, page.atlas.records[record]);
    out += "</details>\n";
  }
  out += "</section>\n";
}

void write_laws(std::string& out, const Page& page) {
  if (page.atlas.laws.empty()) return;
  out += fmt::format("<section id=\"laws\"><h2>The laws</h2>\n<details><summary>{}, and what a break of each means</summary>\n",
                     counted(page.atlas.laws.size(), "law", "laws"));
  out +=
      scrolling("Laws") + "<table><thead><tr><th>law<th>as a formula<th>what a break means<th>bound and proof</thead><tbody>\n";
  for (const auto& [name, v] : page.atlas.laws)
    out += fmt::format("<tr><th>{}{}<td><code>{}</code><td>{}<td>{}\n", escape(words_of(name)),
                       v->isolation ? "<br><small>isolation</small>" : "", escape(v->statement), escape(v->means),
                       escape(v->source));
  out += "</tbody></table></div></details></section>\n";
}

constexpr std::string_view how_to_read = R"html(<section id="how"><h2>How to read this</h2>
<dl class="how">
<dt>The exact result</dt><dd>Every result is compared with the exact one, known from arithmetic of as many bits as it takes to be certain. Nothing here is a comparison of one library with another.</dd>
<dt>ulp</dt><dd>The distance of neighbouring numbers of the format at the exact result. A correctly rounded result is at most ½ ulp off.</dd>
<dt>Largest error</dt><dd>The largest that was found, in rows drawn by regime (moderate, wide, nearly tied, subnormal, constant …), by search where it says <i>hunted</i>, over everything where it says <i>exhaustive</i>. It is a lower bound of the largest there is: a larger one may exist.</dd>
<dt>Errors of logarithms</dt><dd>log_softmax, log_sum_exp, cross_entropy and gradients subtract numbers that may be equal but for their last bits. The exact result is then next to zero, and millions of ulp of it are less than one of what went in. The bound knows that; the error beside the bound says what it is worth.</dd>
<dt>Bound</dt><dd>What is proved for a class of arithmetic on that very row. The class is what the library declares (“declared” in its figures); most declare nothing, and then it is: f32 arithmetic for f16, bf16 and f32, f64 for f64; one pass of additions; exp within 1 ulp; the maximum subtracted; one division. Outside that bound does not say wrong: it says that something else is computed, or worse.</dd>
<dt>Strongest claim met</dt><dd>The strictest class of a ladder whose bounds were kept on all rows tried: <code>exp</code> is the error of its exponential in ulp, <code>sum</code> how it adds.</dd>
<dt>Special values</dt><dd>Which convention rows with NaN, infinities or nothing but masks follow: <code>ieee</code> gives NaN for a row of nothing but masks, <code>safe</code> zeros, <code>uniform</code> equal shares, <code>unshifted</code> what the formula without a maximum gives, <code>limits</code> the limits. None is wrong; two libraries may differ.</dd>
<dt>Same bits</dt><dd>How often two ways of asking the same agree in every bit: a row permuted, shifted, masked, elsewhere in memory or in a batch. Not promised is no fault.</dd>
<dt>Memory, process; fp state</dt><dd>What code does besides answering: reading or writing where it should not, remembering calls, signals, processes, output; rounding mode, flushing of subnormals, exception flags.</dd>
<dt>Speed</dt><dd>One thread, median of several runs, ns an element; beside it a copy of the same bytes. It is here because accuracy has a price, not as a benchmark.</dd>
<dt>Repeat it</dt><dd>Every figure and every finding has one line that shows it again; the names of generated rows are taken by <code>--row</code>. The data of this page are a JSON file beside it.</dd>
</dl></section>
)html";

std::string write(const Report& report) {
  const Atlas all = atlas_of(report);
  const Page page = page_of(all);
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
                    "script-src 'unsafe-inline'\">\n";
  out += fmt::format("<title>{} atlas</title>\n<style>", escape(report.tool_name));
  out += markup::style;
  out += atlas::style;
  out += "</style></head>\n<body>\n";
  out += markup::markers;
  write_headline(out, page);
  write_range(out, page);
  write_provenance(out, report);
  out += fmt::format("<nav aria-label=\"Contents\">{}", report.findings.empty() ? "" : "<a href=\"#findings\">Findings</a>");
  out += "<a href=\"#table\">Side by side</a><a href=\"#picture\">Error against length</a><a "
         "href=\"#libraries\">Library by library</a><a href=\"#how\">How to read this</a></nav>\n<main>\n";
  write_findings(out, page);
  write_table(out, page);
  write_charts(out, page);
  write_libraries(out, page);
  write_laws(out, page);
  out += how_to_read;
  out += "</main>\n<script>";
  out += atlas::script;
  out += "</script></body></html>\n";
  return out;
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat atlas{
    .name = "atlas",
    .summary = "the atlas: libraries side by side on one HTML page, with findings and texts for their issue trackers",
    .extension = "atlas.html",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
