// softmax(x / T) over the temperature: the results of each class with their errors below, and the path of three classes over the triangle of
// all distributions. Drawn like svg.hpp's charts.
#pragma once

#include "reports/formats/svg.hpp"

#include <array>
#include <vector>

namespace softmax_audit::svg {

struct TemperaturePoint {
  double temperature = 1;
  std::vector<double> exact, computed, ulp, bound; // one a class; computed and ulp may be NaN or infinite
};

inline double largest_error(const TemperaturePoint& point) {
  double largest = 0;
  for (const double error : point.ulp) {
    if (std::isnan(error)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, std::fabs(error));
  }
  return largest;
}

// "1/256", "16": temperatures are powers of two where they are labelled.
inline std::string temperature_label(double temperature) {
  return temperature < 1 ? fmt::format("1/{}", markup::number(1 / temperature, 3)) : markup::number(temperature, 3);
}

class TemperatureChart {
public:
  TemperatureChart(std::vector<TemperaturePoint> points, std::vector<std::string> names)
      : points_(std::move(points)), names_(std::move(names)) {
    for (const TemperaturePoint& point : points_) {
      if (std::isfinite(largest_error(point))) reach_ = std::max(reach_, largest_error(point));
    }
    reach_ *= 1.1;
  }

  std::string write(std::string_view title) const {
    std::string out = opening(title);
    write_band(out);
    write_axes(out);
    for (std::size_t k = 0; k < names_.size(); ++k) {
      out += fmt::format("<path class=\"tr s{}\" d=\"{}\"/>", k, line(k, &TemperaturePoint::exact, true, 2));
      out += fmt::format("<path class=\"c s{}\" d=\"{}\"/>", k, line(k, &TemperaturePoint::computed, true, 1));
      out += fmt::format("<path class=\"c s{}\" d=\"{}\"/>", k, line(k, &TemperaturePoint::ulp, false, 1));
      const std::string lost = triangles(k);
      if (!lost.empty()) out += fmt::format("<path class=\"t s{}\" d=\"{}\"/>", k, lost);
    }
    write_names(out);
    return out + "</svg>";
  }

private:
  static constexpr double left = 40, right = width - 10;
  static constexpr double top = 10, middle = 136, strip_top = 154, bottom = height - 36;

  double x_of(double temperature) const {
    const double from = std::log2(points_.front().temperature), to = std::log2(points_.back().temperature);
    return left + 4 + (right - left - 8) * (to > from ? (std::log2(temperature) - from) / (to - from) : 0.5);
  }
  static double y_of(double p) { return middle - (middle - top) * std::clamp(p, 0.0, 1.0); }
  double strip_y_of(double error) const {
    return (strip_top + bottom) / 2 - (bottom - strip_top) / 2 * std::clamp(error / reach_, -1.0, 1.0);
  }

  // What is smooth is drawn by every second point, and the last.
  std::string line(std::size_t k, std::vector<double> TemperaturePoint::*values, bool of_results, std::size_t step) const {
    std::string path;
    bool connected = false;
    for (std::size_t p = 0; p < points_.size(); p = p + 1 == points_.size() ? p + 1 : std::min(p + step, points_.size() - 1)) {
      const TemperaturePoint& point = points_[p];
      const double value = (point.*values)[k];
      if (std::isfinite(value))
        path += fmt::format("{}{} {}", connected ? "L" : "M", px(x_of(point.temperature)),
                            px(of_results ? y_of(value) : strip_y_of(value)));
      connected = std::isfinite(value);
    }
    return path;
  }
  // Where an error is infinite or the result is no number.
  std::string triangles(std::size_t k) const {
    std::string path;
    for (const TemperaturePoint& point : points_) {
      if (!std::isfinite(point.ulp[k])) path += fmt::format("M{} {}l3 6h-6z", px(x_of(point.temperature)), px(strip_top - 7));
    }
    return path;
  }

