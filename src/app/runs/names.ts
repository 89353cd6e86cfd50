const qualities =
  'amber brisk calm clever coral dusky eager faint gentle golden hazel ivory jolly keen lucid mellow noble olive patient quiet rapid silver steady swift tidy vivid warm wry'.split(
    ' ',
  );
const animals =
  'badger beaver curlew dolphin egret falcon finch gecko heron ibex jackal kestrel lark lynx marten newt otter owl petrel quail raven seal shrew stoat swift tern viper weasel wren'.split(
    ' ',
  );

/** A memorable name that is not taken yet, e.g. `amber heron`; the n-th name is the same on every visit. */
export function memorableName(n: number, taken: ReadonlySet<string>): string {
  for (let k = n; ; k++) {
    // Steps that share no factor with the lists' lengths visit every pair.
    const name = `${qualities[(11 * k) % qualities.length]} ${animals[(12 * k + 7) % animals.length]}`;
    const again = Math.floor(k / (qualities.length * animals.length));
    const unique = again === 0 ? name : `${name} ${again + 1}`;
    if (!taken.has(unique)) return unique;
  }
}

/** Letters of a name at the most: a project takes some more, since a number may come behind it. */
export const longestName = 200;

/** A name with others before it, of which only so much stays as there is room for: the name itself counts most. */
export function nameBehind(prefix: string, name: string): string {
  const whole = prefix + name;
  return whole.length > longestName ? `…${whole.slice(1 - longestName)}` : whole;
}

/** The name, with a number behind it where it is taken: `amber heron 2`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} ${n}`;
  return free;
}
