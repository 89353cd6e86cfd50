import { useId, useState } from 'react';
import { Draft } from '../panels/Field.tsx';
import styles from './WholeNumber.module.css';

/** A whole number among buttons, which takes effect on Enter or on leaving its field. What it cannot be is said, and the number before it stays. */
export function WholeNumber(props: {
  label: string;
  value: number;
  from: number;
  to?: number;
  set: (next: number) => void;
}) {
  const { label, value, from, to = Number.MAX_SAFE_INTEGER, set } = props;
  const id = useId();
  const [wrong, setWrong] = useState(false);
  const commit = (next: unknown) => {
    const fits = typeof next === 'number' && Number.isSafeInteger(next) && next >= from && next <= to;
    setWrong(!fits);
    if (fits) set(next);
  };
  const range = props.to === undefined ? `${count(from)} or more` : `from ${count(from)} to ${count(to)}`;
  return (
    <>
      <span>
        <label htmlFor={id}>{label}</label>{' '}
        <Draft
          key={value}
          id={id}
          name={label}
          value={value}
          size={6}
          aria-invalid={wrong}
          aria-describedby={`${id}-problem`}
          set={commit}
        />
      </span>
      <span id={`${id}-problem`} role="alert" className={`problem fine ${styles.problem}`}>
        {wrong && `${label} must be a whole number, ${range}: ${count(value)} stays.`}
      </span>
    </>
  );
}

const count = (value: number) => value.toLocaleString('en');
