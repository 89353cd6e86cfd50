import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { fetchUsgs, type UsgsQuery, usgsAddress, usgsExample, usgsProblem } from '../../src/app/data/usgs.ts';
import { askThroughFrame, type FrameMessage, frameReady } from '../../src/app/data/usgsFrame.ts';
import { askService, UsgsError, type UsgsProgress } from '../../src/app/data/usgsService.ts';
import { guessColumns } from '../../src/engine/data/columns.ts';
import { readText } from '../../src/engine/data/delimited.ts';

const header =
  'time,latitude,longitude,depth,mag,magType,nst,gap,dmin,rms,net,id,updated,place,type,horizontalError,depthError,magError,magNst,status,locationSource,magSource';
const event = (n: number) =>
  `2023-01-01T00:00:${String(n).padStart(2, '0')}.500Z,${35 + n},${140 + n},10,4.${n},mb,,90,,0.5,us,us${n},2023-03-01T00:00:00.000Z,"12 km E of Somewhere, Japan",earthquake,8,2,0.1,5,reviewed,us,us`;

/** Answers the next fetch, and gives what was asked. */
function intercept(answer: Response | Error) {
  const fetched = vi.fn(async (_: string, __: RequestInit) => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

const ask = (signal = new AbortController().signal, onProgress = (_: UsgsProgress) => {}) =>
  fetchUsgs(usgsAddress(usgsExample), { signal, onProgress }, askService);
const refusalOf = (answer: Response | Error) => {
  intercept(answer);
  return ask().then(
    () => undefined,
    (error: unknown) => error as UsgsError,
  );
};

test('the address is the whole query', () => {
  expect(usgsAddress(usgsExample)).toBe(
    'https://earthquake.usgs.gov/fdsnws/event/1/query?format=csv&eventtype=earthquake&orderby=time-asc&starttime=2023-01-01&endtime=2024-01-01&minlongitude=122&maxlongitude=150&minlatitude=24&maxlatitude=46&minmagnitude=3&limit=20000',
  );
});

test.each<[Partial<UsgsQuery>, RegExp | undefined]>([
  [{}, undefined],
  [{ west: 170, east: 190 }, undefined],
  [{ north: Number.NaN }, /^Every field needs a number/],
  [{ north: 91 }, /^Latitudes run/],
  [{ south: 50 }, /^The south of the box/],
  [{ west: 151 }, /^The west of the box/],
  [{ west: -361 }, /^Longitudes run/],
  [{ west: -200, east: 200 }, /more than once/],
  [{ from: '' }, /^Dates are written/],
  [{ from: '2023-02-31x' }, /^Dates are written/],
  [{ to: '2023-01-01' }, /^The first day/],
  [{ minMagnitude: 11 }, /^Magnitudes run/],
])('a query with %j', (change, says) => {
  const problem = usgsProblem({ ...usgsExample, ...change });
  if (says) expect(problem).toMatch(says);
  else expect(problem).toBeUndefined();
});

test('the answer is opened as a CSV of five columns, oldest first', async () => {
  const fetched = intercept(new Response([header, event(1), event(2), event(3)].join('\n')));
  const seen: UsgsProgress[] = [];
  const text = await ask(undefined, (progress) => seen.push(progress));
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' });
  expect(text.split('\n').slice(0, 2)).toEqual([
    'time,longitude,latitude,depth,magnitude',
    '2023-01-01T00:00:01.500Z,141,36,10,4.1',
  ]);
  expect(seen.at(-1)?.bytes).toBeGreaterThan(600);
  expect(guessColumns(readText(text))).toMatchObject({
    id: null,
    time: 'time',
    features: ['longitude', 'latitude', 'depth', 'magnitude'],
  });
});

describe('what goes wrong is said, with what to do', () => {
  const many = `Error 400: Bad Request\n\n24031 matching events exceeds search limit of 20000. Modify the search to match fewer events.\n\nUsage details are available from https://earthquake.usgs.gov/fdsnws/event/1`;
  const full = [header, ...Array.from({ length: 20_000 }, (_, n) => event(n % 60))].join('\n');
  test.each<[string, Response | Error, RegExp, RegExp]>([
    [
      'offline',
      new TypeError('Failed to fetch'),
      /could not be reached.*offline/,
      /open the address elsewhere/,
    ],
    ['none, as a status', new Response(null, { status: 204 }), /^No earthquake matches/, /Widen the box/],
    ['none, as a header alone', new Response(`${header}\n`), /^No earthquake matches/, /lower the smallest/],
    ['one', new Response([header, event(1)].join('\n')), /^A single earthquake/, /Widen/],
    [
      'too many, refused',
      new Response(many, { status: 400 }),
      /^More earthquakes match than the 20,000/,
      /Narrow/,
    ],
    [
      'too many, cut off',
      new Response(full),
      /^More earthquakes match than the 20,000/,
      /raise the smallest/,
    ],
    ['busy', new Response('', { status: 503 }), /busy or out of order \(503\)/, /in a minute/],
    [
      'a bad query',
      new Response('Error 400: Bad Request\n\nBad starttime value "x".\n', { status: 400 }),
      /refused the query \(400\): Bad starttime value/,
      /Change the fields/,
    ],
    [
      'cut off',
      new Response(`${[header, event(1), event(2)].join('\n')}\n2023-01-`),
      /or it was cut off/,
      /Fetch again/,
    ],
    ['no list at all', new Response('<html>Sign in</html>'), /^The answer is not the list/, /tab of its own/],
  ])('%s', async (_, answer, message, next) => {
    const error = await refusalOf(answer);
    expect(error).toBeInstanceOf(UsgsError);
    expect(error?.message).toMatch(message);
    expect(error?.next).toMatch(next);
  });

  test('a cancelled fetch gives nothing', async () => {
    const controller = new AbortController();
    vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => {
      controller.abort();
      signal?.throwIfAborted();
    });
    await expect(ask(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the document that asks for the page', () => {
  const origin = 'https://lab.example';

  /** As much of a page as the frame needs; `say` is a message to it. */
  function page() {
    const events = new EventTarget();
    const contentWindow = { postMessage: vi.fn() };
    const frame = { contentWindow, remove: vi.fn() };
    const append = vi.fn();
    vi.stubGlobal('location', { origin });
    vi.stubGlobal('document', { createElement: () => frame, baseURI: `${origin}/`, body: { append } });
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
    vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events));
    const say = (data: string, from: { source?: object; origin?: string } = {}) =>
      events.dispatchEvent(
        Object.assign(new Event('message'), { data, source: contentWindow, origin, ...from }),
      );
    return { frame, say, posted: contentWindow.postMessage };
  }
  const question = () =>
    askThroughFrame('https://quakes.example', {
      signal: new AbortController().signal,
      onProgress: () => {},
    });

  test('is asked once it says that it is ready, and nobody else is', async () => {
    const { frame, say, posted } = page();
    const asked = question();
    say(frameReady, { source: {} });
    say(frameReady, { origin: 'https://elsewhere.example' });
    say('something else');
    expect(posted).not.toHaveBeenCalled();
    say(frameReady);
    say(frameReady);
    expect(posted).toHaveBeenCalledOnce();
    const [message, to, [port]] = posted.mock.calls[0] as [object, string, [MessagePort]];
    expect([message, to]).toEqual([{ address: 'https://quakes.example' }, origin]);
    port.postMessage({ answer: { status: 200, text: 'a' } } satisfies FrameMessage);
    expect(await asked).toEqual({ status: 200, text: 'a' });
    expect(frame.remove).toHaveBeenCalledOnce();
  });

  test('is given up where it does not load, with a sentence of its own', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { frame, posted } = page();
    const failed = question().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(20_000);
    const error = await failed;
    expect(error).toBeInstanceOf(UsgsError);
    expect((error as UsgsError).message).toBe(
      'The part of this site that asks the event service, usgs.html, could not be loaded.',
    );
    expect(posted).not.toHaveBeenCalled();
    expect(frame.remove).toHaveBeenCalledOnce();
  });

  test('may take its time with the answer once it is ready', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { frame, say } = page();
    void question();
    say(frameReady);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(frame.remove).not.toHaveBeenCalled();
  });
});
