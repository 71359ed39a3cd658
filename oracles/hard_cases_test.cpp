// Rows that are hard to round: all oracles have to know them to the last bit. They are the hardest of hard_f32_pairs.txt,
// hard_f64_pairs.txt and analytic_families.txt in properties/inputs/corpus/. Every expectation is mpmath's, at 5000 bits:
//   v = 1 / fsum(exp(x_j - x_i)), y = v / 2^q, tail = rint((y - rint(y)) 2^r) / 2^r, distance = log(|y - rint(y) - beside|, 2)
#include "oracles/registry.hpp"
#include "scripts/catch.hpp"

#include <mpfr.h>

#include <cmath>
#include <ios>

using namespace softmax_audit;

namespace {

struct Share {
  double nearest;
  double tail;        // to 2^-default_resolution
  double finest_tail; // to 2^-finest_resolution
  int ulp_exponent;
};

struct HardRow {
  Format format;
  std::vector<double> x;
  std::vector<Share> shares;
  double beside;        // what the first share lies beside: nearest + beside ulp, a midpoint or a value
  double distance_log2; // from there, in ulp
};

const std::vector<HardRow>& hard_rows() {
  static const std::vector<HardRow> rows{
      // The hardest differences of binary32.
      {Format::f32,
       {-0x1.250c02p-10, 0},
       {{0x1.ffb6bep-2, -0x1p-1, -0x1.fffffff7e4p-2, -25}, {0x1.0024a2p-1, -0x1p-2, -0x1.000000040ep-2, -24}},
       -0.5,
       -30.980362},
      {Format::f32,
       {0x1.437902p-5, 0},
       {{0x1.050db8p-1, 0x1p-1, 0x1.fffffff06dp-2, -24}, {0x1.f5e48ep-2, 0, 0x1.f26p-30, -25}},
       0.5,
       -30.038914},
      {Format::f32,
       {-0x1.2082ep-3, 0},
       {{0x1.dbfeep-2, 0x1p-1, 0x1.ffffffde048p-2, -25}, {0x1.12009p-1, -0x1p-2, -0x1.ffffffde048p-3, -24}},
       0.5,
       -28.913297},
      {Format::f32,
       {0x1.250c08p-9, 0},
       {{0x1.004942p-1, 0x1p-1, 0x1.ffffffb9d2cp-2, -24}, {0x1.ff6d7ap-2, 0, 0x1.18b58p-27, -25}},
       0.5,
       -27.867069},
      {Format::f32,
       {-0x1.32c9ap-1, 0},
       {{0x1.6b0962p-2, 0x1p-1, 0x1.ffffff96d6cp-2, -25}, {0x1.4a7b4ep-1, 0x1p-2, 0x1.0000003494cp-2, -24}},
       0.5,
       -27.283537},
      // The hardest with a subnormal share.
      {Format::f32,
       {-0x1.65cf3p+6, 0},
       {{0x1.edb9cp-130, -0x1p-1, -0x1.ffffffb10a8p-2, -149}, {0x1p+0, 0, 0, -24}},
       -0.5,
       -27.696975},
      {Format::f32,
       {-0x1.64fbb2p+6, 0},
       {{0x1.2f7efp-129, -0x1p-1, -0x1.fffffcfd27cp-2, -149}, {0x1p+0, 0, 0, -24}},
       -0.5,
       -24.409703},
      // The hardest pairs of binary64, of those that were tried.
      {Format::f64,
       {0x1.11ff9359f98cap+1, -0x1.e38cb8c24bd76p-66},
       {{0x1.ca21af497c6bbp-1, -0x1p-1, -0x1p-1, -53}, {0x1.aef285b41ca2cp-4, 0, 0, -56}},
       -0.5,
       -80.485066},
      {Format::f64,
       {0x1.29855ec528a51p-6, -0x1.8f75fded4e04ep-69},
       {{0x1.0253068df428bp-1, 0x1p-1, 0x1p-1, -53}, {0x1.fb59f2e417ae9p-2, 0, 0, -54}},
       0.5,
       -80.337369},
      {Format::f64,
       {-0x1.ad96d6c75c9acp-6, -0x1.beae18966ee19p-72},
       {{0x1.f949bdd8363ddp-2, -0x1p-1, -0x1p-1, -54}, {0x1.035b2113e4e12p-1, -0x1p-2, -0x1p-2, -53}},
       -0.5,
       -79.815777},
      {Format::f64,
       {0x1.be26b9591be98p+0, -0x1.f67ba210f8f5ap-56},
       {{0x1.b3bb775224018p-1, -0x1p-1, -0x1p-1, -53}, {0x1.311222b76ffa2p-3, 0, 0, -55}},
       -0.5,
       -77.977547},
      {Format::f64,
       {0x1.5c7578f35712dp+0, -0x1.54c803ec8b2ddp-65},
       {{0x1.9786ad548d1cfp-1, 0x1p-1, 0x1p-1, -53}, {0x1.a1e54aadcb8c2p-3, 0, 0, -55}},
       0.5,
       -76.704558},
      // Near-constant pairs: |d|^3/48 beside a midpoint.
      {Format::f16,
       {0x1p-10, 0},
       {{0x1p-1, 0x1p-1, 0x1.fffffd55554p-2, -11}, {0x1.ffcp-2, 0, 0x1.55555p-24, -12}},
       0.5,
       -24.584963},
      {Format::f16,
       {-0x1p-11, 0},
       {{0x1p-1, -0x1p-1, -0x1.ffffff55554p-2, -12}, {0x1p-1, 0x1p-2, 0x1.ffffff55558p-3, -11}},
       -0.5,
       -26.584963},
      {Format::bf16,
       {0x1p-7, 0},
       {{0x1p-1, 0x1p-1, 0x1.ffff5555998p-2, -8}, {0x1.fep-2, 0, 0x1.5554cccp-18, -9}},
       0.5,
       -18.584971},
      {Format::bf16,
       {-0x1p-8, 0},
       {{0x1p-1, -0x1p-1, -0x1.ffffd555598p-2, -9}, {0x1p-1, 0x1p-2, 0x1.ffffd555598p-3, -8}},
       -0.5,
       -20.584965},
      {Format::f32, {0x1p-23, 0}, {{0x1p-1, 0x1p-1, 0x1p-1, -24}, {0x1.fffffep-2, 0, 0, -25}}, 0.5, -50.584963},
      {Format::f32, {-0x1p-24, 0}, {{0x1p-1, -0x1p-1, -0x1p-1, -25}, {0x1p-1, 0x1p-2, 0x1p-2, -24}}, -0.5, -52.584963},
      {Format::f64, {0x1p-52, 0}, {{0x1p-1, 0x1p-1, 0x1p-1, -53}, {0x1.fffffffffffffp-2, 0, 0, -54}}, 0.5, -108.58496},
      {Format::f64, {-0x1p-53, 0}, {{0x1p-1, -0x1p-1, -0x1p-1, -54}, {0x1p-1, 0x1p-2, 0x1p-2, -53}}, -0.5, -110.58496},
      // The smallest differences: nearest is 1/2 on both sides, the binades differ.
      {Format::f32, {0x1p-149, 0}, {{0x1p-1, 0, 0, -24}, {0x1p-1, 0, 0, -25}}, 0.0, -127.0},
      {Format::f64, {0x0.0000000000001p-1022, 0}, {{0x1p-1, 0, 0, -53}, {0x1p-1, 0, 0, -54}}, 0.0, -1023.0},
      {Format::f64, {-0x0.0000000000001p-1022, 0}, {{0x1p-1, 0, 0, -54}, {0x1p-1, 0, 0, -53}}, 0.0, -1022.0},
      // Powers of two missed by e^-1000.
      {Format::f32, {0, -0x1.f4p+9}, {{0x1p+0, 0, 0, -24}, {0, 0, 0, -149}}, 0.0, -1418.695},
      {Format::f32, {0, 0, -0x1.f4p+9}, {{0x1p-1, 0, 0, -25}, {0x1p-1, 0, 0, -25}, {0, 0, 0, -149}}, 0.0, -1419.695},
      {Format::f64, {0, -0x1.f4p+9}, {{0x1p+0, 0, 0, -53}, {0, 0, 0, -1074}}, 0.0, -1389.695},
      // On both sides of the midpoints where underflow begins, of the smallest normal number, and of the last midpoint below 1.
      {Format::f64,
       {-0x1.74910d52d3052p+9, -0x1.04e7ce353629ep-46},
       {{0x0.0000000000001p-1022, -0x1p-1, -0x1p-1, -1074}, {0x1p+0, 0, 0, -53}},
       -0.5,
       -100.59011},
      {Format::f64,
       {-0x1.74910d52d3052p+9, -0x1.04e7ce353629dp-46},
       {{0, 0x1p-1, 0x1p-1, -1074}, {0x1p+0, 0, 0, -53}},
       0.5,
       -99.582396},
      {Format::f64,
       {-0x1.74046dfefd9dp+9, 0x1.685d446233407p-45},
       {{0x0.0000000000002p-1022, -0x1p-1, -0x1p-1, -1074}, {0x1p+0, 0, 0, -53}},
       -0.5,
       -99.412787},
      {Format::f64,
       {-0x1.74046dfefd9dp+9, 0x1.685d446233408p-45},
       {{0x0.0000000000001p-1022, 0x1p-1, 0x1p-1, -1074}, {0x1p+0, 0, 0, -53}},
       0.5,
       -96.608004},
      {Format::f64,
       {-0x1.6232bdd7abcd2p+9, 0x1.f0f3fec1be37fp-46},
       {{0x1p-1022, -0x1p-1, -0x1p-1, -1074}, {0x1p+0, 0, 0, -53}},
       -0.5,
       -49.970974},
      {Format::f64,
       {-0x1.6232bdd7abcd2p+9, 0x1.f0f3fec1be38p-46},
       {{0x0.fffffffffffffp-1022, 0x1p-1, 0x1p-1, -1074}, {0x1p+0, 0, 0, -53}},
       0.5,
       -46.095065},
      {Format::f64,
       {0x1.2b708872320e2p+5, 0x1.670da7e077bcbp-50},
       {{0x1.fffffffffffffp-1, 0x1p-1, 0x1p-1, -53}, {0x1p-54, 0, 0, -106}},
       0.5,
       -104.71444},
      {Format::f64,
       {0x1.2b708872320e2p+5, 0x1.670da7e077bcap-50},
       {{0x1p+0, -0x1p-1, -0x1p-1, -53}, {0x1p-54, 0, 0, -107}},
       -0.5,
       -103.52434},
      {Format::f32, {-0x1.9fe36ap+6, 0}, {{0, 0x1p-1, 0x1.ffff166a148p-2, -149}, {0x1p+0, 0, 0, -24}}, 0.5, -18.132192},
      {Format::f32, {-0x1.9fe368p+6, 0}, {{0x1p-149, -0x1p-1, -0x1.ffffe996204p-2, -149}, {0x1p+0, 0, 0, -24}}, -0.5, -21.5137},
  };
  return rows;
}

// log2 of |v - (nearest + beside ulp)| / ulp for a v in decimal digits.
double distance_log2_of(const std::string& decimal, const Share& share, double beside) {
  mpfr_t v, reference;
  mpfr_init2(v, 2000);
  mpfr_init2(reference, 2000);
  REQUIRE(mpfr_set_str(v, decimal.c_str(), 10, MPFR_RNDN) == 0);
  mpfr_set_d(reference, share.nearest, MPFR_RNDN);
  mpfr_sub(v, v, reference, MPFR_RNDN);
  mpfr_mul_2si(v, v, -share.ulp_exponent, MPFR_RNDN);
  mpfr_sub_d(v, v, beside, MPFR_RNDN);
  mpfr_abs(v, v, MPFR_RNDN);
  mpfr_log2(v, v, MPFR_RNDN);
  const double distance = mpfr_get_d(v, MPFR_RNDN);
  mpfr_clears(v, reference, static_cast<mpfr_ptr>(nullptr));
  return distance;
}

Problem problem_of(const HardRow& row) { return {Operation::softmax, row.format, 1, row.x.size(), row.x}; }

} // namespace

