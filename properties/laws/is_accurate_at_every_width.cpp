// Law      |y_i - v_i| <= B(x)_i for every n from 1 to 4096 and beside the powers of two to 2^19, wherever the one element stands that
//          matters.
// Source   properties/README.md, "B1" and "Relatives".
// Basis    theorem.
// Needs    a row with an odd element out: all others are equal.
// Why      code in blocks, lanes and tails is wrong at one width or one position, which rows of random length meet by luck. Seven of eight
//          cases are the next width each; the odd element stands at a random place, most often near an end. The eighth is one of the
//          widths that code is written for, and the odd element, near the end, is so large that exp overflows without it in the maximum.
#include "properties/laws/row_facts.hpp"
#include "properties/laws/widths.hpp"

namespace softmax_audit {
namespace {

constexpr std::size_t widest = 4096;

// Vectors, tiles and thread blocks end at powers of two; 1000, 197 and 785 are what image models have.
constexpr std::size_t usual_widths[] = {1024, 1000, 256, 2048, 512, 4096, 128, 64, 32, 197, 785, 1025, 257, 1023, 255, 4095};

// The cases of gate reach the last of the widths beside powers.
constexpr std::size_t rarely = 44;

std::size_t usual_width(std::size_t k) {
  return k % rarely == rarely - 1 ? width_beside_a_power(k / rarely) : usual_widths[k % std::size(usual_widths)];
}

void arrange(Case& c, Random& random, std::size_t index) {
  const bool is_long = c.x.size() > widest; // keeps its length
  const bool is_usual = is_long || index % 8 == 7;
  const std::size_t n = is_long ? c.x.size() : is_usual ? usual_width(index / 8) : 1 + (index - index / 8) % widest;
  const std::size_t from_end = random.below(std::min<std::size_t>(n, is_usual ? 64 : 20));
  const std::size_t places[] = {from_end, n - 1 - from_end, random.below(n), n - 1};
  const std::size_t place = is_long ? n - 1 : is_usual ? n - 1 - from_end : places[random.below(std::size(places))];
  // Negative in half of the cases: a maximum that starts at 0, and lanes of zeros, are wrong there only.
  const double level =
      round_to(c.format, (random.one_in(2) ? -1 : 1) * std::ldexp(1 + random.unit(), static_cast<int>(random.below(7))));
  const double step = std::ldexp(static_cast<double>(random.between(1, 16)), static_cast<int>(random.between(-3, 2)));
  c.x.assign(n, level);
  c.x[place] = round_to(c.format, level + (is_usual ? 200 : random.one_in(4) ? -step : step));
  if (c.operation == Operation::softmax_backward_from_output) {
    c.x.assign(n, round_to(c.format, 0.5 / static_cast<double>(n)));
    c.x[place] = 0.5;
  }
  if (takes_upstream_gradient(c.operation)) {
    c.dy.assign(n, 0);
    c.dy[random.below(n)] = 1;
    c.dy[place] = -2;
  }
  c.target = static_cast<std::int64_t>(random.one_in(2) ? place : n - 1);
}

// All equal but one.
bool admits(const Case& c) {
  if (!is_ordinary_and_finite(c)) return false;
  if (c.x.size() == 1) return true;
  const double common = c.x[0] == c.x[c.x.size() - 1] ? c.x[0] : c.x[c.x.size() / 2];
  return std::count(c.x.begin(), c.x.end(), common) + 1 >= static_cast<std::ptrdiff_t>(c.x.size());
}

} // namespace

namespace laws {
extern constinit const Property is_accurate_at_every_width{
    .name = "is_accurate_at_every_width",
    .statement = "|y_i - v_i| <= B(x)_i at every n to 4096 (smoke: to 219) and beside 2^13 to 2^19, one odd element anywhere",
    .source = "properties/README.md#b1",
    .needs = "finite logits, all equal but one",
    .means = "At some row lengths results are wrong by more than the arithmetic excuses, most often just beside a multiple of "
             "the vector width: one class or one token is lost or counted twice.",
    .least_cases = 200, // at smoke every n to this one
    .operations = all_operations,
    .cost = 4,
    .chooses_length = true,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &compare_with_truth,
};
} // namespace laws

} // namespace softmax_audit
