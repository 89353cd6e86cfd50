import { type ReactNode, useId, useState } from 'react';
import { sentence } from '../format.ts';
import { lab } from '../lab.ts';
import { type ConfigKey, type Description, describe, settingAt } from '../settings/index.ts';
import { useLab } from '../store.ts';

/** A labelled control with its sentence and, where it applies, what is wrong. */
export function Labelled(props: {
  label: string;
  unit?: string;
  help: string;
  problem?: string;
  children: (ids: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode;
}) {
  const id = useId();
  const { label, unit, help, problem, children } = props;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {unit && <span className="unit"> {unit}</span>}
      </label>
      {children({ id, 'aria-describedby': `${id}-help`, 'aria-invalid': problem !== undefined })}
      <p id={`${id}-help`} className="fine">
        {help}
        {problem && (
          <span className="problem" role="alert">
            {' '}
            {sentence(withoutKey(problem))}
          </span>
        )}
      </p>
    </div>
  );
}

/** The control of one config key: a choice, a switch or a number. It takes effect on Enter or on leaving it. */
export function Field({ name }: { name: ConfigKey }) {
  const value = useLab(({ config }) => settingAt(config, name));
  // What was wrong goes with the value it left in place.
  const [fault, setFault] = useState<{ kept: unknown; problem?: string }>();
  const problem = fault?.kept === value ? fault?.problem : undefined;
  const about: Description = describe[name];
  const set = (next: unknown) =>
    setFault({ kept: value, problem: next === value ? undefined : lab.set({ [name]: next }) });
  if (typeof value === 'boolean') return <Switch name={name} on={value} set={set} />;
  return (
    <Labelled {...about} problem={problem}>
      {(ids) =>
        about.choices ? (
          <select
            {...ids}
            name={name}
            value={String(value)}
            onChange={({ target }) => set(typeof value === 'number' ? Number(target.value) : target.value)}
          >
            {Object.entries(about.choices).map(([choice, label]) => (
              <option key={choice} value={choice}>
                {label}
              </option>
            ))}
          </select>
        ) : (
          <Draft key={String(value)} {...ids} name={name} value={value} placeholder={about.empty} set={set} />
        )
      }
    </Labelled>
  );
}

function Switch({ name, on, set }: { name: ConfigKey; on: boolean; set: (next: boolean) => void }) {
  const { label, help } = describe[name];
  const id = useId();
  return (
    <div className="field">
      <label className="tick">
        <input
          type="checkbox"
          name={name}
          checked={on}
          aria-describedby={id}
          onChange={({ target }) => set(target.checked)}
        />
        {label}
      </label>
      <p id={id} className="fine">
        {help}
      </p>
    </div>
  );
}

/** Commas as the page itself writes them, in 3,000; any other comma parts a fraction. */
const thousands = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;

/**
 * A field whose text takes effect on Enter or on leaving it. A new key per value has a value that is set elsewhere replace the text.
 * @param set takes a number, text that is none, or null for an empty field that has a placeholder
 */
export function Draft(props: {
  id: string;
  name: string;
  value: unknown;
  placeholder?: string;
  size?: number;
  set: (next: unknown) => void;
}) {
  const { value, set, placeholder, ...rest } = props;
  const [draft, setDraft] = useState(value === null ? '' : String(value));
  const commit = () => {
    const typed = draft.trim();
    const text = thousands.test(typed) ? typed.replaceAll(',', '') : typed.replace(',', '.');
    const next = text === '' && placeholder ? null : text === '' ? text : Number(text);
    set(Number.isNaN(next) ? draft : next);
  };
  return (
    <input
      {...rest}
      inputMode="decimal"
      autoComplete="off"
      value={draft}
      placeholder={placeholder}
      onChange={({ target }) => setDraft(target.value)}
      onBlur={commit}
      onKeyDown={({ key }) => key === 'Enter' && commit()}
    />
  );
}

/** A config error without the key it begins with, for beside that key's control. */
function withoutKey(problem: string): string {
  return problem.replace(/^'[\w.]+' is .*?, but must be/, 'it must be');
}
