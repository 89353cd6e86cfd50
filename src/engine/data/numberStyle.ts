/** How the numbers of a column are written. */
export interface NumberStyle {
  /** Whether a comma may be the decimal mark. */
  decimalComma: boolean;
  /** Whether a point may part thousands: 1.234 could then be either, and is no number. */
  pointGroups: boolean;
  /** That nothing in the file shows the comma of 1,234 to be the decimal mark: it could part thousands too. */
  commaAssumed?: true;
}

/** The style of text in which a comma parts cells, and of files that have types of their own. */
export const plainStyle: NumberStyle = { decimalComma: false, pointGroups: false };

/** 1.234 or 1,234: a fraction, or thousands. */
export const grouped = /^[+-]?[1-9]\d{0,2}([.,]\d{3})+$/;
const whole = /^[+-]?\d+$/;
const fraction = /^[+-]?\d*([.,])\d+(e[+-]?\d+)?$/i;

/**
 * How each column's numbers are written, as its first cells show: 12,5 and 1.25 can be nothing but fractions. A column that has
 * none of these goes by the rest of the table; where that shows nothing either, 1,234 and 1.234 are fractions, unless there are
 * whole numbers among them, as there are where marks part thousands.
 * @param columns first cells of each @param commas whether a cell can hold a comma
 */
export function numberStyles(columns: readonly (readonly string[])[], commas: boolean): NumberStyle[] {
  if (!commas) return columns.map(() => plainStyle);
  const marks = columns.map((cells) => {
    const found = new Set(cells.map((cell) => (grouped.test(cell) ? undefined : fraction.exec(cell)?.[1])));
    return {
      comma: found.has(','),
      point: found.has('.'),
      whole: cells.some((cell) => whole.test(cell)),
      groupedComma: cells.some((cell) => cell.includes(',') && grouped.test(cell)),
    };
  });
  const commaSomewhere = marks.some(({ comma }) => comma);
  const pointSomewhere = marks.some(({ point }) => point);
  return marks.map(({ comma, point, whole, groupedComma }) => {
    const nothingShown = !commaSomewhere && !pointSomewhere;
    return {
      decimalComma: comma || (!point && (commaSomewhere || (nothingShown && !whole))),
      ...(nothingShown && !whole && groupedComma && { commaAssumed: true as const }),
      pointGroups: !point && (commaSomewhere || (nothingShown && whole)),
    };
  });
}

const advice: readonly (readonly [RegExp, string])[] = [
  [/^[+-]?\d{1,3}([.,'’\s]\d{3})+([.,]\d+)?$/, 'write thousands without a mark between them'],
  [/^[+-]?\d+,\d+$/, 'write it with a decimal point'],
  [/^[+-]?(inf(inity)?|[\d.]+e[+-]?\d+)$/i, 'leave the cell empty where there is no finite value'],
  [/^(true|false|yes|no|t|f|y|n)$/i, 'write 1 and 0'],
  [/^0x[\da-f]+$/i, 'write it as a decimal number'],
  [/^[\d.+-]+(\s+[\d.+-]+)+$/, 'part columns by commas, semicolons, tabs or bars'],
  [/^\D{0,3}\d[\d.,]*\s*\D{0,6}$/, 'write the number alone, without a sign or unit'],
];

/** What to do about a cell that is meant as a number and cannot be read as one; undefined for other texts. */
export function numberAdvice(cell: string): string | undefined {
  const [, start, rest] = /^([+-]?[1-9]\d{0,2})[.,](\d{3})$/.exec(cell) ?? [];
  if (rest) return `write ${start}${rest} if it is thousands, ${start}.${rest}0 if it is a fraction`;
  return advice.find(([form]) => form.test(cell))?.[1];
}
