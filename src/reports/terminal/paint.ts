/**
 * Colours, and whether a stream takes them. By the stream itself, since a run may be told on stderr while stdout is a file.
 * `NO_COLOR` (https://no-color.org) has the last word; without colours there is no other escape sequence either.
 */
import pc from 'picocolors';
import type { Verdict } from '../../spec/run-events.js';
import { printable } from '../text.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Colour = (text: string) => string;

/** Whether something is a terminal: undefined where it is none, whatever the types say. */
export type Screen = Pick<NodeJS.WriteStream, 'isTTY'>;

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

const isDumb = ({ TERM }: Environment): boolean => TERM === 'dumb';

/** `FORCE_COLOR=0` and `=false` are as good as `NO_COLOR`; a CI's log shows colours, though it is no terminal. */
export const takesColours = ({ isTTY }: Screen, env: Environment): boolean => {
  const { NO_COLOR, FORCE_COLOR, CI } = env;
  if (isSet(NO_COLOR) || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return false;
  if (isSet(FORCE_COLOR)) return true;
  return !isDumb(env) && (isTTY || isSet(CI));
};

/** Whether a line can be drawn over: that takes escape sequences, too. */
export const canBeDrawnOver = (screen: Screen, env: Environment): boolean =>
  screen.isTTY && !isDumb(env) && takesColours(screen, env);

export interface Paint {
  readonly red: Colour;
  readonly yellow: Colour;
  readonly verdict: (verdict: Verdict, text: string) => string;
  /** What is written, but for the control characters in it that are not of these colours: runtimes have their say in it. */
  readonly clean: (text: string) => string;
}

// eslint-disable-next-line no-control-regex
const OURS = /(\u001b\[(?:31|32|33|39)m)/;

/** A tab is as wide as it likes: no table, and no count of lines, bears that. */
export const shownText = (text: string): string => printable(text).replaceAll('\t', ' ');

export const paintOf = (isColoured: boolean): Paint => {
  const { red, yellow, green } = pc.createColors(isColoured);
  const verdicts: Readonly<Record<Verdict, Colour>> = {
    conforms: green,
    deviates: yellow,
    finding: red,
    unattributed: red,
    absent: red,
    'not covered': yellow,
    vacuous: yellow,
    error: red,
  };
  const cleanColoured = (text: string): string =>
    text
      .split(OURS)
      .map((part) => (OURS.test(part) ? part : shownText(part)))
      .join('');
  return {
    red,
    yellow,
    verdict: (verdict, text) => verdicts[verdict](text),
    clean: isColoured ? cleanColoured : shownText,
  };
};
