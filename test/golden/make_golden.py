"""Golden values from PyTorch: python3 test/golden/make_golden.py (needs only Debian's python3-torch).

Writes, beside this script, for the sizes below:
  lstm.json        nn.LSTM forward and all gradients
  posterior-stable.json, latent-diffusion.json, skip-connections.json, mutual-information.json, inverse-lipschitz.json
                   initial weights by their safetensors names, the batch, and for each of ten training steps the timesteps
                   and noises used and the resulting losses; the first step's log-likelihood and all its gradients
  dependence.json  the matrix m_{t,j} of the posterior-stable decoder by reverse mode, in float64
  transformer-posterior-stable.json, transformer-latent-diffusion.json, transformer-dependence.json
                   the same with the Transformer in encoder and decoder
  lstm-stack-posterior-stable.json, lstm-stack-dependence.json
                   the same with two LSTM layers
Arrays are {"shape": [...], "data": [...]}. Everything is computed in float64; series and noise are rounded to float32
first, so that both sides start from the same numbers. Sequences are position-major: x is [T, B, D].
"""

import json
import math
import pathlib

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).parent
T, B, D, H, Z, TOKEN = 7, 5, 3, 12, 5, 6
EMBEDDING, WIDTH, BLOCKS = 8, 16, 2
TRANSFORMER = {"width": 8, "heads": 2, "layers": 2}
L, N, M, GAMMA, ETA, LAMBDA = 1000, 50, 900, 2, 1, 0.1
SAMPLES, INFORMATION, INVERSE_LIPSCHITZ = 4, 0.3, 0.7
STEPS, TOTAL, RATE, LOWEST, WARMUP, CLIP = 10, 100, 2e-3, 1e-5, 5, 1.0

BETA = np.concatenate([[0.0], np.linspace(1e-4, 0.02, L)])
ALPHA_BAR = torch.tensor(np.cumprod(1 - BETA))


def rounded(tensor):
    return tensor.float().double()


def normal(*shape):
    return rounded(torch.randn(*shape))


def array(tensor):
    data = tensor.detach().double().numpy() if torch.is_tensor(tensor) else np.asarray(tensor, dtype=float)
    return {"shape": list(data.shape), "data": [float(f"{v:.9g}") for v in data.ravel()]}


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(EMBEDDING, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))
        self.input = nn.Linear(Z, WIDTH)
        self.blocks = nn.ModuleList(
            nn.ModuleDict({"linear1": nn.Linear(WIDTH, WIDTH), "linear2": nn.Linear(WIDTH, WIDTH)}) for _ in range(BLOCKS)
        )
        self.output = nn.Linear(WIDTH, Z)

    def forward(self, z, timestep):
        half = EMBEDDING // 2
        angle = timestep[:, None] * 10000.0 ** (-torch.arange(half) / half)
        e = self.time(torch.cat([angle.sin(), angle.cos()], 1))
        h = self.input(z)
        for block in self.blocks:
            h = h + block["linear2"](nn.functional.silu(block["linear1"](h + e)))
        return self.output(nn.functional.silu(h))


class Encoder(nn.Module):
    def __init__(self, outputs, layers=1):
        super().__init__()
        self.lstm = nn.LSTM(D, H, layers)
        self.head = nn.Linear(2 * H, outputs)

    def forward(self, x, mask):
        hidden, _ = self.lstm(x)
        valid = (mask.sum(2) > 0).double()
        last = (valid * torch.arange(1, T + 1)[:, None]).argmax(0)
        mean = (hidden * valid[:, :, None]).sum(0) / valid.sum(0)[:, None]
        return self.head(torch.cat([hidden[last, torch.arange(x.shape[1])], mean], 1))


class Brenier(nn.Module):
    """The gradient of a convex network + L/2 |z|^2, by automatic differentiation and not by its formula."""

    def __init__(self):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(Z, H), nn.Linear(Z, H)
        self.positive = nn.Linear(H, H, bias=False)

    def forward(self, z):
        z = z if z.requires_grad else z.detach().requires_grad_()
        softplus = nn.functional.softplus
        hidden = softplus(self.linear1(z)) @ (softplus(self.positive.weight) / H).T
        psi = softplus(hidden + self.linear2(z)).sum() + 0.5 * INVERSE_LIPSCHITZ * (z**2).sum()
        return torch.autograd.grad(psi, z, create_graph=True)[0]


