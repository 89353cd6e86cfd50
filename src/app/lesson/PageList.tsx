import styles from './lesson.module.css';

/** Every page by its number, with what has been answered: a mark and a name, so that it does not rest on colour. */
export function PageList(props: {
  titles: readonly string[];
  /** The page that is open, from 1. */
  number: number;
  /** Pages whose question has been answered. */
  answered: readonly number[];
  go: (page: number) => void;
  onClear: () => void;
}) {
  const { titles, number, answered, go, onClear } = props;
  const done = answered.length;
  return (
    <div className={styles.contents}>
      <ol className={styles.list}>
        {titles.map((title, index) => {
          const page = index + 1;
          const state = answered.includes(page) ? ', answered' : '';
          return (
            <li key={title}>
              <button
                type="button"
                className={styles.number}
                aria-current={page === number ? 'page' : undefined}
                aria-label={`Page ${page}: ${title}${state}`}
                title={title}
                data-answered={state !== '' || undefined}
                onClick={() => go(page)}
              >
                {page}
              </button>
            </li>
          );
        })}
      </ol>
      <p className="fine">
        {done} of {titles.length} answered
        {done > 0 && (
          <button type="button" className={styles.link} onClick={onClear}>
            Start afresh
          </button>
        )}
      </p>
    </div>
  );
}
