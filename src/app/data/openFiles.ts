import { bytes } from '../format.ts';
import { lab } from '../lab.ts';
import { kindOf } from '../project/kindOf.ts';
import { useProjects } from '../project/projectState.ts';
import { useLab } from '../store.ts';

/** Larger tables are for the command: the columns of a table stay in the tab, at a third of the text or so. */
const largest = 4 * 2 ** 30;

/**
 * Opens what was dropped, picked or pasted, told by its content: projects, weights, or a table. What cannot be opened is said,
 * and the data before it stay.
 */
export async function openFiles(files: readonly File[]): Promise<void> {
  const [file] = files;
  if (!file) return;
  const kinds = await Promise.all(files.map(kindOf));
  const alone = files.length === 1;
  if (kinds.every((kind) => kind === 'project')) {
    const { openProjects } = await import('../project/openProjects.ts');
    return openProjects(files);
  }
  if (alone && kinds[0] === 'weights') {
    const { beginWith } = await import('../project/beginWith.ts');
    return beginWith(file);
  }
  if (alone && useProjects.getState().wanted?.missing[0]?.name === file.name) {
    const { giveFile } = await import('../project/openProjects.ts');
    return giveFile(file);
  }
  const problem = kinds.includes('bundle')
    ? 'It is a bundle of ONNX graphs: open it in the Export tab, under Generate from an ONNX bundle.'
    : await problemOf(file, files.length);
  if (problem === undefined) lab.data.openFile(file);
  else
    useLab.setState(({ data }) => ({
      data: { ...data, openFailure: { name: file.name, failure: { message: problem } } },
    }));
}

async function problemOf(file: File, dropped: number): Promise<string | undefined> {
  if (dropped > 1)
    return `${dropped} files were given at once: give one table, with an id column if it holds several series, or projects alone.`;
  if (file.size > largest) {
    return `The file is ${bytes(file.size)}, and a tab reads at most ${bytes(largest)}: leave out columns or rows, or train with the command.`;
  }
  try {
    // A folder looks like a file until it is read.
    await file.slice(0, 1).arrayBuffer();
    return undefined;
  } catch {
    return 'It cannot be read: it is a folder, was moved, or may not be opened. Choose the file itself.';
  }
}
