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
 * @param groups the same columns under common heads, where their names would repeat them; some may have none
 */
export function ScrollTable(props: {
  label: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  groups?: readonly { head: string; columns: readonly string[] }[];
  testId?: string;
}) {
  const { label, columns, rows, groups, testId } = props;
  return (
    <Scroll label={label}>
      <table className="numbers" data-testid={testId}>
        <thead>
          {groups && (
            <tr>
              {groups.map(({ head, columns }) =>
                head ? (
                  <th key={head} scope="colgroup" colSpan={columns.length}>
                    {head}
                  </th>
                ) : (
                  <td key={columns.join()} colSpan={columns.length} />
                ),
              )}
            </tr>
          )}
          <tr>
            {(groups?.flatMap((group) => group.columns) ?? columns).map((name, index) => (
              <th key={columns[index]} scope="col">
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
