// Temperature curves, one block a subject: two classes, three classes, and the path of three over the simplex, each with a table twin.
#pragma once

#include "reports/formats/html_parts.hpp"
#include "reports/formats/svg_curves.hpp"

#include <cstdlib>

namespace softmax_audit::markup {

inline std::vector<svg::TemperaturePoint> temperature_points(const CurveEntry& curve) {
  std::vector<svg::TemperaturePoint> points;
  for (const auto& point : curve.points) {
    std::vector<double> computed;
    for (const std::string& value : point.computed) computed.push_back(std::strtod(value.c_str(), nullptr));
    points.push_back({point.temperature, point.exact, std::move(computed), point.ulp, point.bound});
  }
  return points;
}

inline std::vector<std::string> class_names(const CurveEntry& curve) {
  std::vector<std::string> names;
  for (const std::string& logit : curve.logits) names.push_back(fmt::format("x = {}", decimal(logit)));
  return names;
}

inline double largest_error(const CurveEntry& curve) {
  double largest = 0;
  for (const auto& point : curve.points)
    for (const double error : point.ulp)
      largest = std::isnan(error) ? std::numeric_limits<double>::infinity() : std::max(largest, std::fabs(error));
  return largest;
}

// The octaves; the JSON has all.
inline void write_curve_table(std::string& out, const CurveEntry& curve, std::string_view who) {
  out += "<details class=bulk><summary class=mute>as a table</summary>" + scrolling(fmt::format("Curve of {}", who)) +
         "<table class=num><caption class=hid>Over the temperature</caption><thead><tr><th scope=col>T";
  for (const std::string& name : class_names(curve))
    out += fmt::format("<th scope=col>exact, {0}<th scope=col>computed<th scope=col>error, ulp", escape(name));
  out += "</thead><tbody>\n";
  for (const auto& point : curve.points) {
    const double octave = std::log2(point.temperature);
    if (octave != std::floor(octave)) continue;
    out += fmt::format("<tr><th scope=row>{}", svg::temperature_label(point.temperature));
    for (std::size_t k = 0; k < curve.logits.size(); ++k)
      out += fmt::format("<td>{}<td>{}<td>{}", number(point.exact[k], 6),
                         number(std::strtod(point.computed[k].c_str(), nullptr), 6), number(point.ulp[k], 3));
    out += '\n';
  }
  out += "</tbody></table></div></details>";
}

inline void write_curves(std::string& out, const Report& report) {
  if (report.curves.empty()) return;
  out +=
      "<section id=\"curves\"><h2>Over the temperature</h2>\n<p>softmax(x / T) of fixed logits, as T goes from nearly 0, where "
      "the largest takes everything, to far above the logits, where all are alike. Wide and pale: the exact results. Thin, on "
      "top: "
      "what was computed. Below: its signed error, over what is proved (grey), half an ulp dashed.</p>\n";
  std::vector<std::pair<std::string, std::vector<const CurveEntry*>>> subjects;
  for (const CurveEntry& curve : report.curves) {
    if (curve.points.empty()) continue;
    const std::string who = question_text(curve);
    if (subjects.empty() || subjects.back().first != who) subjects.push_back({who, {}});
    subjects.back().second.push_back(&curve);
  }
  bool first = true;
  for (const auto& [who, curves] : subjects) {
    double largest = 0;
    for (const CurveEntry* curve : curves) largest = std::max(largest, largest_error(*curve));
    out +=
        fmt::format("<details class=\"subject\"{}><summary>{} <span>{}, asked with {}</span></summary>\n<div class=\"charts\">",
                    first ? " open" : "", who,
                    std::isinf(largest) ? "no finite limit" : fmt::format("errors up to {} ulp", number(largest, 3)),
                    curves.front()->asked_by == "scale" ? "scale = 1/T" : "the row x/T");
    first = false;
    for (const CurveEntry* curve : curves) {
      const auto points = temperature_points(*curve);
      const auto names = class_names(*curve);
      const std::string classes = curve->logits.size() == 2   ? "Two classes"
                                  : curve->logits.size() == 3 ? "Three classes"
                                                              : fmt::format("{} classes", curve->logits.size());
      out += fmt::format("<figure><figcaption>{}{}</figcaption>\n", classes,
                         curve->incident.empty() ? "" : fmt::format("; <b>it ended: {}</b>", escape(curve->incident)));
      out += svg::TemperatureChart(points, names).write(fmt::format("{} over the temperature, {}", classes, who));
      write_curve_table(out, *curve, fmt::format("{}, {}", classes, who));
      out += "</figure>\n";
      if (curve->logits.size() != 3) continue;
      out += "<figure><figcaption>The path of three classes over all distributions: a corner is where one has everything. A "
             "darker dot "
             "is a larger error.</figcaption>\n";
      out += svg::SimplexChart(points, names).write(fmt::format("Path over the simplex, {}", who)) + "</figure>\n";
    }
    out += "</div></details>\n";
  }
  out += "</section>\n";
}

} // namespace softmax_audit::markup
