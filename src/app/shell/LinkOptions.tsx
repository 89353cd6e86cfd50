import { useId, useState } from 'react';
import { Tick } from '../panels/Tick.tsx';
import { useLab } from '../store.ts';
import type { HideablePart } from '../view.ts';
import { CopyButton } from './CopyButton.tsx';
import { comfortableLength, type LinkChanges, linkOf, privateFileWarning } from './linkOf.ts';
import styles from './shell.module.css';

const parts: Record<HideablePart, string> = {
  data: 'Data',
  model: 'Model',
  probes: 'Probes',
  latents: 'Latents',
  drawer: 'Tabs below',
};

/** A link to the screen with less on it. It changes the address that is shown here, and not this screen. */
export function LinkOptions() {
  const config = useLab((state) => state.config);
  const view = useLab((state) => state.view);
  const warning = useLab(privateFileWarning);
  const [changes, setChanges] = useState<LinkChanges>({ embed: false, locked: view.locked, hide: view.hide });
  const link = linkOf({ config, view }, changes, `${location.origin}${location.pathname}`);
  return (
    <details
      className={styles.options}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape' || !currentTarget.open) return;
        currentTarget.open = false;
        currentTarget.querySelector('summary')?.focus();
      }}
    >
      <summary className={styles.tool}>
        <span>Link </span>
        options
      </summary>
      <LinkForm changes={changes} onChange={setChanges} link={link} warning={warning} />
    </details>
  );
}

/** The choices and the address that they give. */
export function LinkForm(props: {
  changes: LinkChanges;
  onChange: (changes: LinkChanges) => void;
  link: string;
  warning?: string;
}) {
  const { changes, onChange, link, warning } = props;
  const id = useId();
  const { embed, locked, hide } = changes;
  const toggle = (part: HideablePart, hidden: boolean) => {
    const rest = hide.filter((other) => other !== part);
    onChange({ ...changes, hide: hidden ? [...rest, part] : rest });
  };
  return (
    <div className={styles.popover}>
      <Tick checked={embed} onChange={(on) => onChange({ ...changes, embed: on })}>
        For a slide: chart, series and run bar alone
      </Tick>
      <Tick checked={locked} onChange={(on) => onChange({ ...changes, locked: on })}>
        For a class: settings can be seen, not changed
      </Tick>
      <fieldset className="bare" disabled={embed}>
        <legend>Leave out</legend>
        <div className={styles.parts}>
          {Object.entries(parts).map(([part, label]) => (
            <Tick
              key={part}
              checked={hide.includes(part as HideablePart)}
              onChange={(on) => toggle(part as HideablePart, on)}
            >
              {label}
            </Tick>
          ))}
        </div>
      </fieldset>
      <div className="field">
        <label htmlFor={id}>
          Link <span className="unit">{link.length} characters</span>
        </label>
        <textarea
          id={id}
          readOnly
          rows={3}
          value={link}
          className={styles.byHand}
          onFocus={({ target }) => target.select()}
        />
        {link.length > comfortableLength && (
          <p className="fine">
            Longer than {comfortableLength} characters: some mail and chat programs break such links.
          </p>
        )}
        {warning && <p className="fine">{warning}</p>}
      </div>
      <CopyButton label="Copy this link" text={() => link} />
    </div>
  );
}
