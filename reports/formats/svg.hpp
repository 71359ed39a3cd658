// The two charts of a report as inline SVG. Colours, line styles and markers come from the page's style sheet by class,
// so that both themes and paper are served by the same few bytes. No coordinate is ever infinite or NaN: what is off
// the chart stands in a band of its own at the edge, and says so.
#pragma once

#include "reports/formats/html_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit::svg {

inline constexpr double width = 400, height = 250;

// Tenths of a pixel are enough, and short.
inline std::string px(double value) {
  return std::isfinite(value) ? fmt::format("{}", std::round(std::clamp(value, -1e4, 1e4) * 10) / 10 + 0.0) : "0";
}

inline std::string text_at(double x, double y, std::string_view cls, std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>", px(x), px(y), cls, markup::escape(text));
}

inline std::string opening(std::string_view title) {
  const std::string escaped = markup::escape(title);
  return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"><title>{}</title>", width, height, escaped,
                     escaped);
}

// Powers of ten, thinned to at most `most`; 1-2-5 steps where fewer than two decades are shown.
inline std::vector<double> logarithmic_ticks(double low, double high, int most) {
  std::vector<double> ticks;
  const int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
  const int step = std::max(1, (last - first + most - 1) / most);
  const bool fine = last - first <= 2;
  for (int e = first; e <= last; e += step) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10.0, e);
      if ((factor == 1 || fine) && tick >= low * 0.999 && tick <= high * 1.001) ticks.push_back(tick);
    }
  }
  return ticks;
}

struct Point {
  double length = 0;
  double value = 0; // not below 0; may be infinite
};
struct Line {
  std::string_view name;
  std::size_t style = 0; // of the page's ten
  std::vector<Point> points;
};

// Logarithmic in both directions. Charts that are to be compared are given the same `largest`.
class LengthChart {
public:
  LengthChart(std::vector<Line> lines, double largest_finite, bool any_infinite)
      : lines_(std::move(lines)), high_(std::max(1.0, largest_finite) * 1.15), any_infinite_(any_infinite) {
    for (const Line& line : lines_) {
      for (const Point& point : line.points) lengths_.push_back(std::max(1.0, point.length));
    }
    std::sort(lengths_.begin(), lengths_.end());
    lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
  }

  std::string write(std::string_view title) const {
    std::string out = opening(title);
    write_axes(out);
    std::size_t leaving = 0;
    for (const Line& line : lines_) {
      const bool leaves =
          std::any_of(line.points.begin(), line.points.end(), [](const Point& p) { return std::isinf(p.value); });
      write_line(out, line, leaves ? static_cast<double>(leaving++) : 0);
    }
    write_names(out);
    return out + "</svg>";
  }

private:
  static constexpr double left = 40, right = width - 84, bottom = height - 36;
  static constexpr double low = 0.1; // below a tenth of an ulp nothing is left to tell apart
  static constexpr double band = 10; // where infinities stand
  double top() const { return any_infinite_ ? 28 : 12; }

  double x_of(double length) const {
    if (lengths_.size() < 2) return (left + right) / 2;
    const double from = std::log(lengths_.front()), to = std::log(lengths_.back());
    return left + 8 + (right - left - 20) * (std::log(std::max(1.0, length)) - from) / (to - from);
  }
  double y_of(double value) const {
    if (!std::isfinite(value)) return band;
    const double share = std::log(std::max(value, low) / low) / std::log(high_ / low);
    return bottom - (bottom - top()) * std::clamp(share, 0.0, 1.0);
  }

  void write_axes(std::string& out) const {
    std::string grid;
    for (const double tick : logarithmic_ticks(low, high_, 6)) {
      grid += fmt::format("M{} {}H{}", left, px(y_of(tick)), right);
      out += text_at(left - 5, y_of(tick) + 4, "e", tick == low ? fmt::format("≤{}", low) : markup::number(tick, 3));
    }
    double previous = -100;
    for (const double length : lengths_) {
      const std::string label =
          length >= 1e5 ? markup::without_padding(fmt::format("{:.3g}", length)) : fmt::format("{}", length);
      const double room = 4 + 6.5 * static_cast<double>(label.size());
      if (x_of(length) - previous < room) continue;
      previous = x_of(length);
      grid += fmt::format("M{} {}v4", px(previous), bottom);
      out += text_at(previous, bottom + 16, "m", label);
    }
    if (any_infinite_) {
      grid += fmt::format("M{} 19H{}", left, right);
      out += text_at(left - 5, band + 4, "e", "inf");
    }
    out += fmt::format("<path class=\"g\" d=\"{}\"/><path class=\"d\" d=\"M{} {}H{}\"/>", grid, left, px(y_of(0.5)), right);
    out += text_at((left + right) / 2, height - 4, "m", "row length");
  }

