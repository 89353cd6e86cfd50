"""A latent diffusion model for time series, rebuilt in PyTorch. Written by Posterior Lab from one of its runs.

    python3 THIS.py check DIR                 recomputes what DIR/evaluation.safetensors holds, prints the largest differences
    python3 THIS.py generate [--count 100] [--seed 0] [--mode sample] [--out series.csv]

DIR is the folder of a run, as `lab train` leaves it. Both read the weights from THIS.safetensors or model.safetensors in DIR, or
beside this file; --weights FILE names others. Needs torch alone; the package safetensors is used where it is there. Numbers are
float64 here and float32 in the lab, so that the differences are the lab's rounding. To use the model elsewhere:
`model = load("model.safetensors")`, then `model.encoder(x, mask)`, `model.decoder.log_likelihood(z, x, mask)`,
`model.sample_latents(n, seed)`, `model.decoder.generate(z, seed, mode)`, and `dependence(model.decoder, z, x)`. Series are
[n, T, D], scaled: (value - mean) / standard deviation of RUN["scaler"].
"""

import argparse
import json
import math
import pathlib
import struct
import sys

import torch
import torch.nn.functional as F
from torch import nn

RUN = {}  # settings and sizes of the run

MODES = ("sample", "noise-not-fed-back", "mean")
BATCH = 256  # series that share one run of the noise generator
torch.set_default_dtype(torch.float64)


def linear(in_size, out_size, bias=True):
    return nn.Linear(in_size, out_size, bias)


#: lstm
class Backbone(nn.Module):
    """Recurrence over tokens [n, T, width]; gates in the order i, f, g, o."""

    def __init__(self, in_size, size):
        super().__init__()
        self.lstm = nn.LSTM(in_size, size["hiddenSize"], size["layers"], batch_first=True)

    def forward(self, tokens, valid=None):
        return self.lstm(tokens)[0]

    def step(self, token, state=None):
        """One position: token [n, width] and the state before. Returns h [n, H] and the state after."""
        hidden, state = self.lstm(token[:, None], state)
        return hidden[:, 0], state


#: end
#: transformer
class Backbone(nn.Module):
    """Pre-norm blocks over tokens [n, T, H] and learned positions: causal, or bidirectional over all valid positions."""

    def __init__(self, in_size, size):
        super().__init__()
        width = size["hiddenSize"]
        self.position = nn.Embedding(size["seqLen"], width)
        block = nn.TransformerEncoderLayer(width, size["heads"], 4 * width, 0.0, "gelu", batch_first=True, norm_first=True)
        self.transformer = nn.TransformerEncoder(block, size["layers"], nn.LayerNorm(width), enable_nested_tensor=False)

    def train(self, mode=True):
        super().train(mode)
        self.transformer.train()  # no dropout is switched on by it, and evaluation would take fused paths that differ by version
        return self

    def forward(self, tokens, valid=None):
        length = tokens.shape[1]
        tokens = tokens + self.position.weight[:length]
        if valid is None:
            return self.transformer(tokens, mask=torch.full((length, length), -math.inf).triu(1))
        masked = ~valid & valid.any(1, keepdim=True)  # a series without any value has no key: its mean is 0 whatever comes
        return self.transformer(tokens, src_key_padding_mask=masked)

    def step(self, token, state=None):
        """One position: the state is all tokens so far, which are run anew."""
        tokens = token[:, None] if state is None else torch.cat([state, token[:, None]], 1)
        return self(tokens)[:, -1], tokens


#: end
class Encoder(Backbone):
    """x, mask [n, T, D] -> z [n, Z]: the latent without noise."""

    def __init__(self, size):
        #: lstm
        super().__init__(size["featureSize"], size)
        pooled = 2 * size["hiddenSize"]
        #: end
        #: transformer
        super().__init__(size["hiddenSize"], size)
        self.input = linear(size["featureSize"], size["hiddenSize"])
        pooled = size["hiddenSize"]
        #: end
        #: normalised
        self.head = linear(pooled, size["latentSize"])
        self.norm = nn.BatchNorm1d(size["latentSize"], affine=False)
        #: end
        #: posterior
        self.head = linear(pooled, 2 * size["latentSize"])
        #: end

    def forward(self, x, mask):
        valid = (mask > 0).any(2)
        present = valid.to(x.dtype)[:, :, None]
        #: lstm
        hidden = super().forward(x)
        last = (present[:, :, 0] * torch.arange(1, x.shape[1] + 1)).argmax(1)
        end = hidden[torch.arange(len(x)), last] * valid.any(1, keepdim=True)
        mean = (hidden * present).sum(1) / present.sum(1).clamp(min=1)
        pooled = torch.cat([end, mean], 1)
        #: end
        #: transformer
        hidden = super().forward(self.input(x), valid)
        pooled = (hidden * present).sum(1) / present.sum(1).clamp(min=1)
        #: end
        #: normalised
        return self.norm(self.head(pooled))
        #: end
        #: posterior
        return self.head(pooled).chunk(2, 1)[0]  # means, then log variances
        #: end


