import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules whose answer depends on the theme. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds wrong with the page as it is: one line a rule, with the elements that break it.
 * @param within a selector: looks at that part alone, where the rest was looked at before
 * @param rules `colours` where the same screen was looked at in the other theme, `structure` where its colours are looked at apart
 */
export async function violations(
  page: Page,
  within = 'html',
  rules: 'all' | 'colours' | 'structure' = 'all',
): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await source);
  const options = {
    all: {},
    colours: { runOnly: colourRules },
    structure: { rules: Object.fromEntries(colourRules.map((rule) => [rule, { enabled: false }])) },
  };
  const found = await page.evaluate(
    async ({ part, chosen }) => {
      const { axe } = window as unknown as {
        axe: { run: (part: string, options: object) => Promise<AxeResults> };
      };
      // A colour that is half-way through a transition is nobody's choice.
      for (const animation of document.getAnimations()) {
        if (animation instanceof CSSTransition) animation.finish();
      }
      const { violations, passes } = await axe.run(part, { ...chosen, resultTypes: ['violations'] });
      if (passes.length === 0) throw new Error('axe has looked at nothing');
      return violations;
    },
    { part: within, chosen: options[rules] },
  );
  return found.map(({ id, help, nodes }) => {
    const where = nodes.map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`.trim());
    return `${id}: ${help}: ${where.slice(0, 6).join('; ')}`;
  });
}
