"""Recomputes a run with PyTorch alone: python3 test/golden/check_run.py DIR

Reads DIR/model.safetensors, config.json and evaluation.json, rebuilds encoder and decoder (of any method: the weights that are
there tell how z enters the decoder), and prints the largest difference from
what DIR/evaluation.safetensors holds: latents, log-likelihood by position, and the dependence matrix (in float64, for the
first windows, with the latents and the number of nodes that the evaluation itself used). Needs only python3-torch; the exit
code is 1 when a difference is above its tolerance or no number.
"""

import json
import math
import pathlib
import re
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
TOLERANCE = {"latents": 1e-4, "log_likelihood": 1e-3, "dependence": 1e-3}


def safetensors(path):
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    body = data[8 + size :]
    return {
        name: torch.tensor(np.frombuffer(body[slice(*entry["data_offsets"])], dtype="<f4").reshape(entry["shape"])).double()
        for name, entry in header.items()
        if name != "__metadata__"
    }


def layers_of(weights, prefix, pattern):
    """How many layers the names under a prefix number."""
    return 1 + max(int(match[1]) for name in weights if (match := re.match(re.escape(prefix) + pattern, name)))


def lstm(weights, prefix):
    w_ih, w_hh = weights[f"{prefix}.weight_ih_l0"], weights[f"{prefix}.weight_hh_l0"]
    layers = layers_of(weights, prefix, r"\.weight_ih_l(\d+)")
    layer = nn.LSTM(w_ih.shape[1], w_hh.shape[1], layers, batch_first=True)
    layer.load_state_dict({name: weights[f"{prefix}.{name}"] for name in layer.state_dict()})
    return lambda tokens, valid=None: layer(tokens)[0]


def transformer(weights, part, heads):
    """Pre-norm blocks over tokens and learned positions: causal, or over all valid positions."""
    prefix = f"{part}.transformer"
    width = weights[f"{prefix}.norm.weight"].shape[0]
    layer = nn.TransformerEncoderLayer(width, heads, 4 * width, 0, "gelu", batch_first=True, norm_first=True)
    layers = layers_of(weights, prefix, r"\.layers\.(\d+)\.")
    blocks = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False)
    blocks.load_state_dict({name: weights[f"{prefix}.{name}"] for name in blocks.state_dict()})
    position = weights[f"{part}.position.weight"]
    causal = torch.full((len(position), len(position)), -math.inf).triu(1)

    def hidden(tokens, valid=None):
        if valid is None:
            return blocks(tokens + position, mask=causal)
        masked = (valid == 0) & valid.any(1, keepdim=True)  # a series without any value has no key: its pool is 0 whatever comes
        return blocks(tokens + position, src_key_padding_mask=masked)

    return hidden


def backbone(weights, part, heads):
    return transformer(weights, part, heads) if f"{part}.position.weight" in weights else lstm(weights, f"{part}.lstm")