#: brenier
class Brenier(nn.Module):
    """grad(psi + L/2 |z|^2), psi = 1' softplus(P softplus(A1 z + b1) + A2 z + b2), P = softplus(raw) / width."""

    def __init__(self, latent_size, width, inverse_lipschitz):
        super().__init__()
        self.linear1, self.linear2 = linear(latent_size, width), linear(latent_size, width)
        self.positive = linear(width, width, False)
        self.inverse_lipschitz = inverse_lipschitz

    def forward(self, z):
        positive = F.softplus(self.positive.weight) / len(self.positive.weight)
        first, direct = self.linear1(z), self.linear2(z)
        slope = torch.sigmoid(F.softplus(first) @ positive.T + direct)
        hidden = (slope @ positive) * torch.sigmoid(first)
        return hidden @ self.linear1.weight + slope @ self.linear2.weight + self.inverse_lipschitz * z


#: end
def log_deviation(raw):
    sigma = RUN["config"]["model"]["sigma"]
    return -3 + 4 * torch.sigmoid(raw) if sigma is None else torch.full_like(raw, math.log(sigma))


def log_normal(residual, log_sigma):
    return -0.5 * residual**2 - log_sigma - 0.5 * math.log(2 * math.pi)


#: gaussian
def log_density(head, x, mask):
    """log p(x_t | z, x_<t) over observed features, from the head's output [..., 2D] = [mean, raw]."""
    mean, raw = head.chunk(2, -1)
    log_sigma = log_deviation(raw)
    return (mask * log_normal((x - mean) * torch.exp(-log_sigma), log_sigma)).sum(-1)


def draw(head, noise):
    """E[x_t], and x_t from given noise [n, D]."""
    mean, raw = head.chunk(2, -1)
    return mean, mean + torch.exp(log_deviation(raw)) * noise


#: end
#: mixture
def components(head):
    """Log weights [..., K], means and log deviations [..., K, D], and B [..., K, D, D], strictly lower triangular."""
    count, width = RUN["config"]["model"]["components"], RUN["size"]["featureSize"]
    logits, means, raw, entries = head.split([count, count * width, count * width, head.shape[-1] - count * (1 + 2 * width)], -1)
    each = (*head.shape[:-1], count, width)
    b = torch.zeros(*each, width, dtype=head.dtype)
    #: full
    rows, columns = torch.tril_indices(width, width, -1)
    b[..., rows, columns] = 4 * torch.tanh(entries.reshape(*each[:-1], -1) / 4)
    #: end
    return torch.log_softmax(logits, -1), means.reshape(each), log_deviation(raw.reshape(each)), b


def log_density(head, x, mask):
    """log p(x_t | z, x_<t) over observed features, from the head's output."""
    weights, means, log_sigma, b = components(head)
    u = (x[..., None, :] - means) * torch.exp(-log_sigma)
    residual = u - (b @ u[..., None])[..., 0]
    return torch.logsumexp(weights + (mask[..., None, :] * log_normal(residual, log_sigma)).sum(-1), -1)


def draw(head, noise):
    """E[x_t], and x_t from given noise [n, D + 1], whose last column chooses the component."""
    weights, means, log_sigma, b = components(head)
    share = torch.exp(weights)
    passed = torch.cumsum(share, -1) <= torch.special.ndtr(noise[:, -1:])
    k = passed[:, :-1].sum(-1)
    row = torch.arange(len(k))
    v = torch.linalg.solve(torch.eye(b.shape[-1], dtype=b.dtype) - b[row, k], noise[:, :-1, None])[..., 0]
    return (share[..., None] * means).sum(-2), means[row, k] + torch.exp(log_sigma[row, k]) * v


