// Golden: both formats of the atlas on fixed data, byte for byte; what a break becomes; how far the dashed line reaches.
#include "reports/formats/atlas_chart.hpp"
#include "reports/formats/atlas_issue.hpp"
#include "reports/formats/atlas_page.hpp"
#include "reports/formats/atlas_records.hpp"
#include "reports/formats/html_page.hpp"
#include "reports/json.hpp"

#include "oracles/registry.hpp"
#include "properties/bounds.hpp"
#include "scripts/catch.hpp"

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace softmax_audit::report_formats {
extern const ReportFormat atlas;
extern const ReportFormat atlas_data;
} // namespace softmax_audit::report_formats

namespace {

// Two libraries, one in two variants: a break by far, a crash that was checked by hand, another convention, NaN, a row that was hunted.
constexpr std::string_view results = R"json({"schema_version": 1,
"tool": {"name": "softmax-audit", "version": "0.1.0", "commit": "0123456789ab"},
"environment": {"cpu": "a processor", "seed": "1"},
"implementations": {},
"verdicts": [
{"property": "is_accurate", "statement": "|y_i - v_i| <= B(x)_i, v exact", "source": "properties/README.md#b1", "implementation": "Zeta avx2", "subject_version": "1.0", "instruction_set": "avx2", "operation": "softmax", "format": "f32", "outcome": "broken", "measured": {"low": 66552.1, "high": 66552.2}, "bound": 2.97, "unit": "ulp", "basis": "theorem", "because": "n = 2, f32 arithmetic", "claim": "nothing", "cases": 100, "seed": 1, "witness": {"rows": 1, "cols": 2, "x": ["0x0p+0", "-0x1p-5"], "scale": "0x1p+0"}, "rerun": "softmax-audit check --worker 'Zeta.py' --property is_accurate --format f32 --row \"0x0p+0 -0x1p-5\"", "incident": "", "means": "Results are <far> off.", "at": 1, "want": "0x1.f8002ap-2", "got": "0x1.fa081ap-2"},
{"property": "is_accurate", "statement": "|y_i - v_i| <= B(x)_i, v exact", "source": "properties/README.md#b1", "implementation": "Zeta avx512", "subject_version": "1.0", "instruction_set": "avx512", "operation": "softmax", "format": "f32", "outcome": "broken", "measured": {"low": 9, "high": 9}, "bound": 3, "unit": "ulp", "basis": "theorem", "because": "n = 2, f32 arithmetic", "claim": "nothing", "cases": 100, "seed": 1, "witness": {"rows": 1, "cols": 3, "x": ["0x0p+0", "-0x1p-5", "0x0p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit check --worker 'Zeta.py --wide' --property is_accurate --format f32 --row \"0x0p+0 -0x1p-5 0x0p+0\"", "incident": "", "means": "Results are <far> off.", "at": 0, "want": "0x1p-2", "got": "0x1.1p-2"},
{"property": "prints_nothing", "statement": "nothing appears on standard output", "source": "properties/README.md#b1", "implementation": "Zeta avx2", "subject_version": "1.0", "instruction_set": "avx2", "operation": "softmax", "format": "f32", "outcome": "holds", "measured": {"low": 0, "high": 0}, "bound": 0, "unit": "elements", "basis": "policy", "because": "n = 2, f32 arithmetic", "claim": "nothing", "cases": 100, "seed": 1, "witness": null, "rerun": "", "incident": "", "means": "Output is lost.", "isolation": true},
{"property": "reads_only_its_inputs", "statement": "no read outside of the inputs", "source": "properties/README.md#b1", "implementation": "Zeta avx2", "subject_version": "1.0", "instruction_set": "avx2", "operation": "softmax", "format": "f32", "outcome": "crashed", "measured": {"low": 1.5, "high": 1.75}, "bound": 3, "unit": "elements", "basis": "policy", "because": "n = 2, f32 arithmetic", "claim": "nothing", "cases": 100, "seed": 1, "witness": {"rows": 1, "cols": 1, "x": ["0x0p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit check --worker 'Zeta.py' --property reads_only_its_inputs --row \"0x0p+0\"", "incident": "killed by signal 11 (segmentation fault)", "means": "It may crash.", "isolation": true},
{"property": "is_accurate", "statement": "|y_i - v_i| <= B(x)_i, v exact", "source": "properties/README.md#b1", "implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "outcome": "holds", "measured": {"low": 1.5, "high": 1.75}, "bound": 3, "unit": "ulp", "basis": "theorem", "because": "n = 2, f32 arithmetic", "claim": "nothing", "cases": 100, "seed": 1, "witness": null, "rerun": "", "incident": "", "means": "Results are <far> off."},
{"property": "sums_to_one", "statement": "|y_i - v_i| <= B(x)_i, v exact", "source": "properties/README.md#b1", "implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "outcome": "holds", "measured": {"low": 0.5, "high": 0.5}, "bound": 2, "unit": "u", "basis": "theorem", "because": "n = 2, f32 arithmetic", "claim": "nothing", "cases": 100, "seed": 1, "witness": null, "rerun": "softmax-audit check --worker 'alpha.py' --property sums_to_one --format f32 --row \"0x0p+0\"", "incident": "", "means": "Sums are off."},
{"property": "treats_special_values", "statement": "|y_i - v_i| <= B(x)_i, v exact", "source": "properties/README.md#b1", "implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "outcome": "broken", "measured": {"low": 1, "high": 1}, "bound": 0, "unit": "elements", "basis": "claim", "because": "special values follow the profile \"ieee\"", "claim": "nothing", "cases": 100, "seed": 1, "witness": {"rows": 1, "cols": 1, "x": ["inf"], "scale": "0x1p+0"}, "rerun": "softmax-audit check --worker 'alpha.py' --property treats_special_values --format f32 --row \"inf\"", "incident": "", "means": "Results are <far> off.", "at": 0, "want": "nan", "got": "-inf"}],
"accuracy": [
{"implementation": "Zeta avx2", "subject_version": "1.0", "instruction_set": "avx2", "operation": "softmax", "format": "f32", "length": 2, "regime": "spread", "cases": 10, "elements": 20, "max_ulp": 66552.5, "mean_ulp": 0.25, "signed_mean_ulp": 0, "p99_ulp": 1, "misrounded": 0.125, "max_over_bound": 22184, "norm_wise": 1, "not_a_number": 0, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "worst": {"max_ulp": {"value": 66552.5, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'Zeta.py' --format f32 --row \"0x1p+0 -0x1p+0\""}, "max_over_bound": {"value": 22184, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'Zeta.py' --format f32 --row \"0x1p+0 -0x1p+0\""}}, "found_by": "sampled", "claim": "nothing", "histogram": [], "density": []},
{"implementation": "Zeta avx2", "subject_version": "1.0", "instruction_set": "avx2", "operation": "softmax", "format": "f32", "length": 1000, "regime": "spread", "cases": 10, "elements": 10000, "max_ulp": "inf", "mean_ulp": 0.25, "signed_mean_ulp": 0, "p99_ulp": 1, "misrounded": 0.125, "max_over_bound": "inf", "norm_wise": 1, "not_a_number": 3, "witness": {"rows": 1, "cols": 1000, "x": [], "row": "generated:spread,1000,7", "scale": "0x1p+0"}, "worst": {"max_ulp": {"value": "inf", "witness": {"rows": 1, "cols": 1000, "x": [], "row": "generated:spread,1000,7", "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'Zeta.py' --format f32 --row \"generated:spread,1000,7\""}, "max_over_bound": {"value": "inf", "witness": {"rows": 1, "cols": 1000, "x": [], "row": "generated:spread,1000,7", "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'Zeta.py' --format f32 --row \"generated:spread,1000,7\""}}, "found_by": "sampled", "claim": "nothing", "histogram": [], "density": []},
{"implementation": "Zeta avx512", "subject_version": "1.0", "instruction_set": "avx512", "operation": "softmax", "format": "f32", "length": 2, "regime": "spread", "cases": 10, "elements": 20, "max_ulp": 9, "mean_ulp": 0.25, "signed_mean_ulp": 0, "p99_ulp": 1, "misrounded": 0.125, "max_over_bound": 3, "norm_wise": 1, "not_a_number": 0, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "worst": {"max_ulp": {"value": 9, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'Zeta.py' --format f32 --row \"0x1p+0 -0x1p+0\""}, "max_over_bound": {"value": 3, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'Zeta.py' --format f32 --row \"0x1p+0 -0x1p+0\""}}, "found_by": "sampled", "claim": "nothing", "histogram": [], "density": []},
{"implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "length": 2, "regime": "spread", "cases": 10, "elements": 20, "max_ulp": 1, "mean_ulp": 0.25, "signed_mean_ulp": 0, "p99_ulp": 1, "misrounded": 0.125, "max_over_bound": 0.5, "norm_wise": 1, "not_a_number": 0, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "worst": {"max_ulp": {"value": 1, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'alpha.py' --format f32 --row \"0x1p+0 -0x1p+0\""}, "max_over_bound": {"value": 0.5, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'alpha.py' --format f32 --row \"0x1p+0 -0x1p+0\""}}, "found_by": "sampled", "claim": "nothing", "histogram": [], "density": []},
{"implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "length": 2, "regime": "spread", "cases": 10, "elements": 20, "max_ulp": 1.5, "mean_ulp": 1.5, "signed_mean_ulp": 0, "p99_ulp": 1, "misrounded": 0.125, "max_over_bound": 0.25, "norm_wise": 1, "not_a_number": 0, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "worst": {"max_ulp": {"value": 1.5, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'alpha.py' --format f32 --row \"0x1p+0 -0x1p+0\""}, "max_over_bound": {"value": 0.25, "witness": {"rows": 1, "cols": 2, "x": ["0x1p+0", "-0x1p+0"], "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'alpha.py' --format f32 --row \"0x1p+0 -0x1p+0\""}}, "found_by": "hunted", "claim": "nothing", "histogram": [], "density": []},
{"implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "length": 1000, "regime": "spread", "cases": 10, "elements": 10000, "max_ulp": 2.5, "mean_ulp": 0.25, "signed_mean_ulp": 0, "p99_ulp": 1, "misrounded": 0.125, "max_over_bound": 0.75, "norm_wise": 1, "not_a_number": 0, "witness": {"rows": 1, "cols": 1000, "x": [], "row": "generated:spread,1000,7", "scale": "0x1p+0"}, "worst": {"max_ulp": {"value": 2.5, "witness": {"rows": 1, "cols": 1000, "x": [], "row": "generated:spread,1000,7", "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'alpha.py' --format f32 --row \"generated:spread,1000,7\""}, "max_over_bound": {"value": 0.75, "witness": {"rows": 1, "cols": 1000, "x": [], "row": "generated:spread,1000,7", "scale": "0x1p+0"}, "rerun": "softmax-audit explain --worker 'alpha.py' --format f32 --row \"generated:spread,1000,7\""}}, "found_by": "sampled", "claim": "nothing", "histogram": [], "density": []}],
"standings": [
{"implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "claim": "nothing", "strongest_claim": "exp=1,sum=pairwise", "profiles": ["unshifted"], "subnormals": ["gradual"], "contracts": [{"name": "ties", "promised": false, "compared": 100, "differed": 0}, {"name": "permutation", "promised": false, "compared": 100, "differed": 25}]}],
"speed": [
{"implementation": "alpha", "subject_version": "2.1", "instruction_set": "worker", "operation": "softmax", "format": "f32", "length": 1000, "rows": 64, "ns_per_element": 1.5, "memcpy_ns_per_element": 0.125, "runs": 7}],
"findings": [
{"title": "Zeta reads past the end", "implementation": "Zeta", "property": "reads_only_its_inputs", "operation": "softmax", "format": "f32", "meaning": "A page behind the row ends the process.", "issue": "Dear maintainers, ...", "program": "print(zeta.softmax([0]))\n", "output": "Segmentation fault\n", "checked": true}]})json";

constexpr std::string_view golden_data = R"json({
"atlas_version": 1,
"tool": {"name":"softmax-audit","version":"0.1.0","commit":"0123456789ab"},
"environment": {"cpu":"a processor","seed":"1"},
"laws": {"is_accurate":{"statement":"|y_i - v_i| <= B(x)_i, v exact","source":"properties/README.md#b1","means":"Results are <far> off.","isolation":false},"prints_nothing":{"statement":"nothing appears on standard output","source":"properties/README.md#b1","means":"Output is lost.","isolation":true},"reads_only_its_inputs":{"statement":"no read outside of the inputs","source":"properties/README.md#b1","means":"It may crash.","isolation":true},"sums_to_one":{"statement":"|y_i - v_i| <= B(x)_i, v exact","source":"properties/README.md#b1","means":"Sums are off.","isolation":false},"treats_special_values":{"statement":"|y_i - v_i| <= B(x)_i, v exact","source":"properties/README.md#b1","means":"Results are <far> off.","isolation":false}},
"records": [
{"library":"alpha","implementation":"alpha","version":"2.1","instruction_set":"worker","operation":"softmax","format":"f32","claim":"nothing","strongest_claim":"exp=1,sum=pairwise","profiles":["unshifted"],"subnormals":["gradual"],"contracts":[{"name":"ties","promised":false,"compared":100,"differed":0},{"name":"permutation","promised":false,"compared":100,"differed":25}],"laws":{"held":2,"broken":0,"undecided":0,"vacuous":0},"keeps_proved_bounds":true,"explain":"softmax-audit explain --worker 'alpha.py' --format f32","lengths":[{"length":2,"max_ulp":1.5,"row":"0x1p+0 -0x1p+0","found_by":"hunted","max_over_bound":0.5,"mean_ulp":0.25,"misrounded":0.125,"elements":20},{"length":1000,"max_ulp":2.5,"row":"generated:spread,1000,7","found_by":"sampled","max_over_bound":0.75,"mean_ulp":0.25,"misrounded":0.125,"elements":10000}],"sum_error":{"u":0.5,"bound":2.0,"rerun":"softmax-audit check --worker 'alpha.py' --property sums_to_one --format f32 --row \"0x0p+0\""},"conventions":[{"law":"treats_special_values","outcome":"broken","measured":1.0,"bound":0.0,"unit":"elements","basis":"claim","because":"special values follow the profile \"ieee\"","cols":1,"row":"inf","at":0,"want":"nan","got":"-inf","rerun":"softmax-audit check --worker 'alpha.py' --property treats_special_values --format f32 --row \"inf\""}],"speed":[{"length":1000,"rows":64,"ns_per_element":1.5,"memcpy_ns_per_element":0.125,"runs":7}]},
{"library":"Zeta","implementation":"Zeta avx2","version":"1.0","instruction_set":"avx2","operation":"softmax","format":"f32","claim":"nothing","laws":{"held":1,"broken":2,"undecided":0,"vacuous":0},"keeps_proved_bounds":false,"explain":"softmax-audit explain --worker 'Zeta.py' --format f32","lengths":[{"length":2,"max_ulp":66552.5,"row":"0x1p+0 -0x1p+0","found_by":"sampled","max_over_bound":22184.0,"mean_ulp":0.25,"misrounded":0.125,"elements":20},{"length":1000,"max_ulp":"inf","row":"generated:spread,1000,7","found_by":"sampled","max_over_bound":"inf","mean_ulp":0.25,"misrounded":0.125,"elements":10000,"not_a_number":3}],"broken":[{"law":"is_accurate","outcome":"broken","measured":66552.1,"bound":2.97,"unit":"ulp","basis":"theorem","because":"n = 2, f32 arithmetic","cols":2,"row":"0x0p+0 -0x1p-5","at":1,"want":"0x1.f8002ap-2","got":"0x1.fa081ap-2","rerun":"softmax-audit check --worker 'Zeta.py' --property is_accurate --format f32 --row \"0x0p+0 -0x1p-5\""},{"law":"reads_only_its_inputs","outcome":"crashed","incident":"killed by signal 11 (segmentation fault)","cols":1,"row":"0x0p+0","rerun":"softmax-audit check --worker 'Zeta.py' --property reads_only_its_inputs --row \"0x0p+0\""}],"isolation":{"holds":["prints_nothing"],"crashed":["reads_only_its_inputs"]}},
{"library":"Zeta","implementation":"Zeta avx512","version":"1.0","instruction_set":"avx512","operation":"softmax","format":"f32","claim":"nothing","laws":{"held":0,"broken":1,"undecided":0,"vacuous":0},"keeps_proved_bounds":false,"explain":"softmax-audit explain --worker 'Zeta.py' --format f32","lengths":[{"length":2,"max_ulp":9.0,"row":"0x1p+0 -0x1p+0","found_by":"sampled","max_over_bound":3.0,"mean_ulp":0.25,"misrounded":0.125,"elements":20}],"broken":[{"law":"is_accurate","outcome":"broken","measured":9.0,"bound":3.0,"unit":"ulp","basis":"theorem","because":"n = 2, f32 arithmetic","cols":3,"row":"0x0p+0 -0x1p-5 0x0p+0","at":0,"want":"0x1p-2","got":"0x1.1p-2","rerun":"softmax-audit check --worker 'Zeta.py --wide' --property is_accurate --format f32 --row \"0x0p+0 -0x1p-5 0x0p+0\""}]}
],
"findings": [
{"title":"Zeta reads past the end","library":"Zeta","version":"1.0","operation":"softmax","law":"reads_only_its_inputs","means":"A page behind the row ends the process.","places":[{"implementation":"Zeta avx2","instruction_set":"avx2","format":"f32"}],"checked":"by hand","issue":"Dear maintainers, ...\n\n## Version\n\nZeta 1.0. Seen in: Zeta avx2 in f32.\n\n## Reproduce\n\n```\nprint(zeta.softmax([0]))\n```\n\nprints\n\n```\nSegmentation fault\n```\n\n## With softmax-audit\n\n```\nsoftmax-audit check --worker 'Zeta.py' --property reads_only_its_inputs --row \"0x0p+0\"\n```\n\nFound by softmax-audit 0.1.0 (commit 0123456789ab).\n"},
{"title":"softmax (f32): \"is accurate\" does not hold on a row of 2: 66552 ulp measured, at most 2.97 expected","library":"Zeta","version":"1.0","operation":"softmax","law":"is_accurate","means":"Results are <far> off.","places":[{"implementation":"Zeta avx2","instruction_set":"avx2","format":"f32"},{"implementation":"Zeta avx512","instruction_set":"avx512","format":"f32"}],"checked":"","issue":"# softmax (f32): \"is accurate\" does not hold on a row of 2: 66552 ulp measured, at most 2.97 expected\n\n## Input\n\n```\nx = [0, -0.03125]\n    in hexadecimal: 0x0p+0 -0x1p-5\n```\n\n## What came out\n\nAt element 1 (counted from 0):\n\n    expected  0.49218813 (0x1.f8002ap-2)\n    got       0.49417153 (0x1.fa081ap-2)\n\nThe deviation is 66552 ulp; at most 2.97 can be expected.\n\n## Why this is expected\n\nThe law \"is accurate\":\n\n    |y_i - v_i| <= B(x)_i, v exact\n\nThe bound of 2.97 ulp is proved for this very row, under: n = 2, f32 arithmetic. We found no accuracy documented and took this for the usual arithmetic; if another one is intended, a sentence in the documentation would tell users. Derivation: properties/README.md#b1 of softmax-audit.\n\n## What it means for users\n\nResults are <far> off.\n\n## Version\n\nZeta 1.0. Seen in: Zeta avx2 in f32; Zeta avx512 in f32.\n\n## Reproduce with softmax-audit\n\n```\nsoftmax-audit check --worker 'Zeta.py' --property is_accurate --format f32 --row \"0x0p+0 -0x1p-5\"\n```\n\nFound by softmax-audit 0.1.0 (commit 0123456789ab).\n"}
]
}
)json";

// The page without its style, script and markers, which are the constants of their headers.
constexpr std::string_view golden_page = R"html(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>softmax-audit atlas</title>
<style></style></head>
<body>
<header><p class="eyebrow">softmax-audit atlas · how accurate are the softmaxes that people use?</p>
<h1>1 of 2 libraries stays within the proved error bound everywhere.</h1>
<p class="lead">3 variants of 2 libraries in 1 operation and 1 format were asked for 20,060 results; each was compared with the exact one, which is known for certain. Within the bound of the class of arithmetic that it declared, or else the default one, on all rows: <a href="#l0">alpha</a>.</p>
<p>Farthest outside: <a href="#r1">Zeta avx2, softmax f32</a>, NaN or infinity where a number is due on a row of 1,000, where a finite bound is proved.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Range of errors"><table class="range"><caption>Largest error found in rows of 1,000 elements, in ulp: from the least to the most of all variants.</caption><thead><tr><th scope=col>operation, format<th scope=col>variants<th scope=col colspan=2>least<th scope=col>median<th scope=col colspan=2>most<th scope=col>outside their bound</thead><tbody>
<tr><th scope=row>softmax f32<td>2<td>2.5<td class=t><a href="#r0">alpha</a><td>inf<td>inf<td class=t><a href="#r1">Zeta avx2</a><td>1
</tbody></table></div>
<details><summary class="mute">Made by softmax-audit 0.1.0, commit 0123456789ab</summary><dl class="env"><dt>cpu</dt><dd>a processor</dd><dt>seed</dt><dd>1</dd></dl></details>
</header>
<nav aria-label="Contents"><a href="#findings">Findings</a><a href="#table">Side by side</a><a href="#picture">Error against length</a><a href="#libraries">Library by library</a><a href="#how">How to read this</a></nav>
<main>
<section id="findings"><h2>Findings</h2>
<ul class="plain">
<li><a href="#b1"><b>Zeta</b>: Zeta reads past the end</a> <span class="checked">checked: by hand</span> A page behind the row ends the process.</li>
</ul></section>
<section id="table"><h2>Side by side</h2>
<p>One line is one variant of one library in one operation and format. Figures under lengths are the largest error that was found in rows of that length, in ulp of the exact result: the stronger the shade, the worse, ½ is a correctly rounded result, 1 a faithful one; * lies outside its bound. (Logarithms and gradients may be next to zero, where an error in ulp is huge and cannot be avoided: there the shade is that of error ⁄ bound.) Compare lines of the same operation and format, length by length.</p>
<form class="filter" hidden aria-label="Filter"><label>operation<select name="operation"><option value="">all</option><option selected>softmax</option></select></label><label>format<select name="format"><option value="">all</option><option selected>f32</option></select></label><label>library, version, anything<input type="search" name="words" autocomplete="off"></label><label class="in"><input type="checkbox" name="broken"> only where a law is broken</label><output name="count" aria-live="polite"></output></form>
<div class="scroll tall" tabindex="0" role="region" aria-label="Summary"><table class="atlas num heat"><caption>Largest error found by length, and what else was found out; a name leads to the details.</caption>
<thead><tr><th scope=col class=t>library<th scope=col class="t o">operation<th scope=col class="t f">format<th scope=col title="rows of 2 elements">n=2<th scope=col title="rows of 1,000 elements">n=1k<th scope=col title="largest error over its proved bound; above 1 the class of arithmetic is left">error ⁄ bound<th scope=col class=t title="the strongest class of arithmetic whose bounds it keeps">strongest claim met<th scope=col class=t title="what it does with NaN, infinities and rows of nothing but masks">special values<th scope=col title="laws that do not hold">broken<th scope=col class=t title="laws of isolation: memory, other calls, signals, processes">memory, process<th scope=col class=t title="floating-point state: rounding mode, flushing, exception flags">fp state<th scope=col title="one thread, rows of about 1000">ns ⁄ element</thead>
<tbody>
<tr data-o=softmax data-f=f32 data-l=l0><th scope=row><a href="#r0">alpha</a><small>2.1</small><td class="t o">softmax<td class="t f">f32<td class=h2>1.5<td class=h3>2.5<td>0.75<td class="t c">exp=1,<wbr>sum=pairwise<td class=t>unshifted<td class=yes>0<td class="t dim">–<td class="t dim">–<td title="rows of 1,000, 12 times memcpy">1.5
<tr data-o=softmax data-f=f32 data-l=l1 data-b><th scope=row><a href="#r1">Zeta avx2</a><small>1.0</small><td class="t o">softmax<td class="t f">f32<td class=h7>66552*<td class=hx>inf*<td class=over>inf<td class="t c"><td class=t><td class=no>2<td class="t no" title="reads only its inputs">✗ 1 of 2<td class="t dim">–<td>
<tr data-o=softmax data-f=f32 data-l=l1 data-b><th scope=row><a href="#r2">Zeta avx512</a><small>1.0</small><td class="t o">softmax<td class="t f">f32<td class=h4>9*<td><td class=over>3<td class="t c"><td class=t><td class=no>1<td class="t dim">–<td class="t dim">–<td>
</tbody></table></div></section>
<section id="picture"><h2>Error against length</h2>
<p>Of each library its worst variant. Dashed is the most that is proved possible for any row of that length in the default class of arithmetic: no such softmax gets above it, and a library that does computes otherwise or wrongly. Below it each row has a bound of its own, often far lower: the column error ⁄ bound says how near that is. Figures are those of the table.</p>
<div class="wide">
<figure data-o=softmax data-f=f32><div class="scroll" tabindex="0" role="region" aria-label="softmax f32"><svg viewBox="0 0 800 400" role="img" aria-label="softmax f32: largest error by row length, one line a library"><title>softmax f32: largest error by row length, one line a library</title><text x="54" y="364" class="e">≤0.1</text><text x="54" y="309.1" class="e">1</text><text x="54" y="254.2" class="e">10</text><text x="54" y="199.3" class="e">100</text><text x="54" y="144.4" class="e">1000</text><text x="54" y="89.5" class="e">10000</text><text x="70" y="377" class="m">2</text><text x="600" y="377" class="m">1,000</text><text x="54" y="16" class="e">NaN, inf</text><path class="g" d="M60 360H610M60 305.1H610M60 250.2H610M60 195.3H610M60 140.4H610M60 85.5H610M70 360v4M600 360v4M60 24H610"/><path class="d" d="M60 321.6H610"/><text x="335" y="395" class="m">row length</text><text x="606" y="334.6" class="e">½ ulp: correctly rounded</text><g class="s1"><title>alpha</title><path class="l" d="M70 295.4L600 283.2"/></g><g class="s0"><title>Zeta</title><path class="l" d="M70 40.3"/><path class="t" d="M600 7l4 8h-8z"/></g><path class="bound" d="M70 191L600 136.9"/><path class="k s0" d="M605 12L618 12"/><text x="622" y="16" class="s0">Zeta</text><path class="k b" d="M605 136.9L618 136.9"/><text x="622" y="140.9" class="b">default class at most</text><path class="k s1" d="M605 283.2L618 283.2"/><text x="622" y="287.2" class="s1">alpha</text></svg>
</div><figcaption>softmax f32: the largest error found, in ulp, 2 libraries.</figcaption></figure>
</div></section>
<section id="libraries"><h2>Library by library</h2>
<p>What does not hold comes first: the smallest row that shows it, what it means, a line that repeats it, and a text for that library’s issue tracker.</p>
<details class="lib" id="l0" data-name="alpha 2.1 alpha"><summary>alpha <span>2.1 — within the proved bound everywhere; breaks no law</span></summary>
<h3>Figures</h3>
<details class="rec" id="r0" data-o=softmax data-f=f32><summary>alpha · softmax f32 <span>2.1 — at most 2.5 ulp (n = 1,000), 0.75 of its bound</span></summary>
<div class=scroll tabindex=0><table class="num figures"><thead><tr><th>n<th>largest, ulp<th>⁄ bound<th>mean, ulp<th>not correctly rounded<th>found<th>row of the largest</thead><tbody>
<tr><th>2<td>1.5<td>0.50<td>0.25<td>12.5%<td>hunted<td class=row>0x1p+0 -0x1p+0
<tr><th>1,000<td>2.5<td>0.75<td>0.25<td>12.5%<td>sampled<td class=row>generated:spread,1000,7
</tbody></table></div>
<p class="mute">Again: <code class=explain>softmax-audit explain --worker 'alpha.py' --format f32 --row</code> "row"</p>
<dl class="facts"><dt>strongest claim met</dt><dd><code>exp=1,<wbr>sum=pairwise</code></dd><dt>special values</dt><dd>as profile unshifted</dd><dt>subnormal results</dt><dd>gradual</dd><dt>same bits</dt><dd>always: ties; permutation 75%</dd><dt>sum of the results</dt><dd>off by 0.5 u, at most 2 proved <code class=run>softmax-audit check --worker 'alpha.py' --property sums_to_one --format f32 --row "0x0p+0"</code></dd><dt>another convention</dt><dd>special values follow the profile &quot;ieee&quot;: want nan, got -inf <code class=run>softmax-audit check --worker 'alpha.py' --property treats_special_values --format f32 --row "inf"</code></dd><dt>ns an element</dt><dd>1.5 (n = 1,000), 12 × memcpy at n = 1,000</dd><dt>laws</dt><dd>2 hold</dd></dl></details>
</details>
<details class="lib" id="l1" data-name="zeta 1.0 zeta avx2 zeta avx512"><summary>Zeta <span>1.0 — not within the proved bound everywhere; breaks 2 laws</span></summary>
<h3>What does not hold</h3>
<details class="x bad-x" id="b1"><summary>Zeta reads past the end <span>softmax, f32; the call did not return</span> <span class="checked">checked: by hand</span></summary>
<p class="means">A page behind the row ends the process.</p>
<dl class="facts"><dt>law</dt><dd><code>no read outside of the inputs</code></dd><dt>smallest row</dt><dd><span class="mono">0x0p+0</span><br>= 0</dd><dt>what happened</dt><dd>killed by signal 11 (segmentation fault)</dd><dt>because</dt><dd>n = 2, f32 arithmetic</dd><dt>bound and proof</dt><dd>properties/README.md#b1</dd></dl>
<p><code class=run>softmax-audit check --worker 'Zeta.py' --property reads_only_its_inputs --row "0x0p+0"</code></p>
<details><summary>A program that shows it and needs nothing of ours</summary><pre class="run">print(zeta.softmax([0]))
</pre><p>It printed:</p><pre class="run">Segmentation fault
</pre></details>
<details><summary>Text for the issue tracker</summary><pre class="run">Dear maintainers, ...

## Version

Zeta 1.0. Seen in: Zeta avx2 in f32.

## Reproduce

```
print(zeta.softmax([0]))
```

prints

```
Segmentation fault
```

## With softmax-audit

```
softmax-audit check --worker 'Zeta.py' --property reads_only_its_inputs --row "0x0p+0"
```

Found by softmax-audit 0.1.0 (commit 0123456789ab).
</pre></details></details>
<details class="x bad-x" id="b0"><summary>not “is accurate” <span>softmax, f32 in 2 variants; 66552 ulp measured, at most 2.97 expected</span></summary>
<p class="means">Results are &lt;far&gt; off.</p>
<dl class="facts"><dt>law</dt><dd><code>|y_i - v_i| &lt;= B(x)_i, v exact</code></dd><dt>smallest row</dt><dd><span class="mono">0x0p+0 -0x1p-5</span><br>= 0, -0.03125</dd><dt>element 1</dt><dd>expected 0.49218813 (0x1.f8002ap-2), got 0.49417153 (0x1.fa081ap-2)</dd><dt>because</dt><dd>n = 2, f32 arithmetic</dd><dt>bound and proof</dt><dd>properties/README.md#b1</dd></dl>
<div class="scroll" tabindex="0" role="region" aria-label="Where it shows"><table class="num figures"><thead><tr><th>where<th>measured<th>allowed<th>unit<th>again</thead><tbody>
<tr><th>Zeta avx2 f32<td>66552<td>2.97<td>ulp<td class=mono><code class=run>softmax-audit check --worker 'Zeta.py' --property is_accurate --format f32 --row "0x0p+0 -0x1p-5"</code>
<tr><th>Zeta avx512 f32<td>9<td>3<td>ulp<td class=mono><code class=run>softmax-audit check --worker 'Zeta.py --wide' --property is_accurate --format f32 --row "0x0p+0 -0x1p-5 0x0p+0"</code>
</tbody></table></div>
<details><summary>Text for the issue tracker</summary><pre class="run"># softmax (f32): "is accurate" does not hold on a row of 2: 66552 ulp measured, at most 2.97 expected

## Input

```
x = [0, -0.03125]
    in hexadecimal: 0x0p+0 -0x1p-5
```

## What came out

At element 1 (counted from 0):

