// Errors by the distance of the logit from the largest as cells, with the proved bounds; and the share of errors beyond a size. Drawn like
// svg.hpp's charts: classes instead of colours, no coordinate infinite or NaN.
#pragma once

#include "reports/formats/svg.hpp"

#include <array>
#include <map>

namespace softmax_audit::svg {

// One column: all elements whose logits are that far below the largest.
struct DensityColumn {
  double from = 0, to = 0;
  std::vector<Bar> errors; // signed
  double median_bound = 0; // in ulp; may be infinite, like the largest
  double largest_bound = 0;
};

// The error grows linearly near zero and logarithmically far away; the shade is the logarithm of the count.
class DensityChart {
public:
  explicit DensityChart(std::vector<DensityColumn> columns) : columns_(std::move(columns)) {
    for (const DensityColumn& column : columns_) {
      for (const Bar& bar : column.errors) {
        most_ = std::max(most_, static_cast<double>(bar.count));
        for (const double end : {bar.from, bar.to}) {
          if (std::isfinite(end)) reach_ = std::max(reach_, std::fabs(end));
        }
      }
      if (std::isfinite(column.median_bound)) reach_ = std::max(reach_, column.median_bound);
    }
    // The largest bound of a long row may lie far beyond everything that was seen.
    for (const DensityColumn& column : columns_) {
      if (column.largest_bound <= 16 * reach_) highest_ = std::max(highest_, column.largest_bound);
    }
    reach_ = std::max(reach_, highest_) * 1.1;
  }

  std::string write(std::string_view title) const {
    std::string out = opening(title);
    write_cells(out);
    write_axes(out);
    write_bounds(out);
    return out + "</svg>";
  }

private:
  static constexpr double left = 40, right = width - 10, top = 10, bottom = height - 36;
  static constexpr int shades = 5;

  double column_width() const { return (right - left) / static_cast<double>(std::max<std::size_t>(1, columns_.size())); }
  double x_of(std::size_t column) const { return left + column_width() * static_cast<double>(column); }
  double y_of(double error) const {
    const double middle = (top + bottom) / 2, half = (bottom - top) / 2;
    if (std::isinf(error)) return error < 0 ? bottom : top;
    return middle - half * std::clamp(std::asinh(2 * error) / std::asinh(2 * reach_), -1.0, 1.0);
  }
  int shade_of(double count) const {
    return most_ <= 1 ? shades - 1
                      : std::min(shades - 1, static_cast<int>(shades * std::log10(count) / std::log10(most_ * 1.001)));
  }

  // Neighbours of one shade are one stroke, as wide as the column: a tenth of the bytes of rectangles.
  void write_cells(std::string& out) const {
    std::array<std::string, shades> paths;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      struct Run {
        int shade = -1;
        double from = 0, to = 0;
      } run;
      const auto finish = [&] {
        if (run.shade < 0) return;
        const double high = std::round(y_of(run.to)), low = std::max(high + 1, std::round(y_of(run.from)));
        paths[static_cast<std::size_t>(run.shade)] +=
            fmt::format("M{} {}V{}", px(x_of(c) + column_width() / 2), px(low), px(high));
      };
      for (const Bar& bar : columns_[c].errors) {
        const int shade = shade_of(static_cast<double>(bar.count));
        if (shade == run.shade && bar.from == run.to) {
          run.to = bar.to;
          continue;
        }
        finish();
        run = {shade, bar.from, bar.to};
      }
      finish();
    }
    for (std::size_t shade = 0; shade < paths.size(); ++shade) {
      if (!paths[shade].empty())
        out += fmt::format("<path class=\"q{}\" stroke-width=\"{}\" d=\"{}\"/>", shade, px(column_width() + 0.1), paths[shade]);
    }
  }

