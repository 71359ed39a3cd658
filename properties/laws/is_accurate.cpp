// Law      |y_i - p_i| <= B1(x)_i for every element i.
// Source   properties/README.md, "B1", with the proof for every class of claims; refines Blanchard, Higham, Higham (2021),
//          Theorem 4.3, from norm-wise to element-wise.
// Basis    theorem: follows from the declared class of arithmetic.
// Needs    scale * x finite or -inf, not all -inf.
// Measure  the signed distance to the exact p_i in ulp(p_i), the truth's residual included.
#include "properties/inputs/random.hpp"
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace laws {
extern constinit const Property is_accurate{
    .name = "is_accurate",
    .statement = "|y_i - p_i| <= B1(x)_i",
    .source = "properties/README.md#b1",
    .needs = "scale * x finite or -inf, and some of it finite",
    .unit = Unit::ulp,
    .least_cases = 20,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &compare_with_truth,
};
} // namespace laws

} // namespace softmax_audit
