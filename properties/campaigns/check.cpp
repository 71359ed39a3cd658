#include "properties/campaigns/check.hpp"

#include "properties/bounds.hpp"
#include "properties/inputs/corpus.hpp"
#include "properties/inputs/shrink.hpp"
#include "properties/inputs/structures.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

constexpr std::chrono::milliseconds shrink_budget{2000};
// Real rows of each law at smoke; the rest of them serve `measure`.
constexpr std::size_t rows_at_smoke = 60;

// A subject without a scale is asked the scaled logits, rounded once: the law holds for them as for any others.
void fit(Case& c, const Subject& subject) {
  if (subject.takes_scale || c.scale == 1) return;
  for (double& value : c.x) value = round_to(c.format, c.scale * value);
  c.scale = 1;
  c.source.clear();
}

// 1 / sqrt(d) for usual head sizes, temperatures, and numbers with all bits: scales that fuse or double-round differently.
double any_scale(Format format, Random& random) {
  constexpr double usual[] = {0.125, 0.08838834764831845, 0.1118033988749895, 0.7, 1.5, 10, 0.1};
  if (random.one_in(2)) return round_to(format, usual[random.below(std::size(usual))]);
  return round_to(format, std::ldexp(1 + random.unit(), static_cast<int>(random.between(-6, 3))));
}

// Runs cases through a law until one breaks; keeps the one that came nearest.
class Trial {
public:
  Trial(const Property& property, const Subject& subject, Format format, Truths& truths, const CheckOptions& options)
      : property_(property), subject_(subject), truths_(truths), options_(options) {
    verdict_.property = &property;
    verdict_.format = format;
  }

  // False when nothing more needs to be tried.
  bool add(Case c) {
    fit(c, subject_);
    if (!admits(c)) return true;
    const Judgement judgement = judge(property_, subject_, c, truths_);
    if (judgement.outcome == Outcome::vacuous) return true;
    if (judgement.outcome == Outcome::skipped) {
      refusal_ = judgement.incident;
      return true;
    }
    ++verdict_.cases;
    if (options_.progress) options_.progress(1);
    switch (judgement.outcome) {
      case Outcome::holds:
        if (const double r = ratio(judgement.finding.measured, judgement.finding.bound.value);
            r > nearest_ || !verdict_.witness) {
          nearest_ = r;
          keep(c, judgement);
        }
        return true;
      case Outcome::undecided:
        undecided_ = true;
        verdict_.incident = judgement.incident.empty() ? "the truth's last bits do not decide it" : judgement.incident;
        keep(c, judgement);
        return true;
      case Outcome::broken: {
        verdict_.outcome = Outcome::broken;
        const auto breaks = [this](const Case& candidate) {
          return admits(candidate) && judge(property_, subject_, candidate, truths_).outcome == Outcome::broken;
        };
        if (!options_.only) verdict_.shrunk_from = c.x.size();
        const Case smallest = options_.only ? c : shrink(c, breaks, shrink_budget);
        keep(smallest, judge(property_, subject_, smallest, truths_));
        return false;
      }
      default:
        verdict_.outcome = judgement.outcome;
        verdict_.incident = judgement.incident;
        keep(c, judgement);
        return false;
    }
  }

  Verdict finish(std::size_t least_cases) {
    if (verdict_.outcome == Outcome::vacuous && verdict_.cases == 0 && !refusal_.empty()) {
      verdict_.outcome = Outcome::skipped;
      verdict_.incident = refusal_;
    } else if (verdict_.outcome == Outcome::vacuous && verdict_.cases == 0) {
      verdict_.incident = "no row met what the law needs: " + std::string(property_.needs) +
                          "; or the claimed class allows every element of it anything";
    } else if (verdict_.outcome == Outcome::vacuous) {
      if (undecided_)
        verdict_.outcome = Outcome::undecided;
      else if (verdict_.cases >= least_cases)
        verdict_.outcome = Outcome::holds;
    }
    return std::move(verdict_);
  }

private:
  bool admits(const Case& c) const { return property_.admits(c) && covers(subject_.claim, c.format, c.x, c.scale); }
  void keep(const Case& c, const Judgement& judgement) {
    verdict_.witness = c;
    verdict_.finding = judgement.finding;
  }

  const Property& property_;
  const Subject& subject_;
  Truths& truths_;
  const CheckOptions& options_;
  Verdict verdict_;
  double nearest_ = -1;
  bool undecided_ = false;
  std::string refusal_; // the subject's last word on a case that it refused
};

bool add_corpus(Trial& trial, const Property& property, Format format) {
  for (const CorpusEntry& entry : corpus())
    if (entry.property == property.name && entry.c.format == format && !trial.add(entry.c)) return false;
  return true;
}

bool add_given_rows(Trial& trial, const Property& property, Format format, const CheckOptions& options) {
  const std::size_t count =
      options.effort == Effort::smoke ? std::min(rows_at_smoke, options.rows.size()) : options.rows.size();
  for (std::size_t k = 0; k < count; ++k) {
    Case c;
    c.format = format;
    // Evenly over all of them: the files come one after the other.
    for (const double value : options.rows[k * options.rows.size() / count]) c.x.push_back(round_to(format, value));
    Random random(options.seed + k);
    property.arrange(c, random);
    if (!trial.add(std::move(c))) return false;
  }
  return true;
}

Case case_of(const Structure& structure, const Property& property, Format format) {
  Case c;
  c.format = format;
  c.x = row_of(structure, format);
  Random random(~structure.seed); // another stream than the row's
  if (structure.scaled) c.scale = any_scale(format, random);
  property.arrange(c, random);
  return c;
}

bool add_long_rows(Trial& trial, const Property& property, Format format, const CheckOptions& options) {
  for (const std::size_t length : long_rows(options.effort)) {
    const Structure structure{length, Regime::moderate, false, false, false, options.seed};
    if (!trial.add(case_of(structure, property, format))) return false;
  }
  return true;
}

void add_generated(Trial& trial, const Property& property, Format format, const CheckOptions& options) {
  for_each_structure(options.seed, generated_cases(options.effort),
                     [&](const Structure& structure) { return trial.add(case_of(structure, property, format)); });
}

} // namespace

Verdict check(const Property& property, const Subject& subject, Format format, const CheckOptions& options, Truths& truths) {
  Trial trial(property, subject, format, truths, options);
  if (options.only) {
    Case c = *options.only;
    c.format = format;
    trial.add(std::move(c));
    return trial.finish(1);
  }
  if (add_corpus(trial, property, format) && add_given_rows(trial, property, format, options) &&
      add_long_rows(trial, property, format, options))
    add_generated(trial, property, format, options);
  return trial.finish(property.least_cases);
}

} // namespace softmax_audit
