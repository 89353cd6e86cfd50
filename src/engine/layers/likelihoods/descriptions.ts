/** What a likelihood says of itself, without its kernels. */
export interface LikelihoodDescription {
  name: string;
  label: string;
  /** One sentence for the settings. */
  summary: string;
  /** Whether a position with some features missing cannot be taken. */
  needsWholePositions: boolean;
}

/** p(x_t | z, x_<t) as the decoder may give it, in the order the page lists them. */
export const descriptions = {
  gaussian: {
    name: 'gaussian',
    label: 'Gaussian',
    summary: 'One Gaussian, features independent.',
    needsWholePositions: false,
  },
  mixture: {
    name: 'mixture',
    label: 'Mixture',
    summary: 'A mixture of Gaussians, features independent within a component.',
    needsWholePositions: false,
  },
  'mixture-full': {
    name: 'mixture-full',
    label: 'Mixture, full covariance',
    summary: 'A mixture of Gaussians whose features covary; it takes no data with missing cells.',
    needsWholePositions: true,
  },
} satisfies Record<string, LikelihoodDescription>;
