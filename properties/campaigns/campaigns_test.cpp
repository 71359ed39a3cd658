#include "impl/registry.hpp"
#include "oracles/registry.hpp"
#include "properties/campaigns/check.hpp"
#include "properties/campaigns/curves.hpp"
#include "properties/campaigns/measure.hpp"
#include "properties/campaigns/special_values.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

using namespace softmax_audit;

namespace {

Subject subject_named(std::string_view name) {
  for (const Implementation* implementation : all_implementations())
    if (implementation->name == name) return subjects_of(*implementation).front();
  throw std::logic_error("there is no implementation " + std::string(name));
}

// Answers every question with what `answer` gives.
template <class Answer> Subject answering(Answer answer) {
  Subject subject = subject_named("shifted");
  subject.name = "made up";
  subject.run = [answer](const Problem& problem) { return answer(problem); };
  return subject;
}

const SpecialRow& row_named(const SpecialValues& values, std::string_view name) {
  for (const SpecialRow& row : values.rows)
    if (row.name == name) return row;
  throw std::logic_error("there is no row " + std::string(name));
}

} // namespace

TEST_CASE("density / counts every element once, in its column, with its bound") {
  ErrorDensity density;
  density.add(0, 0.3, 2);
  density.add(0, -0.3, 2.2);
  density.add(0.1, 0, 1);
  density.add(1, 5, 3);
  density.add(1.49, 5, 3);
  density.add(1.5, -1e9, 1e9);
  density.add(5000, 0, 0);
  density.add_not_a_number(5000, 1);
  density.add(std::numeric_limits<double>::infinity(), 1, 1); // masked
  const auto columns = density.columns();
  REQUIRE(columns.size() == 5);
  CHECK(columns[0].to == 0);
  REQUIRE(columns[0].errors.size() == 2);
  CHECK(columns[0].errors[0].from == -0.375);
  CHECK(columns[0].errors[0].to == -0.25);
  CHECK(columns[0].errors[1].from == 0.25);
  CHECK(columns[0].bounds.size() == 1); // 2 and 2.2 lie in one quarter
  CHECK(columns[0].bounds[0].from == 2);
  CHECK(columns[0].bounds[0].to == 2.5);
  CHECK(columns[0].largest_bound == 2.2);
  CHECK(columns[1].to == 0.125);
  CHECK(columns[2].from == 1);
  CHECK(columns[2].to == 1.5);
  CHECK(columns[2].errors[0].count == 2);
  CHECK(columns[2].errors[0].from == 4);
  CHECK(std::isinf(columns[3].errors[0].from));
  CHECK(std::isinf(columns[3].bounds[0].to));
  CHECK(columns[4].from == 1024);
  CHECK(std::isinf(columns[4].to));
  CHECK(columns[4].not_a_number == 1);
}

TEST_CASE("density / every error lies in its bucket, and the buckets are the histogram's") {
  for (const double error : {0.0, 0.1, 0.125, 3.99, 4.0, 7.9, 8.0, 1e5, 0x1p20, 1e30, -0.1, -0.125, -4.5, -1e30}) {
    ErrorDensity density;
    density.add(3, error, 1);
    const auto bucket = density.columns().at(0).errors.at(0);
    INFO(error);
    CHECK((error < 0 ? bucket.from <= error : bucket.from <= error));
    CHECK((error < 0 ? error <= bucket.to : error < bucket.to));
    ErrorStatistics statistics;
    statistics.add(error);
    // A wide bucket of the statistics is shown by its middle.
    if (std::fabs(error) < 16 && error >= 0) CHECK(statistics.histogram()[0].from == bucket.from);
  }
}

TEST_CASE("density / measuring fills it, and every element that is not masked is in it") {
  MeasureOptions options;
  options.lengths = {10};
  options.formats = {Format::f32};
  const std::vector<Subject> subjects{subject_named("shifted")};
  for (const Accuracy& accuracy : measure(subjects, options, default_oracle())) {
    std::uint64_t counted = 0;
    for (const auto& column : accuracy.density) {
      for (const auto& bucket : column.errors) counted += bucket.count;
      counted += column.not_a_number;
      CHECK(column.from <= column.to);
    }
    INFO(accuracy.regime);
    CHECK(counted > 0);
    CHECK(counted <= accuracy.errors.count());
    if (accuracy.regime == "constant") CHECK(accuracy.density.at(0).to == 0);
  }
  options.regimes_apart = MeasureOptions::Apart::softmax_in_f32_and_f64;
  options.formats = {Format::f16};
  for (const Accuracy& accuracy : measure(subjects, options, default_oracle())) CHECK(accuracy.density.empty());
}

TEST_CASE("check / a counterexample that time kept from being minimal says so") {
  const auto verdict_on = [](std::chrono::milliseconds pause) {
    const Subject subject = answering([pause](const Problem& problem) {
      std::this_thread::sleep_for(pause);
      return std::vector<double>(problem.cols, problem.x[0] > 1 ? 2.0 : 1.0 / static_cast<double>(problem.cols));
    });
    for (const Property* property : all_properties())
      if (property->name == "lies_in_unit_interval")
        return check(*property, subject, Operation::softmax, Format::f32, {}, default_oracle());
    throw std::logic_error("there is no law lies_in_unit_interval");
  };
  const Verdict finished = verdict_on(std::chrono::milliseconds(0)), unfinished = verdict_on(std::chrono::milliseconds(200));
  REQUIRE(finished.outcome == Outcome::broken);
  CHECK(finished.witness->x == std::vector<double>{2});
  CHECK_FALSE(finished.shrinking_unfinished);
  REQUIRE(unfinished.outcome == Outcome::broken);
  CHECK(unfinished.shrinking_unfinished);
}