    expected  0.49218813 (0x1.f8002ap-2)
    got       0.49417153 (0x1.fa081ap-2)

The deviation is 66552 ulp; at most 2.97 can be expected.

## Why this is expected

The law "is accurate":

    |y_i - v_i| &lt;= B(x)_i, v exact

The bound of 2.97 ulp is proved for this very row, under: n = 2, f32 arithmetic. We found no accuracy documented and took this for the usual arithmetic; if another one is intended, a sentence in the documentation would tell users. Derivation: properties/README.md#b1 of softmax-audit.

## What it means for users

Results are &lt;far&gt; off.

## Version

Zeta 1.0. Seen in: Zeta avx2 in f32; Zeta avx512 in f32.

## Reproduce with softmax-audit

```
softmax-audit check --worker 'Zeta.py' --property is_accurate --format f32 --row "0x0p+0 -0x1p-5"
```

Found by softmax-audit 0.1.0 (commit 0123456789ab).
</pre></details></details>
<h3>Figures</h3>
<details class="rec" id="r1" data-o=softmax data-f=f32><summary>Zeta avx2 · softmax f32 <span>1.0 — NaN or infinity where a number is due (n = 1,000); breaks 2 laws</span></summary>
<div class=scroll tabindex=0><table class="num figures"><thead><tr><th>n<th>largest, ulp<th>⁄ bound<th>mean, ulp<th>not correctly rounded<th>found<th>row of the largest</thead><tbody>
<tr><th>2<td>66552<td class=bad>22184<td>0.25<td>12.5%<td>sampled<td class=row>0x1p+0 -0x1p+0
<tr><th>1,000<td>inf<td class=bad>inf<td>0.25<td>12.5%<td>sampled<td class=row>generated:spread,1000,7
</tbody></table></div>
<p class="mute">Again: <code class=explain>softmax-audit explain --worker 'Zeta.py' --format f32 --row</code> "row"</p>
<dl class="facts"><dt>memory, process</dt><dd>reads only its inputs <b class=over>crashed</b> <code class=run>softmax-audit check --worker 'Zeta.py' --property reads_only_its_inputs --row "0x0p+0"</code>; 1 law holds</dd><dt>laws</dt><dd>1 hold, 2 broken</dd></dl></details>
<details class="rec" id="r2" data-o=softmax data-f=f32><summary>Zeta avx512 · softmax f32 <span>1.0 — at most 9 ulp (n = 2), 3 of its bound; breaks 1 law</span></summary>
<div class=scroll tabindex=0><table class="num figures"><thead><tr><th>n<th>largest, ulp<th>⁄ bound<th>mean, ulp<th>not correctly rounded<th>found<th>row of the largest</thead><tbody>
<tr><th>2<td>9<td class=bad>3<td>0.25<td>12.5%<td>sampled<td class=row>0x1p+0 -0x1p+0
</tbody></table></div>
<p class="mute">Again: <code class=explain>softmax-audit explain --worker 'Zeta.py' --format f32 --row</code> "row"</p>
<dl class="facts"><dt>laws</dt><dd>1 broken</dd></dl></details>
</details>
</section>
<section id="laws"><h2>The laws</h2>
<details><summary>5 laws, and what a break of each means</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Laws"><table><thead><tr><th>law<th>as a formula<th>what a break means<th>bound and proof</thead><tbody>
<tr><th>is accurate<td><code>|y_i - v_i| &lt;= B(x)_i, v exact</code><td>Results are &lt;far&gt; off.<td>properties/README.md#b1
<tr><th>prints nothing<br><small>isolation</small><td><code>nothing appears on standard output</code><td>Output is lost.<td>properties/README.md#b1
<tr><th>reads only its inputs<br><small>isolation</small><td><code>no read outside of the inputs</code><td>It may crash.<td>properties/README.md#b1
<tr><th>sums to one<td><code>|y_i - v_i| &lt;= B(x)_i, v exact</code><td>Sums are off.<td>properties/README.md#b1
<tr><th>treats special values<td><code>|y_i - v_i| &lt;= B(x)_i, v exact</code><td>Results are &lt;far&gt; off.<td>properties/README.md#b1
</tbody></table></div></details></section>
<section id="how"><h2>How to read this</h2>
<dl class="how">
<dt>The exact result</dt><dd>Every result is compared with the exact one, known from arithmetic of as many bits as it takes to be certain. Nothing here is a comparison of one library with another.</dd>
<dt>ulp</dt><dd>The distance of neighbouring numbers of the format at the exact result. A correctly rounded result is at most ½ ulp off.</dd>
<dt>Largest error</dt><dd>The largest that was found, in rows drawn by regime (moderate, wide, nearly tied, subnormal, constant …), by search where it says <i>hunted</i>, over everything where it says <i>exhaustive</i>. It is a lower bound of the largest there is: a larger one may exist.</dd>
<dt>Errors of logarithms</dt><dd>log_softmax, log_sum_exp, cross_entropy and gradients subtract numbers that may be equal but for their last bits. The exact result is then next to zero, and millions of ulp of it are less than one of what went in. The bound knows that; the error beside the bound says what it is worth.</dd>
<dt>Bound</dt><dd>What is proved for a class of arithmetic on that very row. The class is what the library declares (“declared” in its figures); most declare nothing, and then it is: f32 arithmetic for f16, bf16 and f32, f64 for f64; one pass of additions; exp within 1 ulp; the maximum subtracted; one division. Outside that bound does not say wrong: it says that something else is computed, or worse.</dd>
<dt>Strongest claim met</dt><dd>The strictest class of a ladder whose bounds were kept on all rows tried: <code>exp</code> is the error of its exponential in ulp, <code>sum</code> how it adds.</dd>
<dt>Special values</dt><dd>Which convention rows with NaN, infinities or nothing but masks follow: <code>ieee</code> gives NaN for a row of nothing but masks, <code>safe</code> zeros, <code>uniform</code> equal shares, <code>unshifted</code> what the formula without a maximum gives, <code>limits</code> the limits. None is wrong; two libraries may differ.</dd>
<dt>Same bits</dt><dd>How often two ways of asking the same agree in every bit: a row permuted, shifted, masked, elsewhere in memory or in a batch. Not promised is no fault.</dd>
<dt>Memory, process; fp state</dt><dd>What code does besides answering: reading or writing where it should not, remembering calls, signals, processes, output; rounding mode, flushing of subnormals, exception flags.</dd>
<dt>Speed</dt><dd>One thread, median of several runs, ns an element; beside it a copy of the same bytes. It is here because accuracy has a price, not as a benchmark.</dd>
<dt>Repeat it</dt><dd>Every figure and every finding has one line that shows it again; the names of generated rows are taken by <code>--row</code>. The data of this page are a JSON file beside it.</dd>
</dl></section>
</main>
<script></script></body></html>
)html";

