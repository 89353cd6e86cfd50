import { useEffect, useRef, useState } from 'react';
import type { GeneratedSeries } from '../../engine/export/onnx/generate.ts';
import type { BundleDescription } from '../../engine/export/onnx/model.ts';
import { messageOf } from '../../engine/messageOf.ts';
import { rangeOf, SeriesPlot } from '../charts/SeriesPlot.tsx';
import { saveTable } from '../figures/save.ts';
import { FileButton } from '../panels/FileButton.tsx';
import { useLab } from '../store.ts';
import { runOnnx } from './runOnnx.ts';
import { seriesTable } from './seriesTable.ts';
import { WholeNumber } from './WholeNumber.tsx';

const sample = 'recorded/reveal.onnx.zip';
const drawn = 6;

interface Source {
  name: string;
  bytes: Uint8Array;
}

interface Made {
  name: string;
  seed: number;
  series: GeneratedSeries;
  description: BundleDescription;
}

/** New series from a bundle of ONNX graphs, by onnxruntime-web on the processor: no GPU is needed. */
export function FromBundle() {
  const mode = useLab(({ view }) => view.mode);
  const [count, setCount] = useState(50);
  const [seed, setSeed] = useState(0);
  const [done, setDone] = useState<number>();
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState<string>();
  const work = useRef<AbortController>(null);
  // Whoever goes to another tab waits for it no more.
  useEffect(() => () => work.current?.abort(), []);
  const generate = async (open: () => Promise<Source>) => {
    const controller = new AbortController();
    work.current = controller;
    setProblem(undefined);
    setDone(0);
    try {
      const { name, bytes } = await open();
      const command = { type: 'generate', bundle: bytes, count, seed, mode } as const;
      const { series, description } = await runOnnx(command, {
        onProgress: setDone,
        signal: controller.signal,
      });
      setMade({ name, seed, series, description });
    } catch (error) {
      if (!controller.signal.aborted) setProblem(messageOf(error));
    } finally {
      setDone(undefined);
    }
  };
  const busy = done !== undefined;
  return (
    <section
      aria-label="Generate from a bundle"
      className="stack"
      data-takes-files
      onDrop={(event) => {
        const [file] = event.dataTransfer.files;
        if (file && !busy) void generate(() => opened(file));
      }}
    >
      <h3>Generate from an ONNX bundle</h3>
      <p className="soft">
        Drop a .onnx.zip here. It runs on the processor with onnxruntime-web, which is fetched from this site
        on first use (14 MB), and needs no GPU.
      </p>
      <div className="tools">
        <WholeNumber label="Series" value={count} from={1} to={10_000} set={setCount} />
        <WholeNumber label="Seed" value={seed} from={0} set={setSeed} />
        <FileButton
          label="ONNX bundle"
          accept=".zip,application/zip"
          disabled={busy}
          onFiles={([file]) => {
            if (file) void generate(() => opened(file));
          }}
        >
          Open a bundle…
        </FileButton>
        <button
          type="button"
          disabled={busy}
          title="A posterior-stable model of the teaching set, trained by this project’s own command"
          onClick={() => generate(fetched)}
        >
          Use the bundled model
        </button>
        {busy && (
          <>
            <progress value={done} max={1} aria-label="Share of the series generated" />
            <button type="button" onClick={() => work.current?.abort()}>
              Cancel
            </button>
          </>
        )}
      </div>
      {problem && <p className="notice warn" role="alert">{`Nothing was generated: ${problem}`}</p>}
      {made && <Generated {...made} />}
    </section>
  );
}

function Generated({ name, seed, series, description }: Made) {
  const { label, features } = description;
  const range = rangeOf([series], 0);
  const save = () => saveTable(seriesTable(series, features), `${label} series`, 'csv');
  return (
    <div data-testid="generated-from-bundle" className="stack">
      <p>
        {`${series.count} series from ${name} (${label}), seed ${seed}; ${features[0]} of ${Math.min(drawn, series.count)} of them, over positions:`}
      </p>
      <div className="series-row">
        {Array.from({ length: Math.min(drawn, series.count) }, (_, n) => (
          <SeriesPlot
            // biome-ignore lint/suspicious/noArrayIndexKey: a series is known by its place
            key={n}
            set={series}
            series={n}
            feature={0}
            kind="generated"
            label={`Generated series ${n + 1}`}
            range={range}
            ticks={n === 0}
          />
        ))}
      </div>
      <div className="buttons">
        <button type="button" onClick={save}>
          Save as CSV
        </button>
      </div>
    </div>
  );
}

async function opened(file: File): Promise<Source> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

async function fetched(): Promise<Source> {
  const response = await fetch(new URL(sample, document.baseURI)).catch(() => {
    throw new Error('the bundled model is fetched from this site, which cannot be reached.');
  });
  if (!response.ok) throw new Error(`the bundled model could not be fetched (${response.status}).`);
  return { name: 'the bundled model', bytes: new Uint8Array(await response.arrayBuffer()) };
}
