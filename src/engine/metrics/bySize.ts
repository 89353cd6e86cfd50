/** What is planned on the GPU for one size or another: each once, and all freed together. */
export class BySize<T> {
  readonly #free: (planned: T) => void;
  readonly #planned = new Map<string, Promise<T>>();

  constructor(free: (planned: T) => void) {
    this.#free = free;
  }

  /** What there is for these sizes; else it is planned now. */
  get(sizes: readonly number[], plan: () => Promise<T>): Promise<T> {
    const key = sizes.join(' ');
    let planned = this.#planned.get(key);
    if (!planned) {
      planned = plan();
      this.#planned.set(key, planned);
      planned.catch(() => this.#planned.delete(key)); // to be tried again
    }
    return planned;
  }

  /** Frees all that could be planned. */
  async destroy(): Promise<void> {
    await Promise.allSettled([...this.#planned.values()].map(async (planned) => this.#free(await planned)));
  }
}