  // A line is interrupted where it leaves the chart; a triangle in the band marks the place. Triangles of several lines
  // stand beside each other.
  void write_line(std::string& out, const Line& line, double shift) const {
    std::string path, triangles;
    bool connected = false;
    for (const Point& point : line.points) {
      const std::string at = fmt::format("{} {}", px(x_of(point.length)), px(y_of(point.value)));
      if (std::isfinite(point.value))
        path += fmt::format("{}{}", connected ? "L" : "M", at);
      else
        triangles += fmt::format("M{} {}l3.5 8h-7z", px(x_of(point.length) - 4 + 5 * shift), px(band - 4));
      connected = std::isfinite(point.value);
    }
    if (!path.empty()) out += fmt::format("<path class=\"l s{}\" d=\"{}\"/>", line.style % 10, path);
    if (!triangles.empty()) out += fmt::format("<path class=\"t s{}\" d=\"{}\"/>", line.style % 10, triangles);
  }

  // Names stand at the ends of their lines; where ends coincide they are pushed apart, and a hair line leads there.
  void write_names(std::string& out) const {
    struct Name {
      const Line* line;
      double x, end, y;
    };
    std::vector<Name> names;
    for (const Line& line : lines_) {
      if (line.points.empty()) continue;
      const Point& last = line.points.back();
      names.push_back({&line, x_of(last.length), y_of(last.value), y_of(last.value)});
    }
    std::stable_sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.end < b.end; });
    const double room = std::min(13.0, (bottom - 4) / std::max<double>(1, static_cast<double>(names.size())));
    for (std::size_t i = 1; i < names.size(); ++i) names[i].y = std::max(names[i].y, names[i - 1].y + room);
    double limit = bottom + 6;
    for (std::size_t i = names.size(); i-- > 0; limit = names[i].y - room) names[i].y = std::min(names[i].y, limit);
    for (const Name& name : names) {
      out += fmt::format("<path class=\"k s{}\" d=\"M{} {}L{} {}\"/>", name.line->style % 10, px(name.x + 4), px(name.end),
                         right + 6, px(name.y));
      out += text_at(right + 9, name.y + 4, fmt::format("s{}", name.line->style % 10), name.line->name);
    }
  }

  std::vector<Line> lines_;
  std::vector<double> lengths_;
  double high_;
  bool any_infinite_;
};

struct Bar {
  double from = 0, to = 0; // outermost ones may be infinite
  std::uint64_t count = 0;
};

// Signed errors: linear as long as they are small, asinh (linear near zero, logarithmic far away) where they are not.
// The height is the logarithm of the count, so that one element in a billion is still seen.
class Histogram {
public:
  explicit Histogram(std::vector<Bar> bars) : bars_(std::move(bars)) {
    for (const Bar& bar : bars_) {
      most_ = std::max(most_, static_cast<double>(bar.count));
      if (std::isfinite(bar.from) && std::isfinite(bar.to)) {
        reach_ = std::max({reach_, std::fabs(bar.from), std::fabs(bar.to)});
      } else {
        overflows_ = true;
      }
    }
    curved_ = reach_ > 4;
  }

  std::string write(std::string_view title) const {
    std::string out = opening(title);
    write_axes(out);
    write_bars(out);
    const std::string halves = fmt::format("M{} {}V{}M{} {}V{}", px(x_of(-0.5)), top, bottom, px(x_of(0.5)), top, bottom);
    out += fmt::format("<path class=\"d\" d=\"{}\"/>", halves);
    out += text_at(x_of(0), top - 4, "m", "±½ ulp");
    return out + "</svg>";
  }

private:
  static constexpr double left = 40, right = width - 10, top = 18, bottom = height - 36;
  static constexpr double foot = 0.35; // a count of 1 has a height, too
  double margin() const { return overflows_ ? 22 : 0; }

