// How accurate subjects are: statistics of their ulp errors, by format, length and regime, with the rows behind each figure.
#pragma once

#include "properties/campaigns/statistics.hpp"
#include "properties/inputs/rows.hpp"
#include "properties/inputs/sources.hpp"
#include "properties/property.hpp"

#include <functional>
#include <string>

namespace softmax_audit {

struct InputFile {
  std::string path; // as it was given
  std::string name; // without its folders; stands where generated rows have their regime
  std::vector<std::vector<double>> rows;
};

struct MeasureOptions {
  std::vector<std::size_t> lengths{1, 2, 3, 10, 100, 1000, 10000, 100000};
  std::vector<InputFile> files; // measured instead of generated rows if there are any
  std::uint64_t seed = 1;
  // What is not measured regime by regime is pooled, and not measured above 10,000.
  enum class Apart { softmax_in_f32_and_f64, softmax, everything };
  Apart regimes_apart = Apart::everything;
  std::size_t elements_per_cell = 4000; // rows of one length and regime: at least one, at most 200
  std::vector<Operation> operations{Operation::softmax};
  std::vector<Format> formats{Format::f16, Format::bf16, Format::f32, Format::f64};
  // Called before each cell: what it is, and how many elements it has for all subjects together; and after each row.
  std::function<void(std::string_view cell, std::size_t elements)> begins;
  std::function<void(std::size_t elements)> progress;
};

// What the cells of `begins` add up to.
std::size_t elements_to_measure(const std::vector<Subject>& subjects, const MeasureOptions& options);

enum class Metric { max_ulp, mean_ulp, signed_mean_ulp, p99_ulp, misrounded, max_over_bound, norm_wise };
inline constexpr std::array<std::string_view, 7> metric_names{"max_ulp",    "mean_ulp",       "signed_mean_ulp", "p99_ulp",
                                                              "misrounded", "max_over_bound", "norm_wise"};

struct Accuracy {
  const Subject* subject = nullptr;
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  std::size_t length = 0;
  std::string regime; // or the file's name
  std::uint64_t rows = 0;
  ErrorStatistics errors;
  std::uint64_t misrounded = 0; // elements
  std::vector<ErrorDensity::Column>
      density; // over m - x_i; empty where the operation has no such distance, or regimes are pooled
  std::array<double, metric_names.size()> value{};
  // The row on which each metric is worst by itself, and its value there.
  struct Worst {
    double value = -1;
    SourcedRow row;
  };
  std::array<Worst, metric_names.size()> worst;
  std::string incident; // the subject crashed or hung: on which row, and how
  std::optional<SourcedRow> incident_row;
};

// Every subject on the same rows.
std::vector<Accuracy> measure(const std::vector<Subject>& subjects, const MeasureOptions& options, const Oracle& oracle);

} // namespace softmax_audit
