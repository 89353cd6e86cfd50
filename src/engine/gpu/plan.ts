import type { Gpu } from './device.ts';
import { GpuError } from './errors.ts';
import { compilePipeline, type Kernel } from './kernel.ts';
import type { Storage } from './memory.ts';
import type { Tensor } from './tensor.ts';

/** One recorded dispatch. */
export interface Dispatch {
  kernel: Kernel;
  constants: Readonly<Record<string, number>>;
  bound: { index: number; tensor: Tensor }[];
  params: ArrayBuffer;
  values: Readonly<Record<string, number>>;
  workgroups: readonly [number, number, number];
}

interface Step {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: readonly [number, number, number];
}

/** A frozen list of dispatches. Once compiled, a replay allocates nothing and looks nothing up. */
export class Plan {
  #steps?: Step[];

  constructor(
    readonly label: string,
    readonly dispatches: readonly Dispatch[],
    readonly uniforms: Storage,
  ) {}

  /** Its pipelines, in the order of the dispatches: those that the device has not got yet are compiled. */
  pipelines(gpu: Gpu): Promise<GPUComputePipeline[]> {
    return Promise.all(
      this.dispatches.map(({ kernel, constants }) => compilePipeline(gpu, kernel, constants)),
    );
  }

  /** Compiles pipelines and makes bind groups. The memory the plan was recorded against must be allocated. */
  async compile(gpu: Gpu): Promise<this> {
    const { device } = gpu;
    const block = new Uint8Array(this.dispatches.length * 256);
    for (const [index, { params }] of this.dispatches.entries())
      block.set(new Uint8Array(params), index * 256);
    device.queue.writeBuffer(this.uniforms.buffer, 0, block);
    const pipelines = await this.pipelines(gpu);
    device.pushErrorScope('validation');
    this.#steps = this.dispatches.map((dispatch, index) => {
      const pipeline = pipelines[index] as GPUComputePipeline;
      return {
        pipeline,
        bindGroup: this.#bindGroup(device, pipeline, dispatch, index),
        workgroups: dispatch.workgroups,
      };
    });
    const error = await device.popErrorScope();
    if (error) throw new GpuError('validation', `plan '${this.label}': ${error.message}`);
    return this;
  }

  #bindGroup(
    device: GPUDevice,
    pipeline: GPUComputePipeline,
    { kernel, bound, params }: Dispatch,
    index: number,
  ) {
    const entries: GPUBindGroupEntry[] = bound.map(({ index: binding, tensor }) => ({
      binding,
      resource: {
        buffer: tensor.storage.buffer,
        offset: tensor.byteOffset,
        size: Math.ceil(tensor.bytes / 16) * 16,
      },
    }));
    if (kernel.params.length > 0) {
      entries.push({
        binding: 0,
        resource: { buffer: this.uniforms.buffer, offset: index * 256, size: params.byteLength },
      });
    }
    return device.createBindGroup({ label: kernel.name, layout: pipeline.getBindGroupLayout(0), entries });
  }

  /** Records the dispatches, or those from `start` to `end`, into an open pass. */
  encode(pass: GPUComputePassEncoder, start = 0, end = this.dispatches.length): void {
    if (!this.#steps) throw new Error(`plan '${this.label}' is run before compile()`);
    for (let index = start; index < end; index++) {
      const { pipeline, bindGroup, workgroups } = this.#steps[index] as Step;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
    }
  }

  /** Submits `times` replays as one command buffer. */
  run(gpu: Gpu, times = 1): void {
    const encoder = gpu.device.createCommandEncoder({ label: this.label });
    const pass = encoder.beginComputePass({ label: this.label });
    for (let i = 0; i < times; i++) this.encode(pass);
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
  }

  /** One line a dispatch: kernel, workgroups, params, tensors. */
  toString(): string {
    return this.dispatches
      .map(({ kernel, workgroups, values, bound }, index) => {
        const params = Object.entries(values).map(([key, value]) => `${key}=${value}`);
        return `${String(index).padStart(3)} ${kernel.name.padEnd(32)} <${workgroups.join(',')}> ${params.join(' ')} | ${bound
          .map(({ tensor }) => tensor.toString())
          .join(' ')}`;
      })
      .join('\n');
  }
}
