"""Makes mixture.json: log-likelihoods of mixtures of Gaussians and their gradients, by torch.distributions. Needs python3-torch.

The covariance of a component is made from its factor, diag(s) (I - B)^-1, and its density by a Cholesky solve: not as the
lab computes either. Arrays are {"shape": [...], "data": [...]}, position-major.
"""
import json
import pathlib

import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
T, B, D, K = 5, 4, 3, 3


def array(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.9g}") for v in tensor.detach().reshape(-1)]}


def case(full):
    entries = K * D * (D - 1) // 2 if full else 0
    head = torch.randn(T, B, K * (1 + 2 * D) + entries).float().double().requires_grad_()
    x = torch.randn(T, B, D).float().double()
    logits, means, raw, below = head.split([K, K * D, K * D, entries], -1)
    means, sigma = means.reshape(T, B, K, D), torch.exp(-3 + 4 * torch.sigmoid(raw.reshape(T, B, K, D)))
    if full:
        b = torch.zeros(T, B, K, D, D)
        rows, columns = torch.tril_indices(D, D, -1)
        b[..., rows, columns] = 4 * torch.tanh(below.reshape(T, B, K, -1) / 4)
        factor = sigma[..., None] * torch.linalg.inv(torch.eye(D) - b)
        parts = MultivariateNormal(means, scale_tril=factor)
    else:
        parts = Independent(Normal(means, sigma), 1)
    likelihood = MixtureSameFamily(Categorical(logits=logits), parts).log_prob(x)
    seeds = torch.randn(T, B).float().double()
    (likelihood * seeds).sum().backward()
    return {name: array(value) for name, value in
            {"head": head, "x": x, "logLikelihood": likelihood, "seeds": seeds, "dHead": head.grad}.items()}


contents = {"made_with": f"torch {torch.__version__}", "components": K, "mixture": case(False), "mixture-full": case(True)}
(pathlib.Path(__file__).parent / "mixture.json").write_text(json.dumps(contents) + "\n")