def blocks():
    """Pre-norm blocks with a final norm: learned positions come before them."""
    width = TRANSFORMER["width"]
    layer = nn.TransformerEncoderLayer(width, TRANSFORMER["heads"], 4 * width, dropout=0, activation="gelu", norm_first=True)
    return nn.TransformerEncoder(layer, TRANSFORMER["layers"], norm=nn.LayerNorm(width))


class TransformerEncoder(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.input = nn.Linear(D, TRANSFORMER["width"])
        self.position = nn.Embedding(T, TRANSFORMER["width"])
        self.transformer = blocks()
        self.head = nn.Linear(TRANSFORMER["width"], outputs)

    def forward(self, x, mask):
        valid = mask.sum(2) > 0
        hidden = self.transformer(self.input(x) + self.position.weight[:, None], src_key_padding_mask=~valid.T)
        return self.head((hidden * valid[:, :, None]).sum(0) / valid.sum(0)[:, None])


class Decoder(nn.Module):
    def __init__(self, method, token=TOKEN, width=H, layers=1):
        super().__init__()
        self.latent_token = nn.Linear(Z, token, bias=False)
        if method == "skip-connections":
            self.skip_token = nn.Linear(Z, token, bias=False)
            self.skip_head = nn.Linear(Z, 2 * D, bias=False)
        if method == "inverse-lipschitz":
            self.brenier = Brenier()
        self.value_token = nn.Linear(D, token, bias=False)
        self.make_backbone(layers)
        self.head = nn.Linear(width, 2 * D)

    def make_backbone(self, layers):
        self.lstm = nn.LSTM(TOKEN, H, layers)

    def states(self, tokens):
        return self.lstm(tokens)[0]

    def hidden(self, z, x):
        """z [B, Z], x [T - 1, B, D]: the values fed in."""
        tokens = torch.cat([self.latent_token(z)[None], self.value_token(x)])
        if hasattr(self, "skip_token"):
            tokens = tokens + self.skip_token(z)
        return self.states(tokens)

    def log_likelihood(self, z, x, mask):
        if hasattr(self, "brenier"):
            z = self.brenier(z)
        head = self.head(self.hidden(z, x[:-1]))
        if hasattr(self, "skip_head"):
            head = head + self.skip_head(z)
        log_sigma = -3 + 4 * torch.sigmoid(head[..., D:])
        u = (x - head[..., :D]) * torch.exp(-log_sigma)
        return (mask * (-0.5 * u**2 - log_sigma - 0.5 * math.log(2 * math.pi))).sum(2)


class TransformerDecoder(Decoder):
    def __init__(self, method):
        super().__init__(method, TRANSFORMER["width"], TRANSFORMER["width"], TRANSFORMER["layers"])

    def make_backbone(self, _):
        self.position = nn.Embedding(T, TRANSFORMER["width"])
        self.transformer = blocks()

    def states(self, tokens):
        causal = torch.full((T, T), -math.inf).triu(1)
        return self.transformer(tokens + self.position.weight[:, None], mask=causal)


class Model(nn.Module):
    def __init__(self, method, backbone):
        super().__init__()
        self.method = method
        outputs = Z if method == "posterior-stable" else 2 * Z
        if backbone == "transformer":
            self.encoder, self.decoder = TransformerEncoder(outputs), TransformerDecoder(method)
        else:
            layers = 2 if backbone == "lstm-stack" else 1
            self.encoder, self.decoder = Encoder(outputs, layers), Decoder(method, layers=layers)
        self.denoiser = Denoiser()

    def losses(self, x, mask, draw):
        """One step's terms: total, vi, cs, dm, kl, and the log-likelihood of every row."""
        out = self.encoder(x, mask)
        zero = torch.zeros(())
        if self.method == "posterior-stable":
            v = (out - out.mean(0)) / torch.sqrt(out.var(0, unbiased=False) + 1e-5)
            both = torch.cat([v, v])
            steps = draw["latent timestep"]
            bar = ALPHA_BAR[steps][:, None]
            z = bar.sqrt() * both + (1 - bar).sqrt() * draw["latent noise"]
            x2, mask2 = torch.cat([x, x], 1), torch.cat([mask, mask], 1)
            ll = self.decoder.log_likelihood(z, x2, mask2)
            vi = -(ALPHA_BAR[(GAMMA * steps[:B]).clamp(max=L)] * ll[:, :B].sum(0)).mean()
            reference = (mask * (-0.5 * x**2 - 0.5 * math.log(2 * math.pi))).sum(2)
            weight = 1 - ALPHA_BAR[torch.ceil(steps[B:] / ETA).long().clamp(max=L)]
            cs = (weight * (ll[:, B:] - reference).clamp(min=0).sum(0)).mean()
            kl, latents = zero, v
        elif self.method == "mutual-information":
            both = torch.cat([out] * SAMPLES)
            normal = torch.distributions.Normal
            q = normal(both[:, :Z], torch.exp(0.5 * both[:, Z:]))
            z = q.loc + q.scale * draw["latent noise"]
            ll = self.decoder.log_likelihood(z, torch.cat([x] * SAMPLES, 1), torch.cat([mask] * SAMPLES, 1))
            given = ll.sum(0).reshape(SAMPLES, B)
            ratio = (normal(0.0, 1.0).log_prob(z) - q.log_prob(z)).sum(1).reshape(SAMPLES, B)
            weight = torch.softmax(given + ratio, 0)
            bound = torch.logsumexp(given + ratio, 0) - math.log(SAMPLES)
            objective = ((1 - INFORMATION) * bound + INFORMATION * (weight * given).sum(0)).mean()
            vi, cs = -(weight * given).sum(0).mean(), zero
            kl, latents = -bound.mean() - vi, z[:B]
        else:
            mu, log_variance = out[:, :Z], out[:, Z:]
            z = mu + torch.exp(0.5 * log_variance) * draw["latent noise"]
            ll = self.decoder.log_likelihood(z, x, mask)
            vi, cs = -ll.sum(0).mean(), zero
            kl = 0.5 * (mu**2 + log_variance.exp() - log_variance - 1).sum(1).mean()
            latents = z
        steps = draw["denoiser timestep"]
        bar = ALPHA_BAR[steps][:, None]
        noisy = bar.sqrt() * latents.detach() + (1 - bar).sqrt() * draw["denoiser noise"]
        dm = ((draw["denoiser noise"] - self.denoiser(noisy, steps)) ** 2).mean()
        total = dm - objective if self.method == "mutual-information" else vi + LAMBDA * cs + kl + dm
        return total, vi, cs, dm, kl, ll


def learning_rate(step):
    """Linear warm-up, then a cosine to the lowest rate over the rest of the steps."""
    if step < WARMUP:
        return RATE * (step + 1) / WARMUP
    return LOWEST + 0.5 * (RATE - LOWEST) * (1 + math.cos(math.pi * (step - WARMUP) / (TOTAL - WARMUP)))


def series():
    x, mask = normal(T, B, D), (torch.rand(T, B, D) > 0.2).double()
    mask[T - 2 :, 1] = 0  # one series ends early
    mask[0] = 1
    return x * mask, mask


def train(method, backbone="lstm"):
    torch.manual_seed(7)
    model = Model(method, backbone)
    with torch.no_grad():
        for name, p in model.named_parameters():
            # PyTorch copies one block and starts norms and biases at 1 and 0: moved apart, so that each of them counts.
            p.copy_(rounded(p + 0.1 * torch.randn_like(p) if "transformer" in name else p))
        if backbone == "transformer":  # series differ little at first: batch normalisation would magnify float32's rounding
            model.encoder.head.weight.mul_(8)
    x, mask = series()
    initial = {name: array(p) for name, p in model.named_parameters()}
    groups = [
        [p for name, p in model.named_parameters() if not name.startswith("denoiser")],
        list(model.denoiser.parameters()),
    ]
    optimiser = torch.optim.Adam([{"params": g} for g in groups], lr=RATE)
    steps, first = [], None
    rows = {"posterior-stable": 2, "mutual-information": SAMPLES}.get(method, 1) * B
    for step in range(STEPS):
        draw = {"latent noise": normal(rows, Z), "denoiser timestep": torch.randint(1, L + 1, (B,)), "denoiser noise": normal(B, Z)}
        if method == "posterior-stable":
            draw["latent timestep"] = torch.cat([torch.randint(0, N + 1, (B,)), torch.randint(M, L + 1, (B,))])
        optimiser.zero_grad()
        total, vi, cs, dm, kl, ll = model.losses(x, mask, draw)
        total.backward()
        if first is None:
            first = {"logLikelihood": array(ll), "gradients": {n: array(p.grad) for n, p in model.named_parameters()}}
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step)
        norm, _ = [nn.utils.clip_grad_norm_(g, CLIP) for g in groups]
        optimiser.step()
        losses = {"total": total, "vi": vi, "cs": cs, "dm": dm, "kl": kl, "gradNorm": norm}
        steps.append({"draw": {k: array(v) for k, v in draw.items()}, "losses": {k: v.item() for k, v in losses.items()}})
    sizes = {"seqLen": T, "batchSize": B, "featureSize": D, "hiddenSize": H, "latentSize": Z, "tokenSize": TOKEN}
    sizes |= {"embeddingSize": EMBEDDING, "width": WIDTH, "blocks": BLOCKS}
    if backbone == "transformer":
        sizes |= {"hiddenSize": TRANSFORMER["width"], "layers": TRANSFORMER["layers"], "heads": TRANSFORMER["heads"]}
    if backbone == "lstm-stack":
        sizes["layers"] = 2
    schedule = {"steps": TOTAL, "learningRate": RATE, "minLearningRate": LOWEST, "warmup": WARMUP, "clip": CLIP}
    settings = {"mutual-information": {"mutualInformation": INFORMATION, "importanceSamples": SAMPLES}}
    settings["inverse-lipschitz"] = {"inverseLipschitz": INVERSE_LIPSCHITZ}
    data = {"sizes": sizes, "train": schedule, "method": settings.get(method, {}), "x": array(x), "mask": array(mask), "initial": initial, "first": first, "steps": steps}
    write(method if backbone == "lstm" else f"{backbone}-{method}", data)
    return model


