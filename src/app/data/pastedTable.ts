/** Whether text is a table at least by its shape: a header and two rows or more, with a number in the first. */
export function looksLikeTable(text: string): boolean {
  const [, first = '', second] = filledLines(text);
  return second !== undefined && /\d/.test(first);
}

/** Lines below the header that are not blank. */
export function rowsOf(text: string): number {
  return Math.max(0, filledLines(text).length - 1);
}

/** Pasted text as a file, so that it goes the way of every file. */
export function pastedFile(text: string): File {
  return new File([text], 'pasted table', { type: 'text/plain' });
}

function filledLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
