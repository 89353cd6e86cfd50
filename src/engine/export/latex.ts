const characters: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '−': '$-$',
  '–': '--',
  '±': '$\\pm$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  λ: '$\\lambda$',
  γ: '$\\gamma$',
  η: '$\\eta$',
  σ: '$\\sigma$',
  '\u00a0': '~',
};
const special = /[\\~^<>|"&%$#_{}−–±×·≤≥λγησ\u00a0]/g;
const raised = '⁻⁰¹²³⁴⁵⁶⁷⁸⁹';
const powers = new RegExp(`[${raised}]+`, 'g');

/** Names such as m_{t,0}; numbers with a power of ten, as -4e-4; the minus in front of another number, which no hyphen is. */
const mathematics =
  /(\b[A-Za-z]_\{[^{}\\$]*\}|(?<![\w.-])-?\d+(?:\.\d+)?e[+-]?\d{1,3}(?!\w)|(?<![\w.-])-(?=\.?\d))/;

/** Text as LaTeX sets it, on one line: names such as m_{t,0}, Greek letters, minus signs and powers of ten as mathematics. */
export function latexText(value: string): string {
  return value
    .replace(/\r\n?|\n/g, ' ')
    .split(mathematics)
    .map((part, index) => (index % 2 === 1 ? `$${latexFormula(part)}$` : latexPlain(part)))
    .join('');
}

function latexFormula(part: string): string {
  return /^-?\d/.test(part)
    ? part.replace(/e\+?(-?\d+)$/, (_, exponent: string) => `\\times10^{${Number(exponent)}}`)
    : part;
}

function latexPlain(value: string): string {
  return value
    .replace(special, (one) => characters[one] ?? `\\${one}`)
    .replace(
      powers,
      (digits) => `$^{${Array.from(digits, (one) => '-0123456789'[raised.indexOf(one)]).join('')}}$`,
    );
}