TEST_CASE("check / rows of the user's corpus are asked before all others") {
  std::vector<std::vector<double>> asked;
  const Subject subject = answering([&asked](const Problem& problem) {
    asked.emplace_back(problem.x.begin(), problem.x.end());
    return subject_named("shifted").run(problem);
  });
  CheckOptions options;
  options.asked_first = corpus_from("sums_to_one f32 row=1,2,3\nis_accurate f32 row=4\nis_accurate f64 row=5\n"
                                    "is_accurate f32 operation=log_softmax row=6\nis_accurate f32 row=7,8\n");
  for (const Property* property : all_properties())
    if (property->name == "is_accurate")
      CHECK(check(*property, subject, Operation::softmax, Format::f32, options, default_oracle()).outcome == Outcome::holds);
  REQUIRE(asked.size() > 100);
  CHECK((asked[0] == std::vector<double>{4} && asked[1] == std::vector<double>{7, 8}));
}

TEST_CASE("curves / go from one class to all alike, within what is proved") {
  for (const char* name : {"shifted", "naive"}) {
    const Subject subject = subject_named(name);
    for (const Format format : {Format::f32, Format::f64}) {
      const auto curves = curves_of(subject, format, default_oracle());
      REQUIRE(curves.size() == 2);
      for (const Curve& curve : curves) {
        const std::size_t last = curve.logits.size() - 1;
        INFO(name << " " << last);
        REQUIRE(curve.points.size() == 65);
        CHECK(curve.points.front().exact[last] == 1);
        CHECK(std::fabs(curve.points.back().exact[last] - 1.0 / static_cast<double>(last + 1)) < 0.01);
        for (const CurvePoint& point : curve.points)
          for (std::size_t i = 0; i <= last; ++i)
            if (subject.name == "shifted") CHECK(std::fabs(point.ulp[i]) <= point.bound[i]);
      }
      // exp(256) overflows binary32.
      if (subject.name == "naive" && format == Format::f32) CHECK(std::isnan(curves[0].points.front().ulp[1]));
    }
  }
}

TEST_CASE("curves / a subject without a scale is asked with scaled rows, and one that crashes is asked no more") {
  std::size_t asked = 0;
  Subject subject = answering([&asked](const Problem& problem) {
    CHECK(problem.scale == 1);
    if (++asked > 3) throw Incident(Incident::Kind::crashed, "signal 11");
    return std::vector<double>(problem.cols, 0.5);
  });
  subject.takes_scale = false;
  const auto curves = curves_of(subject, Format::f32, default_oracle());
  CHECK(!curves[0].by_scale);
  CHECK(curves[0].points.size() == 3);
  CHECK(curves[0].incident == "signal 11");
}

TEST_CASE("special values / each profile is met by who follows it, and by nobody else") {
  const auto values = special_values_of(subject_named("shifted"), Operation::softmax, Format::f32, default_oracle());
  CHECK(values.met == std::vector<Profile>{Profile::ieee});
  CHECK(row_named(values, "two +inf").demands.size() == 3);
  CHECK(row_named(values, "-inf beside finite").has_truth);
  CHECK(row_named(values, "-inf beside finite").y == std::vector<double>{0.5, 0, 0.5});
  // Zero where the row is fully masked.
  const Subject safe = answering([](const Problem& problem) {
    const bool empty = std::all_of(problem.x.begin(), problem.x.end(), [](double x) { return std::isinf(x) && x < 0; });
    return empty ? std::vector<double>(problem.cols, 0.0) : subject_named("shifted").run(problem);
  });
  CHECK(special_values_of(safe, Operation::softmax, Format::f32, default_oracle()).met == std::vector<Profile>{Profile::safe});
  // A NaN that turns into a number meets none, and so does an infinity for the largest twice.
  const Subject hides = answering([](const Problem& problem) { return std::vector<double>(problem.cols, 0.5); });
  const auto hidden = special_values_of(hides, Operation::softmax, Format::f32, default_oracle());
  CHECK(hidden.met.empty());
  CHECK(!row_named(hidden, "NaN first").demands[0].met);
  CHECK(row_named(hidden, "the largest twice").demands[0].met);
  CHECK(!row_named(hidden, "the largest and the lowest").demands[0].met);
}

TEST_CASE("special values / sound code meets a profile in every operation and format") {
  for (const Offer& offer : subject_named("shifted").offers) {
    if (!operations_of_special_values.has(offer.operation)) continue;
    INFO(name(offer.operation) << " " << name(offer.format));
    CHECK(!special_values_of(subject_named("shifted"), offer.operation, offer.format, default_oracle()).met.empty());
  }
}

TEST_CASE("special values / a subject that crashes on a NaN is told, and goes on") {
  const Subject crashes = answering([](const Problem& problem) -> std::vector<double> {
    if (std::isnan(problem.x[0])) throw Incident(Incident::Kind::crashed, "signal 8");
    return subject_named("shifted").run(problem);
  });
  const auto values = special_values_of(crashes, Operation::softmax, Format::f32, default_oracle());
  CHECK(row_named(values, "NaN first").incident == "signal 8");
  CHECK(row_named(values, "NaN first").y.empty());
  CHECK(!row_named(values, "NaN last").y.empty());
  CHECK(values.met.empty());
}