def encode(weights, windows, mask, heads):
    valid = (mask > 0).double()
    tokens = windows
    if "encoder.input.weight" in weights:
        tokens = windows @ weights["encoder.input.weight"].T + weights["encoder.input.bias"]
    hidden = backbone(weights, "encoder", heads)(tokens, valid)
    pooled = (hidden * valid[:, :, None]).sum(1) / valid.sum(1, keepdim=True).clamp(min=1)
    if "encoder.input.weight" not in weights:  # the LSTM's last state counts too
        last = (valid * torch.arange(1, windows.shape[1] + 1)).argmax(1)
        end = hidden[torch.arange(len(windows)), last] * (valid.sum(1, keepdim=True) > 0)
        pooled = torch.cat([end, pooled], 1)
    out = pooled @ weights["encoder.head.weight"].T + weights["encoder.head.bias"]
    if "encoder.norm.running_mean" not in weights:
        return out[:, : out.shape[1] // 2]
    return (out - weights["encoder.norm.running_mean"]) / torch.sqrt(weights["encoder.norm.running_var"] + 1e-5)


def enter(weights, z, inverse_lipschitz):
    """z as it enters the decoder: itself, or the gradient of a convex network + L/2 |z|^2, by automatic differentiation."""
    if "decoder.brenier.positive.weight" not in weights:
        return z
    with torch.enable_grad():
        at = z if z.requires_grad else z.detach().requires_grad_()
        linear = lambda name: at @ weights[f"decoder.brenier.{name}.weight"].T + weights[f"decoder.brenier.{name}.bias"]
        raw = weights["decoder.brenier.positive.weight"]
        hidden = F.softplus(linear("linear1")) @ (F.softplus(raw) / len(raw)).T
        psi = F.softplus(hidden + linear("linear2")).sum() + 0.5 * inverse_lipschitz * (at**2).sum()
        return torch.autograd.grad(psi, at, create_graph=z.requires_grad)[0]


def hidden_states(weights, decoder, z, x, inverse_lipschitz):
    mapped = enter(weights, z, inverse_lipschitz)
    tokens = torch.cat([(mapped @ weights["decoder.latent_token.weight"].T)[:, None], x @ weights["decoder.value_token.weight"].T], 1)
    if "decoder.skip_token.weight" in weights:
        tokens = tokens + (mapped @ weights["decoder.skip_token.weight"].T)[:, None]
    return decoder(tokens)


def log_likelihood(weights, decoder, z, windows, observed, sigma, inverse_lipschitz):
    hidden = hidden_states(weights, decoder, z, windows[:, :-1], inverse_lipschitz)
    head = hidden @ weights["decoder.head.weight"].T + weights["decoder.head.bias"]
    if "decoder.skip_head.weight" in weights:
        head = head + (enter(weights, z, inverse_lipschitz) @ weights["decoder.skip_head.weight"].T)[:, None]
    features = windows.shape[2]
    raw = head[..., features:]
    log_sigma = -3 + 4 * torch.sigmoid(raw) if sigma is None else torch.full_like(raw, math.log(sigma))
    u = (windows - head[..., :features]) * torch.exp(-log_sigma)
    return (observed * (-0.5 * u**2 - log_sigma - 0.5 * math.log(2 * math.pi))).sum(2)


def dependence(weights, decoder, z, x, quadrature, inverse_lipschitz):
    count, length = x.shape[:2]
    nodes, rule = np.polynomial.legendre.leggauss(quadrature)
    with torch.no_grad():
        end = hidden_states(weights, decoder, z, x[:, :-1], inverse_lipschitz)
        delta = end - hidden_states(weights, decoder, 0 * z, 0 * x[:, :-1], inverse_lipschitz)
    m = torch.zeros(count, length, length)
    for node, weight in zip((nodes + 1) / 2, rule / 2):
        zs, xs = (node * z).requires_grad_(), (node * x[:, :-1]).requires_grad_()
        hidden = hidden_states(weights, decoder, zs, xs, inverse_lipschitz)
        for t in range(length):
            gz, gx = torch.autograd.grad((delta[:, t] * hidden[:, t]).sum(), [zs, xs], retain_graph=True)
            scale = weight / (delta[:, t] ** 2).sum(1).clamp(min=1e-300)  # m is 0 where D_t is
            m[:, t, 0] += scale * (gz * z).sum(1)
            m[:, t, 1 : t + 1] += scale[:, None] * (gx * x[:, :-1]).sum(2)[:, :t]
    return m


def main(folder):
    weights, stored = safetensors(folder / "model.safetensors"), safetensors(folder / "evaluation.safetensors")
    config, report = (json.loads((folder / f"{name}.json").read_text()) for name in ("config", "evaluation"))
    windows, mask = stored["windows"], stored["mask"]
    observed = stored.get("feature_mask", mask[:, :, None].expand_as(windows))
    heads = config["model"].get("heads", 1)
    decoder = backbone(weights, "decoder", heads)
    few = min(8, len(windows))
    inverse_lipschitz = config["method"].get("inverseLipschitz")
    with torch.no_grad():
        latents = encode(weights, windows, mask, heads)
        found = {
            "latents": (latents, stored["latents"]),
            "log_likelihood": (
                log_likelihood(weights, decoder, stored["latents"], windows, observed, config["model"]["sigma"], inverse_lipschitz),
                stored["log_likelihood"],
            ),
        }
    # Where the residual asked for more nodes than the config, the report says how many there were.
    quadrature = report["dependence"]["quadrature"]
    along = stored.get("dependence_latents", stored["latents"])
    matrix = dependence(weights, decoder, along[:few], windows[:few], quadrature, inverse_lipschitz)
    found["dependence"] = (matrix, stored["dependence"][:few])
    worst = {name: (a - b).abs().max().item() for name, (a, b) in found.items()}
    for name, difference in worst.items():
        print(f"{name:16s} largest difference {difference:.2e} of values up to {found[name][1].abs().max():.3g}")
    return int(not all(difference <= TOLERANCE[name] for name, difference in worst.items()))


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
