/** m_{t,0} in running text; formulas that stand alone are typeset by KaTeX. */
export function FromZ() {
  return (
    <span className="symbol">
      <i>m</i>
      <sub>t,0</sub>
    </span>
  );
}

/** m_{t,t-1} in running text. */
export function FromLast() {
  return (
    <span className="symbol">
      <i>m</i>
      <sub>t,t−1</sub>
    </span>
  );
}
