import type { LessonPage } from '../lessonPage.ts';
import { collapse } from './collapse.tsx';
import { cures } from './cures.tsx';
import { predict } from './predict.tsx';
import { shuffle } from './shuffle.tsx';
import { swap } from './swap.tsx';
import { takeNoiseAway } from './takeNoiseAway.tsx';
import { yourData } from './yourData.tsx';
import { zones } from './zones.tsx';

/** The pages of the lesson in their order; `view.lesson` is a page's place in it, from 1. */
export const lessonPages: readonly LessonPage[] = [
  predict,
  collapse,
  takeNoiseAway,
  swap,
  shuffle,
  cures,
  zones,
  yourData,
];
