#include "impl/claim.hpp"

#include "impl/text_from_outside.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>
#include <stdexcept>
#include <vector>

namespace softmax_audit {
namespace {

constexpr std::array<std::string_view, 5> summation_names{"recursive", "pairwise", "lanes", "compensated", "wide"};
constexpr std::array<std::string_view, 3> form_names{"natural", "exp2", "exp2-fused"};
constexpr std::array<std::string_view, 2> division_names{"divide", "reciprocal"};
constexpr std::array<std::string_view, 2> rescaling_names{"none", "online"};
constexpr std::array<std::string_view, 2> difference_names{"rounded", "compensated"};
constexpr std::array<std::string_view, 2> exp0_names{"any", "one"};
constexpr std::array<std::string_view, 2> subnormal_names{"gradual", "flushed"};

template <class Enum> std::string_view name_in(std::span<const std::string_view> names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

[[noreturn]] void reject(std::string_view key, std::string_view value, std::string_view expected) {
  throw std::invalid_argument(
      fmt::format("claim: {}={} is not understood; expected {}", excerpt(key), excerpt(value), expected));
}

template <class Enum> Enum value_in(std::span<const std::string_view> names, std::string_view key, std::string_view value) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == value) return static_cast<Enum>(i);
  reject(key, value, fmt::format("one of {}", fmt::join(names, ", ")));
}

template <class Number> Number number_in(std::string_view key, std::string_view value, std::string_view expected) {
  Number number{};
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || !(number > 0)) reject(key, value, expected);
  return number;
}

Format format_in(std::string_view key, std::string_view value) {
  if (const auto format = format_named(value)) return *format;
  reject(key, value, "one of f16, bf16, f32, f64");
}

Contracts contracts_in(std::string_view key, std::string_view value) {
  Contracts contracts;
  while (!value.empty()) {
    const std::size_t plus = value.find('+');
    contracts.add(value_in<Contract>(contract_names, key, value.substr(0, plus)));
    value = plus == std::string_view::npos ? std::string_view{} : value.substr(plus + 1);
  }
  return contracts;
}

void apply(Claim& claim, std::string_view key, std::string_view value) {
  if (key == "exp") {
    claim.exponential_ulp = number_in<double>(key, value, "the error of exp in ulp, a number above 0");
    if (!(claim.exponential_ulp < 1e4)) reject(key, value, "an error of exp below 10000 ulp");
  } else if (key == "log") {
    claim.logarithm_ulp = number_in<double>(key, value, "the error of log in ulp, a number above 0");
    if (!(claim.logarithm_ulp < 1e4)) reject(key, value, "an error of log below 10000 ulp");
  } else if (key == "sum") {
    constexpr std::string_view lanes = "lanes:";
    if (value.starts_with(lanes)) {
      claim.summation = Summation::lanes;
      claim.accumulator_bytes =
          number_in<unsigned>(key, value.substr(lanes.size()), "lanes:BYTES, the bytes of all vector accumulators");
    } else {
      claim.summation = value_in<Summation>(summation_names, key, value);
      if (claim.summation == Summation::lanes) reject(key, value, "lanes:BYTES, the bytes of all vector accumulators");
    }
  } else if (key == "form") {
    claim.form = value_in<ExponentialForm>(form_names, key, value);
  } else if (key == "division") {
    claim.division = value_in<Division>(division_names, key, value);
  } else if (key == "rescaling") {
    claim.rescaling = value_in<Rescaling>(rescaling_names, key, value);
  } else if (key == "arithmetic") {
    claim.arithmetic = format_in(key, value);
  } else if (key == "accumulator") {
    claim.accumulator = format_in(key, value);
  } else if (key == "difference") {
    claim.difference_is_compensated = value_in<int>(difference_names, key, value) == 1;
  } else if (key == "exp0") {
    claim.exponential_of_zero_is_one = value_in<int>(exp0_names, key, value) == 1;
  } else if (key == "subnormals") {
    claim.subnormals = value_in<Subnormals>(subnormal_names, key, value);
  } else if (key == "bitwise") {
    claim.bitwise = contracts_in(key, value);
  } else {
    throw std::invalid_argument(
        fmt::format("claim: there is no key \"{}\"; the keys are exp, log, sum, form, division, rescaling, arithmetic, "
                    "accumulator, difference, exp0, subnormals, bitwise",
                    excerpt(key)));
  }
}

} // namespace

std::string text_of(const Claim& claim) {
  const Claim assumed;
  std::vector<std::string> parts;
  if (claim.arithmetic) parts.push_back(fmt::format("arithmetic={}", name(*claim.arithmetic)));
  if (claim.accumulator) parts.push_back(fmt::format("accumulator={}", name(*claim.accumulator)));
  if (claim.exponential_ulp != assumed.exponential_ulp) parts.push_back(fmt::format("exp={}", claim.exponential_ulp));
  if (claim.logarithm_ulp != assumed.logarithm_ulp) parts.push_back(fmt::format("log={}", claim.logarithm_ulp));
  if (claim.summation == Summation::lanes)
    parts.push_back(fmt::format("sum=lanes:{}", claim.accumulator_bytes));
  else if (claim.summation != assumed.summation)
    parts.push_back(fmt::format("sum={}", name_in(summation_names, claim.summation)));
  if (claim.form != assumed.form) parts.push_back(fmt::format("form={}", name_in(form_names, claim.form)));
  if (claim.division != assumed.division) parts.push_back(fmt::format("division={}", name_in(division_names, claim.division)));
  if (claim.rescaling != assumed.rescaling)
    parts.push_back(fmt::format("rescaling={}", name_in(rescaling_names, claim.rescaling)));
  if (claim.difference_is_compensated) parts.emplace_back("difference=compensated");
  if (!claim.exponential_of_zero_is_one) parts.emplace_back("exp0=any");
  if (claim.subnormals != assumed.subnormals)
    parts.push_back(fmt::format("subnormals={}", name_in(subnormal_names, claim.subnormals)));
  if (!claim.bitwise.empty()) {
    std::vector<std::string_view> kept;
    for (std::size_t k = 0; k < contract_names.size(); ++k)
      if (claim.bitwise.has(static_cast<Contract>(k))) kept.push_back(contract_names[k]);
    parts.push_back(fmt::format("bitwise={}", fmt::join(kept, "+")));
  }
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ","));
}

Claim claim_from(std::string_view text) {
  Claim claim;
  if (text == "nothing") return claim;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos)
      throw std::invalid_argument(fmt::format("claim: \"{}\" is not KEY=VALUE, as in exp=1,sum=pairwise", excerpt(part)));
    apply(claim, part.substr(0, equals), part.substr(equals + 1));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  if (claim.form == ExponentialForm::base_two_fused && claim.rescaling == Rescaling::online)
    throw std::invalid_argument(
        "claim: form=exp2-fused with rescaling=online: every rise rounds m log2 e anew, and no bound is proved "
        "for that; claim form=exp2 if each product is rounded by itself");
  return claim;
}

void require_proved(const Claim& claim, Format storage) {
  const Format arithmetic = arithmetic_of(claim, storage);
  if (claim.accumulator && unit_roundoff(*claim.accumulator) > unit_roundoff(arithmetic))
    throw std::invalid_argument(
        fmt::format("claim: accumulator={} is narrower than the arithmetic, {}; no bound is proved for that",
                    name(*claim.accumulator), name(arithmetic)));
}

} // namespace softmax_audit
