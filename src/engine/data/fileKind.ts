import { DataError } from './types.ts';

/** What a file is by its first bytes, whatever its name. */
export type FileKind = 'text' | 'gzip' | 'parquet';

/** First bytes of files that are no table, and what they are. Offset 0 unless said otherwise. */
const others: readonly { bytes: readonly number[]; at?: number; what: string; next: string }[] = [
  named('SQLite format 3', 'an SQLite database', 'export the table from it as CSV'),
  named('%PDF', 'a PDF', 'it is for reading: find the table it was made from'),
  named('ARROW1', 'an Arrow or Feather file', 'save it as Parquet or CSV'),
  named('\x89HDF', 'an HDF5 file', 'save the table in it as Parquet or CSV'),
  named('\x93NUMPY', 'a NumPy array', 'save it as CSV, with a header'),
  named('MATLAB', 'a MATLAB file', 'save it as CSV, with a header'),
  named('BZh', 'compressed with bzip2', 'unpack it, or compress it with gzip'),
  named('\xfd7zXZ', 'compressed with xz', 'unpack it, or compress it with gzip'),
  named('\x28\xb5\x2f\xfd', 'compressed with Zstandard', 'unpack it, or compress it with gzip'),
  named('7z\xbc\xaf', 'a 7z archive', 'unpack it and open the CSV in it'),
  named('Rar!', 'a RAR archive', 'unpack it and open the CSV in it'),
  named('\xd0\xcf\x11\xe0', 'an old Excel workbook', 'save the sheet as CSV (UTF-8)'),
  named('\x89PNG', 'a picture', 'a table is needed: CSV, gzip or Parquet'),
  named('\xff\xd8\xff', 'a picture', 'a table is needed: CSV, gzip or Parquet'),
  { ...named('ustar', 'a tar archive', 'unpack it and open the CSV in it'), at: 257 },
];

function named(start: string, what: string, next: string) {
  return { bytes: [...start].map((letter) => letter.charCodeAt(0)), what, next };
}

/** Bytes that are enough to tell. */
export const kindBytes = 512;

/**
 * Tells a file by its first bytes.
 * @param head its first `kindBytes` bytes
 * @throws DataError naming what a file of another kind is, and what to do with it
 */
export function fileKind(head: Uint8Array): FileKind {
  const begins = (bytes: readonly number[], at = 0) => bytes.every((byte, i) => head[at + i] === byte);
  if (begins([0x1f, 0x8b])) return 'gzip';
  if (begins([0x50, 0x41, 0x52, 0x31])) return 'parquet';
  if (begins([0x50, 0x4b, 3, 4]) || begins([0x50, 0x4b, 5, 6])) throw zipped(head);
  const other = others.find(({ bytes, at }) => begins(bytes, at));
  if (other) throw new DataError(`The file is ${other.what}: ${other.next}.`);
  return 'text';
}

/** Excel and OpenDocument files are zip archives; their first entries tell. */
function zipped(head: Uint8Array): DataError {
  const names = String.fromCharCode(...head);
  if (/\[Content_Types\]|xl\/|_rels/.test(names))
    return new DataError('The file is an Excel workbook: save the sheet as CSV (UTF-8).');
  if (/mimetypeapplication\/vnd\.oasis/.test(names))
    return new DataError('The file is an OpenDocument sheet: save it as CSV (UTF-8).');
  return new DataError('The file is a zip archive: unpack it and open the CSV in it.');
}
