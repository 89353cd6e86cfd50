import { UsageError } from './usageError.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a file stands where a folder is named',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ENOTEMPTY: 'the folder is not empty',
  EEXIST: 'a file stands in its place',
  ELOOP: 'its links lead in a circle',
  ETXTBSY: 'it is in use',
  EBUSY: 'it is in use',
};

/** What may be otherwise later, with the same command line. */
const passing: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk failed',
  EMFILE: 'too many files are open',
};

/** The machine's storage, and not the command line, is at fault. */
export class StorageError extends Error {}

/** Why a file cannot be read or written, in words; undefined for what is no error of the file system, or not one of the user's. */
export function fileReason(error: unknown): string | undefined {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : (reasons[code] ?? passing[code]);
}

/** An error of the file system as one sentence that names the file; others as they are. */
export function fileProblem(error: unknown): unknown {
  const reason = fileReason(error);
  if (reason === undefined) return error;
  const { code = '', path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const Kind = code in passing ? StorageError : UsageError;
  return new Kind(`'${dest ?? path ?? '?'}' cannot be read or written: ${reason}.`);
}
