import * as v from 'valibot';

/** What is wrong with a value read from a file, in words that follow its name: `'runs.0.label' is missing`. */
export function schemaProblem(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue) ?? 'the whole';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `'${key}' does not belong there`;
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `'${key}' is missing`;
  return `'${key}' is ${issue.received}, not ${issue.expected}`;
}
