import { useState } from 'react';
import { bytes } from '../format.ts';
import { lab } from '../lab.ts';
import { FileButton } from '../panels/FileButton.tsx';
import { Tick } from '../panels/Tick.tsx';
import { isBusy, useLab } from '../store.ts';
import { fixed } from '../view.ts';
import { useProjects } from './projectState.ts';
import { runsToSave, saveProject } from './saveProject.ts';

/** Data of the user's own go into a project without being asked for up to this size, in bytes. */
const smallData = 50e6;

/** Every run of the page as one file, files of others beside them, and weights to begin with. */
export function ProjectSection() {
  const count = useLab((state) => runsToSave(state).length);
  const training = useLab(isBusy);
  const locked = useLab(({ view }) => view.locked);
  const saving = useProjects(({ busy }) => busy !== undefined);
  const dataset = useLab(({ data }) => data.dataset);
  const [title, setTitle] = useState<string>();
  const [chosen, setChosen] = useState<boolean>();
  const own = Object.values(lab.data.files);
  const size = own.reduce((sum, file) => sum + file.size, 0);
  const included = chosen ?? size < smallData;
  const standard = (dataset?.name ?? '').replace(/\.[^.]*$/, '');
  return (
    <section aria-label="Project" className="stack">
      <h3>Project</h3>
      <p className="soft">
        One file with every run of this page: settings, weights, optimiser state, losses, curves and series.
        Opened again, here or on another machine, its runs stand beside those that are there, and the last
        ones can be trained on. Several files at once, a class’s for example, come into one picture.
      </p>
      <div className="tools">
        <label>
          Name{' '}
          <input
            value={title ?? standard}
            size={20}
            maxLength={80}
            onChange={({ target }) => setTitle(target.value)}
          />
        </label>
        <button
          type="button"
          disabled={count === 0 || saving}
          title={
            count === 0
              ? 'There is no run yet: train one first'
              : `${count === 1 ? 'One run as it is' : `${count} runs as they are`} now`
          }
          onClick={() => saveProject(title?.trim() || standard, included)}
        >
          Save project
        </button>
        <FileButton
          label="Project files"
          accept=".zip,application/zip"
          multiple
          disabled={training || saving}
          title={training ? 'Pause the training first' : 'Adds their runs; nothing is replaced'}
          onFiles={async (files) => (await import('./openProjects.ts')).openProjects(files)}
        >
          Open project or results…
        </FileButton>
        <FileButton
          label="Weights"
          accept=".safetensors"
          disabled={training || saving || locked}
          title={
            locked
              ? fixed.settings
              : 'A model.safetensors, of Save weights or of the command: the next run begins with it'
          }
          onFiles={async ([file]) => {
            if (file) await (await import('./beginWith.ts')).beginWith(file);
          }}
        >
          Begin with weights…
        </FileButton>
      </div>
      {own.length > 0 && (
        <Tick checked={included} onChange={setChosen}>
          {`With my data (${own.map(({ name }) => name).join(', ')}, ${bytes(size)}); else whoever opens the project is asked for the file`}
        </Tick>
      )}
    </section>
  );
}
