#include "properties/campaigns/measure.hpp"
#include "properties/campaigns/statistics.hpp"
#include "properties/inputs/corpus.hpp"
#include "properties/inputs/npy.hpp"
#include "properties/inputs/random.hpp"
#include "properties/inputs/shrink.hpp"
#include "properties/inputs/structures.hpp"
#include "properties/inputs/values.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <set>
#include <thread>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Function> std::string rejection(Function function) {
  try {
    function();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string npy(const std::string& header, const std::string& data) {
  std::string padded = header + std::string(64 - (header.size() + 11) % 64, ' ') + "\n";
  std::string bytes = "\x93NUMPY";
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(padded.size() % 256);
  bytes += static_cast<char>(padded.size() / 256);
  return bytes + padded + data;
}

std::string bytes_of(std::vector<float> values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

} // namespace

TEST_CASE("values / hexfloats come back, decimals are rounded once to the format") {
  REQUIRE(hexfloat(0) == "0x0p+0");
  REQUIRE(hexfloat(-0.0) == "-0x0p+0");
  REQUIRE(hexfloat(0x1p-1074) == "0x0.0000000000001p-1022");
  for (const double value : {0.0, -0.0, 0x1.8p+1, -0x1.fffffep+127, 0x1p-149, infinity, -infinity})
    REQUIRE(value_from(Format::f32, hexfloat(value), "row") == value);
  REQUIRE(std::isnan(value_from(Format::f16, "nan", "row")));
  REQUIRE(value_from(Format::f32, "0.1", "row") == 0x1.99999ap-4);
  REQUIRE(value_from(Format::f64, "0.1", "row") == 0.1);
  REQUIRE(value_from(Format::f32, "1e39", "row") == infinity);
  REQUIRE(value_from(Format::f64, "1e-400", "row") == 0);
  REQUIRE(value_from(Format::f64, "-1e400", "row") == -infinity);
  // Through double it would be a tie in binary32 and go down.
  REQUIRE(value_from(Format::f32, "1.00000005960464477540", "row") == 1 + 0x1p-23);
  // Nearer to halfway between two values of the format than a double can tell.
  REQUIRE(value_from(Format::f16, "1.00048828125", "row") == 1);
  REQUIRE(value_from(Format::f16, "1.0004882812500000000000001", "row") == 1 + 0x1p-10);
  REQUIRE(value_from(Format::f16, "-1.0004882812500000000000001", "row") == -1 - 0x1p-10);
  REQUIRE(value_from(Format::f16, "1.0014648437499999999999999", "row") == 1 + 0x1p-10);
  REQUIRE(value_from(Format::f16, "0x1.00200000000000000001p+0", "row") == 1 + 0x1p-10);
  REQUIRE(value_from(Format::bf16, "1.0039062500000000000000001", "row") == 1 + 0x1p-7);
  REQUIRE(value_from(Format::bf16, "1e400", "row") == infinity);
  REQUIRE(row_from(Format::f32, " 1 -0x1p+1,inf\t0.5 ", "row") == std::vector<double>{1, -2, infinity, 0.5});
}

TEST_CASE("values / text is refused with its place") {
  REQUIRE_THAT(rejection([] { row_from(Format::f32, "1 two 3", "--row"); }),
               ContainsSubstring("value 2: ") && ContainsSubstring("\"two\""));
  REQUIRE_THAT(rejection([] { row_from(Format::f32, "  ", "--row"); }), ContainsSubstring("no values"));
  for (const char* text : {"1.0x", "0x", "--1", "+-1", "1e", "0x1p", "one", "infinit", ""})
    REQUIRE(rejection([text] { value_from(Format::f64, text, "row"); }) != "accepted");
  REQUIRE_THAT(rejection([] { indices_from("0 -1", "--permutation"); }), ContainsSubstring("\"-1\""));
}

TEST_CASE("rows / every regime gives values of the format, the asked length and no NaN") {
  for (const Format format : formats)
    for (std::size_t r = 0; r < regime_names.size(); ++r)
      for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Structure structure{1 + seed, static_cast<Regime>(r), seed % 2 == 0, seed % 3 == 0, false, seed};
        const std::vector<double> x = row_of(structure, format);
        REQUIRE(x.size() == structure.length);
        REQUIRE(std::all_of(x.begin(), x.end(), [&](double value) {
          return !std::isnan(value) && (is_representable(format, value) || std::isinf(value)) && value != infinity;
        }));
        REQUIRE(std::any_of(x.begin(), x.end(), [](double value) { return std::isfinite(value); }));
      }
}

