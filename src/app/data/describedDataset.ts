import type { ColumnFacts } from '../../engine/data/columnFacts.ts';
import type { Dataset } from '../workerProtocol.ts';

/** A data set as the worker opens it: with what a look at every cell told of each column; nothing for a generator. */
export interface DescribedDataset extends Dataset {
  facts: readonly ColumnFacts[];
}

/** The facts that came with a data set. */
export function factsOf(dataset: Dataset): readonly ColumnFacts[] {
  return 'facts' in dataset ? (dataset as DescribedDataset).facts : [];
}
