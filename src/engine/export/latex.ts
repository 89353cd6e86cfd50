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

/** Text as LaTeX sets it, on one line: names such as m_{t,0}, Greek letters and powers of ten as mathematics. */
export function latexText(value: string): string {
  return value
    .replace(/\r\n?|\n/g, ' ')
    .split(/\b([A-Za-z]_\{[^{}\\$]*\})/)
    .map((part, index) => (index % 2 === 1 ? `$${part}$` : latexPlain(part)))
    .join('');
}

function latexPlain(value: string): string {
  return value
    .replace(special, (one) => characters[one] ?? `\\${one}`)
    .replace(
      powers,
      (digits) => `$^{${Array.from(digits, (one) => '-0123456789'[raised.indexOf(one)]).join('')}}$`,
    );
}
