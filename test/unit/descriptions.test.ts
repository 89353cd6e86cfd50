import { expect, test } from 'vitest';
import { descriptions as backboneDescriptions } from '../../src/engine/layers/descriptions.ts';
import { backbones } from '../../src/engine/layers/index.ts';
import { describedMethod, methodDescriptions } from '../../src/engine/methods/descriptions.ts';
import { methodByName, methods } from '../../src/engine/methods/index.ts';

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);

test('what is described is what there is, in one order: methods and backbones', () => {
  expect(names(methodDescriptions)).toEqual(names(methods));
  expect(names(Object.values(backboneDescriptions))).toEqual(names(backbones));
  expect(Object.keys(backboneDescriptions)).toEqual(names(backbones));
});

test('a method says what its description says, and an unknown one is named with those there are', () => {
  for (const description of methodDescriptions) {
    expect(methodByName(description.name)).toMatchObject(description);
  }
  const reason = /^no method 'gan'; there are latent-diffusion, posterior-stable, /;
  expect(() => describedMethod('gan')).toThrow(reason);
  expect(() => methodByName('gan')).toThrow(reason);
});
