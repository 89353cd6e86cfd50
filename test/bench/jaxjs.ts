import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  random,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { normals } from '../reference/random.ts';
import type { Program, Workload } from './workloads.ts';

/**
 * jax-js on its WebGPU backend, written as its users would: the whole step in one `jit`, `valueAndGrad`, Adam on the
 * tree of parameters. An array passed to a function is consumed; `.ref` keeps it for another use. It has no scan, so
 * the recurrence is unrolled.
 */
export async function jaxjs(workload: Workload): Promise<Program> {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js opened no WebGPU device');
  defaultDevice('webgpu');
  if (workload.name === 'W2') return lstmForward(workload);
  if (workload.name === 'W5') return reverseDiffusion(workload);
  return autoencoder(workload);
}

function array(seed: number, shape: number[], scale = 1): np.Array {
  const count = shape.reduce((a, b) => a * b, 1);
  return np.array(new Float32Array(normals(seed, count, scale))).reshape(shape);
}

// Type aliases, not interfaces: jax-js asks that of the trees it maps over.
type Lstm = { input: np.Array; recurrent: np.Array; bias: np.Array };
type Dense = { weight: np.Array; bias: np.Array };

const lstmWeights = (seed: number, inSize: number, H: number): Lstm => ({
  input: array(seed, [inSize, 4 * H], 1 / Math.sqrt(H)),
  recurrent: array(seed + 1, [H, 4 * H], 1 / Math.sqrt(H)),
  bias: array(seed + 2, [4 * H], 1 / Math.sqrt(H)),
});

const denseWeights = (
  seed: number,
  inSize: number,
  outSize: number,
  scale = 1 / Math.sqrt(inSize),
): Dense => ({
  weight: array(seed, [inSize, outSize], scale),
  bias: array(seed + 1, [outSize], scale),
});

const apply = (x: np.Array, { weight, bias }: Dense) => np.matmul(x, weight).add(bias);

/** Hidden states [B, H] by position of inputs x [T, B, D]; one product projects all positions. */
function runLstm(x: np.Array, { input, recurrent, bias }: Lstm): np.Array[] {
  const [T, B, D] = x.shape as [number, number, number];
  const H = recurrent.shape[0] as number;
  const projected = np
    .matmul(x.reshape([T * B, D]), input)
    .add(bias)
    .reshape([T, B, 4 * H]);
  let h = np.zeros([B, H]);
  let c = np.zeros([B, H]);
  const hidden: np.Array[] = [];
  for (const xt of np.unstack(projected)) {
    const gates = np.split(np.matmul(h, recurrent.ref).add(xt), 4, 1);
    const [i, f, g, o] = gates as [np.Array, np.Array, np.Array, np.Array];
    c = nn
      .sigmoid(f)
      .mul(c)
      .add(nn.sigmoid(i).mul(np.tanh(g)));
    h = nn.sigmoid(o).mul(np.tanh(c.ref));
    hidden.push(h.ref);
  }
  tree.dispose([h, c, recurrent]);
  return hidden;
}

function lstmForward({ B, T, D, H }: Workload): Program {
  const weights = lstmWeights(1, D, H);
  const x = array(99, [T, B, D]);
  const forward = jit((inputs: np.Array, layer: Lstm) => np.stack(runLstm(inputs, layer)));
  let last: np.Array | undefined;
  return {
    step: () => {
      last?.dispose();
      last = forward(x.ref, tree.ref(weights));
    },
    finish: async () => {
      await blockUntilReady(last as np.Array);
    },
  };
}

type Autoencoder = { encoder: Lstm; latent: Dense; token: Dense; decoder: Lstm; head: Dense };

/** Negative log-likelihood of x [T, B, D], a series' mean over the batch. */
function autoencoderLoss({ encoder, latent, token, decoder, head }: Autoencoder, x: np.Array): np.Array {
  const [T, B, D] = x.shape as [number, number, number];
  const hidden = runLstm(x.ref, encoder);
  const last = (hidden[T - 1] as np.Array).ref;
  const pooled = np.concatenate([last, np.stack(hidden).mean(0)], 1);
  const first = apply(apply(pooled, latent), token).reshape([1, B, D]);
  const inputs = np.concatenate([first, x.ref.slice([0, T - 1])]);
  const decoded = np.concatenate(runLstm(inputs, decoder));
  const [mean, raw] = np.split(apply(decoded, head), 2, 1) as [np.Array, np.Array];
  const logSigma = nn.sigmoid(raw).mul(4).sub(3);
  const u = x
    .reshape([T * B, D])
    .sub(mean)
    .mul(np.exp(logSigma.ref.mul(-1)));
  return np
    .square(u)
    .mul(0.5)
    .add(logSigma)
    .add(0.5 * Math.log(2 * Math.PI))
    .sum()
    .div(B);
}

