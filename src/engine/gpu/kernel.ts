import { messageOf } from '../messageOf.ts';
import type { Gpu } from './device.ts';
import { GpuError } from './errors.ts';

export type Access = 'read' | 'write';
export type ScalarType = 'u32' | 'f32';

/** WGSL that a kernel is given, in the form that suits the device; see kernels/spread.ts. */
export type Prelude = (gpu: Gpu) => string;

/** A WGSL file and what its own text declares: the shader is the only place where bindings and params are listed. */
export interface Kernel {
  readonly name: string;
  readonly source: string;
  /** What goes before the source. */
  readonly prelude?: Prelude;
  /** Storage bindings by WGSL name. */
  readonly bindings: ReadonlyMap<string, { index: number; access: Access }>;
  /** Fields of `struct Params` in order; all scalars of 4 bytes. */
  readonly params: readonly { name: string; type: ScalarType }[];
}

const maxStorageBindings = 8;

/**
 * Reads a kernel from its WGSL text: `@group(0) @binding(0) var<uniform> params: Params`, then storage buffers.
 * @throws Error when the text breaks the house rules (more than 8 storage buffers, a field that is no 4-byte scalar)
 */
export function defineKernel(name: string, source: string, prelude?: Prelude): Kernel {
  const bindings = new Map<string, { index: number; access: Access }>();
  for (const match of source.matchAll(
    /@group\(0\)\s*@binding\((\d+)\)\s*var<storage(?:,\s*(read|read_write))?>\s*(\w+)/g,
  )) {
    const [, index, mode, variable] = match;
    bindings.set(variable as string, {
      index: Number(index),
      access: mode === 'read_write' ? 'write' : 'read',
    });
  }
  if (bindings.size > maxStorageBindings)
    throw new Error(`kernel ${name}: ${bindings.size} storage buffers, 8 at most`);
  const struct = /struct Params\s*\{([^}]*)\}/.exec(source)?.[1] ?? '';
  const params = [...struct.matchAll(/(\w+)\s*:\s*(\w+)/g)].map(([, field, type]) => {
    if (type !== 'u32' && type !== 'f32') throw new Error(`kernel ${name}: Params.${field} is ${type}`);
    return { name: field as string, type: type as ScalarType };
  });
  return { name, source, bindings, params, ...(prelude && { prelude }) };
}

/** Bytes of a kernel's uniform block (WGSL rounds a uniform struct up to 16). */
function paramsBytes(kernel: Kernel): number {
  return Math.max(16, Math.ceil(kernel.params.length / 4) * 16);
}

/** Packs params in declaration order. @throws Error when one is missing or unknown. */
export function packParams(kernel: Kernel, values: Readonly<Record<string, number>>): ArrayBuffer {
  const unknown = Object.keys(values).find((key) => !kernel.params.some((field) => field.name === key));
  if (unknown) throw new Error(`kernel ${kernel.name} has no param '${unknown}'`);
  const view = new DataView(new ArrayBuffer(paramsBytes(kernel)));
  kernel.params.forEach(({ name, type }, index) => {
    const value = values[name];
    if (value === undefined) throw new Error(`kernel ${kernel.name} needs param '${name}'`);
    if (type === 'f32') view.setFloat32(index * 4, value, true);
    else view.setUint32(index * 4, value, true);
  });
  return view.buffer;
}

/** Key of a compiled pipeline: the same kernel with other constants is another pipeline. */
function pipelineKey(kernel: Kernel, constants: Readonly<Record<string, number>>): string {
  return `${kernel.name} ${JSON.stringify(constants)}`;
}

/** Compiles a pipeline once per device. @throws GpuError `validation` with the kernel's line and column. */
export function compilePipeline(
  gpu: Gpu,
  kernel: Kernel,
  constants: Readonly<Record<string, number>>,
): Promise<GPUComputePipeline> {
  const key = pipelineKey(kernel, constants);
  let pipeline = gpu.pipelines.get(key);
  if (!pipeline) {
    pipeline = compile(gpu, kernel, constants);
    gpu.pipelines.set(key, pipeline);
    // What failed for want of memory may succeed another time.
    pipeline.catch(() => gpu.pipelines.delete(key));
  }
  return pipeline;
}

async function compile(gpu: Gpu, kernel: Kernel, constants: Readonly<Record<string, number>>) {
  const { device } = gpu;
  const prelude = kernel.prelude?.(gpu) ?? '';
  const module = device.createShaderModule({ label: kernel.name, code: prelude + kernel.source });
  try {
    return await device.createComputePipelineAsync({
      label: kernel.name,
      layout: 'auto',
      compute: { module, entryPoint: 'main', constants },
    });
  } catch (cause) {
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter((message) => message.type === 'error');
    const before = prelude.split('\n').length - 1;
    const where = errors
      .map(({ lineNum, linePos, message }) => {
        const [file, line] =
          lineNum > before
            ? [`${kernel.name}.wgsl`, lineNum - before]
            : [`what stands before ${kernel.name}.wgsl`, lineNum];
        return `${file}:${line}:${linePos} ${message}`;
      })
      .join('\n');
    throw new GpuError('validation', where || `${kernel.name}.wgsl: ${messageOf(cause)}`);
  }
}
