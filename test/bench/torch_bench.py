"""PyTorch on the same workloads: torch_bench.py cpu|cuda W2 3. Prints one row as JSON, or NONE without the device; needs only PyTorch."""

import json
import math
import os
import resource
import statistics
import sys
import time

import torch
from torch import nn

SIZES = {"W2": (64, 48, 8, 64, 16), "W3": (64, 48, 8, 64, 16), "W4": (64, 96, 8, 128, 16), "W5": (256, 1000, 0, 128, 16)}


def lstm_forward(device, B, T, D, H, Z):
    layer, x = nn.LSTM(D, H).to(device), torch.randn(T, B, D, device=device)

    def step():
        with torch.no_grad():
            return layer(x)[0]

    return step


def autoencoder(device, B, T, D, H, Z):
    parts = nn.ModuleDict(
        {"encoder": nn.LSTM(D, H), "latent": nn.Linear(2 * H, Z), "token": nn.Linear(Z, D), "decoder": nn.LSTM(D, H), "head": nn.Linear(H, 2 * D)}
    ).to(device)
    x, optimiser = torch.randn(T, B, D, device=device), torch.optim.Adam(parts.parameters(), lr=1e-3)

    def step():
        optimiser.zero_grad()
        hidden = parts["encoder"](x)[0]
        first = parts["token"](parts["latent"](torch.cat([hidden[-1], hidden.mean(0)], 1)))
        mean, raw = parts["head"](parts["decoder"](torch.cat([first[None], x[:-1]]))[0]).chunk(2, 2)
        log_sigma = -3 + 4 * torch.sigmoid(raw)
        u = (x - mean) * torch.exp(-log_sigma)
        loss = (0.5 * u**2 + log_sigma + 0.5 * math.log(2 * math.pi)).sum() / B
        loss.backward()
        optimiser.step()
        return loss

    return step


def reverse_diffusion(device, B, T, D, H, Z):
    model = nn.Sequential(nn.Linear(Z, H), nn.SiLU(), nn.Linear(H, H), nn.SiLU(), nn.Linear(H, Z)).to(device)
    beta = torch.linspace(1e-4, 0.02, T).tolist()
    bar = [1.0]
    for b in beta:
        bar.append(bar[-1] * (1 - b))

    def step():
        z = torch.randn(B, Z, device=device)
        with torch.no_grad():
            for i in range(T, 0, -1):
                b = beta[i - 1]
                mean = (z - b / math.sqrt(1 - bar[i]) * model(z)) / math.sqrt(1 - b)
                z = mean + math.sqrt(b * (1 - bar[i - 1]) / (1 - bar[i])) * torch.randn_like(z)
        return z

    return step


def main(device, workload, rounds):
    if device == "cuda" and not torch.cuda.is_available():
        print("NONE")
        return 0
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    make = {"W2": lstm_forward, "W5": reverse_diffusion}.get(workload, autoencoder)
    start = time.perf_counter()
    step = make(device, *SIZES[workload])
    last = step()
    wait()
    first = time.perf_counter() - start
    begin = time.perf_counter()
    step()
    wait()
    steps = max(1, min(64, math.ceil(0.1 / (time.perf_counter() - begin))))  # a round lasts, so that waiting is a small part of it
    wall, cpu = [], []
    for _ in range(rounds):
        usage, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        for _ in range(steps):
            last = step()
        wait()
        after = resource.getrusage(resource.RUSAGE_SELF)
        wall.append(1000 * (time.perf_counter() - begin) / steps)
        cpu.append(1000 * (after.ru_utime - usage.ru_utime + after.ru_stime - usage.ru_stime) / steps)
    name = torch.cuda.get_device_name() if device == "cuda" else f"{os.cpu_count()} CPU cores"
    row = {"contestant": f"torch-{device}", "workload": workload, "adapter": name, "firstStepSeconds": first, "steps": rounds * steps}
    row |= {"wallMilliseconds": statistics.median(wall), "cpuMilliseconds": statistics.median(cpu)}
    if workload in ("W3", "W4"):
        row["loss"] = last.item()
    print("ROW " + json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