#: end


class Decoder(Backbone):
    def __init__(self, size):
        width, latent = size["tokenSize"], size["latentSize"]
        super().__init__(width, size)
        self.latent_token = linear(latent, width, False)
        self.value_token = linear(size["featureSize"], width, False)
        self.head = linear(size["hiddenSize"], size["headSize"])
        #: masked
        self.mask_token = linear(1, width, False)  # stands in for values in training alone
        #: end
        #: skip
        self.skip_token = linear(latent, width, False)
        self.skip_head = linear(latent, size["headSize"], False)
        #: end
        #: brenier
        self.brenier = Brenier(latent, size["hiddenSize"], size["inverseLipschitz"])
        #: end

    def enter(self, z):
        """z as the decoder reads it."""
        #: brenier
        return self.brenier(z)
        #: end
        return z

    def hidden(self, z, x):
        """h_t, the state after token t - 1, of z [n, Z] and all values x [n, T, D], the last of which is not read: [n, T, H]."""
        z = self.enter(z)
        tokens = torch.cat([self.latent_token(z)[:, None], self.value_token(x[:, :-1])], 1)
        #: skip
        tokens = tokens + self.skip_token(z)[:, None]
        #: end
        return self(tokens)

    def output(self, hidden, z):
        """The head's output of states [n, ..., H]."""
        out = self.head(hidden)
        #: skip
        out = out + self.skip_head(self.enter(z)).reshape(len(z), *[1] * (out.dim() - 2), -1)
        #: end
        return out

    def log_likelihood(self, z, x, mask):
        """log p(x_t | z, x_<t) in nats, summed over observed features: [n, T]."""
        return log_density(self.output(self.hidden(z, x), z), x, mask)

    def generate(self, z, seed=0, mode="sample"):
        """Free decoding with the lab's own noise of this seed. Returns scaled series [n, T, D]."""
        length, width = RUN["size"]["seqLen"], RUN["size"]["noiseSize"]
        parts = []
        for chunk, part in enumerate(z.split(BATCH)):
            noise = normals((length, BATCH, width), 3, 0, 0, noise_run(seed, chunk))[:, : len(part)]
            parts.append(self.free_run(part, noise, mode))
        return torch.cat(parts)

    def free_run(self, z, noise, mode="sample"):
        """Free decoding with given noise [T, n, noiseSize]."""
        entered, state, series = self.enter(z), None, []
        token = self.latent_token(entered)
        for t in range(len(noise)):
            #: skip
            token = token + self.skip_token(entered)
            #: end
            hidden, state = self.step(token, state)
            mean, drawn = draw(self.output(hidden, z), noise[t])
            series.append(mean if mode == "mean" else drawn)
            token = self.value_token(drawn if mode == "sample" else mean)
        return torch.stack(series, 1)


#: diffusion
class Denoiser(nn.Module):
    """epsilonHat(z_i, i): the network that predicts the noise in z_i [n, Z], i one timestep or [n]."""

    def __init__(self, size):
        super().__init__()
        embedding, width = size["embeddingSize"], size["width"]
        self.time = nn.Sequential(linear(embedding, width), nn.SiLU(), linear(width, width))
        self.input = linear(size["latentSize"], width)
        block = lambda: nn.ModuleDict({"linear1": linear(width, width), "linear2": linear(width, width)})
        self.blocks = nn.ModuleList([block() for _ in range(size["blocks"])])
        self.output = linear(width, size["latentSize"])

    def forward(self, z, timestep):
        half = self.time[0].in_features // 2
        angle = torch.as_tensor(timestep).reshape(-1, 1) * 10_000.0 ** (-torch.arange(half) / half)
        time = self.time(torch.cat([torch.sin(angle), torch.cos(angle)], 1))
        h = self.input(z)
        for block in self.blocks:
            h = h + block["linear2"](F.silu(block["linear1"](h + time)))
        return self.output(F.silu(h))


