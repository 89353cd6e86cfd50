import { useEffect, useRef } from 'react';
import { bytes } from '../format.ts';
import { FileButton } from '../panels/FileButton.tsx';
import { giveFile } from './openProjects.ts';
import { useProjects } from './projectState.ts';

/** What became of the projects and weights that were opened or saved, and the file that one of them waits for. */
export function ProjectNotice() {
  const { busy, told, problems, wanted } = useProjects();
  const place = useRef<HTMLElement>(null);
  const something = told.length + problems.length > 0 || wanted !== undefined;
  // What was dropped onto the lower end of the page is answered at its top.
  useEffect(() => {
    if (something) place.current?.scrollIntoView?.({ block: 'nearest' });
  }, [something]);
  if (!something && !busy) return null;
  return (
    <section
      ref={place}
      aria-label="Projects"
      className={`notice wide ${problems.length > 0 ? 'warn' : 'plain'}`}
    >
      <div className="tools">
        <div>
          <div role="status">
            {[...(busy ? [busy] : []), ...told].map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
          <div role="alert">
            {problems.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
        </div>
        {something && (
          <button
            type="button"
            className="quiet"
            onClick={() => useProjects.setState({ told: [], problems: [], wanted: undefined })}
          >
            {wanted ? 'Go on without it' : 'Dismiss'}
          </button>
        )}
      </div>
      {wanted && <Missing />}
    </section>
  );
}

function Missing() {
  const project = useProjects(({ wanted }) => wanted?.project);
  const missing = useProjects(({ wanted }) => wanted?.missing[0]);
  const busy = useProjects((state) => state.busy !== undefined);
  if (!missing) return null;
  return (
    <>
      <p>
        <strong>{project}</strong> was made with <strong>{missing.name}</strong> ({bytes(missing.size)}),
        which is not in it. Open that file to have its data and settings back.
      </p>
      <div className="buttons">
        <FileButton
          label="Data of the project"
          accept=""
          disabled={busy}
          onFiles={([file]) => {
            if (file) void giveFile(file);
          }}
        >
          Open {missing.name}…
        </FileButton>
      </div>
    </>
  );
}
