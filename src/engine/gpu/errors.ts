/** What went wrong on the GPU, in the terms the trainer reports it. */
export type GpuErrorKind = 'no-adapter' | 'device-lost' | 'out-of-memory' | 'validation' | 'limit';

/** An error of the GPU layer: `kind` for the program, `message` one plain sentence for the user. */
export class GpuError extends Error {
  readonly kind: GpuErrorKind;

  constructor(kind: GpuErrorKind, message: string) {
    super(message);
    this.name = 'GpuError';
    this.kind = kind;
  }
}
