// Law      elements of -inf put into a row, at any place, leave the results of the others as they were.
// Source   properties/README.md, "Masks": a mask has no mass, so both runs have one truth.
// Basis    theorem. Bit for bit is a contract: an exact zero changes no sum that keeps its order, but it does move others to other lanes.
// Needs    where they are put (number) and how many (the one value of with).
// Why      every fourth case puts one -inf at the next place of rows of 2 to 257, so that every place of each has been asked after 6128 cases.
#include "properties/laws/row_facts.hpp"

#include <utility>

namespace softmax_audit {
namespace {

constexpr double masked = -std::numeric_limits<double>::infinity();

std::size_t masks_of(const Case& c) { return c.with.empty() ? 0 : static_cast<std::size_t>(c.with[0]); }

// Every place of one mask in rows of these lengths, one after the other; then nothing.
constexpr std::size_t widths[] = {2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257};
std::optional<std::pair<std::size_t, std::size_t>> width_and_place(std::size_t k) {
  for (const std::size_t n : widths) {
    if (k < n) return std::pair(n, k);
    k -= n;
  }
  return std::nullopt;
}

void arrange(Case& c, Random& random, std::size_t index) {
  if (const auto systematic = width_and_place(index / 4); systematic && index % 4 == 3) {
    // `place` is where the mask stands in the row of n; the row without it is one shorter.
    const auto [n, place] = *systematic;
    const std::vector<double> x = c.x, dy = c.dy;
    c.x.resize(n - 1);
    if (!dy.empty()) c.dy.resize(n - 1);
    for (std::size_t i = 0; i + 1 < n; ++i) {
      c.x[i] = std::isfinite(x[i % x.size()]) ? x[i % x.size()] : 0;
      if (!dy.empty()) c.dy[i] = dy[i % dy.size()];
    }
    c.with = {1};
    c.number = place;
    return;
  }
  const std::size_t counts[] = {1, 1 + random.below(8), 16, 256, 1 + random.below(300)}; // 256: whole blocks of 128 somewhere
  c.with = {static_cast<double>(counts[random.below(std::size(counts))])};
  if (!is_representable(c.format, c.with[0])) c.with = {16};
  const std::size_t places[] = {0, c.x.size(), random.below(c.x.size() + 1)};
  c.number = places[random.below(3)];
}

bool admits(const Case& c) {
  return is_ordinary(c) && c.with.size() == 1 && c.with[0] >= 1 && c.with[0] <= 1000 && c.with[0] == std::floor(c.with[0]) &&
         c.number <= c.x.size() && c.scale > 0;
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::size_t masks = masks_of(c);
  std::vector<double> x = c.x, dy = c.dy;
  x.insert(x.begin() + static_cast<std::ptrdiff_t>(c.number), masks, masked);
  if (!dy.empty()) dy.insert(dy.begin() + static_cast<std::ptrdiff_t>(c.number), masks, 1.0);
  Problem longer = question_of(c, x, dy, c.scale);
  std::int64_t target = c.target;
  if (c.operation == Operation::cross_entropy) {
    if (static_cast<std::size_t>(target) >= c.number) target += static_cast<std::int64_t>(masks);
    longer.target = {&target, 1};
  }
  if (!covers(subject.claim, longer)) return WorstFinding(c, Basis::theorem, assumptions_of(subject, c)).finding(); // vacuous
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  // The bounds of the longer row are those of its own sum; its truths are the row's, and exact zeros.
  const std::vector<Truth> longer_truth = truths(oracle, longer, resolution);
  std::vector<double> longer_bound = error_bounds(subject.claim, longer, longer_truth, oracle);
  std::vector<double> longer_y = subject.run(longer);
  if (results_of_row(c.operation, 2) == 2) {
    const auto cut = [&](std::vector<double>& values) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(c.number);
      values.erase(first, first + static_cast<std::ptrdiff_t>(masks));
    };
    cut(longer_bound);
    cut(longer_y);
  }
  return compare_answers(answer, longer_y, longer_bound, in_place(c), subject, c, Contract::masks);
}

} // namespace

namespace laws {
extern constinit const Property ignores_masked{
    .name = "ignores_masked",
    .statement = "-inf put into the row: |y_i - y_i of the row without| <= both bounds",
    .source = "properties/README.md#masks",
    .needs = "a place (--number) and a count (--with) of elements of -inf to put into the row",
    .means =
        "Masked positions change the probabilities of the others: padding a sequence changes what the model says about it.",
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax, Operation::log_sum_exp, Operation::softmax_backward,
                   Operation::cross_entropy},
    .contract = Contract::masks,
    .chooses_length = true,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
