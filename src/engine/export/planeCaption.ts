/** What a reader of the plane of quality against control has to know of one plane. */
export interface PlaneFacts {
  /** Where a good value across lies; else the further right the better. */
  better?: 'lower' | 'higher' | 'one';
  /** The value of real against real, drawn as a line; NaN where it is not known. */
  floor: number;
  /** Series on each side of the smallest comparison, where that is known. */
  comparison?: number;
  /** Whether marks are hollow, since what they say across cannot be trusted. */
  hollow?: boolean;
  /** Runs that have no place on it. */
  missing?: readonly string[];
}

/** Below so many series a side the evaluation itself calls its scores chance. */
const few = 50;
/** Runs that a caption names. */
const named = 6;

/** The sentences below a plane of quality against control. A generator as good as the data scores the floor, not less. */
export function planeCaption({ better, floor, comparison, hollow, missing = [] }: PlaneFacts): string {
  return [
    Number.isFinite(floor)
      ? 'Nearer to the dashed line, real against real, is closer to real data.'
      : 'What real against real scores is not known here.',
    better === 'one'
      ? 'Across, the nearer to 1, the better z steers the series.'
      : 'Further right, z steers more of the series.',
    ...(comparison
      ? [
          `Comparisons are of ${comparison} series a side${comparison < few ? ', so that much of a score is chance' : ''}.`,
        ]
      : []),
    ...(hollow
      ? [
          'Hollow marks: a dependence that cannot be trusted, since the residual of its sum stayed above 0.01.',
        ]
      : []),
    ...(missing.length > 0 ? [`Not measured: ${listOf(missing)}.`] : []),
  ].join(' ');
}

function listOf(labels: readonly string[]): string {
  const more = labels.length > named ? `; and ${labels.length - named} more` : '';
  return `${labels.slice(0, named).join('; ')}${more}`;
}
