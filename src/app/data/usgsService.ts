/** The event service of the U.S. Geological Survey: the one address beside its own that anything of this page may ask. */
export const usgsService = 'https://earthquake.usgs.gov/fdsnws/event/1/query';

/** How much of the answer has come. */
export interface UsgsProgress {
  bytes: number;
  events: number;
}

/** What goes with a question. */
export interface UsgsAsking {
  signal: AbortSignal;
  onProgress: (progress: UsgsProgress) => void;
}

/** What the service said, whatever it was. */
export interface UsgsAnswer {
  status: number;
  text: string;
}

/** Why nothing was opened, and what to do about it. */
export class UsgsError extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'UsgsError';
    this.next = next;
  }
}

/** @throws UsgsError or TypeError when the service cannot be reached; the signal's reason when cancelled */
export type AskUsgs = (address: string, asking: UsgsAsking) => Promise<UsgsAnswer>;

/** Asks the service from the document this runs in. No cookies and no referrer: it learns the query and nothing else. */
export const askService: AskUsgs = async (address, { signal, onProgress }) => {
  const response = await fetch(address, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
  return { status: response.status, text: await readBody(response, onProgress) };
};

async function readBody(response: Response, onProgress: UsgsAsking['onProgress']): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let [text, bytes, lines] = ['', 0, 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    const piece = decoder.decode(value, { stream: true });
    text += piece;
    bytes += value.byteLength;
    lines += piece.split('\n').length - 1;
    onProgress({ bytes, events: Math.max(0, lines - 1) });
  }
}