TEST_CASE("structures / RapidCheck reaches what its own generators never give") {
  std::size_t ties = 0, masked = 0, subnormal = 0, one_ulp_apart = 0, huge = 0, around_width = 0, far = 0, cases = 0;
  std::set<std::size_t> lengths;
  const auto drawn = structures(1, 250);
  for (const Structure& structure : *drawn) {
    const std::vector<double> x = row_of(structure, Format::f32);
    ++cases;
    lengths.insert(x.size());
    std::vector<double> finite;
    std::copy_if(x.begin(), x.end(), std::back_inserter(finite), [](double value) { return std::isfinite(value); });
    std::sort(finite.begin(), finite.end());
    masked += finite.size() < x.size();
    ties += std::adjacent_find(finite.begin(), finite.end()) != finite.end();
    one_ulp_apart += std::adjacent_find(finite.begin(), finite.end(), [](double a, double b) {
                       return order_of(Format::f32, b) - order_of(Format::f32, a) == 1;
                     }) != finite.end();
    subnormal += std::any_of(finite.begin(), finite.end(), [](double v) { return v != 0 && std::fabs(v) < 0x1p-126; });
    huge += std::any_of(finite.begin(), finite.end(), [](double v) { return std::fabs(v) > 0x1p100; });
    far += finite.size() > 1 && finite.back() - finite.front() > 80;
    around_width += x.size() % 16 == 15 || x.size() % 16 <= 1;
  }
  REQUIRE(cases == 250);
  for (const std::size_t count : {ties, masked, subnormal, one_ulp_apart, huge, around_width, far}) REQUIRE(count >= 8);
  REQUIRE(lengths.size() >= 40);
}

TEST_CASE("structures / the seed decides everything, from any thread") {
  const auto seeds_of = [](std::uint64_t seed) {
    std::vector<std::uint64_t> seeds;
    const auto drawn = structures(seed, 20);
    for (const Structure& structure : *drawn) seeds.push_back(structure.seed);
    return seeds;
  };
  REQUIRE(seeds_of(3) == seeds_of(3));
  REQUIRE(seeds_of(3) != seeds_of(4));
  std::vector<std::uint64_t> elsewhere;
  std::thread([&] { elsewhere = seeds_of(5); }).join();
  REQUIRE(elsewhere == seeds_of(5));
}

TEST_CASE("shrink / ends at the fewest elements and the simplest values that still break") {
  Case c;
  c.format = Format::f32;
  for (int i = 0; i < 40; ++i) c.x.push_back(0.123f * static_cast<float>(i) - 2.5f);
  c.x[23] = 0x1.64abcep+6;
  const auto has_large = [](const Case& candidate) {
    return std::any_of(candidate.x.begin(), candidate.x.end(), [](double value) { return value > 88.8; });
  };
  const Case smallest = shrink(c, has_large, std::chrono::seconds(5)).smallest;
  REQUIRE(smallest.x == std::vector<double>{128}); // one significant bit
}

TEST_CASE("shrink / keeps permutation and row together, and drops the scale") {
  Case c;
  c.format = Format::f64;
  c.x = {1, 2, 3, 4};
  c.permutation = {3, 0, 2, 1};
  c.scale = 0.7;
  const auto two_or_more = [](const Case& candidate) {
    std::vector<std::size_t> sorted = candidate.permutation;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != i) return false;
    return candidate.x.size() >= 2 && sorted.size() == candidate.x.size();
  };
  const Case smallest = shrink(c, two_or_more, std::chrono::seconds(5)).smallest;
  REQUIRE(smallest.x == std::vector<double>{0, 0});
  REQUIRE(smallest.permutation.size() == 2);
  REQUIRE(smallest.scale == 1);
}

TEST_CASE("shrink / a permutation whose rest would move nothing becomes the reversal") {
  Case c;
  c.x = {0, 0, 128};
  c.permutation = {1, 0, 2};
  const auto moves_and_has_the_large_one = [](const Case& candidate) {
    return !std::is_sorted(candidate.permutation.begin(), candidate.permutation.end()) &&
           std::find(candidate.x.begin(), candidate.x.end(), 128) != candidate.x.end();
  };
  const Case smallest = shrink(c, moves_and_has_the_large_one, std::chrono::seconds(5)).smallest;
  REQUIRE(smallest.x == std::vector<double>{0, 128});
  REQUIRE(smallest.permutation == std::vector<std::size_t>{1, 0});
}

