import spread from '../../../shaders/spread.wgsl?raw';
import check from '../../../shaders/subgroup_check.wgsl?raw';
import { type Gpu, lanesTaken, type OpenOptions, openGpu } from '../gpu/device.ts';
import { usage } from '../gpu/memory.ts';

const threads = 24; // the workgroup of subgroup_check.wgsl

/** Opens a device as `openGpu` does; its subgroups are used where they work. @throws GpuError as `openGpu` */
export async function openCheckedGpu(gpu: GPU, options?: OpenOptions): Promise<Gpu> {
  const opened = await openGpu(gpu, options);
  const least = Math.min(opened.subgroupSize, lanesTaken);
  opened.subgroups &&= await subgroupsWork(opened, least);
  return opened;
}

/**
 * Whether a device's subgroups do what the kernels leave to them. WGSL does not say how threads are dealt out to lanes, and compilers and
 * drivers have had their faults: one that does not compile `spread.wgsl`, or gets it wrong, goes without.
 * @param least lanes that run together at least
 * @param source WGSL in the place of `spread.wgsl`
 */
export async function subgroupsWork(
  { device, wait }: Pick<Gpu, 'device' | 'wait'>,
  least: number,
  source = spread,
): Promise<boolean> {
  const bytes = 4 * threads;
  const right = device.createBuffer({ label: 'subgroups', size: bytes, usage: usage.storage });
  const readback = device.createBuffer({ label: 'subgroups', size: bytes, usage: usage.readback });
  try {
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label: 'subgroup_check', code: source + check });
    const refused = device.popErrorScope();
    const pipeline = device.createComputePipelineAsync({
      label: 'subgroup_check',
      layout: 'auto',
      compute: { module, entryPoint: 'main', constants: { LEAST: least } },
    });
    const [compiled, error] = await Promise.all([pipeline, refused]);
    if (error) return false;
    const encoder = device.createCommandEncoder({ label: 'subgroup_check' });
    const pass = encoder.beginComputePass();
    pass.setPipeline(compiled);
    const entries = [{ binding: 0, resource: { buffer: right } }];
    pass.setBindGroup(0, device.createBindGroup({ layout: compiled.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(1);
    pass.end();
    encoder.copyBufferToBuffer(right, 0, readback, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await wait(readback.mapAsync(GPUMapMode.READ));
    return new Uint32Array(readback.getMappedRange()).every((kept) => kept === 1);
  } catch {
    return false; // it does not compile, or the device was lost over it
  } finally {
    right.destroy();
    readback.destroy();
  }
}
