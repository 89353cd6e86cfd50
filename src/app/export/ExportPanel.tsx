import { useState } from 'react';
import { messageOf } from '../../engine/messageOf.ts';
import type { ExportKind } from '../../engine/train/protocol.ts';
import { download, fileName } from '../figures/save.ts';
import { lab } from '../lab.ts';
import { ProjectSection } from '../project/ProjectSection.tsx';
import { titleOf } from '../runs/labels.ts';
import type { RunView } from '../runs/runView.ts';
import { useLive } from '../shown.ts';
import { useLab } from '../store.ts';
import { FromBundle } from './FromBundle.tsx';
import { Verify } from './Verify.tsx';

const files: readonly { what: ExportKind; label: string; extension: string; type: string; title: string }[] =
  [
    {
      what: 'weights',
      label: 'Save weights',
      extension: 'safetensors',
      type: 'application/octet-stream',
      title: 'Under PyTorch’s names, for the PyTorch program; the command trains on from them with --weights',
    },
    {
      what: 'torch',
      label: 'Save PyTorch program',
      extension: 'py',
      type: 'text/x-python',
      title:
        'Rebuilds the networks and the sampler, with the file of Save weights beside it: python3 FILE.py generate',
    },
    {
      what: 'onnx',
      label: 'Save ONNX bundle',
      extension: 'onnx.zip',
      type: 'application/zip',
      title: 'Encoder, denoiser and decoder step as graphs, weights and settings included',
    },
  ];

/** Projects and models that leave the page and come back, and series from models that come back as ONNX graphs, on any machine. */
export function ExportPanel() {
  const live = useLive('status', 'curves');
  const missing = useLab(({ gpu }) => gpu.status === 'missing');
  const ready = live.filter(({ status, curves }) => status !== 'loading' && curves.length > 0);
  return (
    <div className="stack">
      <ProjectSection />
      {ready.map((run) => (
        <ExportsOfRun key={run.id} run={run} />
      ))}
      {ready.length === 0 && (
        <p className="soft">
          {missing
            ? 'Training needs a GPU, and so there are no weights to save here; series can be generated below without one.'
            : 'The weights of a run can be saved here once it has trained: as they are, as a PyTorch program, as ONNX graphs.'}
        </p>
      )}
      <FromBundle />
    </div>
  );
}

function ExportsOfRun({ run }: { run: RunView }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const save = async ({ what, extension, type }: (typeof files)[number]) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const bytes = await lab.exports.file(run.id, what);
      download(new Blob([bytes as BlobPart], { type }), fileName(run.name, extension));
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-label={`Export ${run.name}`} className="stack">
      <h3>{titleOf(run)}</h3>
      <div className="tools">
        {files.map((file) => (
          <button key={file.what} type="button" title={file.title} disabled={busy} onClick={() => save(file)}>
            {file.label}
          </button>
        ))}
        <Verify run={run.id} />
      </div>
      {problem && <p className="notice warn" role="alert">{`Nothing was saved: ${problem}`}</p>}
    </section>
  );
}