TEST_CASE("shrink / ties stay ties: their value becomes simpler for all of them, and two are enough") {
  Case c;
  c.x = {1000, 12.75, 3, 12.75};
  const auto has_tie_and_is_large = [](const Case& candidate) {
    std::vector<double> x = candidate.x;
    std::sort(x.begin(), x.end());
    return std::adjacent_find(x.begin(), x.end()) != x.end() && x.back() >= 100;
  };
  const Case smallest = shrink(c, has_tie_and_is_large, std::chrono::seconds(5)).smallest;
  REQUIRE(smallest.x == std::vector<double>{128, 128});
}

TEST_CASE("shrink / a second row, a place and the gradients shrink with the row") {
  Case c;
  c.operation = Operation::softmax_backward;
  for (int i = 0; i < 12; ++i) {
    c.x.push_back(0.7 * i);
    c.dy.push_back(i == 7 ? 4.75 : 1.5);
  }
  c.with = {1.25, 9, -3};
  c.number = 9;
  const auto still = [](const Case& candidate) {
    if (candidate.x.size() != candidate.dy.size() || candidate.number >= candidate.x.size() || candidate.with.empty())
      return false;
    return std::any_of(candidate.dy.begin(), candidate.dy.end(), [](double g) { return g > 4; });
  };
  const Case smallest = shrink(c, still, std::chrono::seconds(5)).smallest;
  REQUIRE(smallest.x == std::vector<double>{0});
  REQUIRE(smallest.dy == std::vector<double>{8});
  REQUIRE(smallest.with == std::vector<double>{0});
  REQUIRE(smallest.number == 0);
  REQUIRE_FALSE(simpler_case(smallest, still));
}

TEST_CASE("shrink / the order of values is total: every two values of binary16 have one, and 0 and 1 come first") {
  std::vector<double> values{std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, -0.0};
  for (std::int64_t order = order_of(Format::f16, -largest_finite(Format::f16)); value_of_order(Format::f16, order) < infinity;
       ++order)
    values.push_back(value_of_order(Format::f16, order));
  std::sort(values.begin(), values.end(), [](double a, double b) { return is_simpler(a, b); });
  REQUIRE(values.size() == 63491); // 2 (31 * 2^10) finite ones, both infinities, one NaN
  std::size_t unordered = 0;
  for (std::size_t i = 1; i < values.size(); ++i)
    unordered += !is_simpler(values[i - 1], values[i]) || is_simpler(values[i], values[i - 1]);
  CHECK(unordered == 0);
  CHECK((values[0] == 0 && !std::signbit(values[0]) && std::signbit(values[1])));
  CHECK((values[2] == 1 && values[3] == -1 && values[4] == 2));
  CHECK(std::isnan(values.back()));
  for (const double value : {0x1p+0, infinity, std::numeric_limits<double>::quiet_NaN()}) CHECK_FALSE(is_simpler(value, value));
}

namespace {

// A case of every kind of part, long or short, with values of all sizes.
Case any_case(Random& random, Format format) {
  const auto value = [&]() -> double {
    if (random.one_in(12)) return random.one_in(3) ? std::numeric_limits<double>::quiet_NaN() : -infinity;
    return round_to(format, std::ldexp(random.normal(), static_cast<int>(random.between(-12, 12))));
  };
  Case c;
  c.format = format;
  c.operation = Operation::softmax_backward;
  const std::size_t n = 1 + random.below(5);
  for (std::size_t i = 0; i < n; ++i) c.x.push_back(i > 0 && random.one_in(3) ? c.x.back() : value());
  for (std::size_t i = 0; i < n; ++i) c.dy.push_back(value());
  for (std::size_t i = random.below(3); i > 0; --i) c.with.push_back(value());
  if (random.one_in(2)) c.scale = value();
  if (random.one_in(2)) c.shift = value();
  c.number = random.one_in(2) ? random.below(n) : random.below(1000);
  c.target = static_cast<std::int64_t>(random.below(n));
  if (random.one_in(2)) {
    for (std::size_t i = 0; i < n; ++i) c.permutation.push_back(i);
    for (std::size_t i = n; i > 1; --i) std::swap(c.permutation[i - 1], c.permutation[random.below(i)]);
  }
  return c;
}

} // namespace

