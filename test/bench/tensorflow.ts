import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs';
import { normals } from '../reference/random.ts';
import type { Program, Workload } from './workloads.ts';

/** TensorFlow.js on its WebGPU backend, written as its users would: tidy, variableGrads, one data read to wait. */
export async function tensorflow(workload: Workload): Promise<Program> {
  await tf.setBackend('webgpu');
  await tf.ready();
  if (workload.name === 'W2') return lstmForward(workload);
  if (workload.name === 'W5') return reverseDiffusion(workload);
  return autoencoder(workload);
}

/** Waits for the device through one scalar. */
async function wait(tensor: tf.Tensor): Promise<void> {
  const one = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), 0, 1));
  await one.data();
  one.dispose();
}

const variable = (seed: number, shape: number[], scale: number) =>
  tf.variable(
    tf.tensor(
      normals(
        seed,
        shape.reduce((a, b) => a * b, 1),
        scale,
      ),
      shape,
    ),
  );

interface Lstm {
  input: tf.Variable;
  recurrent: tf.Variable;
  bias: tf.Variable;
}

const lstmVariables = (seed: number, inSize: number, H: number): Lstm => ({
  input: variable(seed, [inSize, 4 * H], 1 / Math.sqrt(H)),
  recurrent: variable(seed + 1, [H, 4 * H], 1 / Math.sqrt(H)),
  bias: variable(seed + 2, [4 * H], 1 / Math.sqrt(H)),
});

/** Inputs [T, B, D] already projected to [T, B, 4H]; the hidden states by position. */
function runLstm(projected: tf.Tensor[], { recurrent }: Lstm, B: number, H: number): tf.Tensor2D[] {
  let h: tf.Tensor2D = tf.zeros([B, H]);
  let c: tf.Tensor2D = tf.zeros([B, H]);
  return projected.map((x) => {
    const [i, f, g, o] = tf.split(tf.add(x, tf.matMul(h, recurrent as unknown as tf.Tensor2D)), 4, 1) as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    return h;
  });
}

/** One product for all positions, then apart. */
function project(
  x: tf.Tensor,
  { input, bias }: Lstm,
  T: number,
  B: number,
  D: number,
  H: number,
): tf.Tensor[] {
  const flat = tf.matMul(tf.reshape(x, [T * B, D]) as tf.Tensor2D, input as unknown as tf.Tensor2D);
  return tf.unstack(tf.reshape(tf.add(flat, bias), [T, B, 4 * H]));
}

async function lstmForward({ B, T, D, H }: Workload): Promise<Program> {
  const weights = lstmVariables(1, D, H);
  const x = tf.tensor(normals(99, T * B * D), [T, B, D]);
  let last: tf.Tensor | undefined;
  return {
    step: () => {
      last?.dispose();
      last = tf.tidy(() => tf.stack(runLstm(project(x, weights, T, B, D, H), weights, B, H)));
    },
    finish: () => wait(last as tf.Tensor),
  };
}

async function autoencoder({ B, T, D, H, Z }: Workload): Promise<Program> {
  const encoder = lstmVariables(1, D, H);
  const decoder = lstmVariables(4, D, H);
  const dense = (seed: number, inSize: number, outSize: number) => ({
    weight: variable(seed, [inSize, outSize], 1 / Math.sqrt(inSize)) as unknown as tf.Tensor2D,
    bias: variable(seed + 1, [outSize], 1 / Math.sqrt(inSize)),
  });
  const [latent, token, head] = [dense(7, 2 * H, Z), dense(9, Z, D), dense(11, H, 2 * D)];
  const apply = (x: tf.Tensor2D, layer: { weight: tf.Tensor2D; bias: tf.Variable }) =>
    tf.add(tf.matMul(x, layer.weight), layer.bias) as tf.Tensor2D;
  const x = tf.tensor(normals(99, T * B * D), [T, B, D]) as tf.Tensor3D;
  const loss = () => {
    const hidden = runLstm(project(x, encoder, T, B, D, H), encoder, B, H);
    // Not addN: with more than 7 inputs its kernel binds more storage buffers than WebGPU's default limit allows.
    const mean = tf.mean(tf.stack(hidden), 0) as tf.Tensor2D;
    const pooled = tf.concat([hidden[T - 1] as tf.Tensor2D, mean], 1);
    const first = apply(apply(pooled, latent), token);
    const inputs = tf.concat([tf.reshape(first, [1, B, D]), tf.slice(x, [0, 0, 0], [T - 1, B, D])]);
    const decoded = tf.concat(runLstm(project(inputs, decoder, T, B, D, H), decoder, B, H)) as tf.Tensor2D;
    const [mu, raw] = tf.split(apply(decoded, head), 2, 1) as [tf.Tensor, tf.Tensor];
    const logSigma = tf.sub(tf.mul(tf.sigmoid(raw), 4), 3);
    const u = tf.mul(tf.sub(tf.reshape(x, [T * B, D]), mu), tf.exp(tf.neg(logSigma)));
    const terms = tf.add(tf.add(tf.mul(tf.square(u), 0.5), logSigma), 0.5 * Math.log(2 * Math.PI));
    return tf.div(tf.sum(terms), B) as tf.Scalar;
  };
  const optimiser = tf.train.adam(1e-3);
  let last: tf.Scalar | undefined;
  return {
    step: () => {
      last?.dispose();
      last = optimiser.minimize(loss, true) as tf.Scalar;
    },
    finish: () => wait(last as tf.Tensor),
    loss: async () => (await (last as tf.Scalar).data())[0] as number,
  };
}

async function reverseDiffusion({ B, T, H, Z }: Workload): Promise<Program> {
  const layers = [
    [Z, H],
    [H, H],
    [H, Z],
  ].map(([inSize, outSize], k) => ({
    weight: variable(k, [inSize as number, outSize as number], 0.1) as unknown as tf.Tensor2D,
    bias: variable(k + 9, [outSize as number], 0.1),
  }));
  const beta = Array.from({ length: T + 1 }, (_, i) =>
    i === 0 ? 0 : 1e-4 + ((0.02 - 1e-4) * (i - 1)) / (T - 1),
  );
  const alphaBar = [1];
  for (let i = 1; i <= T; i++) alphaBar.push((alphaBar[i - 1] as number) * (1 - (beta[i] as number)));
  const start = tf.tensor(normals(98, B * Z), [B, Z]) as tf.Tensor2D;
  let last: tf.Tensor2D | undefined;
  const silu = (x: tf.Tensor2D) => tf.mul(x, tf.sigmoid(x)) as tf.Tensor2D;
  return {
    step: () => {
      let z = tf.clone(start);
      for (let i = T; i >= 1; i--) {
        const [b, bar, before] = [beta[i] as number, alphaBar[i] as number, alphaBar[i - 1] as number];
        const next = tf.tidy(() => {
          const epsilon = layers.reduce((h, { weight, bias }, k) => {
            const y = tf.add(tf.matMul(h, weight), bias) as tf.Tensor2D;
            return k < 2 ? silu(y) : y;
          }, z);
          const mean = tf.mul(tf.sub(z, tf.mul(epsilon, b / Math.sqrt(1 - bar))), 1 / Math.sqrt(1 - b));
          const spread = Math.sqrt((b * (1 - before)) / (1 - bar));
          return tf.add(mean, tf.mul(tf.randomNormal([B, Z]), spread)) as tf.Tensor2D;
        });
        z.dispose();
        z = next;
      }
      last?.dispose();
      last = z;
    },
    finish: () => wait(last as tf.Tensor),
  };
}