  // What is proved for the class that is allowed least.
  void write_band(std::string& out) const {
    std::string upper, lower;
    for (std::size_t p = 0; p < points_.size(); p += 2) {
      const TemperaturePoint& point = points_[p];
      const double bound = *std::min_element(point.bound.begin(), point.bound.end());
      upper += fmt::format("{}{} {}", upper.empty() ? "M" : "L", px(x_of(point.temperature)), px(strip_y_of(bound)));
      lower = fmt::format("L{} {}", px(x_of(point.temperature)), px(strip_y_of(-bound))) + lower;
    }
    out += fmt::format("<path class=\"band\" d=\"{}{}z\"/>", upper, lower);
  }

  void write_axes(std::string& out) const {
    std::string grid;
    for (const double tick : {0.0, 0.5, 1.0}) {
      grid += fmt::format("M{} {}H{}", left, px(y_of(tick)), right);
      out += text_at(left - 5, y_of(tick) + 4, "e", markup::number(tick, 2));
    }
    grid += fmt::format("M{} {}H{}", left, px(strip_y_of(0)), right);
    // The least label is the strip's own edge, so that the reader has a scale.
    out += text_at(left - 5, strip_top + 8, "e", fmt::format("+{}", markup::number(reach_, 2)));
    out += text_at(left - 5, bottom, "e", fmt::format("−{}", markup::number(reach_, 2)));
    out += text_at(left - 5, strip_y_of(0) + 4, "e", "ulp");
    double previous = -100;
    for (double exponent = std::ceil(std::log2(points_.front().temperature)); exponent <= std::log2(points_.back().temperature);
         ++exponent) {
      const double x = x_of(std::exp2(exponent));
      if (std::fmod(exponent, 4) != 0 || x - previous < 36) continue;
      previous = x;
      grid += fmt::format("M{} {}v4", px(x), bottom);
      out += text_at(x, bottom + 16, "m", temperature_label(std::exp2(exponent)));
    }
    out += fmt::format("<path class=\"g\" d=\"{}M{} {}H{}\"/>", grid, left, bottom, right);
    out += fmt::format("<path class=\"d\" d=\"M{} {}H{}M{} {}H{}\"/>", left, px(strip_y_of(0.5)), right, left,
                       px(strip_y_of(-0.5)), right);
    out += text_at((left + right) / 2, height - 4, "m", "temperature T");
  }

  // Beside the curve near T = 1, where the classes are apart.
  void write_names(std::string& out) const {
    const auto at = std::min_element(points_.begin(), points_.end(), [](const auto& a, const auto& b) {
      return std::fabs(std::log2(a.temperature)) < std::fabs(std::log2(b.temperature));
    });
    for (std::size_t k = 0; k < names_.size(); ++k) {
      // The lowest below its curve, the highest above it, on the side where the curves spread.
      const bool lowest = k == 0, highest = k + 1 == names_.size();
      const double dx = lowest || highest ? 7 : -7, dy = lowest ? 14 : -5;
      out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"s{}\"{}>{}</text>", px(x_of(at->temperature) + dx),
                         px(y_of(at->exact[k]) + dy), k, dx < 0 ? " text-anchor=\"end\"" : "", markup::escape(names_[k]));
    }
  }

  std::vector<TemperaturePoint> points_;
  std::vector<std::string> names_;
  double reach_ = 1;
};

inline constexpr std::array<double, 4> simplex_steps{0.5, 1, 2, 16}; // ulp; what lies beyond is the fifth

// Three classes: the corner is where one has everything, the centre where all have a third.
class SimplexChart {
public:
  SimplexChart(std::vector<TemperaturePoint> points, std::vector<std::string> names)
      : points_(std::move(points)), names_(std::move(names)) {}

