#include "properties/campaigns/check.hpp"

#include "properties/bounds.hpp"
#include "properties/inputs/cases.hpp"
#include "properties/inputs/corpus.hpp"
#include "properties/inputs/shrink.hpp"
#include "properties/inputs/structures.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

constexpr std::chrono::milliseconds shrink_budget{2000};
// Every smaller row that also ends the subject's process costs the start of another one.
constexpr std::chrono::milliseconds shrink_budget_apart{10000};
constexpr std::uint64_t refusals_of_isolation = 3;
constexpr std::size_t index_of_long_rows = std::size_t{1} << 20;
// Real rows of each law at smoke; the rest of them serve `measure`.
constexpr std::size_t rows_at_smoke = 60;

// Runs cases through a law until one breaks; keeps the one that came nearest.
class Trial {
public:
  Trial(const Property& property, const Subject& subject, Operation operation, Format format, const Oracle& oracle,
        const CheckOptions& options)
      : property_(property), subject_(subject), oracle_(oracle), options_(options) {
    verdict_.property = &property;
    verdict_.operation = operation;
    verdict_.format = format;
  }

  // False when nothing more needs to be tried.
  bool add(Case c) {
    fit(c, subject_);
    if (options_.limit) c.limit = options_.limit;
    if (!admits(c)) return true;
    if (options_.leaves_out && options_.leaves_out(admitted_++)) return true;
    const Judgement judgement = judge(property_, subject_, c, oracle_);
    if (judgement.outcome == Outcome::vacuous) return true;
    if (judgement.outcome == Outcome::skipped) {
      refusal_ = judgement.incident;
      // Where the process ends at every row, the law that names it says so; starting it again for each row of the others would
      // take for ever.
      return !property_.isolation || ++refused_ < refusals_of_isolation || verdict_.cases > refused_;
    }
    ++verdict_.cases;
    if (judgement.finding.same_bits) {
      ++verdict_.bits_compared;
      verdict_.bits_differed += *judgement.finding.same_bits ? 0 : 1;
    }
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
        // Of the case that broke it last, which is the smallest one: what breaks by luck need not do so once more.
        Judgement broken = judgement;
        const auto breaks = [this, &broken](const Case& candidate) {
          if (!admits(candidate)) return false;
          Judgement again = judge(property_, subject_, candidate, oracle_);
          if (again.outcome != Outcome::broken) return false;
          broken = std::move(again);
          return true;
        };
        const bool shrinks = options_.shrinks && !options_.only;
        if (shrinks) verdict_.shrunk_from = c.x.size();
        Shrunk shrunk{c, true};
        if (shrinks) shrunk = shrink(c, breaks, subject_.abilities.has(Ability::threads) ? shrink_budget : shrink_budget_apart);
        verdict_.shrinking_unfinished = !shrunk.minimal;
        keep(shrunk.smallest, broken);
        verdict_.incident = verdict_.finding.seen;
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
  bool admits(const Case& c) const { return property_.admits(c) && covers(subject_.claim, question_of(c)); }
  void keep(const Case& c, const Judgement& judgement) {
    verdict_.witness = c;
    verdict_.finding = judgement.finding;
  }

  const Property& property_;
  const Subject& subject_;
  const Oracle& oracle_;
  const CheckOptions& options_;
  Verdict verdict_;
  std::size_t admitted_ = 0;
  double nearest_ = -1;
  bool undecided_ = false;
  std::string refusal_; // the subject's last word on a case that it refused
  std::uint64_t refused_ = 0;
};

// What is asked, and how much of it.
struct Campaign {
  const Property& property;
  Operation operation;
  Format format;
  const CheckOptions& options;
};

Case case_from(const Campaign& campaign, std::vector<double> logits, bool scaled, std::uint64_t seed, std::size_t index) {
  Random random(seed);
  Case c = completed_case(campaign.operation, campaign.format, std::move(logits), scaled, random);
  campaign.property.arrange(c, random, index);
  // The law may have made the row longer or shorter.
  if (c.operation == Operation::cross_entropy) c.target = std::min(c.target, static_cast<std::int64_t>(c.x.size()) - 1);
  return c;
}

Case case_of(const Campaign& campaign, const Structure& structure, std::size_t index) {
  return case_from(campaign, row_of(structure, campaign.format), structure.scaled, ~structure.seed,
                   index); // not the row's stream
}

bool add_corpus(Trial& trial, const Campaign& campaign, const std::vector<CorpusEntry>& entries) {
  for (const CorpusEntry& entry : entries)
    if (entry.property == campaign.property.name && entry.c.format == campaign.format &&
        entry.c.operation == campaign.operation && !trial.add(entry.c))
      return false;
  return true;
}

bool add_given_rows(Trial& trial, const Campaign& campaign) {
  const auto& [property, operation, format, options] = campaign;
  const std::size_t count =
      options.effort == Effort::smoke ? std::min(rows_at_smoke, options.rows.size()) : options.rows.size();
  for (std::size_t k = 0; k < count; ++k) {
    std::vector<double> row;
    // Evenly over all of them: the files come one after the other.
    for (const double value : options.rows[k * options.rows.size() / count]) row.push_back(round_to(format, value));
    if (!trial.add(case_from(campaign, std::move(row), false, options.seed + k, k))) return false;
  }
  return true;
}

bool add_long_rows(Trial& trial, const Campaign& campaign) {
  for (const std::size_t length : long_rows(campaign.options.effort)) {
    const Property& property = campaign.property;
    if (property.cost > 1 && length * property.cost > most_elements_of_costly_laws) continue;
    if (length < campaign.options.from_length || length > campaign.options.to_length) continue;
    const std::size_t regimes =
        length > longest_row_of_all_regimes ? 1 : std::max<std::size_t>(1, regime_names.size() / property.cost);
    for (std::size_t r = 0; r < regimes; ++r) {
      const bool plain = r == 0;
      const Structure structure{.length = length,
                                .regime = static_cast<Regime>(r),
                                .ties = !plain && r % 2 == 0,
                                .masks = r % 3 == 1,
                                .scaled = !plain && r % 4 == 2,
                                .seed = campaign.options.seed + r,
                                .steps = !plain && r % 3 == 0};
      // Laws of isolation cut the rows of small indices.
      if (!trial.add(case_of(campaign, structure, property.isolation ? index_of_long_rows : r))) return false;
    }
  }
  return true;
}

void add_generated(Trial& trial, const Campaign& campaign) {
  const std::size_t wanted = campaign.options.generated ? campaign.options.generated : generated_cases(campaign.options.effort);
  const std::size_t count = std::max<std::size_t>(wanted / campaign.property.cost, campaign.property.least_cases);
  const auto drawn = structures(campaign.options.seed, count);
  for (std::size_t index = 0; index < count; ++index) {
    const Structure& structure = (*drawn)[index];
    const auto is_asked = [&options = campaign.options](std::size_t n) {
      return n >= options.from_length && n <= options.to_length;
    };
    if (!campaign.property.chooses_length && !is_asked(structure.length)) continue;
    Case c = case_of(campaign, structure, index);
    if (campaign.property.chooses_length && !is_asked(c.x.size())) continue;
    if (!trial.add(std::move(c))) return;
  }
}

} // namespace

Verdict check(const Property& property, const Subject& subject, Operation operation, Format format, const CheckOptions& options,
              const Oracle& oracle) {
  Trial trial(property, subject, operation, format, oracle, options);
  if (options.only) {
    Case c = *options.only;
    c.operation = operation;
    c.format = format;
    trial.add(std::move(c));
    return trial.finish(1);
  }
  const Campaign campaign{property, operation, format, options};
  if (add_corpus(trial, campaign, options.asked_first) && add_corpus(trial, campaign, corpus()) &&
      add_given_rows(trial, campaign) && add_long_rows(trial, campaign))
    add_generated(trial, campaign);
  return trial.finish(property.least_cases);
}

} // namespace softmax_audit
