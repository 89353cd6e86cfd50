import { expect, test } from 'vitest';
import { address, button } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

test('a sweep says what it will take, draws its surface, and is stopped', async () => {
  const { page, errors } = await openPage(address({ drawer: 'sweep', 'data.count': 120 }));
  const status = page.getByTestId('sweep-status');
  await page.getByLabel('Grid').selectOption('2');
  await page.getByLabel('Steps each').selectOption('100');
  expect(await status.textContent()).toContain('400 steps');
  await button(page, 'Sweep N and M').click(); // waits until it can be pressed
  await status.filter({ hasText: /^1 of 4 runs/ }).waitFor();
  await button(page, 'Stop the sweep').click();
  await status.filter({ hasText: /^Stopped: [12] of 4/ }).waitFor();
  const surface = page.getByRole('img', { name: /^share from z, .* over 2 values of N and 2 of M$/ });
  const texts = await surface.locator('text').allTextContents();
  expect(texts.slice(0, 4).filter((text) => /^-?[\d.]+(e-\d+)?$/.test(text)).length).toBeGreaterThan(0);
  expect(errors).toEqual([]);
});