  std::string write(std::string_view title) const {
    const std::string escaped = markup::escape(title);
    std::string out = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"><title>{}</title>", width, height,
                                  escaped, escaped);
    std::string edges = "M", grid;
    for (std::size_t k = 0; k < 3; ++k) {
      edges += fmt::format("{}{} {}", k > 0 ? "L" : "", px(corners[k].x), px(corners[k].y));
      // From the middle of each side to the centre: along these lines two classes are alike.
      std::array<double, 3> side{0.5, 0.5, 0.5};
      side[k] = 0;
      const Place from = place_of(side[0], side[1], side[2]), to = place_of(1 / 3.0, 1 / 3.0, 1 / 3.0);
      grid += fmt::format("M{} {}L{} {}", px(from.x), px(from.y), px(to.x), px(to.y));
    }
    out += fmt::format("<path class=\"g\" d=\"{}z{}\"/>", edges, grid);
    constexpr std::array<std::string_view, 3> anchors{"e", "", "m"};
    constexpr std::array<double, 3> dx{-6, 6, 0}, dy{4, 4, -5};
    for (std::size_t k = 0; k < 3; ++k) out += text_at(corners[k].x + dx[k], corners[k].y + dy[k], anchors[k], names_[k]);
    std::string truth;
    std::array<std::string, simplex_steps.size() + 1> dots;
    for (const TemperaturePoint& point : points_) {
      const Place exact = place_of(point.exact[0], point.exact[1], point.exact[2]);
      truth += fmt::format("{}{} {}", truth.empty() ? "M" : "L", px(exact.x), px(exact.y));
      const auto& y = point.computed;
      if (!std::all_of(y.begin(), y.end(), [](double v) { return std::isfinite(v) && std::fabs(v) <= 2; })) continue;
      const Place place = place_of(y[0], y[1], y[2]);
      std::size_t step = 0;
      while (step < simplex_steps.size() && largest_error(point) > simplex_steps[step]) ++step;
      dots[step] += fmt::format("M{} {}h0", px(place.x), px(place.y));
    }
    out += fmt::format("<path class=\"tr s5\" d=\"{}\"/>", truth);
    write_ticks(out);
    for (std::size_t step = 0; step < dots.size(); ++step) {
      if (!dots[step].empty())
        out += fmt::format("<path class=\"rim\" d=\"{}\"/><path class=\"dot p{}\" d=\"{}\"/>", dots[step], step, dots[step]);
    }
    write_legend(out);
    return out + "</svg>";
  }

private:
  struct Place {
    double x, y;
  };
  // The class with the largest logit, the last, is on top.
  static constexpr std::array<Place, 3> corners{{{54, 232}, {300, 232}, {177, 19}}};
  static Place place_of(double a, double b, double c) {
    return {a * corners[0].x + b * corners[1].x + c * corners[2].x, a * corners[0].y + b * corners[1].y + c * corners[2].y};
  }

  void write_ticks(std::string& out) const {
    std::string marks;
    for (const TemperaturePoint& point : points_) {
      if (point.temperature != 0.5 && point.temperature != 1 && point.temperature != 2) continue;
      const Place place = place_of(point.exact[0], point.exact[1], point.exact[2]);
      marks += fmt::format("M{} {}h14", px(place.x + 5), px(place.y));
      out += text_at(place.x + 22, place.y + 4, "",
                     fmt::format("T = {}", point.temperature == 0.5 ? "½" : markup::number(point.temperature, 2)));
    }
    if (!marks.empty()) out += fmt::format("<path class=\"k s5\" d=\"{}\"/>", marks);
    const Place centre = place_of(1 / 3.0, 1 / 3.0, 1 / 3.0);
    out += text_at(centre.x + 10, centre.y + 16, "", "T → ∞");
    out += text_at(corners[2].x + 12, corners[2].y + 12, "", "T → 0");
  }

  static void write_legend(std::string& out) {
    double y = 40;
    out += text_at(318, 26, "", "error, ulp");
    for (std::size_t step = 0; step <= simplex_steps.size(); ++step, y += 16) {
      out += fmt::format("<path class=\"rim\" d=\"M324 {}h0\"/><path class=\"dot p{}\" d=\"M324 {}h0\"/>", px(y), step, px(y));
      out += text_at(334, y + 4, "",
                     step < simplex_steps.size()
                         ? fmt::format("≤ {}", simplex_steps[step] == 0.5 ? "½" : markup::number(simplex_steps[step], 2))
                         : "more");
    }
  }

  std::vector<TemperaturePoint> points_;
  std::vector<std::string> names_;
};

} // namespace softmax_audit::svg