Report fixed() { return report_from_json(results, "fixed"); }

std::string without(std::string page, std::string_view part) {
  const std::size_t at = page.find(part);
  REQUIRE(at != std::string::npos);
  return page.erase(at, part.size());
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

} // namespace

TEST_CASE("atlas / the data of a fixed report, byte for byte") {
  CHECK(report_formats::atlas_data.write(fixed()) == golden_data);
}

TEST_CASE("atlas / the page of a fixed report, byte for byte") {
  std::string page = report_formats::atlas.write(fixed());
  for (const std::string_view part : {markup::style, atlas::style, atlas::script, markup::markers}) page = without(page, part);
  CHECK(page == golden_page);
}

TEST_CASE("atlas / JSON there and back keeps versions, meanings, speed and findings") {
  const Report given = fixed();
  const Report back = report_from_json(to_json(given).dump(), "back");
  CHECK(report_formats::atlas_data.write(back) == report_formats::atlas_data.write(given));
  CHECK(report_formats::atlas.write(back) == report_formats::atlas.write(given));
}

TEST_CASE("atlas / a broken verdict becomes a text for the issue tracker, with its row in decimals and hexadecimals") {
  const Report report = fixed();
  const atlas::Atlas all = atlas::atlas_of(report);
  REQUIRE(all.breaks.size() == 2);
  const std::string text = atlas::issue_text(all.breaks[0], report);
  CHECK_THAT(text, ContainsSubstring("x = [0, -0.03125]"));
  CHECK_THAT(text, ContainsSubstring("0x0p+0 -0x1p-5"));
  CHECK_THAT(text, ContainsSubstring("expected  0.49218813 (0x1.f8002ap-2)"));
  CHECK_THAT(text, ContainsSubstring("at most 2.97"));
  CHECK_THAT(text, ContainsSubstring("Results are <far> off."));
  CHECK_THAT(text, ContainsSubstring("Zeta 1.0. Seen in: Zeta avx2 in f32; Zeta avx512 in f32."));
  CHECK_THAT(text, ContainsSubstring("softmax-audit check --worker 'Zeta.py' --property is_accurate"));
}

