#include "impl/subject.hpp"

#include <cfenv>
#include <cstdint>
#include <memory>

namespace softmax_audit {
namespace {

constexpr int judged_flags = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW;

// A buffer that begins `misplaced` elements after a 64-byte boundary, filled with NaN: an element that a kernel forgets to write,
// or reads from a gap, is not a number.
template <class T> class Buffer {
public:
  Buffer(std::size_t elements, std::size_t misplaced) : bytes_(new std::byte[(elements + misplaced) * sizeof(T) + boundary]) {
    const auto address = reinterpret_cast<std::uintptr_t>(bytes_.get());
    first_ = reinterpret_cast<T*>(bytes_.get() + (boundary - address % boundary) % boundary) + misplaced;
    std::uninitialized_fill_n(first_, elements, to_storage<T>(std::numeric_limits<double>::quiet_NaN()));
  }
  T* data() { return first_; }

private:
  static constexpr std::size_t boundary = 64;
  std::unique_ptr<std::byte[]> bytes_;
  T* first_;
};

template <class T> void place(Buffer<T>& buffer, const Layout& layout, std::span<const double> values) {
  for (std::size_t r = 0; r < layout.rows(); ++r)
    for (std::size_t i = 0; i < layout.cols; ++i)
      buffer.data()[layout.first_of_row(r) + i * layout.inner] = to_storage<T>(values[r * layout.cols + i]);
}

template <class T> Answer run(Kernel<T> kernel, const Problem& problem, const Placement& placement) {
  const std::size_t inner = placement.inner;
  const Layout layout{problem.rows / inner, problem.cols, inner, problem.cols * inner + placement.gap};
  const bool one_value = gives_one_value_a_row(problem.operation);
  Buffer<T> x(layout.elements(), placement.misplaced), dy(problem.dy.empty() ? 0 : layout.elements(), placement.misplaced),
      y(placement.in_place ? 0 : std::max(layout.elements(), problem.rows), placement.misplaced);
  place(x, layout, problem.x);
  if (!problem.dy.empty()) place(dy, layout, problem.dy);
  const Call<T> call{layout,
                     x.data(),
                     placement.in_place ? x.data() : y.data(),
                     problem.dy.empty() ? nullptr : dy.data(),
                     problem.target.empty() ? nullptr : problem.target.data(),
                     to_storage<T>(problem.scale)};
  Answer answer;
  std::feclearexcept(FE_ALL_EXCEPT);
  if (problem.rows * problem.cols > 0) kernel(call);
  answer.flags = std::fetestexcept(judged_flags);
  answer.y.reserve(result_count(problem));
  for (std::size_t r = 0; r < layout.rows(); ++r)
    for (std::size_t i = 0; i < results_of_row(problem.operation, layout.cols); ++i)
      answer.y.push_back(from_storage(call.y[one_value ? r : layout.first_of_row(r) + i * inner]));
  return answer;
}

Answer run(const Kernels& kernels, const Problem& problem, const Placement& placement) {
  switch (problem.format) {
    case Format::f16: return run(kernels.f16, problem, placement);
    case Format::bf16: return run(kernels.bf16, problem, placement);
    case Format::f32: return run(kernels.f32, problem, placement);
    case Format::f64: return run(kernels.f64, problem, placement);
  }
  return {};
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
    for (const Kernels& kernels : variant.kernels) {
      if (kernels.f16) subject.offers.push_back({kernels.operation, Format::f16});
      if (kernels.bf16) subject.offers.push_back({kernels.operation, Format::bf16});
      if (kernels.f32) subject.offers.push_back({kernels.operation, Format::f32});
      if (kernels.f64) subject.offers.push_back({kernels.operation, Format::f64});
    }
    subject.claim = variant.claim;
    subject.takes_scale = true;
    subject.abilities = {Ability::alignment, Ability::row_stride, Ability::axis, Ability::flags, Ability::threads};
    if (variant.works_in_place) subject.abilities.add(Ability::in_place);
    subject.breaks.assign(implementation.breaks.begin(), implementation.breaks.end());
    subjects.push_back(std::move(subject));
    if (implementation.runs_apart) {
      subjects.back().abilities = {};
      continue; // watched_subjects_of says how it is asked
    }
    Subject& here = subjects.back();
    here.run_placed = [all = variant.kernels](const Problem& problem, const Placement& placement) {
      const auto of_operation =
          std::find_if(all.begin(), all.end(), [&](const Kernels& kernels) { return kernels.operation == problem.operation; });
      return softmax_audit::run(*of_operation, problem, placement);
    };
    here.run = [placed = here.run_placed](const Problem& problem) { return placed(problem, {}).y; };
  }
  return subjects;
}

} // namespace softmax_audit