  void write_axes(std::string& out) const {
    std::string grid = fmt::format("M{} {}H{}", left, px(y_of(0)), right);
    std::vector<double> ticks{0};
    for (double tick = 1; tick<reach_; tick *= reach_> 200 ? 10 : 4) ticks.insert(ticks.end(), {-tick, tick});
    for (const double tick : ticks) {
      grid += fmt::format("M{} {}h-4", left, px(y_of(tick)));
      out +=
          text_at(left - 6, y_of(tick) + 4, "e", fmt::format("{}{}", tick < 0 ? "−" : "", markup::number(std::fabs(tick), 3)));
    }
    double previous = -100;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const DensityColumn& column = columns_[c];
      const std::string label = column.to == 0     ? "0"
                                : column.from == 0 ? ""
                                : column.from < 1  ? fmt::format("1/{}", markup::number(1 / column.from, 3))
                                                   : markup::number(column.from, 3);
      const double x = column.to == 0 ? x_of(c) + column_width() / 2 : x_of(c);
      if (label.empty() || std::log2(column.from) != std::floor(std::log2(column.from)) || x - previous < 30) continue;
      previous = x;
      grid += fmt::format("M{} {}v4", px(x), bottom);
      out += text_at(x, bottom + 16, "m", label);
    }
    out += fmt::format("<path class=\"g\" d=\"{}M{} {}H{}\"/>", grid, left, bottom, right);
    out += text_at((left + right) / 2, height - 4, "m", "m − x, the distance from the largest logit");
  }

  // Steps of both signs; interrupted where the class allows anything.
  std::string steps(double DensityColumn::*bound) const {
    std::string path;
    for (const double sign : {1.0, -1.0}) {
      bool connected = false;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const double value = columns_[c].*bound;
        const bool shown = std::isfinite(value) && value <= reach_;
        if (shown)
          path += fmt::format("{}{} {}H{}", connected ? "L" : "M", px(x_of(c)), px(y_of(sign * value)), px(x_of(c + 1)));
        connected = shown;
      }
    }
    return path;
  }
  void write_bounds(std::string& out) const {
    out += fmt::format("<path class=\"d\" d=\"M{} {}H{}M{} {}H{}\"/>", left, px(y_of(0.5)), right, left, px(y_of(-0.5)), right);
    out += fmt::format("<path class=\"b1\" d=\"{}\"/><path class=\"b2\" d=\"{}\"/>", steps(&DensityColumn::median_bound),
                       steps(&DensityColumn::largest_bound));
  }

  std::vector<DensityColumn> columns_;
  double most_ = 1, reach_ = 1, highest_ = 0;
};

// Of how many elements |error| reaches a size or more; both axes logarithmic (the size's near zero linear).
struct Exceedance {
  double size = 0;  // in ulp
  double share = 0; // of all elements that are numbers
};
class ExceedanceChart {
public:
  // Ascending sizes. `elements`: the least share that there can be is one of them.
  ExceedanceChart(std::vector<Exceedance> steps, double elements)
      : steps_(std::move(steps)), least_(1 / std::max(10.0, elements)) {
    for (const Exceedance& step : steps_) {
      if (std::isfinite(step.size)) reach_ = std::max(reach_, step.size);
    }
    reach_ *= 1.15;
  }

  std::string write(std::string_view title) const {
    std::string out = opening(title);
    std::string grid;
    for (const double tick : logarithmic_ticks(least_, 1, 6)) {
      if (std::fabs(std::log10(tick) - std::round(std::log10(tick))) > 1e-9 || tick < least_) continue;
      grid += fmt::format("M{} {}H{}", left, px(y_of(tick)), right);
      out += text_at(left - 5, y_of(tick) + 4, "e",
                     tick >= 0.001 ? fmt::format("{}%", markup::number(100 * tick, 3))
                                   : markup::without_padding(fmt::format("{:.0e}", tick)));
    }
    std::vector<double> ticks{0, 0.5};
    for (double tick = 1; tick<reach_; tick *= reach_> 64 ? 10 : 2) ticks.push_back(tick);
    double previous = -100;
    for (const double tick : ticks) {
      if (x_of(tick) - previous < 24) continue;
      previous = x_of(tick);
      grid += fmt::format("M{} {}v4", px(previous), bottom);
      out += text_at(previous, bottom + 16, "m", tick == 0.5 ? "½" : markup::number(tick, 3));
    }
    out += fmt::format("<path class=\"g\" d=\"{}M{} {}H{}\"/><path class=\"d\" d=\"M{} {}V{}\"/>", grid, left, bottom, right,
                       px(x_of(0.5)), top, bottom);
    std::string path;
    double height_before = 1;
    for (const Exceedance& step : steps_) {
      if (!std::isfinite(step.size)) continue;
      path +=
          fmt::format("{} {}V{}",
                      path.empty() ? fmt::format("M{} {}H", left, px(y_of(1))) + px(x_of(step.size)) + "L" + px(x_of(step.size))
                                   : "H" + px(x_of(step.size)) + "L" + px(x_of(step.size)),
                      px(y_of(height_before)), px(y_of(step.share)));
      height_before = step.share;
    }
    if (height_before > 0) path += fmt::format("H{}", right);
    out += fmt::format("<path class=\"c s0\" d=\"{}\"/>", path);
    return out + text_at((left + right) / 2, height - 4, "m", "size of the error, ulp") + "</svg>";
  }

private:
  static constexpr double left = 44, right = width - 10, top = 10, bottom = height - 36;
  double x_of(double size) const {
    return left + (right - left) * std::clamp(std::asinh(2 * size) / std::asinh(2 * reach_), 0.0, 1.0);
  }
  double y_of(double share) const {
    if (!(share > 0)) return bottom;
    return top + (bottom - 4 - top) * std::clamp(std::log(share) / std::log(least_), 0.0, 1.0);
  }
  std::vector<Exceedance> steps_;
  double least_, reach_ = 1;
};

} // namespace softmax_audit::svg
