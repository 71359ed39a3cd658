# /// finding
# adapter = "pytorch"
# title = "The loss of 16-bit logits is 0 too early: the sum of exponentials is rounded to 16 bits before its logarithm"
# implementation = "pytorch"
# property = "is_accurate"
# operation = "cross_entropy"
# format = "bf16"
# meaning = """
# Training in bfloat16 on the CPU: a token predicted with probability 0.9975 has the loss 0 and the gradient 0 instead
# of 0.0025, and one of 0.993 has a loss that is 16 % too large. The result could hold these numbers; along another
# dimension the same function gives them."""
# issue = """
# torch.log_softmax along the last dimension rounds the sum of exponentials to the input type before taking its
# logarithm, for bfloat16 and float16 on the CPU (2.13.0); logsumexp and cross_entropy give the same. With x = [0, -6]
# in bfloat16, log_softmax(x, -1)[0] is 0, and log_softmax of the same values along dim 0 is -0.00247, which is
# correctly rounded. Expected: about -0.002476 both ways. Keeping the sum in float32 until after the logarithm would
# do."""
# ///
import math

import torch

print("PyTorch", torch.__version__)
for dtype in torch.bfloat16, torch.float16:
    for difference in 2, 4, 5, 6, 8, 10:
        x = torch.tensor([[0, -difference]], dtype=dtype, requires_grad=True)
        loss = torch.nn.functional.cross_entropy(x, torch.tensor([0]))
        loss.backward()
        columns = x.detach().T.repeat(1, 32).contiguous()
        print(f"{dtype} [0, -{difference}]: loss {loss.item():.6g}, gradient {x.grad[0, 0].item():.6g}, along dim 0 "
              f"{-torch.log_softmax(columns, 0)[0, 0].item():.6g}; due {math.log1p(math.exp(-difference)):.6g}, "
              f"gradient {-math.exp(-difference) / (1 + math.exp(-difference)):.6g}")
