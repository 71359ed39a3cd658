// The atlas's picture: the largest error against the length, one line a library, logarithmic in both directions.
#pragma once

#include "reports/formats/svg.hpp"

#include <optional>

namespace softmax_audit::atlas {

// What the default class of arithmetic (f32 for f16, bf16 and f32, f64 for f64; recursive summation; exp within 1 ulp; one division)
// allows softmax at most, on any row of n elements, in ulp: an upper bound of B1 (properties/README.md#b1) in its worst row. There
// the shares that matter lie within D = log(1/lambda) + 2 of the largest logit, sum_j p_j D_j <= log n, and an ulp is at least u p:
//   r <= exp((n - 1 + D + log n + 4) u_w (1 + 2^-5)) - 1, the last roundings cost 1 ulp times 1 + r each, underflow 2 ulp.
// 2^-5 is for what is left out in second order; none where n u is too large for that.
inline std::optional<double> largest_default_bound(std::string_view format, double n) {
  const bool wide = format == "f64", half = format == "f16", brain = format == "bf16";
  if (!wide && !half && !brain && format != "f32") return {};
  const double of_storage = wide ? 0x1p-53 : half ? 0x1p-11 : brain ? 0x1p-8 : 0x1p-24;
  const double of_arithmetic = wide ? 0x1p-53 : 0x1p-24;
  const double log_lambda = (wide ? 1074 : 149) * std::log(2.0);
  const double exponent = (n - 1 + log_lambda + 2 + std::log(n) + 4) * of_arithmetic * (1 + 0x1p-5);
  if (exponent > 0x1p-4) return {};
  const double r = std::expm1(exponent);
  return r / of_storage + (1 + r) * (1 + 2 * of_arithmetic / of_storage) + 2;
}

struct LibraryLine {
  std::string name;
  std::vector<svg::Point> points; // ascending lengths
};

class ErrorChart {
public:
  // The first ten lines are named and coloured; the rest are thin.
  ErrorChart(std::vector<LibraryLine> lines, std::vector<svg::Point> bound)
      : lines_(std::move(lines)), bound_(std::move(bound)) {
    for (const LibraryLine& line : lines_)
      for (const svg::Point& point : line.points) {
        if (std::isfinite(point.value)) high_ = std::max(high_, point.value);
        any_infinite_ |= !std::isfinite(point.value);
        lengths_.push_back(std::max(1.0, point.length));
      }
    for (const svg::Point& point : bound_) high_ = std::max(high_, point.value);
    high_ *= 1.3;
    std::sort(lengths_.begin(), lengths_.end());
    lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
  }

  std::string write(std::string_view title) const {
    const std::string escaped = markup::escape(title);
    std::string out = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"><title>{}</title>", width, height,
                                  escaped, escaped);
    write_axes(out);
    for (std::size_t k = lines_.size(); k-- > 0;) write_line(out, lines_[k], k);
    if (bound_.size() > 1) {
      std::string path;
      for (const svg::Point& point : bound_) path += fmt::format("{}{}", path.empty() ? "M" : "L", at(point));
      out += fmt::format("<path class=\"bound\" d=\"{}\"/>", path);
    }
    write_names(out);
    return out + "</svg>\n";
  }

  static constexpr std::size_t most_named = 10;

private:
  static constexpr double width = 800, height = 400, left = 60, right = width - 190, bottom = height - 40;
  static constexpr double low = 0.1, band = 12; // the band holds what is not finite
  double top() const { return any_infinite_ ? 34 : 14; }
  double x_of(double length) const {
    if (lengths_.size() < 2) return (left + right) / 2;
    const double from = std::log(lengths_.front()), to = std::log(lengths_.back());
    return left + 10 + (right - left - 20) * std::clamp((std::log(std::max(1.0, length)) - from) / (to - from), 0.0, 1.0);
  }
  double y_of(double value) const {
    if (!std::isfinite(value)) return band;
    const double share = std::log(std::max(value, low) / low) / std::log(high_ / low);
    return bottom - (bottom - top()) * std::clamp(share, 0.0, 1.0);
  }
  std::string at(const svg::Point& point) const {
    return fmt::format("{} {}", svg::px(x_of(point.length)), svg::px(y_of(point.value)));
  }

