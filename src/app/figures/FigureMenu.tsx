import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import styles from './FigureMenu.module.css';
import type { Table, TableFormat } from './tables.ts';

/** What is written, and how, comes with the first thing that is saved. */
const loadSave = () => import('./save.ts');

const tableLabels: Record<TableFormat, string> = { csv: 'CSV', md: 'Markdown', tex: 'LaTeX' };

interface Item {
  label: string;
  save: () => Promise<void>;
}

/**
 * A button "Save" with a menu: SVG and PNG where there is a figure, CSV where there are rows, Markdown and LaTeX too for a
 * table that people read.
 * @param target the figure's element
 * @param name of the file, without its ending
 * @param caption text below the figure
 * @param table is made when it is saved
 * @param tables whether to offer Markdown and LaTeX; else only where there is no figure
 */
export function FigureMenu(props: {
  target?: RefObject<Element | null>;
  name: string;
  caption?: string;
  table?: () => Table | Promise<Table>;
  tables?: boolean;
}) {
  const { target, name, caption, table } = props;
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<string>();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  const { tables = !target } = props;

  const items: Item[] = [
    ...(target
      ? (['svg', 'png'] as const).map((format) => ({
          label: format.toUpperCase(),
          save: async () => {
            const { saveFigure } = await loadSave();
            if (target.current) await saveFigure(target.current, name, format, caption);
          },
        }))
      : []),
    ...(table
      ? (Object.keys(tableLabels) as TableFormat[])
          .filter((format) => tables || format === 'csv')
          .map((format) => ({
            label: tableLabels[format],
            save: async () => (await loadSave()).saveTable(await table(), name, format),
          }))
      : []),
  ];
  const entries = () => [...(menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (open) menu.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
  }, [open]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the focus has left the button and its menu
    <div
      className={styles.menu}
      data-figure="skip"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        className="quiet"
        aria-label={`Save ${name}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        Save <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div
          ref={menu}
          id={id}
          role="menu"
          tabIndex={-1}
          aria-label={`Save ${name} as`}
          className={styles.items}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close();
            const list = entries();
            const next = nextItem(
              event.key,
              list.indexOf(document.activeElement as HTMLElement),
              list.length,
            );
            if (next === undefined) return;
            event.preventDefault();
            list[next]?.focus();
          }}
        >
          {items.map(({ label, save }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={async () => {
                close();
                try {
                  setProblem(undefined);
                  await save();
                } catch (error) {
                  setProblem((error as Error).message);
                }
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {problem && (
        <span role="alert" className={styles.problem}>
          {problem}
        </span>
      )}
    </div>
  );
}

/** Where a key takes the focus in a menu of `count` entries; the ends join. */
export function nextItem(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowDown') return (index + 1) % count;
  if (key === 'ArrowUp') return (Math.max(index, 0) + count - 1) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return undefined;
}
