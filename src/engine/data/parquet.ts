import {
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type RowGroup,
} from 'hyparquet';
import { getTreePath } from 'hyparquet/src/schema.js';
import { compressors } from 'hyparquet-compressors';
import { messageOf } from '../messageOf.ts';
import type { ByteSource } from './byteSource.ts';
import { isMissing, type Table } from './cells.ts';
import { Column } from './column.ts';
import { checkPages } from './parquetPages.ts';
import type { Report } from './readSource.ts';
import { checkNames, checkRows } from './tableBuilder.ts';
import { textMilliseconds } from './times.ts';
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
  const metadata = await readable(() => parquetMetadataAsync(file));
  const schema = await readable(async () => parquetSchema(metadata));
  const names = schema.children.map(({ element }) => element.name);
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
      const chunks = chunksOf(group).filter(({ path_in_schema: path }) => path[0] === name);
      for (const chunk of chunks) {
        const bytes = await source.slice(...rangeOf(chunk));
        await readable(async () => checkPages(bytes, chunk, getTreePath(schema, chunk.path_in_schema)));
      }
      await readable(() =>
        parquetRead({ file, metadata, columns: [name], rowStart: start, rowEnd: end, compressors, onChunk }),
      );
      for (const { total_compressed_size: size } of chunks) report.bytes += Number(size);
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
  return { columns: names, cells, count, line: (row) => row + 1 };
}

/**
 * What a damaged footer would have the reader do: read beyond the file, or make more values than there are.
 * @throws DataError
 */
function checkGroups({ row_groups: groups }: FileMetaData, count: number, size: number): void {
  const rows = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const inside = groups.every((group) =>
    chunksOf(group).every((chunk) => {
      const [start, end] = rangeOf(chunk);
      const asMany = Number(chunk.num_values) === Number(group.num_rows);
      return start >= 0 && end >= start && end <= size && (asMany || chunk.path_in_schema.length > 1);
    }),
  );
  if (rows !== count || !inside) throw damaged();
}

/** @throws DataError where the footer does not say of a column where it is */
function chunksOf({ columns }: RowGroup): ColumnMetaData[] {
  return columns.map(({ meta_data: chunk }) => {
    if (!chunk) throw damaged();
    return chunk;
  });
}

/** Where a column of a row group begins and ends in the file. */
function rangeOf(chunk: ColumnMetaData): [number, number] {
  // Some writers say 0 of a dictionary that there is not.
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  return [start, start + Number(chunk.total_compressed_size)];
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
    value instanceof Date || (typeof value === 'string' && textMilliseconds(value.trim()) !== undefined);
  return head.length > 0 && head.every(isTime);
}

function push(column: Column, value: unknown): void {
  if (value === null || value === undefined) column.pushMissing();
  else if (value instanceof Date) column.pushDate(value);
  else if (typeof value === 'string') column.push(value.trim());
  else if (typeof value === 'object') column.pushText(JSON.stringify(value, bigintsAsText) ?? '');
  else if (column.isTime) column.pushText(String(value));
  else if (typeof value === 'bigint') column.push(String(value));
  else column.pushNumber(Number(value));
}

const bigintsAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** What hyparquet says of a damaged file, as a sentence of ours. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataError || (error instanceof Error && error.name === 'AbortError')) throw error;
    throw new DataError(`The Parquet file cannot be read (${messageOf(error)}): write it again.`);
  }
}
