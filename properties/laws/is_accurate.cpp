// Law      |y_i - v_i| <= B(x)_i for every result: B1 for softmax, its relatives for the others.
// Source   properties/README.md, "B1" and "Relatives", with the proof for every class of claims; refines Blanchard, Higham, Higham
//          (2021), Theorem 4.3, from norm-wise to element-wise.
// Basis    theorem: follows from the declared class of arithmetic.
// Needs    scale * x finite or -inf, not all -inf; gradients finite; a target with mass.
// Measure  the signed distance to the exact v_i in ulp(v_i), the truth's residual included.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace laws {
extern constinit const Property is_accurate{
    .name = "is_accurate",
    .statement = "|y_i - v_i| <= B(x)_i, v exact",
    .source = "properties/README.md#b1",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means = "Single results are farther from the true value than the arithmetic excuses: probabilities, losses or gradients "
             "are wrong by the factor shown, for a reason that can be mended.",
    .least_cases = 20,
    .operations = all_operations,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &compare_with_truth,
};
} // namespace laws

} // namespace softmax_audit
