"""PyTorch's softmax, and one that a model might have instead, judged by pytest (or by `python3 test_softmax.py`)."""
import softmax_audit
import torch


def test_softmax():
    softmax_audit.check(lambda x: torch.softmax(x, -1), rows="torch", formats=["f32"], arguments=["--cases", "300"])


def test_softmax_of_a_model_is_found_out():
    def guarded(x):  # against a division by zero that cannot happen
        weights = torch.exp(x - x.max(dim=-1, keepdim=True).values)
        return weights / (weights.sum(dim=-1, keepdim=True) + 1e-6)

    try:
        softmax_audit.check(guarded, rows="torch", formats=["f32"], arguments=["--cases", "300"])
    except AssertionError as error:
        print(str(error)[:2000])
    else:
        raise AssertionError("1e-6 in the denominator was not noticed")


if __name__ == "__main__":
    test_softmax()
    test_softmax_of_a_model_is_found_out()