TEST_CASE("shrink / every move gives a simpler case, of values of the format") {
  std::size_t moves = 0, not_simpler = 0, not_values = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const Case c = any_case(random, formats[seed % 4]);
    REQUIRE_FALSE(simpler_case(c, [&](const Case& candidate) {
      ++moves;
      not_simpler += !is_simpler(candidate, c);
      for (const auto row : {&Case::x, &Case::dy, &Case::with})
        for (const double value : candidate.*row) not_values += !is_representable(c.format, value);
      return false;
    }));
  }
  CHECK(moves > 40000);
  CHECK(not_simpler == 0);
  CHECK(not_values == 0);
}

// What breaks has no rhyme or reason here, so that a move which only one of the two knows shows.
TEST_CASE("shrink / ends where no move keeps the break, whatever breaks") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const Case start = any_case(random, formats[seed % 4]);
    const std::string first = corpus_line({"", start});
    const auto still_breaks = [&](const Case& candidate) {
      const std::string line = corpus_line({"", candidate});
      return line == first || std::hash<std::string>{}(line + std::to_string(seed)) % 200 == 0;
    };
    const Shrunk shrunk = shrink(start, still_breaks, std::chrono::seconds(20));
    INFO(first << " became " << corpus_line({"", shrunk.smallest}));
    REQUIRE(shrunk.minimal);
    REQUIRE(still_breaks(shrunk.smallest));
    const auto simpler = simpler_case(shrunk.smallest, still_breaks);
    INFO("simpler: " << (simpler ? corpus_line({"", *simpler}) : ""));
    REQUIRE_FALSE(simpler);
  }
}

TEST_CASE("shrink / knows every number of significant bits, and every bit") {
  constexpr double v = 0x1.6db6dap+3;
  for (int bits = 1; bits <= 23; ++bits) {
    Case c;
    c.x = {v};
    const auto is_near = [bits](const Case& candidate) { return std::fabs(candidate.x[0] - v) < std::ldexp(1.0, 3 - bits); };
    const Shrunk near = shrink(c, is_near, std::chrono::seconds(5));
    INFO(bits << ": " << near.smallest.x[0]);
    CHECK(near.minimal);
    CHECK_FALSE(simpler_case(near.smallest, is_near));
    // All of the first 23 bits are set, and this one has to stay, beside the first and the last.
    c.x = {0x1.fffffcp+0};
    const auto has_bit = [bits](const Case& candidate) {
      const double x = candidate.x[0];
      return x >= 1 && x < 2 && std::fmod(std::ldexp(x, 22), 2) == 1 && std::fmod(std::floor(std::ldexp(x, bits - 1)), 2) == 1;
    };
    const Shrunk one = shrink(c, has_bit, std::chrono::seconds(5));
    CHECK(one.minimal);
    CHECK(one.smallest.x[0] == (bits == 1 ? 1 : 1 + std::ldexp(1.0, 1 - bits)) + (bits == 23 ? 0 : 0x1p-22));
  }
}

TEST_CASE("shrink / simplifies scale, shift, number and target") {
  Case c;
  c.x = {0, 0x1.9p+9, -infinity};
  c.scale = 0x1.3d2p+1;
  c.shift = -0x1.8p-2;
  c.number = 40;
  c.target = 2;
  // 12 significant bits of the scale, and a shift that is not an integer, in any binade; a number that is divisible by 5.
  const auto still = [](const Case& candidate) {
    const double bits = std::ldexp(candidate.scale, 11 - std::ilogb(candidate.scale));
    return std::fmod(bits, 2) == 1 && std::fabs(candidate.shift) <= 0.5 && candidate.shift < 0 && candidate.number % 5 == 0 &&
           candidate.number > 0 && candidate.x.size() == 3 && candidate.target > 0 && candidate.x[1] > 500;
  };
  const Shrunk shrunk = shrink(c, still, std::chrono::seconds(5));
  CHECK(shrunk.minimal);
  CHECK(shrunk.smallest.scale == 0x1.002p+0);
  CHECK(shrunk.smallest.shift == -0x1p-1);
  CHECK(shrunk.smallest.number == 5);
  CHECK(shrunk.smallest.target == 1);
  CHECK(shrunk.smallest.x == std::vector<double>{0, 512, 0});
}

