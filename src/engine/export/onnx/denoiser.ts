import { timeEmbedding } from '../../diffusion/schedule.ts';
import type { ExportedRun, Weights } from '../exportedRun.ts';
import { Graph } from './graph.ts';
import { Layers } from './layers.ts';

/** denoiser.onnx: z [batch, Z], timestep int64 [batch] of 0..L -> epsilonHat [batch, Z]. */
export function denoiserGraph(run: ExportedRun, weights: Weights): Uint8Array {
  const { latentSize, embeddingSize, blocks } = run.shape.denoiser;
  const { numTimesteps } = run.config.diffusion;
  const graph = new Graph('denoiser');
  const layers = new Layers(graph, weights);
  const z = graph.input('z', ['batch', latentSize]);
  const timestep = graph.input('timestep', ['batch'], 'int64');
  // A table, as in the lab: float32 sines of angles up to L lose digits, and how many depends on the machine.
  const every = Array.from({ length: numTimesteps + 1 }, (_, i) => i);
  const table = graph.constant(
    'time embedding',
    [numTimesteps + 1, embeddingSize],
    timeEmbedding(every, embeddingSize),
  );
  const embedding = graph.op('Gather', [table, timestep], { axis: 0 });
  const hidden = layers.silu(layers.linear(embedding, 'denoiser.time.0'));
  const time = layers.linear(hidden, 'denoiser.time.2');
  let h = layers.linear(z, 'denoiser.input');
  for (let k = 0; k < blocks; k++) {
    const inner = layers.linear(graph.op('Add', [h, time]), `denoiser.blocks.${k}.linear1`);
    h = graph.op('Add', [layers.linear(layers.silu(inner), `denoiser.blocks.${k}.linear2`), h]);
  }
  graph.output('epsilonHat', layers.linear(layers.silu(h), 'denoiser.output'), ['batch', latentSize]);
  return graph.encode(
    run.version,
    'The noise in z_i = sqrt(alphaBar_i) v + sqrt(1 - alphaBar_i) eps, i the timestep.',
  );
}
