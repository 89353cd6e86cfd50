import manifest from '../../../package.json';

/** The version of this project, written into every run. */
export const version: string = manifest.version;
