import math

import softmax_audit


@softmax_audit.implementation(name="lists", version="1", formats=["f64"], rows="lists")
def softmax(rows):
    def row(x):
        largest = math.nan if any(map(math.isnan, x)) else max(x)
        if math.isnan(largest) or math.isinf(largest):  # math.exp(inf - inf) is NaN, as it has to be
            return [math.exp(v - largest) if v - largest < 1 else math.nan for v in x]
        exponentials = [math.exp(v - largest) for v in x]
        total = math.fsum(exponentials)
        return [e / total for e in exponentials]

    return [row(x) for x in rows]


softmax_audit.serve()
