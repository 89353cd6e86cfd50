import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { address, button, curveOf, fileOf, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();
/** Where pictures go, if there is such a folder named. */
const pictures = process.env.LAB_PICTURES;

/** 40 stays of 20 patients, 4 to 12 hours long, two frequent items and a rare one. */
function chartEvents(): string {
  const rows = ['subject_id,stay_id,charttime,itemid,value,valuenum'];
  for (let stay = 0; stay < 40; stay++) {
    for (let hour = 0; hour < 4 + (stay % 9); hour++) {
      const time = `2150-01-${String(1 + (stay % 28)).padStart(2, '0')} ${String(8 + hour).padStart(2, '0')}`;
      const add = (minute: string, item: number, value: number) =>
        rows.push(`${100 + (stay >> 1)},${stay},${time}:${minute}:00,${item},${value},${value}`);
      add('05', 220045, 60 + ((7 * stay + 3 * hour) % 50));
      if (hour % 3 < 2) add('10', 220210, 12 + ((5 * stay + hour) % 9));
      if (hour === 0) add('20', 226755, 15);
    }
  }
  return rows.join('\n');
}

const german = (value: number) => value.toFixed(2).replace('.', ',');
const hour = (h: number) => new Date(Date.UTC(2024, 4, 1, h)).toISOString().slice(0, 16);

/**
 * Four stations by the hour as a logger exports them: byte-order mark, semicolons, decimal commas, quotes, NA, words,
 * a constant column, and in front a date of export that looks like the time.
 */
function loggerExport(): string {
  const rows = [101, 102, 205, 310].flatMap((station) =>
    Array.from({ length: 64 }, (_, h) => {
      const temperature = h % 17 === 5 ? 'NA' : german(12 + station / 100 + 6 * Math.sin(h / 4));
      const humidity = german(60 - station / 20 + 9 * Math.cos(h / 4));
      const state = h % 3 ? '"nass; windig"' : '"""trocken"""';
      return `2024-06-01;${station};"${hour(h)}";${temperature};"${humidity}";${state};7`;
    }),
  );
  const header = '"Export";"Messstelle";"gemessen am";"Temperatur (°C)";"Feuchte; %";Zustand;Sensor';
  return `\uFEFF${[header, ...rows].join('\r\n')}\r\n`;
}

test('a CSV with odd columns is read, its mapping corrected by hand, and trained on; of a gzipped table of measurements items are chosen, and whole stays trained on', async () => {
  const settings = { 'train.steps': 12, 'evaluate.times': 2, 'method.name': 'latent-diffusion' };
  const { page, errors } = await openPage(address(settings));
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByText('windows to train on').waitFor();
  await page.getByLabel('CSV file').setInputFiles(fileOf('logger.csv', loggerExport()));

  await data.getByText('logger.csv: 256 rows in 7 columns.').waitFor();
  const time = data.getByLabel('Time column');
  const id = data.getByLabel('Series column');
  const chosen = (select: typeof time) => select.locator('option:checked').textContent();
  expect([await chosen(id), await chosen(time)]).toEqual(['none', 'Export']);
  await data.getByText('Left out, since it is constant or empty: Sensor.').waitFor();
  const alert = data.getByRole('alert');
  await alert.getByText("Row 3, column 'Export': 2024-06-01 repeats the time before it").waitFor();
  expect(await button(page, 'Run').isEnabled()).toBe(false);

  await time.selectOption('gemessen am');
  await alert.getByText("column 'gemessen am': 2024-05-01T00:00 is earlier than the row before it").waitFor();
  await id.selectOption('Messstelle');
  await data.getByText('windows to train on').waitFor();
  expect(await alert.count()).toBe(0);
  expect(await data.getByRole('checkbox', { name: 'Messstelle' }).count()).toBe(0);
  const humidity = data.getByRole('checkbox', { name: 'Feuchte; %' });
  expect(await humidity.isChecked()).toBe(true);
  await humidity.uncheck();
  await data.getByText('1 chosen').waitFor();
  expect(await data.getByRole('checkbox', { name: 'Temperatur (°C)' }).isChecked()).toBe(true);

  await button(page, 'Step').click();
  await until(page, 'paused');
  const first = await curveOf(page);
  await button(page, 'Run').click();
  await until(page, 'finished');
  const last = await curveOf(page);
  expect(last).not.toBe(first);
  expect(last).not.toContain('NaN');
  await page
    .getByRole('region', { name: 'Series', exact: true })
    .getByText('Temperatur (°C)')
    .first()
    .waitFor();

  const parted = Array.from({ length: 60 }, (_, n) => {
    const part = n < 36 ? 'train' : n < 48 ? 'val' : 'test';
    return `p${Math.floor(n / 12)},${part},${Math.sin(n)}`;
  });
  const window = page.locator('input[name="data.window"]');
  await window.fill('12');
  await window.press('Enter');
  await page.getByLabel('CSV file').setInputFiles(fileOf('parted.csv', ['id,split,x', ...parted].join('\n')));
  await data.getByText('Split as the file says: 3 series to train on, 1 to validate, 1 to test.').waitFor();
  await data.getByText('as the column ‘split’ says').waitFor();
  await data.getByLabel('Parts column').selectOption('none');
  await data.getByLabel('End of the training part').waitFor();
  await page.getByLabel('CSV file').setInputFiles(fileOf('chartevents.csv.gz', gzipSync(chartEvents())));
  await data.getByText("one series for each 'stay_id'").waitFor();
  const items = data.getByTestId('items');
  await items.getByText('3 of 3 chosen').waitFor();
  await items.getByRole('checkbox', { name: 'item 226755' }).uncheck();
  await items.getByText('2 of 3 chosen').waitFor();
  expect(await items.getByRole('checkbox', { name: 'Heart Rate' }).isChecked()).toBe(true);
  await data.getByLabel('Each example is').selectOption('series');
  await data.getByText('series to train on').waitFor();
  expect(await data.getByLabel('Group column').locator('option:checked').textContent()).toBe('subject_id');
  expect(page.url()).toContain('data.layout=series');
  expect(page.url()).toContain('data.items=220045,220210');
  if (pictures && existsSync(pictures)) {
    await mkdir(pictures, { recursive: true });
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await items.scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${pictures}/items-${width}.png` });
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  await button(page, 'Run').click();
  await until(page, 'finished');
  await page.getByTestId('run-series').first().waitFor();
  expect(await curveOf(page)).not.toContain('NaN');
  expect(errors).toEqual([]);
});

test('a Parquet file is a table, and one that is being read can be given up', async () => {
  const { page, errors } = await openPage(address());
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByText('windows to train on').waitFor();
  const values = Array.from({ length: 200 }, (_, t) => Math.sin(t / 5));
  const columnData = [
    {
      name: 'when',
      data: values.map((_, t) => new Date(Date.UTC(2024, 0, 1, t))),
      type: 'TIMESTAMP' as const,
    },
    { name: 'level', data: values, type: 'DOUBLE' as const },
  ];
  const parquet = new Uint8Array(parquetWriteBuffer({ columnData }));
  await page.getByLabel('CSV file').setInputFiles(fileOf('levels.parquet', parquet));
  await data.getByText('levels.parquet: 200 rows in 2 columns.').waitFor();
  await data.getByText('windows to train on').waitFor();
  const before = page.url();

  // Text without end, made in the page: the browser's tools take no file of that size.
  await page.evaluate(() => {
    const line = '2024-01-01 00:00:00,12.25,-3,4.125,17\n';
    const piece = line.repeat(2 ** 20 / 32);
    const parts = ['time,a,b,c,d\n', ...new Array(64).fill(piece)];
    const transfer = new DataTransfer();
    transfer.items.add(new File(parts, 'endless.csv'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }));
  });
  const reading = data.getByTestId('reading');
  await reading.getByText('Reading endless.csv').waitFor();
  if (pictures && existsSync(pictures)) {
    await reading.scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${pictures}/reading-1440.png` });
  }
  await button(page, 'Cancel').click();
  await reading.waitFor({ state: 'detached' });
  await data.getByText('levels.parquet: 200 rows in 2 columns.').waitFor();
  expect(page.url()).toBe(before);
  expect(await data.getByRole('alert').count()).toBe(0);
  expect(errors).toEqual([]);
});