TEST_CASE("shrink / what time kept from being minimal is not called minimal") {
  Case c;
  c.x = {1.5, 2.5, 3.5};
  const auto always = [](const Case&) { return true; };
  CHECK_FALSE(shrink(c, always, std::chrono::milliseconds(0)).minimal);
  CHECK(shrink(c, always, std::chrono::milliseconds(0)).smallest.x == c.x);
  CHECK(shrink(c, always, std::chrono::seconds(5)).minimal);
  const auto slow = [](const Case&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return false;
  };
  CHECK_FALSE(shrink(c, slow, std::chrono::milliseconds(20)).minimal);
}

TEST_CASE("corpus / a line that is written is read back as it was") {
  Case c;
  c.operation = Operation::softmax_backward;
  c.format = Format::f16;
  c.x = {1, -infinity, 0.5};
  c.dy = {1, 2, -3};
  c.scale = 0.75;
  c.shift = -4;
  c.permutation = {2, 0, 1};
  c.with = {infinity, 1};
  c.number = 3;
  c.target = 2;
  const auto entries = corpus_from(corpus_line({"is_accurate", c}));
  REQUIRE(entries.size() == 1);
  REQUIRE(entries[0].property == "is_accurate");
  const Case& back = entries[0].c;
  REQUIRE(back.operation == c.operation);
  REQUIRE(back.format == c.format);
  REQUIRE(back.x == c.x);
  REQUIRE(back.dy == c.dy);
  REQUIRE(back.scale == c.scale);
  REQUIRE(back.shift == c.shift);
  REQUIRE(back.permutation == c.permutation);
  REQUIRE(back.with == c.with);
  REQUIRE(back.number == c.number);
  REQUIRE(back.target == c.target);
  REQUIRE_THAT(rejection([] { corpus_from("is_accurate f32 operation=sofmax row=1\n"); }), ContainsSubstring("sofmax"));
}

TEST_CASE("corpus / is read, and a line that cannot be read is named") {
  REQUIRE(corpus().size() >= 20);
  const auto entries = corpus_from("# nothing\n\nignores_shift f32 shift=0x1p+3 row=0,1 # why\n");
  REQUIRE(entries.size() == 1);
  REQUIRE(entries[0].c.shift == 8);
  REQUIRE(entries[0].c.x == std::vector<double>{0, 1});
  REQUIRE_THAT(rejection([] { corpus_from("\nis_accurate f31 row=1\n"); }), ContainsSubstring("corpus line 2"));
  REQUIRE_THAT(rejection([] { corpus_from("is_accurate f32 rwo=1\n"); }), ContainsSubstring("\"rwo\""));
  REQUIRE_THAT(rejection([] { corpus_from("is_accurate f32\n"); }), ContainsSubstring("row= is missing"));
  REQUIRE(entries[0].line == 3);
  // What belongs to the row fits it.
  REQUIRE_THAT(rejection([] { corpus_from("is_accurate f32 dy=1,2 row=1,2\n"); }),
               ContainsSubstring("softmax of 2 values needs 0"));
  REQUIRE_THAT(rejection([] { corpus_from("is_accurate f32 operation=softmax_backward dy=1 row=1,2\n"); }),
               ContainsSubstring("line 1") && ContainsSubstring("1 gradients"));
  REQUIRE_THAT(rejection([] { corpus_from("is_accurate f32 operation=cross_entropy target=2 row=1,2\n"); }),
               ContainsSubstring("target=2") && ContainsSubstring("2 values"));
  for (const char* permutation : {"0,0", "0,2", "0", "1,0,2"})
    REQUIRE_THAT(
        rejection([&] { corpus_from("follows_permutation f32 permutation=" + std::string(permutation) + " row=1,2\n"); }),
        ContainsSubstring("0 to 1"));
}

