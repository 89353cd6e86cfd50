import { lab } from '../lab.ts';
import { toggleLesson } from '../lesson/LessonButton.tsx';
import { canTrain, isBusy, isStale, type LabState, liveStatus, mayTrainBoth, useLab } from '../store.ts';
import type { View } from '../view.ts';
import { toggleSheet } from './sheet.ts';
import { changeTheme } from './theme.ts';

/** What a key does. */
export interface Shortcut {
  /** As `KeyboardEvent.key` has them, letters in lower case. */
  keys: readonly string[];
  /** Only together with Shift, so that it is not hit by accident. */
  shift?: true;
  does: string;
  /** Does nothing where the button of the same name could not be pressed. */
  act: (state: LabState) => void;
}

/** The Drawer's tabs in their order. */
const tabs: readonly View['drawer'][] = ['losses', 'scores', 'runs', 'memory', 'log', 'export', 'sweep'];
const tabNames = ['Losses', 'Scores', 'Runs', 'GPU', 'Log', 'Export', 'Sweep'];

/** Every shortcut, in the order of the sheet. */
export const shortcuts: readonly Shortcut[] = [
  { keys: ['k', ' '], does: 'Run, or pause', act: runOrPause },
  { keys: ['s'], does: 'One step', act: (state) => mayGoOn(state) && lab.step() },
  { keys: ['r'], shift: true, does: 'Reset to step 0', act: reset },
  {
    keys: ['b'],
    does: 'Train both live',
    act: (state) => mayTrainBoth(state) && lab.trainBoth(),
  },
  {
    keys: ['n'],
    does: 'Take the noise away, or give it back',
    act: ({ view: { mode } }) => lab.show({ mode: mode === 'mean' ? 'sample' : 'mean' }),
  },
  ...tabs.map((drawer, index) => ({
    keys: [String(index + 1)],
    does: `Show the tab ${tabNames[index]}`,
    act: () => lab.show({ drawer }),
  })),
  { keys: ['l'], does: 'Open or close the lesson', act: toggleLesson },
  { keys: ['t'], does: 'Change the theme', act: changeTheme },
  { keys: ['?'], does: 'Show or hide these keys', act: toggleSheet },
];

/** What of a key press decides, and of the element that has the focus. */
export interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
  defaultPrevented: boolean;
  /** Letters are typed into the focused element, or choose among its options. */
  typing: boolean;
  /** The focused element can be reached with Tab: Space is its own, to press or to scroll it. */
  onControl: boolean;
  /** A modal dialog is open. */
  inDialog: boolean;
}

/** The shortcut of a key press; undefined where the key belongs to the browser or to the focused element. */
export function shortcutFor(press: Press): Shortcut | undefined {
  if (
    press.ctrlKey ||
    press.metaKey ||
    press.altKey ||
    press.repeat ||
    press.defaultPrevented ||
    press.typing
  ) {
    return undefined;
  }
  const key = press.key.toLowerCase();
  if (key === ' ' && press.onControl) return undefined;
  if (press.inDialog && key !== '?') return undefined;
  const found = shortcuts.find(({ keys }) => keys.includes(key));
  // On some keyboards digits and the question mark are typed with Shift.
  const either = /^[\d?]$/.test(key);
  return found && (either || Boolean(found.shift) === press.shiftKey) ? found : undefined;
}

/** What is decided by, of a key event in the document. */
export function pressOf(event: KeyboardEvent): Press {
  const element = event.target instanceof HTMLElement ? event.target : undefined;
  const { key, shiftKey, ctrlKey, metaKey, altKey, repeat, defaultPrevented } = event;
  return {
    ...{ key, shiftKey, ctrlKey, metaKey, altKey, repeat, defaultPrevented },
    typing: element !== undefined && takesText(element),
    onControl: element !== undefined && element.tabIndex >= 0,
    inDialog: document.querySelector('dialog:modal') !== null,
  };
}

const plainInputs = ['button', 'checkbox', 'file', 'radio', 'range', 'reset', 'submit'];

function takesText(element: HTMLElement): boolean {
  if (element instanceof HTMLInputElement) return !plainInputs.includes(element.type);
  return element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName);
}

/** As for the buttons Run and Step. */
function mayGoOn(state: LabState): boolean {
  const over = ['finished', 'failed'].includes(liveStatus(state));
  return canTrain(state) && !isBusy(state) && (!over || isStale(state));
}

function runOrPause(state: LabState): void {
  if (isBusy(state)) {
    if (liveStatus(state) !== 'pausing') lab.pause();
  } else if (mayGoOn(state)) lab.run();
}

function reset(state: LabState): void {
  if (state.live.length > 0 && liveStatus(state) !== 'loading') lab.reset();
}

/** Obeys a key press. @returns whether it was a shortcut */
export function obey(press: Press): boolean {
  const shortcut = shortcutFor(press);
  shortcut?.act(useLab.getState());
  return shortcut !== undefined;
}