def alpha_bars():
    """alphaBar_0 = 1, ..., alphaBar_L (linear betas, Ho et al. 2020; cosine, Nichol and Dhariwal 2021)."""
    d = RUN["config"]["diffusion"]
    L = d["numTimesteps"]
    cosine = lambda i: math.cos((i / L + 0.008) / 1.008 * math.pi / 2) ** 2
    bars = [1.0]
    for i in range(1, L + 1):
        beta = d["betaStart"] + (d["betaEnd"] - d["betaStart"]) * (i - 1) / max(1, L - 1)
        if d["schedule"] == "cosine":
            beta = min(0.999, 1 - cosine(i) / cosine(i - 1))
        bars.append(bars[-1] * (1 - beta))
    return bars


def reverse_steps(sampling=None):
    """(timestep, a, b, s) of every reverse step z <- a z + b epsilonHat + s noise: DDPM, or DDIM with eta = 0."""
    bars, d = alpha_bars(), {**RUN["config"]["diffusion"], **(sampling or {})}
    L = d["numTimesteps"]
    if d["sampler"] == "ddpm":
        for i in range(L, 0, -1):
            beta = 1 - bars[i] / bars[i - 1]
            scale = 1 / math.sqrt(1 - beta)
            yield i, scale, -scale * beta / math.sqrt(1 - bars[i]), math.sqrt((1 - bars[i - 1]) / (1 - bars[i]) * beta)
        return
    count = min(d["sampleSteps"], L)
    at = lambda k: math.floor(L * (count - k) / count + 0.5)
    for k in range(count):
        bar, before = bars[at(k)], bars[at(k + 1)]
        a = math.sqrt(before / bar)
        yield at(k), a, math.sqrt(1 - before) - a * math.sqrt(1 - bar), 0.0


#: end
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(RUN["size"]), Decoder(RUN["size"])
        #: diffusion
        self.denoiser = Denoiser(RUN["size"])
        #: end

    def sample_latents(self, count, seed=0, sampling=None):
        """New latents [count, Z] with the lab's own noise of this seed; sampling: sampler and sampleSteps other than the run's."""
        width, parts = RUN["size"]["latentSize"], []
        for chunk in range(math.ceil(count / BATCH)):
            run = noise_run(seed, chunk)
            here = min(BATCH, count - chunk * BATCH)
            z = normals((BATCH, width), 1, 0, 0xFFFFFFFF, run)[:here]
            #: diffusion
            z = self.reverse(z, lambda step: normals((BATCH, width), 2, 10, step, run)[:here], sampling)
            #: end
            parts.append(z)
        return torch.cat(parts)

    #: diffusion
    def reverse(self, z, noise, sampling=None):
        """The reverse diffusion from z [n, Z]; noise(k) gives [n, Z] for reverse step k, and is asked for by DDPM alone."""
        for k, (timestep, a, b, s) in enumerate(reverse_steps(sampling)):
            z = a * z + b * self.denoiser(z, timestep) + (s * noise(k) if s else 0)
        return z

    #: end


def noise_run(seed, chunk):
    return (seed * 0x9E3779B1 + chunk) & 0xFFFFFFFF


def philox(blocks, stream, step, run, seed):
    """Philox4x32-10 (Salmon et al. 2011): the four words at every counter (block, stream, step, run)."""
    word = 0xFFFFFFFF

    def high(a, b):  # the high word of a 32 x 32 bit product, from 16-bit halves
        middle = (a >> 16) * (b & 0xFFFF) + ((a & 0xFFFF) * (b & 0xFFFF) >> 16)
        return (a >> 16) * (b >> 16) + (middle >> 16) + ((a & 0xFFFF) * (b >> 16) + (middle & 0xFFFF) >> 16)

    c = [blocks] + [torch.full_like(blocks, value) for value in (stream, step, run)]
    key = [seed & word, seed >> 32]
    for _ in range(10):
        a, b = high(torch.tensor(0xD2511F53), c[0]), high(torch.tensor(0xCD9E8D57), c[2])
        c = [b ^ c[1] ^ key[0], 0xCD9E8D57 * c[2] & word, a ^ c[3] ^ key[1], 0xD2511F53 * c[0] & word]
        key = [key[0] + 0x9E3779B9 & word, key[1] + 0xBB67AE85 & word]
    return c


