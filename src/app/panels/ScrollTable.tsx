import type { ReactNode } from 'react';
import { WithSubscripts } from './WithSubscripts.tsx';

/** A scrolling place for a table; it can have the focus, so that the keyboard can scroll it. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/**
 * Numbers as a table; the first column names the rows.
 * @param columns names, each once @param rows cells as they are written
 */
export function ScrollTable(props: {
  label: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  testId?: string;
}) {
  const { label, columns, rows, testId } = props;
  return (
    <Scroll label={label}>
      <table className="numbers" data-testid={testId}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                <WithSubscripts text={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells]) => (
            <tr key={[head, ...cells].join(' ')}>
              <th scope="row">
                <WithSubscripts text={head ?? ''} />
              </th>
              {cells.map((cell, index) => (
                <td key={columns[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