TEST_CASE("atlas / the smallest row speaks for a break, whatever came first") {
  Report report = fixed();
  std::swap(report.verdicts[0], report.verdicts[1]);
  const atlas::Atlas all = atlas::atlas_of(report);
  REQUIRE(all.breaks[0].places.size() == 2);
  CHECK(all.breaks[0].places.front()->witness->cols == 2);
}

TEST_CASE("atlas / words that were checked by hand win, and their program goes with them") {
  const Report report = fixed();
  const atlas::Atlas all = atlas::atlas_of(report);
  const std::string text = atlas::issue_text(all.breaks[1], report);
  CHECK(text.starts_with("Dear maintainers, ..."));
  CHECK_THAT(text, ContainsSubstring("print(zeta.softmax([0]))"));
  CHECK_THAT(text, !ContainsSubstring("What came out"));
  CHECK(atlas::issue_title(all.breaks[1]) == "Zeta reads past the end");
  for (const atlas::Library& library : all.libraries) CHECK(library.findings.empty());
}

TEST_CASE("atlas / a finding that no verdict repeats stands by itself; one of another format is not taken for this one") {
  Report report = fixed();
  report.findings[0].format = "f64";
  const atlas::Atlas all = atlas::atlas_of(report);
  CHECK(all.breaks[1].finding == nullptr);
  REQUIRE(all.libraries[1].name == "Zeta");
  CHECK(all.libraries[1].findings.size() == 1);
}

