import { availableParallelism } from 'node:os';
import { create, globals } from 'webgpu';
import type { Gpu, OpenOptions } from '../engine/gpu/device.ts';
import { GpuError } from '../engine/gpu/errors.ts';
import { openCheckedGpu } from '../engine/kernels/subgroups.ts';
import { messageOf } from '../engine/messageOf.ts';
import { UsageError } from './commands/usageError.ts';
import { napping } from './napping.ts';
import { loadVulkanLoader, offerBundledSwiftShader, systemHasVulkanDriver } from './softwareGpu.ts';

/** What LAB_ADAPTER may name: a hardware GPU, Mesa's software GPU, or the software GPU that npm brings. */
export type AdapterChoice = 'gpu' | 'lavapipe' | 'swiftshader';

const choices: readonly string[] = ['gpu', 'lavapipe', 'swiftshader'] satisfies AdapterChoice[];

/** Before 23, lavapipe lacks what Dawn asks of Vulkan. */
const firstUsableMesa = 23;

/**
 * Every Dawn instance made so far: Node crashes when one of them is collected. They hang on the global object because
 * a module that Vite loaded may itself be collected before the process ends.
 */
const instances = keptForTheProcess();
let chosen: Promise<Chosen> | undefined;

type TileOptions = Required<Pick<OpenOptions, 'fine' | 'recurrentRows' | 'movingRows'>>;

interface Chosen {
  gpu: GPU;
  kind: AdapterChoice;
}

/**
 * Node's counterpart of `navigator.gpu`: Dawn, on a hardware GPU if there is one, else on an installed lavapipe,
 * else on the bundled SwiftShader. The environment variable LAB_ADAPTER (`gpu`, `lavapipe`, `swiftshader`) forces one.
 * @throws GpuError `no-adapter` when the machine has none of them, or not the one that LAB_ADAPTER names; UsageError where it
 * names none
 */
export async function nodeGpu(): Promise<GPU> {
  return (await choice()).gpu;
}

function choice(): Promise<Chosen> {
  chosen ??= chooseGpu();
  return chosen;
}

/**
 * Opens a WebGPU device in Node.
 * @param options as of `openGpu`
 * @throws GpuError `no-adapter`, see {@link nodeGpu}
 */
export async function openNodeGpu(
  options: Pick<OpenOptions, 'subgroups' | keyof TileOptions> = {},
): Promise<Gpu> {
  const { gpu, kind } = await choice();
  return openCheckedGpu(gpu, {
    powerPreference: 'high-performance',
    wait: napping,
    ...suited(kind),
    ...options,
  });
}

/**
 * On lavapipe loads are what a recurrence costs: sixteen rows, if the cores are few enough for a batch of 64 to keep them all at
 * work, and rows that move, for LLVM then compiles a pass in a third of the time. SwiftShader keeps rows in memory, where
 * moving them would cost half as much again as all the rest. A hardware GPU has its own way with both (`Gpu.fine`).
 */
function suited(kind: AdapterChoice): TileOptions {
  const mesa = kind === 'lavapipe';
  return {
    fine: kind === 'gpu',
    recurrentRows: mesa && availableParallelism() <= 4 ? 16 : 8,
    movingRows: mesa,
  };
}

/**
 * Forgets which adapter was chosen: the next {@link nodeGpu} chooses again. Dawn itself ends with the process, which
 * needs no call to end; devices are destroyed by whoever opened them.
 */
export function forgetAdapter(): void {
  chosen = undefined;
}

async function chooseGpu(): Promise<Chosen> {
  const wanted = process.env.LAB_ADAPTER || undefined;
  if (wanted !== undefined && !choices.includes(wanted)) {
    throw new UsageError(`LAB_ADAPTER is '${wanted}'; it can be ${choices.join(', ')}.`);
  }
  Object.assign(globalThis, globals);
  await loadVulkanLoader();
  if (wanted !== 'swiftshader' && (process.platform !== 'linux' || systemHasVulkanDriver())) {
    const gpu = start(wanted === 'lavapipe' ? ['adapter=llvmpipe'] : []);
    const kind = await adapterKind(gpu);
    if (gpu && kind && (wanted === undefined || wanted === kind)) return { gpu, kind };
  }
  if (wanted === 'gpu' || wanted === 'lavapipe') {
    const name = wanted === 'gpu' ? 'hardware GPU' : `Mesa lavapipe ${firstUsableMesa} or later`;
    throw new GpuError('no-adapter', `LAB_ADAPTER asks for a ${name}, and Dawn finds none on this machine.`);
  }
  try {
    await offerBundledSwiftShader();
  } catch (cause) {
    throw new GpuError('no-adapter', messageOf(cause));
  }
  const gpu = start([]);
  const kind = await adapterKind(gpu);
  if (!gpu || !kind) {
    throw new GpuError(
      'no-adapter',
      'Dawn found no WebGPU adapter, not even the software GPU that npm brings.',
    );
  }
  return { gpu, kind };
}

/** A Dawn instance with these options, kept alive; undefined when no adapter answers to them. */
function start(options: string[]): GPU | undefined {
  try {
    const gpu = create(options);
    instances.push(gpu);
    return gpu;
  } catch {
    return undefined;
  }
}

/** What the adapter that Dawn prefers is; undefined for none, or one that is known not to work. */
async function adapterKind(gpu: GPU | undefined): Promise<AdapterChoice | undefined> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return undefined;
  const { architecture, device, description } = adapter.info;
  if (architecture === 'swiftshader') return 'swiftshader';
  if (!/llvmpipe/i.test(`${device} ${description}`)) return 'gpu';
  const mesa = /Mesa (\d+)\./.exec(description)?.[1];
  return Number(mesa) >= firstUsableMesa ? 'lavapipe' : undefined;
}

function keptForTheProcess(): GPU[] {
  const holder = globalThis as { posteriorLabDawn?: GPU[] };
  holder.posteriorLabDawn ??= [];
  return holder.posteriorLabDawn;
}
