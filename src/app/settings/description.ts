import type { Config } from '../../engine/train/config.ts';

/** What a control says about one key of the config. */
export interface Description {
  label: string;
  /** One sentence: what it does, and which way to turn it. */
  help: string;
  unit?: string;
  /** For a choice: its values, with how they read. */
  choices?: Record<string, string>;
  /** What an empty number field means; such a key may be null. */
  empty?: string;
}

/** Every dotted key of a config's leaves. */
type KeyOf<T, P extends string = ''> = {
  [K in keyof T & string]: NonNullable<T[K]> extends readonly unknown[]
    ? `${P}${K}`
    : NonNullable<T[K]> extends object
      ? KeyOf<NonNullable<T[K]>, `${P}${K}.`>
      : `${P}${K}`;
}[keyof T & string];
export type ConfigKey = KeyOf<Config>;

/** What the controls of some keys say. */
export type Descriptions = Partial<Record<ConfigKey, Description>>;
