/** The picture of a noise schedule: the share of the signal upwards, the timesteps of the diffusion across. */
export interface SchedulePlot {
  /** In pixels, as `height` and `margin` are. */
  width: number;
  /** The last timestep, L. */
  last: number;
  /** Whether the share is drawn on a logarithmic scale, `decades` of it. */
  logarithmic: boolean;
}

export const margin = { left: 48, right: 10, top: 6, bottom: 32 };
export const height = 170;
export const decades = 4;
/** Where a share of 0 is drawn. */
export const bottom = height - margin.bottom;

export function xOf(timestep: number, { width, last }: SchedulePlot): number {
  return margin.left + ((width - margin.left - margin.right) * timestep) / last;
}

export function yOf(value: number, { logarithmic }: SchedulePlot): number {
  const share = logarithmic ? 1 + Math.log10(Math.max(value, 10 ** -decades)) / decades : value;
  return margin.top + (bottom - margin.top) * (1 - share);
}

/** Which share lies at a height of the picture: the inverse of `yOf`. */
export function shareAt(y: number, { logarithmic }: SchedulePlot): number {
  const share = Math.min(1, Math.max(0, 1 - (y - margin.top) / (bottom - margin.top)));
  return logarithmic ? 10 ** (decades * (share - 1)) : share;
}