  double transformed(double error) const { return curved_ ? std::asinh(2 * error) : error; }
  double x_of(double error) const {
    if (std::isinf(error)) return error < 0 ? left : right;
    const double middle = (left + right) / 2, half = (right - left) / 2 - margin();
    return middle + half * std::clamp(transformed(error) / transformed(reach_), -1.0, 1.0);
  }
  double y_of(double count) const {
    const double share = (std::log10(std::max(1.0, count)) + foot) / (std::log10(most_) + foot);
    return bottom - (bottom - top) * share;
  }

  std::vector<double> ticks() const {
    std::vector<double> out{0};
    if (!curved_) {
      const double step = reach_ > 2 ? 1 : 0.5;
      for (double tick = step; tick <= reach_ * 1.001; tick += step) out.insert(out.end(), {-tick, tick});
      return out;
    }
    const double decades = std::floor(std::log10(reach_));
    const double step = std::max(1.0, std::ceil((decades + 1) / 5));
    for (double e = 0; e <= decades; e += step) out.insert(out.end(), {-std::pow(10, e), std::pow(10, e)});
    return out;
  }
  // 10000 takes more room than 1e4.
  static std::string tick_label(double tick) {
    const double magnitude = std::fabs(tick);
    const std::string label =
        magnitude >= 1000 ? markup::without_padding(fmt::format("{:.0e}", magnitude)) : markup::number(magnitude, 3);
    return tick < 0 ? fmt::format("−{}", label) : label;
  }

  void write_axes(std::string& out) const {
    std::string grid;
    for (const double tick : logarithmic_ticks(1, std::max(10.0, most_), 6)) {
      if (tick > most_ || std::fabs(std::log10(tick) - std::round(std::log10(tick))) > 1e-9) continue;
      grid += fmt::format("M{} {}H{}", left, px(y_of(tick)), right);
      out += text_at(left - 5, y_of(tick) + 4, "e", tick_label(tick));
    }
    for (const double tick : ticks()) {
      grid += fmt::format("M{} {}v4", px(x_of(tick)), bottom);
      out += text_at(x_of(tick), bottom + 16, "m", tick_label(tick));
    }
    if (overflows_) {
      // What the outermost bars hold is not to scale.
      for (const Bar& bar : bars_) {
        if (std::isinf(bar.from) && std::isfinite(bar.to))
          out += text_at(left, height - 4, "", fmt::format("< {}", markup::number(bar.to)));
        if (std::isinf(bar.to) && std::isfinite(bar.from))
          out += text_at(right, height - 4, "e", fmt::format("≥ {}", markup::number(bar.from)));
      }
      grid += fmt::format("M{} {}V{}M{} {}V{}", left + 18, top, bottom, right - 18, top, bottom);
    }
    out += fmt::format("<path class=\"g\" d=\"{}M{} {}H{}\"/>", grid, left, bottom, right);
    out += text_at((left + right) / 2, height - 4, "m", "signed error, ulp");
  }

  void write_bars(std::string& out) const {
    std::string inside, outside;
    for (const Bar& bar : bars_) {
      if (bar.count == 0) continue;
      double from = x_of(bar.from), to = x_of(bar.to);
      if (std::isinf(bar.from)) to = left + 16;
      if (std::isinf(bar.to)) from = right - 16;
      // Narrow bars keep one pixel: a single far element must be seen.
      if (to - from < 1) to = from + 1;
      std::string& path = bar.from >= -0.5 && bar.to <= 0.5 ? inside : outside;
      path += fmt::format("M{} {}V{}H{}V{}z", px(from), bottom, px(y_of(static_cast<double>(bar.count))), px(to), bottom);
    }
    if (!inside.empty()) out += fmt::format("<path class=\"bi\" d=\"{}\"/>", inside);
    if (!outside.empty()) out += fmt::format("<path class=\"bo\" d=\"{}\"/>", outside);
  }

  std::vector<Bar> bars_;
  double most_ = 1, reach_ = 1;
  bool overflows_ = false, curved_ = false;
};

} // namespace softmax_audit::svg
