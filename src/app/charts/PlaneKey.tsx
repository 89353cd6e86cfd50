import styles from './QualityPlane.module.css';
import { runColour } from './runStyle.ts';
import { rem } from './textScale.ts';

/**
 * A circle, a square, a triangle, a diamond: runs are told apart without colour. From the fifth on marks and colours meet in
 * other pairs, so that sixteen can be told apart.
 */
const shapes = [
  'M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0z',
  'M-5 -5h10v10h-10z',
  'M0 -6.5L6.5 5h-13z',
  'M0 -7L7 0L0 7L-7 0z',
];

/** A mark of the plane. @param index its place in the key @param hollow for a number that cannot be trusted */
export function PlaneMark(props: { index: number; hollow?: boolean; transform?: string }) {
  const { index, hollow = false, transform } = props;
  const colour = runColour(index);
  return (
    <path
      d={shapes[(index + Math.floor(index / shapes.length)) % shapes.length]}
      transform={transform}
      fill={hollow ? 'var(--paper)' : colour}
      stroke={hollow ? colour : 'var(--paper)'}
      strokeWidth={hollow ? 1.75 : 1}
    />
  );
}

/** What the marks of one or several planes are, and their dashed line. */
export function PlaneKey({ groups, floor }: { groups: readonly string[]; floor: boolean }) {
  if (groups.length === 0 && !floor) return null;
  return (
    <ul className={styles.key}>
      {groups.map((group, index) => (
        <li key={group}>
          <svg width={rem(14)} height={rem(14)} viewBox="-7 -7 14 14" aria-hidden="true">
            <PlaneMark index={index} />
          </svg>
          {group}
        </li>
      ))}
      {floor && (
        <li>
          <svg width={rem(28)} height={rem(10)} viewBox="0 0 28 10" aria-hidden="true">
            <line className={styles.floor} x1="0" x2="28" y1="5" y2="5" />
          </svg>
          floor: real against real
        </li>
      )}
    </ul>
  );
}