  void write_axes(std::string& out) const {
    std::string grid;
    for (const double tick : svg::logarithmic_ticks(low, high_, 8)) {
      grid += fmt::format("M{} {}H{}", left, svg::px(y_of(tick)), right);
      out += svg::text_at(left - 6, y_of(tick) + 4, "e",
                          tick == low   ? fmt::format("≤{}", low)
                          : tick >= 1e6 ? markup::without_padding(fmt::format("{:.0e}", tick))
                                        : markup::number(tick, 3));
    }
    double previous = -100;
    for (const double length : lengths_) {
      const std::string label = markup::count(static_cast<std::uint64_t>(length));
      if (x_of(length) - previous < 6 + 6.5 * static_cast<double>(label.size())) continue;
      previous = x_of(length);
      grid += fmt::format("M{} {}v4", svg::px(previous), bottom);
      out += svg::text_at(previous, bottom + 17, "m", label);
    }
    if (any_infinite_) {
      grid += fmt::format("M{} 24H{}", left, right);
      out += svg::text_at(left - 6, band + 4, "e", "NaN, inf");
    }
    out +=
        fmt::format("<path class=\"g\" d=\"{}\"/><path class=\"d\" d=\"M{} {}H{}\"/>", grid, left, svg::px(y_of(0.5)), right);
    out += svg::text_at((left + right) / 2, height - 5, "m", "row length");
    out += svg::text_at(right - 4, y_of(0.5) + 13, "e", "½ ulp: correctly rounded");
  }

  void write_line(std::string& out, const LibraryLine& line, std::size_t k) const {
    std::string path, triangles;
    bool connected = false;
    for (const svg::Point& point : line.points) {
      if (std::isfinite(point.value))
        path += fmt::format("{}{}", connected ? "L" : "M", at(point));
      else
        triangles += fmt::format("M{} {}l4 8h-8z", svg::px(x_of(point.length) + 7 * static_cast<double>(k % 4)), band - 5);
      connected = std::isfinite(point.value);
    }
    const std::string style = k < most_named ? fmt::format("s{}", k) : "thin";
    out += fmt::format("<g class=\"{}\"><title>{}</title>", style, markup::escape(line.name));
    if (!path.empty()) out += fmt::format("<path class=\"l\" d=\"{}\"/>", path);
    if (!triangles.empty()) out += fmt::format("<path class=\"t\" d=\"{}\"/>", triangles);
    out += "</g>";
  }

  // Names stand at the ends of their lines, pushed apart where ends coincide.
  void write_names(std::string& out) const {
    struct Name {
      std::string style, text;
      double x, end, y;
    };
    std::vector<Name> names;
    for (std::size_t k = 0; k < std::min(lines_.size(), most_named); ++k) {
      if (lines_[k].points.empty()) continue;
      const svg::Point& last = lines_[k].points.back();
      names.push_back({fmt::format("s{}", k), lines_[k].name, x_of(last.length), y_of(last.value), y_of(last.value)});
    }
    if (bound_.size() > 1)
      names.push_back(
          {"b", "default class at most", x_of(bound_.back().length), y_of(bound_.back().value), y_of(bound_.back().value)});
    std::stable_sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.end < b.end; });
    constexpr double room = 14;
    for (std::size_t i = 1; i < names.size(); ++i) names[i].y = std::max(names[i].y, names[i - 1].y + room);
    double limit = bottom + 4;
    for (std::size_t i = names.size(); i-- > 0; limit = names[i].y - room) names[i].y = std::min(names[i].y, limit);
    constexpr std::size_t longest = 22;
    for (const Name& name : names) {
      const std::string text = name.text.size() > longest ? name.text.substr(0, longest - 1) + "…" : name.text;
      out += fmt::format("<path class=\"k {}\" d=\"M{} {}L{} {}\"/>", name.style, svg::px(name.x + 5), svg::px(name.end),
                         right + 8, svg::px(name.y));
      out += svg::text_at(right + 12, name.y + 4, name.style, text);
    }
  }

  std::vector<LibraryLine> lines_;
  std::vector<svg::Point> bound_;
  std::vector<double> lengths_;
  double high_ = 1;
  bool any_infinite_ = false;
};

} // namespace softmax_audit::atlas
