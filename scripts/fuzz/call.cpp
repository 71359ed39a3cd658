// --call, for each operation: rejected in one sentence that names a column, or a signature that its own text gives again.
#include "impl/foreign/call_signature.hpp"
#include "scripts/fuzz/fuzz.hpp"

#include <fmt/format.h>

namespace softmax_audit {
namespace {

std::string text_of(const CallSignature& call) {
  std::string text = call.returns_int ? "int(" : "void(";
  for (const CallArgument& a : call.arguments)
    text += fmt::format("{}{}{}{} {}", &a == call.arguments.data() ? "" : ", ", a.is_const ? "const " : "", name(a.type),
                        a.is_pointer ? "*" : "", name(a.meaning));
  return text + ")";
}

} // namespace

void fuzz::once(std::span<const std::uint8_t> bytes) {
  const std::string_view text = text_of(bytes);
  const MemoryLimit limit((std::size_t{1} << 16) + 128 * bytes.size());
  for (std::size_t k = 0; k < operation_names.size(); ++k) {
    const auto operation = static_cast<Operation>(k);
    CallSignature call{};
    if (!accepted([&] { call = call_from(text, operation); })) continue;
    const CallSignature again = call_from(softmax_audit::text_of(call), operation);
    require(softmax_audit::text_of(again) == softmax_audit::text_of(call), "the text of a call gives another call");
    require(takes(call, Meaning::x) && (is_in_place(call) || takes(call, Meaning::y)), "an accepted call has no logits");
    require(takes(call, Meaning::n) != (takes(call, Meaning::rows) && takes(call, Meaning::cols)),
            "an accepted call has no extent");
    require(takes(call, Meaning::dy) == takes_upstream_gradient(operation) &&
                takes(call, Meaning::target) == (operation == Operation::cross_entropy),
            "an accepted call has not what its operation has");
    for (const CallArgument& a : call.arguments)
      require(a.column >= 1 && a.column <= text.size(), "an argument stands nowhere");
  }
}

} // namespace softmax_audit
