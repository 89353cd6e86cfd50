"""Makes scores.json: distances between sets of points by other programs. python3 make_scores.py; needs numpy and POT."""
import json
import os

import numpy as np
import ot

rng = np.random.default_rng(0)
points, dimensions, directions = 23, 7, 50
a = rng.normal(size=(points, dimensions)).astype(np.float32).astype(np.float64)
b = (rng.normal(size=(points, dimensions)) * 1.3 + 0.4).astype(np.float32).astype(np.float64)
unit = rng.normal(size=(directions, dimensions))
unit /= np.linalg.norm(unit, axis=1, keepdims=True)

weights = np.full(points, 1 / points)
exact = np.sqrt(ot.emd2(weights, weights, ot.dist(a, b)))
sliced = np.sqrt(np.mean([(np.sort(a @ v) - np.sort(b @ v)) ** 2 for v in unit]))

pooled = np.concatenate([a, b])
squared = ((pooled[:, None] - pooled[None]) ** 2).sum(2)
kernel = np.exp(-squared / (2 * np.median(squared[np.triu_indices(2 * points, 1)])))
mmd = np.sqrt(kernel[:points, :points].mean() + kernel[points:, points:].mean() - 2 * kernel[:points, points:].mean())

contents = {
    "made_with": f"numpy {np.__version__}, POT {ot.__version__}",
    "dimensions": dimensions,
    "a": a.ravel().tolist(),
    "b": b.ravel().tolist(),
    "directions": unit.ravel().tolist(),
    "exact": exact,
    "sliced": sliced,
    "mmd": mmd,
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "scores.json"), "w") as file:
    json.dump(contents, file)
    file.write("\n")
print({key: contents[key] for key in ("made_with", "exact", "sliced", "mmd")})
