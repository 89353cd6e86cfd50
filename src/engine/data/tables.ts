// Everything that tables need and the data a page opens with do not, to be fetched with the first file.
export { canBeFeature, columnFacts } from './columnFacts.ts';
export { constantOrEmpty, leftOut } from './columns.ts';
export { labelsFrom } from './events.ts';
export { formOf, guessedItems, guessTable, seriesOf } from './form.ts';
export { readSource } from './readSource.ts';