def normals(shape, seed, stream, step, run):
    """The lab's normals: Box-Muller of the words at (element / 4, stream, step, run)."""
    count, pairs = math.prod(shape), []
    c = philox(torch.arange((count + 3) // 4), stream, step, run, seed)
    for first, second in ((c[0], c[1]), (c[2], c[3])):
        radius = torch.sqrt(-2 * torch.log(((first >> 8) + 1) * 2.0**-24))
        turn = 2 * math.pi * (second >> 8) * 2.0**-24
        pairs += [radius * torch.cos(turn), radius * torch.sin(turn)]
    return torch.stack(pairs, 1).reshape(-1)[:count].reshape(shape)


#: lengths
def draw_lengths(count, seed=0):
    """Where new series end: the lab's own draw of this seed from the lengths of the training part."""
    words = torch.stack(philox(torch.arange((count + 3) // 4), 31, 0, 0, seed), 1).reshape(-1)[:count]
    lengths, counts = torch.tensor(RUN["lengths"]).T
    ends = counts.cumsum(0)
    return lengths[torch.searchsorted(ends, (words * 2.0**-32 * ends[-1]).long(), right=True)].tolist()


#: end
def gauss_legendre(count):
    """Nodes and weights of the rule on [0, 1], from the roots of the Legendre polynomial."""
    k = torch.arange(1, count)
    values, vectors = torch.linalg.eigh(torch.diag(k / torch.sqrt(4.0 * k**2 - 1), 1), UPLO="U")
    return (values + 1) / 2, vectors[0] ** 2


def dependence(decoder, z, x, quadrature=32):
    """m_{t,j} of every series, row t - 1, column j < t, along the path s (z, x) from zeros: [n, T, T], 0 where D_t is."""
    count, length = x.shape[:2]
    with torch.no_grad():
        delta = decoder.hidden(z, x) - decoder.hidden(0 * z, 0 * x)
    m = torch.zeros(count, length, length)
    for node, weight in zip(*gauss_legendre(quadrature)):
        at_z, at_x = (node * z).requires_grad_(), (node * x).requires_grad_()
        hidden = decoder.hidden(at_z, at_x)
        for t in range(length):
            d_z, d_x = torch.autograd.grad((delta[:, t] * hidden[:, t]).sum(), [at_z, at_x], retain_graph=True)
            scale = weight / (delta[:, t] ** 2).sum(1).clamp(min=1e-300)
            m[:, t, 0] += scale * (d_z * z).sum(1)
            m[:, t, 1:] += scale[:, None] * (d_x * x).sum(2)[:, :-1]
    return m


def read_safetensors(path):
    """Float32 tensors of a safetensors file (github.com/huggingface/safetensors), as float64."""
    try:
        from safetensors.torch import load_file

        return {name: tensor.double() for name, tensor in load_file(str(path)).items()}
    except ImportError:
        pass
    data = pathlib.Path(path).read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        body = bytearray(data[8 + size + start : 8 + size + end])
        flat = torch.frombuffer(body, dtype=torch.float32) if body else torch.zeros(0)
        tensors[name] = flat.reshape(entry["shape"]).double()
    return tensors


def load(path):
    """The model with the weights of a file; a name or a shape that does not fit is an error."""
    model = Model()
    model.load_state_dict(read_safetensors(path))
    return model.eval()


TOLERANCE = {"log-likelihood": 1e-3, "dependence": 1e-3, "series (sample)": 1e-3}  # of the largest value, where that is above 1


def check(model, folder):
    """Recomputes what an evaluation left, and prints the largest differences. Returns 1 where one is above its tolerance."""
    stored = read_safetensors(folder / "evaluation.safetensors")
    report = json.loads((folder / "evaluation.json").read_text())
    x, z, seed = stored["windows"], stored["latents"], report["seeds"]["evaluation"]
    sampling = report.get("settings", {}).get("diffusion")  # `lab evaluate` can have set others than the run's
    mask = stored.get("feature_mask", stored["mask"][:, :, None].expand_as(x))
    new = stored["sampled_latents"]
    found = {}
    with torch.no_grad():
        found["latents"] = (model.encoder(x, mask), z)
        found["log-likelihood"] = (model.decoder.log_likelihood(z, x, mask), stored["log_likelihood"])
        found["sampled latents"] = (model.sample_latents(len(new), seed, sampling), new)
        for mode in MODES:
            found[f"series ({mode})"] = (model.decoder.generate(new, seed, mode), stored[f"generated_{mode.replace('-', '_')}"])
    few = min(8, len(x))
    along = stored.get("dependence_latents", z)[:few]
    matrix = dependence(model.decoder, along, x[:few], report["dependence"]["quadrature"])
    if "lengths" in stored:  # padding depends on nothing
        matrix *= (torch.arange(x.shape[1]) < stored["lengths"][:few, None])[:, :, None]
    found["dependence"] = (matrix, stored["dependence"][:few])
    code = 0
    for name, (ours, theirs) in found.items():
        difference, largest = (ours - theirs).abs().max().item(), theirs.abs().max().item()
        print(f"{name:28s} largest difference {difference:.2e} of values up to {largest:.3g}")
        code |= not difference <= TOLERANCE.get(name, 1e-4) * max(1, largest)  # NaN fails
    return code


def generate(model, count=100, seed=0, mode="sample", out="series.csv"):
    """Writes new series in the units of the data, one row a position."""
    with torch.no_grad():
        series = model.decoder.generate(model.sample_latents(count, seed), seed, mode)
    scaler = RUN["scaler"]
    series = series * torch.tensor(scaler["standardDeviation"]) + torch.tensor(scaler["mean"])
    lengths = [series.shape[1]] * count
    #: lengths
    lengths = draw_lengths(count, seed)
    #: end
    try:
        file = open(out, "w", encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(f"{out} cannot be written ({error.strerror}): name another file with --out.")
    with file:
        file.write(RUN["header"])
        for n, one in enumerate(series.tolist()):
            for t, values in enumerate(one[: lengths[n]]):
                print(n + 1, t + 1, *[f"{value:.7g}" for value in values], sep=",", file=file)
    print(f"{count} series are in {out}.")
    return 0


class Refused(Exception):
    """What was asked for cannot be done: one sentence with the remedy."""


def weights_in(folder):
    """The weights in a folder: of this file's own name, as the page saves both, or model.safetensors, as the command does."""
    names = list(dict.fromkeys([f"{pathlib.Path(__file__).stem}.safetensors", "model.safetensors"]))
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise Refused(
        f"{folder.resolve()} holds no {' and no '.join(names)}: name the weights with --weights FILE. Save weights on the page "
        "writes them, and `lab train` into the folder of a run."
    )


def opened(path):
    """The model with the weights of a file that somebody named."""
    try:
        return load(path)
    except FileNotFoundError:
        raise Refused(f"{path}: there is no such file; name the weights with --weights FILE.")
    except Exception as error:  # of torch, safetensors or the file's own bytes
        raise Refused(f"{path} does not hold the weights of this program: {' '.join(str(error).split())[:300]}")


def demand_evaluation(folder):
    """Refuses a folder without what `check` recomputes."""
    for name in ("evaluation.json", "evaluation.safetensors"):
        if not (folder / name).is_file():
            raise Refused(f"{folder.resolve()} holds no {name}: check needs the folder of a run that `lab evaluate` has evaluated.")


def whole(least):
    """Reads a whole number from `least` on that the lab can hold too."""

    def read(text):
        if not (text.isascii() and text.isdigit() and len(text) < 17 and least <= int(text) < 2**53):
            raise argparse.ArgumentTypeError(f"'{text}' must be a whole number of at least {least}")
        return int(text)

    return read


def main(*words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", metavar="check|generate")
    for command in ("check", "generate"):
        flags = commands.add_parser(command, allow_abbrev=False)
        flags.add_argument("--weights", metavar="FILE", help="a .safetensors file of this model's weights")
        if command == "check":
            flags.add_argument("folder", metavar="DIR", nargs="?", help="folder of a run; that of this file if absent")
        else:
            flags.add_argument("--count", type=whole(1), default=100, metavar="N", help="series to generate")
            flags.add_argument("--seed", type=whole(0), default=0, metavar="N", help="of the latents and the noise")
            flags.add_argument("--mode", choices=MODES, default="sample", help="what is fed back, and whether noise is added")
            flags.add_argument("--out", default="series.csv", metavar="FILE", help="CSV file to write")
    given = vars(parser.parse_args(words))
    command, weights = given.pop("command"), given.pop("weights", None)
    if command is None:
        parser.print_help()
        return 2
    folder = pathlib.Path(given.pop("folder", None) or pathlib.Path(__file__).parent)
    try:
        if command == "check":
            demand_evaluation(folder)
        model = opened(weights or weights_in(folder))
        return check(model, folder) if command == "check" else generate(model, **given)
    except Refused as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
