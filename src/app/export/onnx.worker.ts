import gpuAddress from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import wasmAddress from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { readBundle } from '../../engine/export/onnx/bundle.ts';
import { compareWithKernels } from '../../engine/export/onnx/compare.ts';
import { generateSeries } from '../../engine/export/onnx/generate.ts';
import type { GraphTensor, OnnxModel, RunnableGraph } from '../../engine/export/onnx/model.ts';
import { messageOf } from '../../engine/messageOf.ts';
import type { OnnxCommand, OnnxEvent, Provider } from './onnxProtocol.ts';

/** The part of a worker's global scope that is used here; the page's own types describe a window. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<OnnxCommand>) => void) | null;
  postMessage(message: OnnxEvent): void;
};
/** Milliseconds between two reports of progress. */
const reportEvery = 100;

scope.onmessage = ({ data }) => {
  obey(data).catch((error) => scope.postMessage({ type: 'failed', message: messageOf(error) }));
};

async function obey(command: OnnxCommand): Promise<void> {
  if (command.type === 'compare') {
    const { bundle, windows, timesteps, outputs } = command.compared;
    const model = await load(bundle, command.provider);
    const differences = await compareWithKernels(model, windows, timesteps, outputs);
    scope.postMessage({ type: 'compared', differences });
    return;
  }
  const model = await load(command.bundle, 'wasm');
  let reported = 0;
  const series = await generateSeries(model, command, (done) => {
    if (performance.now() - reported < reportEvery) return;
    reported = performance.now();
    scope.postMessage({ type: 'progress', done });
  });
  scope.postMessage({ type: 'generated', series, description: model.description });
}

async function load(bytes: Uint8Array, provider: Provider): Promise<OnnxModel> {
  const { description, encoder, denoiser, decoder } = readBundle(bytes);
  const create = await runtime(provider);
  return {
    description,
    encoder: await create(encoder),
    ...(denoiser && { denoiser: await create(denoiser) }),
    decoder: await create(decoder),
  };
}

/** onnxruntime-web with its WebAssembly from this site; the larger build knows WebGPU. */
async function runtime(provider: Provider): Promise<(graph: Uint8Array) => Promise<RunnableGraph>> {
  const { env, InferenceSession, Tensor } = await (provider === 'webgpu'
    ? import('onnxruntime-web/webgpu')
    : import('onnxruntime-web/wasm'));
  env.wasm.wasmPaths = {
    wasm: new URL(provider === 'webgpu' ? gpuAddress : wasmAddress, self.location.href).href,
  };
  env.wasm.numThreads = 1; // more of them need a page that is isolated from every other origin
  const tensorOf = ({ type, data, dims }: GraphTensor) =>
    type === 'int64' ? new Tensor('int64', data, dims) : new Tensor('float32', data, dims);
  return async (graph) => {
    // Operators that WebGPU lacks, LSTM for one, run on the processor beside it; that is no fault to warn of.
    const session = await InferenceSession.create(graph, {
      executionProviders: [provider],
      logSeverityLevel: 3,
    });
    return {
      async run(feeds) {
        const inputs = Object.entries(feeds).map(([name, value]) => [name, tensorOf(value)] as const);
        const results = await session.run(Object.fromEntries(inputs));
        return Object.fromEntries(
          Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
        );
      },
    };
  };
}
