import { sources } from '../../engine/data/sources.ts';
import { lab } from '../lab.ts';
import { Dialog } from '../shell/Dialog.tsx';
import { useLab } from '../store.ts';
import styles from './data.module.css';
import { SourceCard } from './SourceCard.tsx';

const groups = [
  { kind: 'generator', title: 'By formula: what is in the series is known' },
  { kind: 'sample', title: 'Observed: real series' },
] as const;

/** Every built-in set, each with its source and licence. */
export function Gallery({ onClose }: { onClose: () => void }) {
  const current = useLab(({ data }) => data.dataset?.name);
  return (
    <Dialog title="Built-in data" wide onClose={onClose}>
      {groups.map(({ kind, title }) => (
        <section key={kind} className="stack" aria-label={title}>
          <p className={styles.group}>{title}</p>
          <ul className={styles.gallery}>
            {sources
              .filter((source) => source.kind === kind)
              .map((source) => (
                <li key={source.name}>
                  <SourceCard
                    source={source}
                    current={source.name === current}
                    choose={() => {
                      lab.data.openSource(source.name);
                      onClose();
                    }}
                  />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}