TEST_CASE("npy / arrays come in, whatever their shape, by rows of the last axis") {
  const std::string data = bytes_of({1, 2, 3, 4, 5, 6});
  const NpyArray flat = npy_from(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", data), "a.npy");
  REQUIRE(flat.rows == std::vector<std::vector<double>>{{1, 2, 3, 4, 5, 6}});
  const NpyArray cube = npy_from(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }", data), "a.npy");
  REQUIRE(cube.rows == std::vector<std::vector<double>>{{1, 2, 3}, {4, 5, 6}});
  REQUIRE(cube.format == Format::f32);
}

TEST_CASE("npy / what cannot be read is told in one sentence with what was expected") {
  const std::string data = bytes_of({1, 2, 3, 4, 5, 6});
  const auto of = [&](const std::string& header, const std::string& content) {
    return rejection([&] { npy_from(npy(header, content), "a.npy"); });
  };
  REQUIRE_THAT(of("{'descr': '<i4', 'fortran_order': False, 'shape': (6,), }", data),
               ContainsSubstring("a.npy: its element type is <i4") && ContainsSubstring("float32"));
  REQUIRE_THAT(of("{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", data), ContainsSubstring(">f4"));
  REQUIRE_THAT(of("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", data), ContainsSubstring("Fortran"));
  REQUIRE_THAT(of("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", data),
               ContainsSubstring("24 bytes") && ContainsSubstring("28"));
  REQUIRE_THAT(of("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", data), ContainsSubstring("single number"));
  REQUIRE_THAT(of("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", ""), ContainsSubstring("empty"));
  REQUIRE_THAT(of("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", data),
               ContainsSubstring("sizes"));
  REQUIRE_THAT(of("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", data),
               ContainsSubstring("more than"));
  REQUIRE_THAT(of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", data), ContainsSubstring("plain"));
  REQUIRE_THAT(rejection([] { npy_from("PK\x03\x04", "a.npz"); }), ContainsSubstring("does not begin like"));
  REQUIRE_THAT(rejection([] { npy_from(std::string("\x93NUMPY\x01\x00\xff\xff", 10) + "{}", "a.npy"); }),
               ContainsSubstring("ends inside"));
  REQUIRE_THAT(rejection([] { read_npy("/there/is/none.npy"); }), ContainsSubstring("cannot be read"));
}

TEST_CASE("npy / the real logits of the project are readable, finite or masked, and small") {
  std::size_t files = 0, bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(SOFTMAX_AUDIT_REAL)) {
    if (file.path().extension() != ".npy") continue;
    ++files;
    bytes += file.file_size();
    const NpyArray array = read_npy(file.path());
    REQUIRE(array.rows.size() >= 100);
    for (const auto& row : array.rows) {
      REQUIRE(std::none_of(row.begin(), row.end(), [](double value) { return std::isnan(value) || value == infinity; }));
      REQUIRE(std::any_of(row.begin(), row.end(), [](double value) { return std::isfinite(value); }));
    }
  }
  REQUIRE(files >= 5);
  REQUIRE(bytes <= 2 * 1024 * 1024);
}

TEST_CASE("statistics / are those of the definition, and merge in any order") {
  ErrorStatistics forwards, backwards;
  std::vector<double> errors;
  for (int k = -400; k <= 600; ++k) errors.push_back(k / 256.0);
  for (const double error : errors) forwards.add(error);
  for (auto error = errors.rbegin(); error != errors.rend(); ++error) backwards.add(*error);
  REQUIRE(forwards.signed_mean() == (600 * 601 / 2 - 400 * 401 / 2) / 256.0 / 1001);
  REQUIRE(forwards.mean() == (600 * 601 / 2 + 400 * 401 / 2) / 256.0 / 1001);
  REQUIRE(forwards.quantile(0.99) == 590 / 256.0); // ten of 1001 lie above
  REQUIRE(forwards.quantile(0.99) == backwards.quantile(0.99));
  REQUIRE(forwards.mean() == backwards.mean());
  forwards.add_not_a_number();
  REQUIRE(std::isinf(forwards.quantile(1)));
  std::uint64_t counted = 0;
  for (const auto& bucket : forwards.histogram()) counted += bucket.count;
  REQUIRE(counted == 1001);
}

TEST_CASE("statistics / large errors keep one percent") {
  ErrorStatistics statistics;
  statistics.add(1e6);
  REQUIRE(statistics.quantile(1) == 1e6); // the largest is known exactly
  statistics.add(2e6);
  REQUIRE(statistics.quantile(0.5) >= 1e6);
  REQUIRE(statistics.quantile(0.5) <= 1.012e6);
  statistics.add(1e300); // saturates, does not overflow
  REQUIRE(statistics.count() == 3);
}

TEST_CASE("measure / a generated row comes back from its source") {
  const std::vector<double> row = generated_row("generated:offset,37,123456789", Format::f32);
  REQUIRE(row.size() == 37);
  REQUIRE(row == generated_row("generated:offset,37,123456789", Format::f32));
  REQUIRE_THAT(rejection([] { generated_row("generated:ofset,37,1", Format::f32); }), ContainsSubstring("offset"));
  REQUIRE(rejection([] { generated_row("generated:offset,0,1", Format::f32); }) != "accepted");
  REQUIRE(rejection([] { generated_row("generated:offset", Format::f32); }) != "accepted");
}
