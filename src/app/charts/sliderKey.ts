/**
 * Where a key takes a slider, as the ARIA practices have it: arrows one step, Page Up and Down a tenth, Home and End the
 * ends. Undefined for any other key.
 * @param down what Arrow Down does: less on an ordinary slider, more where the list runs downwards on the screen
 */
export function sliderKey(
  key: string,
  value: number,
  [low, high]: readonly [number, number],
  down: 'less' | 'more' = 'less',
): number | undefined {
  const page = Math.max(1, Math.round((high - low) / 10));
  const vertical = down === 'more' ? 1 : -1;
  const moves: Record<string, number> = {
    ArrowLeft: value - 1,
    ArrowRight: value + 1,
    ArrowDown: value + vertical,
    ArrowUp: value - vertical,
    PageDown: value + vertical * page,
    PageUp: value - vertical * page,
    Home: low,
    End: high,
  };
  const next = moves[key];
  return next === undefined ? undefined : Math.min(high, Math.max(low, next));
}