TEST_CASE("hard cases / every oracle knows the last bit of the hardest rows, and all that the finest resolution shows") {
  for (const Oracle* oracle : all_oracles())
    for (const HardRow& row : hard_rows())
      for (const int resolution : {default_resolution, finest_resolution}) {
        const std::vector<Truth> found = truths(*oracle, problem_of(row), resolution);
        REQUIRE(found.size() == row.shares.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
          const Share& share = row.shares[i];
          const double tail = resolution == default_resolution ? share.tail : share.finest_tail;
          INFO(oracle->name << std::hexfloat << " of (" << row.x.front() << ", ... " << row.x.back() << "), element " << i
                            << ", resolution " << resolution << ": nearest " << found[i].nearest << " tail " << found[i].tail
                            << " ulp " << found[i].ulp_exponent);
          CHECK(found[i] == Truth{share.nearest, tail, share.ulp_exponent, false});
        }
      }
}

TEST_CASE("hard cases / the rows are as hard as they are said to be") {
  // 2^-1443 of the share is the smallest distance: 435 digits, and some to spare.
  constexpr int digits = 460;
  for (const Oracle* oracle : all_oracles())
    for (const HardRow& row : hard_rows()) {
      const std::string first = oracle->decimals(problem_of(row), digits).front();
      INFO(oracle->name << std::hexfloat << " of (" << row.x.front() << ", ... " << row.x.back() << "): " << first);
      CHECK(std::fabs(distance_log2_of(first, row.shares.front(), row.beside) - row.distance_log2) < 1e-3);
    }
}
