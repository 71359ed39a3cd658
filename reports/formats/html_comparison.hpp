// What changed from an earlier report: what got worse first.
#pragma once

#include "reports/formats/html_parts.hpp"

namespace softmax_audit::markup {

inline std::string change_tag(std::string_view change) {
  if (change == "worse") return "<span class=\"tag bad\">▲ worse</span>";
  if (change == "better") return "<span class=\"tag ok\">▼ better</span>";
  return fmt::format("<span class=\"tag odd\">◆ {}</span>", change == "both" ? "both" : "different");
}

inline void write_verdict_changes(std::string& out, const Comparison& comparison) {
  if (comparison.verdicts.empty()) return;
  out += "<h3>Verdicts</h3>\n" + scrolling("Verdicts that changed") +
         "<table class=\"sort\"><caption class=hid>Verdicts that changed</caption><thead><tr><th scope=col>change<th "
         "scope=col>law<th scope=col>of<th scope=col>before<th "
         "scope=col>after<th scope=col>measured, before<th scope=col>measured, after<th scope=col>bound<th "
         "scope=col>in<th scope=col>see it</thead><tbody>\n";
  for (const auto& v : comparison.verdicts) {
    constexpr std::size_t longest = 4000;
    const std::string rerun = v.rerun.size() > longest ? "<i>long: the JSON report has it</i>"
                              : v.rerun.empty()        ? ""
                                                       : short_command(v.rerun);
    out += fmt::format("<tr><td>{}<th scope=row>{}<td>{}<td>{}<td><b>{}</b><td>{}<td>{}<td>{}<td>{}<td>{}\n",
                       change_tag(v.change), breakable(v.property), question_text(v), escape(v.outcome_before),
                       escape(v.outcome_after), told_from(v.measured_before, v.measured_after),
                       told_from(v.measured_after, v.measured_before), number(v.bound_after), escape(v.unit), rerun);
  }
  out += "</tbody></table></div>\n";
}

inline void write_accuracy_changes(std::string& out, const Comparison& comparison) {
  if (comparison.accuracy.empty()) return;
  out += "<h3>Accuracy</h3>\n<p>All figures are errors: less is better. A figure that did not change is not shown.</p>\n" +
         scrolling("Accuracy that changed") +
         "<table class=\"num sort\"><caption class=hid>Accuracy that changed</caption><thead><tr><th scope=col "
         "class=w>change<th scope=col class=w>of<th scope=col>n<th scope=col "
         "class=w>regime<th scope=col class=w>figure<th scope=col>before<th scope=col>after<th scope=col>times<th scope=col "
         "class=w>its row</thead><tbody>\n";
  for (const auto& cell : comparison.accuracy) {
    for (const auto& metric : cell.metrics) {
      const bool worse = std::isnan(metric.after) || metric.after > metric.before;
      const double times = metric.before > 0 ? metric.after / metric.before : std::numeric_limits<double>::infinity();
      out += fmt::format("<tr><td class=w>{}<th scope=row class=name>{}<td>{}<td class=w>{}<td class=w>{}<td>{}<td>{}<td>{}<td "
                         "class=w>{}\n",
                         change_tag(worse ? "worse" : "better"), question_text(cell), cell.length, escape(cell.regime),
                         escape(metric.name), told_from(metric.before, metric.after), told_from(metric.after, metric.before),
                         std::isnan(times) ? "" : number(times, 3),
                         metric.name == "max_ulp" && !cell.rerun.empty() ? short_command(cell.rerun) : "");
    }
  }
  out += "</tbody></table></div>\n";
}

inline void write_comparison(std::string& out, const Report& report) {
  if (!report.comparison) return;
  const Comparison& comparison = *report.comparison;
  out += fmt::format("<section id=\"comparison\"><h2>What changed</h2>\n<p>From <code>{}</code> to <code>{}</code>.</p>\n",
                     escape(comparison.before), escape(comparison.after));
  write_verdict_changes(out, comparison);
  write_accuracy_changes(out, comparison);
  const auto or_nothing = [](const std::string& text) { return text.empty() ? std::string("<i>absent</i>") : escape(text); };
  if (!comparison.environment.empty()) {
    out += "<h3>Where they were made</h3>\n" + scrolling("Environment that differs") +
           "<table><caption class=hid>Environment that differs</caption><thead><tr><th scope=col>what<th scope=col>before<th "
           "scope=col>after</thead><tbody>\n";
    for (const auto& d : comparison.environment)
      out += fmt::format("<tr><th scope=row>{}<td>{}<td>{}\n", escape(d.what), or_nothing(d.before), or_nothing(d.after));
    out += "</tbody></table></div>\n";
  }
  if (!comparison.alone.empty()) {
    out += fmt::format("<details><summary>What only one of the two has: {}</summary>{}",
                       counted(comparison.alone.size(), "subject", "subjects"), scrolling("What only one of the two has")) +
           "<table class=\"num sort\"><caption class=hid>What only one has</caption><thead><tr><th scope=col class=w>in<th "
           "scope=col class=w>of<th scope=col>verdicts<th "
           "scope=col>accuracy cells</thead><tbody>\n";
    for (const auto& a : comparison.alone)
      out += fmt::format("<tr><td class=w>the {}<th scope=row class=name>{}<td>{}<td>{}\n",
                         a.in == "before" ? "earlier" : "later", question_text(a), a.verdicts, a.accuracy);
    out += "</tbody></table></div></details>\n";
  }
  out += "</section>\n";
}

} // namespace softmax_audit::markup
