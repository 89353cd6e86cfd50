import type { Memory } from '../gpu/memory.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { clockAdvance } from '../kernels/random.ts';
import type { DecoderEnds, Generator } from './backbone.ts';
import { linear } from './linear.ts';

/** Positions in one submit: short enough that a pause is not kept waiting. */
const positionsPerSubmit = 32;

/**
 * Records one position, h_t from the position of `clock` and from what was fed back [rows, D].
 * @returns hidden [rows, H], and the tensors to clear before the first position
 */
export type PositionRecorder = (
  builder: PlanBuilder,
  clock: Tensor,
  fed: Tensor,
) => { hidden: Tensor; cleared: readonly Tensor[] };

/**
 * One position at a time, recorded once and replayed: a counter on the GPU says which position it is. The same plan serves
 * every way of feeding back; flags beside the counter choose.
 */
export function positionGenerator(
  memory: Memory,
  { head, skipHead, observe, noise, x }: DecoderEnds,
  record: PositionRecorder,
): Generator {
  const [seqLen, rows, features] = x.shape as [number, number, number];
  const builder = new PlanBuilder(memory, 'generate position');
  const clock = builder.tensor('position', [4]);
  const fed = builder.tensor('fed back', [rows, features]);
  clockAdvance(builder, clock);
  const { hidden, cleared } = record(builder, clock, fed);
  const output = linear(builder, 'head', hidden, head, { residual: skipHead });
  observe(builder, { clock, head: output, noise, x, fed });
  const plan = builder.build();
  return {
    plans: [plan],
    async run(gpu, { addNoise, feedNoise }, between) {
      upload(gpu, clock, Uint32Array.of(0xffffffff, Number(addNoise), Number(feedNoise), 0));
      const encoder = gpu.device.createCommandEncoder();
      for (const { storage } of cleared) encoder.clearBuffer(storage.buffer);
      gpu.device.queue.submit([encoder.finish()]);
      for (let done = 0; done < seqLen; done += positionsPerSubmit) {
        await between?.();
        plan.run(gpu, Math.min(positionsPerSubmit, seqLen - done));
      }
    },
  };
}
