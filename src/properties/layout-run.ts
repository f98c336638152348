/** The layout check as a suite: told before anything runs, because it says what the rest can speak of. */
import type { Hex } from '../spec/hex.js';
import type { Emit, SuiteFinished, Verdict } from '../spec/run-events.js';
import type { FoundPallet, Layout, PalletLayout } from '../targets/layout.js';

export interface LayoutRunOptions {
  /** How people call the runtime. */
  readonly name: string;
  /** `blake2_256` of its code, where nothing else tells it. */
  readonly codeHash?: Hex;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
}

/** The stand-in for a marketplace is the lab's and the recordings': a chain that has none is no chain without the pallet. */
const STAND_IN = 'Marketplace';

const isMissed = (pallet: PalletLayout): boolean => pallet.verdict === 'absent' && pallet.specified !== STAND_IN;

const placeOf = ({ specified, name, index }: FoundPallet): string =>
  name === specified ? `${name} ${index}` : `${specified} as ${name} ${index}`;

const summaryOf = (pallets: readonly PalletLayout[], differences: number): string => {
  const absent = pallets.flatMap((pallet) => (pallet.verdict === 'absent' && isMissed(pallet) ? [pallet] : []));
  const found = pallets.flatMap((pallet) => (pallet.verdict === 'found' ? [placeOf(pallet)] : []));
  return [
    ...absent.map(({ reason }) => reason),
    `there: ${found.join(', ') || 'none of the pallets'}`,
    ...(differences > 0 ? [`${differences} differences`] : []),
  ].join('; ');
};

/** Tells a runtime's layout. @returns what the suite came to; also emitted. */
export const tellLayout = (layout: Layout, { name, codeHash, emit, now }: LayoutRunOptions): SuiteFinished => {
  const started = now();
  const suite = `layout of ${name}`;
  emit({ type: 'suite-started', suite, kind: 'layout', target: name, ...(codeHash && { code: { [name]: codeHash } }) });
  const pallets = Object.values(layout.pallets);
  for (const { path, expected, observed, sentence } of layout.findings) {
    emit({ type: 'layout-finding', suite, path, expected, observed, sentence });
  }
  for (const path of layout.missing) {
    const sentence = `\`${path}\` is not there: what needs it is not covered.`;
    emit({ type: 'layout-finding', suite, path, expected: 'as specified', observed: 'nothing', sentence });
  }
  const differences = layout.findings.length + layout.missing.length;
  const verdict: Verdict = differences > 0 ? 'finding' : pallets.some(isMissed) ? 'absent' : 'conforms';
  const summary = summaryOf(pallets, differences);
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict,
    scenarios: 0,
    steps: 0,
    differences,
    summary,
    elapsed: now() - started,
  };
  emit(finished);
  return finished;
};