TEST_CASE("atlas / means are over sampled rows, maxima over all") {
  const Report report = fixed();
  const atlas::Atlas all = atlas::atlas_of(report);
  const auto record =
      std::find_if(all.records.begin(), all.records.end(), [](const auto& r) { return r.implementation == "alpha"; });
  REQUIRE(record != all.records.end());
  CHECK(record->lengths[0].max_ulp == 1.5);
  CHECK(record->lengths[0].found_by == "hunted");
  CHECK(record->lengths[0].mean_ulp == 0.25);
  CHECK(record->lengths[0].elements == 20);
}

TEST_CASE("atlas / another convention for special values is no break, unless it is none") {
  Report report = fixed();
  CHECK(atlas::atlas_of(report).breaks.size() == 2);
  report.standings[0].profiles.clear();
  CHECK(atlas::atlas_of(report).breaks.size() == 3);
}

TEST_CASE("atlas / figures of reports without versions belong to the version of the verdicts") {
  Report report = fixed();
  for (AccuracyEntry& entry : report.accuracy) entry.subject_version.clear();
  for (StandingEntry& entry : report.standings) entry.subject_version.clear();
  CHECK(atlas::atlas_of(report).records.size() == 3);
}

TEST_CASE("atlas / what a library printed cannot become markup, nor end a fence") {
  Report report = fixed();
  for (std::string* text : {&report.verdicts[0].means, &report.verdicts[0].because, &report.findings[0].title,
                            &report.findings[0].meaning, &report.findings[0].program, &report.verdicts[3].incident})
    *text = "<script>\"'&</script>\n```\n";
  report.verdicts[0].implementation = "<script>\" x";
  const std::string page = report_formats::atlas.write(report);
  CHECK(count_of(page, "<script") == 1);
  CHECK(count_of(page, "</script") == 1);
  const atlas::Atlas all = atlas::atlas_of(report);
  CHECK_THAT(atlas::issue_text(all.breaks.back(), report), ContainsSubstring("````\n<script>"));
}

