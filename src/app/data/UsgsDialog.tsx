import { Fragment, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { bytes } from '../format.ts';
import { Dialog } from '../shell/Dialog.tsx';
import styles from './data.module.css';
import { openFiles } from './openFiles.ts';
import { fetchUsgs, type UsgsQuery, usgsAddress, usgsExample, usgsLimit, usgsProblem } from './usgs.ts';
import { UsgsError, type UsgsProgress } from './usgsService.ts';

type State =
  | { status: 'idle' | 'cancelled' }
  | { status: 'fetching'; progress?: UsgsProgress }
  | { status: 'failed'; message: string; next: string };

/** Earthquakes of a box, a time and a strength from the USGS; the query is shown whole before it is sent. */
export function UsgsDialog({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState<UsgsQuery>(usgsExample);
  const [state, setState] = useState<State>({ status: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const problem = usgsProblem(query);
  const address = usgsAddress(query);
  const fetching = state.status === 'fetching';

  const send = async () => {
    const controller = new AbortController();
    running.current = controller;
    setState({ status: 'fetching' });
    try {
      const text = await fetchUsgs(address, {
        signal: controller.signal,
        onProgress: (progress) => setState({ status: 'fetching', progress }),
      });
      await openFiles([new File([text], `usgs ${query.from} to ${query.to}.csv`, { type: 'text/csv' })]);
      onClose();
    } catch (error) {
      if (controller.signal.aborted) setState({ status: 'cancelled' });
      else if (error instanceof UsgsError) {
        setState({ status: 'failed', message: error.message, next: error.next });
      } else throw error;
    }
  };

  return (
    <Dialog title="Earthquakes from the USGS" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!problem && !fetching) void send();
        }}
      >
        <p className="soft">
          Asks the event service of the U.S. Geological Survey, whose catalogue is in the public domain, for
          earthquakes, oldest first. Nothing is sent until you press the button, and then only the address
          below.
        </p>
        <fieldset className="bare stack" disabled={fetching}>
          <legend className="visually-hidden">Query</legend>
          <Fields query={query} onChange={(change) => setQuery({ ...query, ...change })} />
        </fieldset>
        <div className={styles.query}>
          <p className="fine">The query, as it will be sent:</p>
          <code data-testid="usgs-query">
            {address.split(/(?=&)/).map((part) => (
              <Fragment key={part}>
                <wbr />
                {part}
              </Fragment>
            ))}
          </code>
        </div>
        {problem && (
          <p className="problem fine" role="alert">
            {problem}
          </p>
        )}
        <Outcome state={state} />
        <div className="row">
          <p className="fine">
            At most {usgsLimit.toLocaleString('en')} events. Opened are time, longitude, latitude, depth (km)
            and magnitude.
          </p>
          <span className={styles.actions}>
            {fetching && (
              <button type="button" onClick={() => running.current?.abort()}>
                Cancel
              </button>
            )}
            <button type="submit" className="primary" disabled={fetching || problem !== undefined}>
              Fetch from USGS
            </button>
          </span>
        </div>
      </form>
    </Dialog>
  );
}

function Outcome({ state }: { state: State }) {
  if (state.status === 'failed') {
    return (
      <div role="alert" className="notice bad">
        <p>{state.message}</p>
        <p>Nothing was opened; the data of the page are as they were. {state.next}</p>
      </div>
    );
  }
  const { progress } = state.status === 'fetching' ? state : {};
  return (
    <p className="fine" role="status">
      {state.status === 'cancelled' && 'Cancelled: nothing was opened.'}
      {state.status === 'fetching' &&
        (progress
          ? `${progress.events.toLocaleString('en')} events so far, ${bytes(progress.bytes)}…`
          : 'Waiting for the service…')}
    </p>
  );
}

function Fields(props: { query: UsgsQuery; onChange: (change: Partial<UsgsQuery>) => void }) {
  const { query, onChange } = props;
  const number = (
    key: 'west' | 'east' | 'south' | 'north' | 'minMagnitude',
    label: string,
    unit?: string,
  ) => (
    <Entry label={label} unit={unit}>
      {(id) => (
        <input
          id={id}
          type="number"
          step="any"
          value={Number.isNaN(query[key]) ? '' : query[key]}
          onChange={({ target }) => onChange({ [key]: target.valueAsNumber })}
        />
      )}
    </Entry>
  );
  const day = (key: 'from' | 'to', label: string, unit: string) => (
    <Entry label={label} unit={unit}>
      {(id) => (
        <input
          id={id}
          type="date"
          value={query[key]}
          onChange={({ target }) => onChange({ [key]: target.value })}
        />
      )}
    </Entry>
  );
  return (
    <>
      <div className={styles.box}>
        {number('west', 'West', '° E')}
        {number('east', 'East', '° E')}
        {number('south', 'South', '° N')}
        {number('north', 'North', '° N')}
      </div>
      <div className={styles.dates}>
        {day('from', 'From', 'UTC')}
        {day('to', 'To', 'before this day')}
        {number('minMagnitude', 'Magnitude from')}
      </div>
    </>
  );
}

function Entry(props: { label: string; unit?: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        {props.label}
        {props.unit && <span className="unit"> {props.unit}</span>}
      </label>
      {props.children(id)}
    </div>
  );
}
