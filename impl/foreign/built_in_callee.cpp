// An implementation or a fault that is compiled in, called through the buffers of the runner.
#include "impl/foreign/callee.hpp"
#include "impl/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace softmax_audit {
namespace {

template <class T> void run(Kernel<T> kernel, const CalleeCall& call) {
  const bool one_value = gives_one_value_a_row(static_cast<Operation>(call.operation));
  // Kernels have one layout for all: the runner gives them rows without gaps, or the same gap everywhere.
  const Layout layout{call.rows, call.cols, 1, static_cast<std::size_t>(call.x_row)};
  if (!one_value && call.x_row != call.y_row) throw std::logic_error("a kernel has one row stride");
  kernel({layout, static_cast<const T*>(call.x), static_cast<T*>(call.y), static_cast<const T*>(call.dy), call.target,
          to_storage<T>(call.scale)});
}

const Implementation* implementation_named(const std::string& name) {
  for (const auto& all : {all_implementations(), all_faults()})
    for (const Implementation* implementation : all)
      if (implementation->name == name) return implementation;
  return nullptr;
}

} // namespace

Callee built_in_callee(const std::string& name, const std::string& instruction_set) {
  const Implementation* implementation = implementation_named(name);
  if (!implementation) throw std::invalid_argument(fmt::format("runner: there is no implementation \"{}\"", name));
  const auto variant = std::find_if(implementation->variants.begin(), implementation->variants.end(),
                                    [&](const Variant& v) { return v.instruction_set == instruction_set && v.runnable(); });
  if (variant == implementation->variants.end())
    throw std::invalid_argument(fmt::format("runner: {} has no \"{}\" on this machine", name, instruction_set));
  Callee callee;
  callee.name = implementation->name;
  callee.version = "built-in";
  callee.instruction_set = variant->instruction_set;
  for (const Kernels& kernels : variant->kernels) {
    if (kernels.f16) callee.offers.push_back({kernels.operation, Format::f16});
    if (kernels.bf16) callee.offers.push_back({kernels.operation, Format::bf16});
    if (kernels.f32) callee.offers.push_back({kernels.operation, Format::f32});
    if (kernels.f64) callee.offers.push_back({kernels.operation, Format::f64});
  }
  callee.takes_scale = true;
  callee.takes_row_stride = callee.takes_one_row_stride = true;
  callee.works_in_place = variant->works_in_place;
  callee.takes_threads = true;
  callee.run = [all = variant->kernels](const CalleeCall& call) -> int {
    const auto of_operation = std::find_if(all.begin(), all.end(), [&](const Kernels& kernels) {
      return kernels.operation == static_cast<Operation>(call.operation);
    });
    if (call.rows * call.cols == 0) return SOFTMAX_AUDIT_DONE;
    switch (static_cast<Format>(call.format_of_y)) {
      case Format::f16: softmax_audit::run(of_operation->f16, call); break;
      case Format::bf16: softmax_audit::run(of_operation->bf16, call); break;
      case Format::f32: softmax_audit::run(of_operation->f32, call); break;
      case Format::f64: softmax_audit::run(of_operation->f64, call); break;
    }
    return SOFTMAX_AUDIT_DONE;
  };
  return callee;
}

} // namespace softmax_audit