TEST_CASE("atlas / empty reports and reports of findings alone are pages, too") {
  CHECK_THAT(report_formats::atlas.write({}), ContainsSubstring("Nothing was judged."));
  const Report findings =
      report_from_json(R"({"schema_version": 1, "findings": [{"title": "a", "implementation": "b c"}]})", "some");
  CHECK_THAT(report_formats::atlas.write(findings), ContainsSubstring("Nothing was judged; findings were written down."));
  CHECK_THAT(report_formats::atlas_data.write(findings), ContainsSubstring("\"library\":\"b\""));
  REQUIRE_THROWS_WITH(report_from_json(R"({"schema_version": 1})", "some"), ContainsSubstring("not a report of softmax-audit"));
}

TEST_CASE("atlas / the dashed line, hand-evaluated for 1000 elements in f32") {
  // n - 1 + 149 log 2 + 2 + log n + 4 = 1115.2 first-order ulp; 2^-5 of them, three roundings and 2 ulp of underflow come on top.
  const double line = *atlas::largest_default_bound("f32", 1000);
  CHECK(line > 1115.2);
  CHECK(line < 1156);
  CHECK(!atlas::largest_default_bound("f32", 0x1p22));
}

TEST_CASE("atlas / the dashed line is above the bounds of all rows") {
  for (const Format format : {Format::f16, Format::bf16, Format::f32, Format::f64}) {
    const std::string name(softmax_audit::name(format));
    for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{10}, std::size_t{1000}, std::size_t{5000}}) {
      const auto line = atlas::largest_default_bound(name, static_cast<double>(n));
      REQUIRE(line);
      for (const double spread : {0.0, 1.0, 9.7, 16.0, 80.0, 87.3, 103.0, 700.0, 745.0}) {
        // Inexact differences cost the most: the largest logit has a last bit that the others have not.
        std::vector<double> x(n, -spread);
        x[0] = format == Format::f16 || format == Format::bf16 ? 0x1p-7 : 0x1p-24;
        if (n > 2) x[n / 2] = -spread / 2;
        for (double& value : x) value = round_to(format, value);
        const Problem row{Operation::softmax, format, 1, x.size(), x, 1};
        for (const double ulp : softmax_bounds({}, format, x, 1, truths(default_oracle(), row)).ulp) {
          INFO(name << " n = " << n << " spread " << spread);
          if (std::isfinite(ulp)) REQUIRE(ulp <= *line);
        }
      }
    }
  }
}
