#include "impl/subject.hpp"

namespace softmax_audit {
namespace {

template <class T> std::vector<double> run_rows(SoftmaxKernel<T> kernel, const Problem& problem) {
  std::vector<T> x(problem.cols), y(problem.cols);
  std::vector<double> results;
  results.reserve(problem.rows * problem.cols);
  const T scale = to_storage<T>(problem.scale);
  for (std::size_t r = 0; r < problem.rows; ++r) {
    for (std::size_t i = 0; i < problem.cols; ++i) x[i] = to_storage<T>(problem.x[r * problem.cols + i]);
    // NaN: an element that the kernel forgets to write is not a number.
    std::fill(y.begin(), y.end(), to_storage<T>(std::numeric_limits<double>::quiet_NaN()));
    kernel(x.data(), y.data(), problem.cols, scale);
    for (const T value : y) results.push_back(from_storage(value));
  }
  return results;
}

} // namespace

std::vector<Subject> subjects_of(const Implementation& implementation) {
  std::vector<Subject> subjects;
  for (const Variant& variant : implementation.variants) {
    if (!variant.runnable()) continue;
    Subject subject;
    subject.name = implementation.name;
    subject.version = "built-in";
    subject.instruction_set = variant.instruction_set;
    if (variant.kernels.f32) subject.formats.push_back(Format::f32);
    if (variant.kernels.f64) subject.formats.push_back(Format::f64);
    subject.claim = variant.claim;
    subject.takes_scale = true;
    subject.breaks.assign(implementation.breaks.begin(), implementation.breaks.end());
    subject.run = [kernels = variant.kernels](const Problem& problem) {
      return problem.format == Format::f64 ? run_rows(kernels.f64, problem) : run_rows(kernels.f32, problem);
    };
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

} // namespace softmax_audit
