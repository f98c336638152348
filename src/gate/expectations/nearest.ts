/** Which of the known words somebody meant who wrote another. */

/** Letters to be put in, taken out or changed to make one text of another (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [above, letter] of Array.from(from).entries()) {
    const next = [above + 1];
    for (const [at, other] of Array.from(to).entries()) {
      const [left = 0, straight = 0, over = 0] = [next[at], row[at + 1], row[at]];
      next.push(Math.min(left + 1, straight + 1, over + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The nearest known word, or undefined where none is near: two letters off at most, and less in short words. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  if (word.length > 100) return undefined;
  const measured = known.map((each) => ({ each, off: distance(word.toLowerCase(), each.toLowerCase()) }));
  const [best] = measured.sort((left, right) => left.off - right.off);
  return best !== undefined && best.off <= Math.min(2, best.each.length / 2) ? best.each : undefined;
};

/** What is said to somebody who wrote another word than the known ones: which one was meant, else something else. */
export const hintFor = (word: string, known: readonly string[], otherwise: string): string => {
  const meant = nearest(word, known);
  return meant === undefined ? otherwise : `did you mean "${meant}"?`;
};
