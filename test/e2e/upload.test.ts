import { expect, test } from 'vitest';
import { address, button, curveOf, fileOf, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

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

test('a CSV with odd columns is read, its mapping corrected by hand, and trained on', async () => {
  const settings = { 'train.steps': 24, 'evaluate.times': 3, 'method.name': 'latent-diffusion' };
  const { page, errors } = await openPage(address(settings));
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByText('windows to train on').waitFor();
  await page.getByLabel('CSV file').setInputFiles(fileOf('logger.csv', loggerExport()));

  await data.getByText('logger.csv: 256 rows in 7 columns.').waitFor();
  const time = data.getByLabel('Time column');
  const id = data.getByLabel('Series column');
  const chosen = (select: typeof time) => select.locator('option:checked').textContent();
  expect([await chosen(id), await chosen(time)]).toEqual(['none', 'Export']);
  await data.getByText('Left out, since they are constant or empty: Sensor.').waitFor();
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
  expect(errors).toEqual([]);
});
