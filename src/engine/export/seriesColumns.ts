/**
 * Columns of a table of series: its own, then the features. A feature that bears the name of one of its own is written as
 * `NAME (data)`, so that no name stands there twice.
 */
export function seriesColumns(own: readonly string[], features: readonly string[]): string[] {
  const taken = new Set([...own, ...features]);
  const beside = features.map((name) => {
    if (!own.includes(name)) return name;
    let other = name;
    while (taken.has(other)) other += ' (data)';
    return other;
  });
  return [...own, ...beside];
}
