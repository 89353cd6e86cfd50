import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { ByteSource } from './byteSource.ts';
import { isMissing, type Table } from './cells.ts';
import { Column } from './column.ts';
import type { Report } from './readSource.ts';
import { checkNames, checkRows } from './tableBuilder.ts';
import { isoMilliseconds } from './times.ts';
import { DataError } from './types.ts';

/** Values of a column that settle whether it is one of times. */
const headValues = 200;

/**
 * Reads a Parquet file of plain columns, one column of one row group at a time. Rows are counted from 1: there is no header
 * line. Timestamps and dates are times, booleans 0 and 1; nested columns are text.
 * @throws DataError where the file is damaged or has no rows
 */
export async function readParquet(source: ByteSource, report: Report): Promise<Table> {
  const file = {
    byteLength: source.size,
    slice: async (start: number, end = source.size) => {
      report.update();
      return (await source.slice(start, end)).buffer;
    },
  };
  const metadata = await readable(parquetMetadataAsync(file));
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  checkNames(names, 1);
  const count = Number(metadata.num_rows);
  checkRows(count);
  checkGroups(metadata, count, source.size);
  const columns: (Column | undefined)[] = names.map(() => undefined);
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    for (const [at, name] of names.entries()) {
      const onChunk = ({ columnData }: { columnData: ArrayLike<unknown> }) => {
        columns[at] ??= new Column(name, holdsTimes(columnData));
        for (let i = 0; i < columnData.length; i++) push(columns[at], columnData[i]);
      };
      await readable(
        parquetRead({ file, metadata, columns: [name], rowStart: start, rowEnd: end, compressors, onChunk }),
      );
      report.bytes += Number(group.columns[at]?.meta_data?.total_compressed_size ?? 0);
      report.update();
    }
    start = end;
    report.rows = end;
  }
  const cells = columns.map((column, at) => column ?? new Column(names[at] as string, false));
  const odd = cells.find(({ length }) => length !== count);
  if (odd) {
    throw new DataError(
      `Column '${odd.name}' has ${odd.length} values, but the file says ${count}: write the file again.`,
      {
        column: odd.name,
      },
    );
  }
  return { columns: names, cells, count, line: (row) => row + 1, delimiter: ',', decimalComma: false };
}

/**
 * What a damaged footer would have the reader do: read beyond the file, or make more values than there are.
 * @throws DataError
 */
function checkGroups({ row_groups: groups }: FileMetaData, count: number, size: number): void {
  const rows = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const inside = groups.every(({ num_rows, columns }) =>
    columns.every(({ meta_data: chunk }) => {
      if (!chunk) return false;
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      const bytes = Number(chunk.total_compressed_size);
      return (
        start >= 0 &&
        bytes >= 0 &&
        start + bytes <= size &&
        (Number(chunk.num_values) === Number(num_rows) || chunk.path_in_schema.length > 1)
      );
    }),
  );
  if (rows !== count || !inside) throw damaged();
}

const damaged = () =>
  new DataError(
    'The Parquet file is damaged: its footer does not fit what stands before it. Write it again.',
  );

function holdsTimes(values: ArrayLike<unknown>): boolean {
  const head: unknown[] = [];
  for (let i = 0; i < values.length && head.length < headValues; i++) {
    const value = values[i];
    if (value !== null && value !== undefined && !(typeof value === 'string' && isMissing(value.trim())))
      head.push(value);
  }
  const isTime = (value: unknown) =>
    value instanceof Date || (typeof value === 'string' && isoMilliseconds(value.trim()) !== undefined);
  return head.length > 0 && head.every(isTime);
}

function push(column: Column, value: unknown): void {
  if (value === null || value === undefined) column.pushMissing();
  else if (value instanceof Date) column.pushDate(value);
  else if (typeof value === 'string') column.push(value.trim(), false);
  else if (typeof value === 'object') column.pushText(JSON.stringify(value, bigintsAsText) ?? '');
  else if (column.isTime) column.pushText(String(value));
  else column.pushNumber(Number(value));
}

const bigintsAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** What hyparquet says of a damaged file, as a sentence of ours. */
async function readable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DataError || (error instanceof Error && error.name === 'AbortError')) throw error;
    throw new DataError(
      `The Parquet file cannot be read (${error instanceof Error ? error.message : String(error)}): write it again.`,
    );
  }
}
