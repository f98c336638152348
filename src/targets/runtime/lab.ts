/** The lab runtime among runtimes: how it is told from others, and what it is called with its settings. */
import { RELEASE_PERIOD } from '../../engine/engine.js';
import { Rules } from '../../spec/rules.js';
import { palletNamed, type LabSettings } from './genesis.js';
import type { Runtime } from './runtime.js';

/** The lab runtime as it is where nothing is set. */
export const DEPLOYED_LAB: LabSettings = { rules: Rules.deployed, releasePeriod: RELEASE_PERIOD, mutant: 0 };

/** Whether a runtime is the lab's: its rules can be set. */
export const isLab = ({ metadata }: Pick<Runtime, 'metadata'>): boolean => palletNamed(metadata, 'Lab') !== undefined;

/** What a lab runtime is set to, behind what it is called; nothing of others. */
export const labText = (lab: LabSettings | null): string =>
  lab === null ? '' : `, ${lab.rules.toString()}${lab.mutant === 0 ? '' : `, mutant ${lab.mutant}`}`;

/** What people read of a runtime: its file, what it calls itself, and its settings where it has some. */
export const runtimeName = ({ file, version }: Runtime, lab: LabSettings | null): string =>
  `runtime ${file} (${version.spec_name} ${version.spec_version}${labText(lab)})`;
