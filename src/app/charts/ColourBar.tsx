import styles from './HeatMap.module.css';

const patches = 24;

/** A colour map over its range as a small picture. @param colour a CSS colour for each value */
export function ColourBar({
  colour,
  low,
  high,
}: {
  colour: (value: number) => string;
  low: number;
  high: number;
}) {
  return (
    <svg
      className={styles.bar}
      viewBox={`0 0 ${patches} 1`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
      aria-hidden="true"
    >
      {Array.from({ length: patches }, (_, k) => {
        const value = low + ((high - low) * k) / (patches - 1);
        return <rect key={value} x={k} width="1" height="1" style={{ fill: colour(value) }} />;
      })}
    </svg>
  );
}
