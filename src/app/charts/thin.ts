/** Every k-th element, the last one always among them, so that at most `most` are drawn. */
export function thin<T>(list: readonly T[], most = 400): readonly T[] {
  const every = Math.ceil(list.length / most);
  return every <= 1 ? list : list.filter((_, i) => i % every === 0 || i === list.length - 1);
}