test('of a table of many columns all or none are chosen at once, and a few are found by name', async () => {
  const { page, errors } = await openPage(address());
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByText('windows to train on').waitFor();
  const names = Array.from({ length: 40 }, (_, n) => (n < 3 ? `Pump ${n}` : `sensor ${n}`));
  const rows = Array.from({ length: 300 }, (_, row) => [
    ...names.map((_, n) => ((row * (n + 7)) % 101).toString()),
    row % 2 ? 'on' : 'off',
  ]);
  const wide = [[...names, 'state'], ...rows].map((cells) => cells.join(',')).join('\n');
  await page.getByLabel('CSV file').setInputFiles(fileOf('wide.csv', wide));
  await data.getByText('40 chosen').waitFor();

  await button(page, 'None').click();
  await data.getByText('0 chosen').waitFor();
  await data.getByText(/choose at least one/i).waitFor();
  await data.getByLabel('Find a column').fill('pump');
  expect(await data.getByTestId('columns').getByRole('checkbox').count()).toBe(3);
  await button(page, 'All').click();
  await data.getByText('3 chosen').waitFor();
  await data.getByText('windows to train on').waitFor();
  // Columns that are out of sight stay as they are, and words are no feature.
  await data.getByLabel('Find a column').fill('sensor 1');
  await button(page, 'None').click();
  await data.getByText('3 chosen').waitFor();
  await data.getByLabel('Find a column').fill('');
  await button(page, 'All').click();
  await data.getByText('40 chosen').waitFor();
  expect(await data.getByRole('checkbox', { name: 'state' }).isChecked()).toBe(false);
  expect(errors).toEqual([]);
});