type Training = { parameters: Autoencoder; moment1: Autoencoder; moment2: Autoencoder; steps: np.Array };

/** One Adam step: learning rate 1e-3, beta 0.9 and 0.999, epsilon 1e-8. */
function trainingStep({ parameters, moment1, moment2, steps }: Training, x: np.Array): [np.Array, Training] {
  const [loss, gradients] = valueAndGrad(autoencoderLoss)(tree.ref(parameters), x);
  const done = steps.add(1);
  const correction1 = np.power(0.9, done.ref).mul(-1).add(1);
  const correction2 = np.power(0.999, done.ref).mul(-1).add(1);
  const first = tree.map((m: np.Array, g: np.Array) => m.mul(0.9).add(g.ref.mul(0.1)), moment1, gradients);
  const second = tree.map(
    (v: np.Array, g: np.Array) => v.mul(0.999).add(np.square(g).mul(0.001)),
    moment2,
    gradients,
  );
  const updated = tree.map(
    (p: np.Array, m: np.Array, v: np.Array) => {
      const root = np.sqrt(v.ref.div(correction2.ref)).add(1e-8);
      return p.sub(m.ref.div(correction1.ref).div(root).mul(1e-3));
    },
    parameters,
    first as Autoencoder,
    second as Autoencoder,
  );
  tree.dispose([correction1, correction2]);
  return [loss, { parameters: updated, moment1: first, moment2: second, steps: done } as Training];
}

function autoencoder({ B, T, D, H, Z }: Workload): Program {
  const parameters: Autoencoder = {
    encoder: lstmWeights(1, D, H),
    latent: denseWeights(7, 2 * H, Z),
    token: denseWeights(9, Z, D),
    decoder: lstmWeights(4, D, H),
    head: denseWeights(11, H, 2 * D),
  };
  const zeros = () => tree.map((p: np.Array) => np.zeros(p.shape), parameters) as Autoencoder;
  const x = array(99, [T, B, D]);
  const train = jit(trainingStep);
  let state: Training = { parameters, moment1: zeros(), moment2: zeros(), steps: np.array(0) };
  let loss: np.Array | undefined;
  return {
    step: () => {
      loss?.dispose();
      [loss, state] = train(state, x.ref) as [np.Array, Training];
    },
    finish: async () => {
      await blockUntilReady([loss as np.Array, state]);
    },
    loss: async () => (await (loss as np.Array).ref.data())[0] as number,
  };
}

/**
 * One DDPM step: z' = (z - slope * epsilon(z)) * scale + spread * noise, with [slope, scale, spread] = coefficients.
 * @returns z' and the key of the next step
 */
function denoise(z: np.Array, key: np.Array, layers: Dense[], coefficients: np.Array): [np.Array, np.Array] {
  const [nextKey, noiseKey] = np.unstack(random.split(key)) as [np.Array, np.Array];
  const noise = random.normal(noiseKey, z.shape);
  const epsilon = layers.reduce((h, layer, k) => {
    const y = apply(h, layer);
    return k < 2 ? nn.silu(y) : y;
  }, z.ref);
  const [slope, scale, spread] = np.unstack(coefficients) as [np.Array, np.Array, np.Array];
  return [z.sub(epsilon.mul(slope)).mul(scale).add(noise.mul(spread)), nextKey];
}

function reverseDiffusion({ B, T, H, Z }: Workload): Program {
  const layers = [denseWeights(0, Z, H, 0.1), denseWeights(2, H, H, 0.1), denseWeights(4, H, Z, 0.1)];
  const beta = Array.from({ length: T }, (_, i) => 1e-4 + ((0.02 - 1e-4) * i) / (T - 1));
  let alphaBar = 1;
  const coefficients = beta.map((b) => {
    const before = alphaBar;
    alphaBar *= 1 - b;
    const spread = Math.sqrt((b * (1 - before)) / (1 - alphaBar));
    return np.array([b / Math.sqrt(1 - alphaBar), 1 / Math.sqrt(1 - b), spread]);
  });
  const start = array(98, [B, Z]);
  const step = jit(denoise);
  let state: [np.Array, np.Array] = [start.ref, random.key(1)];
  return {
    step: () => {
      let [z, key] = state;
      z.dispose();
      z = start.ref;
      for (const row of [...coefficients].reverse()) {
        [z, key] = step(z, key, tree.ref(layers), row.ref) as [np.Array, np.Array];
      }
      state = [z, key];
    },
    finish: async () => {
      await blockUntilReady(state);
    },
  };
}
