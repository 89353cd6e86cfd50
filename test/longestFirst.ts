import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, whatever their size: begun last, they would leave one of two cores without work at the end. */
const longest = [
  'e2e/page',
  'e2e/survival',
  'e2e/axe',
  'e2e/links',
  'e2e/export',
  'e2e/project',
  'methods/training',
  'train/trainedScores',
  'methods/evaluation',
  'golden/torchScript',
  'train/largeSizes',
  'train/survival',
  'node/resume',
  'node/cli',
  'node/experiment',
];

/** Vitest's own order, larger files first, but for the files that are known to take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((name) => moduleId.includes(`/test/${name}.test.`));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