def lstm():
    torch.manual_seed(3)
    layer, x, seed = nn.LSTM(D, H), normal(T, B, D).requires_grad_(), normal(T, B, H)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(rounded(p))
    hidden, _ = layer(x)
    (hidden * seed).sum().backward()
    named = {n: {"value": array(p), "gradient": array(p.grad)} for n, p in layer.named_parameters()}
    write("lstm", {"x": array(x), "seed": array(seed), "hidden": array(hidden), "dX": array(x.grad), "parameters": named})


def dependence(model, name):
    """m_{t,j} by reverse mode over a Gauss-Legendre rule of 32 nodes, for three series of full length."""
    torch.manual_seed(11)
    n = 3
    with torch.no_grad():  # larger weights, so that gates and attention bend along the path
        for p in model.decoder.parameters():
            p.copy_(rounded(2 * p))
    z, x = normal(n, Z), normal(T, n, D)
    decoder = model.decoder
    nodes, weights = np.polynomial.legendre.leggauss(32)
    with torch.no_grad():
        delta = decoder.hidden(z, x[:-1]) - decoder.hidden(0 * z, 0 * x[:-1])
    m = torch.zeros(n, T, T)
    for node, weight in zip((nodes + 1) / 2, weights / 2):
        zs, xs = (node * z).requires_grad_(), (node * x[:-1]).requires_grad_()
        hidden = decoder.hidden(zs, xs)
        for t in range(T):
            gz, gx = torch.autograd.grad((delta[t] * hidden[t]).sum(), [zs, xs], retain_graph=True, allow_unused=True)
            length = (delta[t] ** 2).sum(1)
            m[:, t, 0] += weight * (gz * z).sum(1) / length
            for j in range(1, t + 1):
                m[:, t, j] += weight * (gx[j - 1] * x[j - 1]).sum(1) / length
    named = {f"decoder.{k}": array(p) for k, p in decoder.named_parameters()}
    write(name, {"z": array(z), "x": array(x), "parameters": named, "quadrature": 32, "matrix": array(m)})


def write(name, data):
    (HERE / f"{name}.json").write_text(json.dumps(data, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    lstm()
    for method in ("latent-diffusion", "skip-connections", "mutual-information", "inverse-lipschitz"):
        train(method)
    dependence(train("posterior-stable"), "dependence")
    train("latent-diffusion", "transformer")
    train("skip-connections", "transformer")
    dependence(train("posterior-stable", "transformer"), "transformer-dependence")
    dependence(train("posterior-stable", "lstm-stack"), "lstm-stack-dependence")
