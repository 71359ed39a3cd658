// Findings of the campaigns become entries of a Report.
#pragma once

#include "properties/campaigns/check.hpp"
#include "properties/campaigns/curves.hpp"
#include "properties/campaigns/detection.hpp"
#include "properties/campaigns/kills.hpp"
#include "properties/campaigns/measure.hpp"
#include "properties/campaigns/special_values.hpp"
#include "properties/campaigns/speed.hpp"
#include "properties/campaigns/standing.hpp"
#include "reports/report.hpp"

namespace softmax_audit {

// How a command line names the subject: "shifted", or "--library k.so --symbol f --call '...'".
struct CommandLine {
  std::string subject;
};

VerdictEntry entry_of(const Verdict& verdict, const Subject& subject, std::uint64_t seed, const CommandLine& line);
AccuracyEntry entry_of(const Accuracy& accuracy, const CommandLine& line);
StandingEntry entry_of(const Standing& standing, const Subject& subject);
SpeedEntry entry_of(const Speed& speed);
CurveEntry entry_of(const Curve& curve, const Subject& subject);
SpecialValuesEntry entry_of(const SpecialValues& values, const Subject& subject);
FaultEntry entry_of(const KillRow& row);
DetectionEntry entry_of(const Detection& detection, const Subject& subject, Format format, std::string_view effort);

} // namespace softmax_audit
