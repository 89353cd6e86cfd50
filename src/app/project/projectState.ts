import { create } from 'zustand';
import { messageOf } from '../../engine/messageOf.ts';
import type { Config } from '../../engine/train/config.ts';
import type { OwnFiles } from '../runs/runView.ts';
import type { KnownFile } from './projectProtocol.ts';

/** Files that an opened project refers to, and that the user has still to give. */
export interface Wanted {
  /** File name of the project. */
  project: string;
  missing: readonly KnownFile[];
  /** What has been given so far. */
  found: OwnFiles;
  /** The settings that are restored once all is there. */
  config: Config;
  /** The project's runs that were trained on these data. */
  runs: readonly string[];
}

/** What the page has to say of projects and weights that were opened or saved. */
export interface ProjectState {
  /** What is being done, in words. */
  busy?: string;
  /** What became of the last files, a sentence each. */
  told: readonly string[];
  /** What went wrong with them. */
  problems: readonly string[];
  wanted?: Wanted;
}

export const useProjects = create<ProjectState>()(() => ({ told: [], problems: [] }));

/** Whether there is anything to show of all that. */
export function hasNews({ busy, told, problems, wanted }: ProjectState): boolean {
  return told.length + problems.length > 0 || busy !== undefined || wanted !== undefined;
}

/** Does something with files, and tells what became of it; what goes wrong is told too. */
export async function telling(
  busy: string,
  work: () => Promise<Partial<ProjectState> | undefined>,
): Promise<void> {
  useProjects.setState({ busy, told: [], problems: [] });
  try {
    useProjects.setState({ ...(await work()) });
  } catch (error) {
    useProjects.setState({ problems: [messageOf(error)] });
  } finally {
    // What was begun meanwhile is still being done.
    useProjects.setState((state) => (state.busy === busy ? { busy: undefined } : {}));
  }
}
