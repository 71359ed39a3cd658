# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.13.0", "torch_geometric==2.7.0", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "PyTorch Geometric"
# calls = "torch_geometric.utils.softmax, with each row as the edges of one node"
# [[tool.softmax-audit.variant]]
# name = "pytorch geometric"
# ///
"""The attention weights of graph networks: softmax over groups of elements."""

import softmax_audit

torch = softmax_audit.require("torch", "pip install torch==2.13.0")
geometric = softmax_audit.require("torch_geometric", "pip install torch_geometric")
import torch_geometric.utils  # noqa: E402


@softmax_audit.implementation(name="pytorch geometric", version=geometric.__version__, formats=["f32", "f64"])
def softmax(x):
    groups = torch.arange(x.shape[0]).repeat_interleave(x.shape[1])
    elements = torch.from_numpy(x).reshape(-1)
    return geometric.utils.softmax(elements, groups, num_nodes=x.shape[0]).numpy().reshape(x.shape)


softmax_audit.serve()
