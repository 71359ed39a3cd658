# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.13.0", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "PyTorch"
# calls = "torch.softmax, log_softmax, logsumexp, sigmoid, nn.functional.cross_entropy and autograd's backward passes"
# [[tool.softmax-audit.variant]]
# name = "pytorch avx512"
# instruction_set = "avx512"
# environment = { ATEN_CPU_CAPABILITY = "avx512" }
# [[tool.softmax-audit.variant]]
# name = "pytorch avx2"
# instruction_set = "avx2"
# environment = { ATEN_CPU_CAPABILITY = "avx2" }
# [[tool.softmax-audit.variant]]
# name = "pytorch default"
# environment = { ATEN_CPU_CAPABILITY = "default" }
# [[tool.softmax-audit.variant]]
# name = "pytorch avx512 dim 0"
# instruction_set = "avx512"
# environment = { ATEN_CPU_CAPABILITY = "avx512" }
# arguments = ["--dim", "0"]
# [[tool.softmax-audit.variant]]
# name = "pytorch avx2 dim 0"
# instruction_set = "avx2"
# environment = { ATEN_CPU_CAPABILITY = "avx2" }
# arguments = ["--dim", "0"]
# [[tool.softmax-audit.variant]]
# name = "pytorch compiled"
# arguments = ["--compile"]
# timeout = 120
# minutes = 90
# [[tool.softmax-audit.variant]]
# name = "pytorch cuda"
# needs = "cuda"
# arguments = ["--device", "cuda"]
# ///
"""PyTorch, as ATEN_CPU_CAPABILITY says: eager or compiled, along the last dimension or the first, on CPU or GPU."""

import argparse

import softmax_audit

torch = softmax_audit.require("torch", "pip install torch==2.13.0")

parser = argparse.ArgumentParser()
parser.add_argument("--dim", type=int, choices=[-1, 0], default=-1)
parser.add_argument("--columns", type=int, default=20, help="with --dim 0: how often each row stands in the tensor")
parser.add_argument("--compile", action="store_true")
parser.add_argument("--device", default="cpu")
options = parser.parse_args()

TYPES = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64}
dim = options.dim

if options.compile:
    # Beyond the limit eager code would run, and be taken for compiled code.
    torch._dynamo.config.recompile_limit = 1000
    torch._dynamo.config.accumulated_recompile_limit = 10000
    torch._dynamo.config.fail_on_recompile_limit_hit = True


def compiled(function):
    return torch.compile(function, dynamic=True) if options.compile else function


def tensor(array, format):
    rows = torch.from_numpy(array).to(options.device, TYPES[format])
    # Along the first dimension neighbouring columns are computed together: a vector and a remainder of them.
    return rows.T.repeat(1, options.columns).contiguous() if dim == 0 else rows


def array(result, rows):
    result = result.detach().cpu()
    if dim == 0:
        result = result[..., :rows].T.contiguous()
    return (result.float() if result.dtype == torch.bfloat16 else result).numpy()


def differentiate(x, dy):
    x.requires_grad_()
    torch.softmax(x, dim).backward(dy)
    return x.grad


def differentiate_from_output(y, dy):
    return torch.ops.aten._softmax_backward_data(dy, y, dim, y.dtype)


def losses(x, target):
    if dim == 0:  # classes are always the second dimension
        return torch.nn.functional.cross_entropy(x[None], target[None], reduction="none")[0]
    return torch.nn.functional.cross_entropy(x, target, reduction="none")


forward = {"softmax": compiled(lambda x: torch.softmax(x, dim)),
           "log_softmax": compiled(lambda x: torch.log_softmax(x, dim)),
           "log_sum_exp": compiled(lambda x: torch.logsumexp(x, dim)),
           "sigmoid": compiled(torch.sigmoid)}
losses = compiled(losses)
differentiate_from_output = compiled(differentiate_from_output)
if options.compile:
    compiled_softmax = compiled(lambda x: torch.softmax(x, dim))

    def differentiate(x, dy):
        x.requires_grad_()
        compiled_softmax(x).backward(dy)
        return x.grad

instruction_set = torch.backends.cpu.get_cpu_capability().lower() if options.device == "cpu" else options.device


@softmax_audit.implementation(name="pytorch", version=torch.__version__, formats=["f16", "bf16", "f32", "f64"],
                              instruction_set=instruction_set, format=True, operations=list(forward))
def run(x, operation, format):
    return array(forward[operation](tensor(x, format)), len(x))


@softmax_audit.implementation(operation="cross_entropy", format=True)
def cross_entropy(x, target, format):
    target = torch.from_numpy(target).to(options.device)
    return array(losses(tensor(x, format), target.repeat(options.columns) if dim == 0 else target), len(x))


@softmax_audit.implementation(operation="softmax_backward", format=True)
def softmax_backward(x, dy, format):
    return array(differentiate(tensor(x, format), tensor(dy, format)), len(x))


@softmax_audit.implementation(operation="softmax_backward_from_output", format=True)
def softmax_backward_from_output(x, dy, format):
    return array(differentiate_from_output(tensor(x, format), tensor(dy, format)), len(x))


softmax_audit.serve()
