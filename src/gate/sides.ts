/** The two runtimes of an upgrade, and by which rules each is measured. */
import type { Rules } from '../spec/rules.js';
import type { LayoutScope } from '../properties/scope.js';
import type { Runtime } from '../targets/runtime/runtime.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';

export interface Side {
  /** As `--target` would name it; null where it is in no file. */
  readonly named: string | null;
  readonly runtime: Runtime;
  /** What of it is as specified, and so can be held against the engine. */
  readonly scope: LayoutScope;
  /** As deployed, with the revisions that this runtime has. */
  readonly base: Rules;
  /** A target of its own at each call; `fresh` ones carry nothing from one call into them to the next. */
  readonly makeTarget: (options: { readonly fresh: boolean }) => RuntimeTarget;
}

export interface Sides {
  readonly old: Side;
  readonly next: Side;
}

/** Who is asked about a step. */
export type SideName = keyof Sides;

/** The rules under which the engine speaks for each side. */
export interface Measure {
  /** What the old runtime was found to follow. */
  readonly old: Rules;
  /** That, but for what was announced. */
  readonly next: Rules;
  /** What the new runtime was found to follow: more than was announced, where nobody announced it. */
  readonly found: Rules;
}

/** For people: `new.wasm (assay-lab 9001)`. */
export const nameOf = ({ runtime: { file, version } }: Pick<Side, 'runtime'>): string =>
  `${file} (${version.spec_name} ${version.spec_version})`;
