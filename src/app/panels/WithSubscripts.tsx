import { Fragment } from 'react';

/** Text in which `m_{t,0}` and `λ_CS`, as files have them, stand with their subscripts lowered. */
export function WithSubscripts({ text }: { text: string }) {
  return text.split(/(m_\{[^}]*\}|λ_CS)/).map((part, index) => {
    const [symbol, below = ''] = part.split('_');
    // A text is always cut at the same places.
    const key = `${index} ${part}`;
    if (index % 2 === 0) return <Fragment key={key}>{part}</Fragment>;
    return (
      <span key={key}>
        {symbol}
        <sub>{below.replace(/[{}]/g, '')}</sub>
      </span>
    );
  });
}
