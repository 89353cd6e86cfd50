import { ColourBar } from './ColourBar.tsx';
import { css, shareColour } from './colourMap.ts';
import styles from './SweepSurface.module.css';
import { rem } from './textScale.ts';

const cell = { width: 76, height: 40 };
const margin = { left: 56, top: 8, bottom: 40 };

/**
 * A surface over N (rows) and M (columns) as a heat map with its numbers in it.
 * @param text how a value is written @param values row by row, 0..1 in colour; undefined where nothing has been measured yet, NaN where a run failed
 * @param marks what is written behind each value
 */
export function SweepSurface(props: {
  label: string;
  text: (value: number) => string;
  rows: readonly number[];
  columns: readonly number[];
  values: readonly (number | undefined)[];
  marks?: readonly string[];
}) {
  const { label, text, rows, columns, values, marks = [] } = props;
  const width = margin.left + columns.length * cell.width;
  const height = margin.top + rows.length * cell.height;
  const written = (value: number | undefined, index: number) =>
    value === undefined ? '' : Number.isNaN(value) ? 'failed' : `${text(value)}${marks[index] ?? ''}`;
  const said = values.flatMap((value, index) => {
    const [row, column] = [Math.floor(index / columns.length), index % columns.length];
    return value === undefined ? [] : [`N ${rows[row]}, M ${columns[column]}: ${written(value, index)}`];
  });
  return (
    <figure className={styles.surface}>
      <svg
        viewBox={`0 0 ${width} ${height + margin.bottom}`}
        width={rem(width)}
        role="img"
        aria-label={[`${label}, over ${rows.length} values of N and ${columns.length} of M`, ...said].join(
          '; ',
        )}
      >
        {values.map((value, index) => {
          const [row, column] = [Math.floor(index / columns.length), index % columns.length];
          const [x, y] = [margin.left + column * cell.width, margin.top + row * cell.height];
          return (
            <g key={`${rows[row]} ${columns[column]}`}>
              <rect
                className={styles.cell}
                x={x}
                y={y}
                width={cell.width}
                height={cell.height}
                style={{ fill: value === undefined ? 'none' : css(shareColour(value)) }}
              />
              <text
                x={x + cell.width / 2}
                y={y + cell.height / 2 + 4}
                textAnchor="middle"
                // Viridis is dark below its middle and light above, in both themes.
                style={{ fill: inkOn(value) }}
              >
                {written(value, index)}
              </text>
            </g>
          );
        })}
        {rows.map((end, row) => (
          <text
            key={end}
            className={styles.tick}
            x={margin.left - 6}
            y={margin.top + (row + 0.5) * cell.height + 4}
            textAnchor="end"
          >
            {end}
          </text>
        ))}
        {columns.map((start, column) => (
          <text
            key={start}
            className={styles.tick}
            x={margin.left + (column + 0.5) * cell.width}
            y={height + 16}
            textAnchor="middle"
          >
            {start}
          </text>
        ))}
        <text
          className={styles.tick}
          transform={`translate(12 ${height / 2}) rotate(-90)`}
          textAnchor="middle"
        >
          N, timestep
        </text>
        <text className={styles.tick} x={(margin.left + width) / 2} y={height + 34} textAnchor="middle">
          M, timestep
        </text>
      </svg>
      <figcaption>
        {label} {text(0)} <ColourBar colour={(value) => css(shareColour(value))} low={0} high={1} /> {text(1)}
      </figcaption>
    </figure>
  );
}

function inkOn(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return 'var(--ink)';
  return value > 0.55 ? '#14171a' : '#ffffff';
}
