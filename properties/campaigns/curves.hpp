// What a subject does with the temperature: softmax(x / T) of two and of three fixed logits as T goes from nearly 0 (one class takes all)
// to far above the logits (all classes alike), beside the exact results.
#pragma once

#include "properties/property.hpp"

#include <string>
#include <vector>

namespace softmax_audit {

struct CurvePoint {
  double temperature = 1;    // a power of 2^(1/4)
  std::vector<double> exact; // p_i of the very question that was asked, to 2^-9 ulp
  std::vector<double> computed;
  std::vector<double> ulp;   // signed errors; NaN where computed is
  std::vector<double> bound; // proved, in ulp; infinite where the class allows anything
};

struct Curve {
  Format format = Format::f32;
  std::vector<double> logits;
  bool by_scale = false;          // asked with scale = 1/T, rounded to the format; otherwise with the row x/T, rounded to it
  std::vector<CurvePoint> points; // ascending; those that the subject refused are missing
  std::string incident;           // it crashed or hung, and was asked no more
};

inline constexpr int coldest = -8, hottest = 8; // exponents of two

// The logits (0, 1) and (0, 1, 2). Requires subject.has(Operation::softmax, format).
std::vector<Curve> curves_of(const Subject& subject, Format format, const Oracle& oracle);

} // namespace softmax_audit
