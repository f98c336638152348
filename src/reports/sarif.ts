/**
 * A run as SARIF 2.1.0, for GitHub's code scanning and whatever else reads it. Open results are errors; what is announced or
 * accepted is suppressed with its reason, so that it is seen and no alert. What could not be checked is a notification.
 */
import { createHash } from 'node:crypto';
import type { Invocation, Log, Notification, ReportingDescriptor, Result as SarifResult } from 'sarif';
import { exitOf, meaningOf, type CollectedRun, type CollectedSuite } from './collected-run.js';
import { explanation, type Result, type ResultRule } from './results.js';
import { relativeUri, testedFile } from './tested-file.js';
import { counted, printable, shortened } from './text.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const INFORMATION = 'https://www.npmjs.com/package/pallet-assay';
/** GitHub shows so much of a message. */
const MESSAGE = 1_000;
const DETAIL = 4_000;

const message = (text: string): { text: string } => ({ text: printable(shortened(text, MESSAGE)) });

interface RuleText {
  readonly name: string;
  readonly short: string;
  readonly help: string;
}

const RULES: Readonly<Record<ResultRule, RuleText>> = {
  interface: {
    name: 'InterfaceChange',
    short: 'The upgrade changes the interface',
    help: 'A call, event, error, storage item or constant is not what it was: who encodes or decodes it by the old metadata is misled. Announce it in the expectations file, or keep the old one.',
  },
  rule: {
    name: 'RuleChange',
    short: 'The new runtime follows another rule',
    help: 'A named deviation or revision of the pallet holds in one runtime and not in the other. Announce it in the expectations file if it is meant.',
  },
  behaviour: {
    name: 'BehaviourChange',
    short: 'The new runtime does otherwise than the old one',
    help: 'The same calls in the same state came to another outcome, other events or other storage. The steps show it; the command replays them.',
  },
  upgrade: {
    name: 'UpgradeDamage',
    short: 'The upgrade harms the state that is there',
    help: 'State that the old runtime wrote is lost, unreadable or changed once the new one runs. It needs a storage migration.',
  },
  cost: {
    name: 'CostChange',
    short: 'The new runtime costs more',
    help: 'A call reads or writes more storage than it did. Its weight must tell so.',
  },
  expectation: {
    name: 'WrongExpectation',
    short: 'An expectation went wrong',
    help: 'Something that was announced did not happen, or an acceptance has expired. Bring the expectations file up to date.',
  },
  growth: {
    name: 'CallGrowth',
    short: 'A call costs more than its limit',
    help: 'What a call reads, writes or takes grows with the state faster than was allowed. Bound the list, or index what is scanned.',
  },
  state: {
    name: 'BrokenState',
    short: 'A state breaks an invariant',
    help: 'Keys of the state as it is contradict each other: whoever relies on them is misled, whatever brought that about.',
  },
  load: {
    name: 'LoadFailure',
    short: 'A load is not borne as it should be',
    help: 'Under load a threshold was crossed, or calls were lost, duplicated or late.',
  },
  layout: {
    name: 'LayoutDifference',
    short: 'The interface is not the specified one',
    help: "The runtime's metadata has a call, event, storage item or error otherwise than the specification, or not at all.",
  },
  difference: {
    name: 'Difference',
    short: 'The target does otherwise than expected',
    help: "A step's outcome, events, storage or validity was not what was recorded, or what the reference engine says.",
  },
  counterexample: {
    name: 'Counterexample',
    short: 'Generated calls make the target part from the reference engine',
    help: 'The shortest sequence of calls that shows it was kept as a recording; the command replays it.',
  },
  invariant: {
    name: 'BrokenInvariant',
    short: 'An invariant breaks',
    help: 'The shortest sequence of calls that breaks it was kept as a recording; the command replays it.',
  },
};

const ruleIds = Object.keys(RULES) as readonly ResultRule[];

const descriptor = (id: ResultRule): ReportingDescriptor => {
  const { name, short, help } = RULES[id];
  return {
    id,
    name,
    shortDescription: { text: short },
    fullDescription: { text: help },
    help: { text: help, markdown: help },
    helpUri: INFORMATION,
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['runtime', id] },
  };
};

/** What GitHub makes of a line's content, of a result that has no line: 16 hex digits and a count. */
const lineHash = (id: string): string => `${createHash('sha256').update(id).digest('hex').slice(0, 16)}:1`;

const suppressionsOf = ({ status, reason }: Result): Pick<SarifResult, 'suppressions'> =>
  status === 'open' || status === 'harmless'
    ? {}
    : {
        suppressions: [
          { kind: 'external', status: 'accepted', justification: printable(shortened(reason ?? status, MESSAGE)) },
        ],
      };

const resultFrom = (result: Result, tested: string, folder: string): SarifResult => {
  const { rule, id, part, sentence, status, place, evidence } = result;
  const uri = relativeUri(printable(place?.file ?? tested), folder);
  const pallet = part.split('.')[0] ?? part;
  return {
    ruleId: rule,
    ruleIndex: ruleIds.indexOf(rule),
    level: status === 'open' ? 'error' : 'note',
    message: message(sentence),
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, region: { startLine: Math.max(place?.line ?? 1, 1) } },
        logicalLocations: [
          { fullyQualifiedName: printable(part), name: printable(part.slice(pallet.length + 1) || part) },
        ],
      },
    ],
    ...(evidence !== undefined && {
      relatedLocations: [
        {
          id: 0,
          physicalLocation: { artifactLocation: { uri: relativeUri(printable(evidence), folder) } },
          message: { text: 'the recording that shows it' },
        },
      ],
    }),
    partialFingerprints: { 'assayId/v1': printable(id), primaryLocationLineHash: lineHash(id) },
    ...suppressionsOf(result),
    properties: {
      id: printable(id),
      status,
      suite: printable(result.suite),
      explanation: explanation(result).map((line) => printable(shortened(line, DETAIL))),
    },
  };
};

const notificationsOf = (collected: CollectedSuite, exit: number): Notification[] => {
  const { suite, finished, notCovered, notReached, more } = collected;
  const whole = (level: Notification['level'], text: string): Notification => ({
    level,
    message: message(`${suite}: ${text}`),
  });
  return [
    ...(finished ? [] : [whole(exit === 2 ? 'error' : 'warning', 'did not come to its end')]),
    ...(finished?.verdict === 'error' ? [whole('error', finished.summary)] : []),
    ...(finished && ['vacuous', 'not covered', 'absent'].includes(finished.verdict)
      ? [whole('warning', `${finished.verdict}: ${finished.summary}`)]
      : []),
    ...notCovered.map(({ what, reason, count }) =>
      whole('note', `not covered: ${what} (${counted(count, 'time')}): ${reason}`),
    ),
    ...(notReached.length === 0 ? [] : [whole('note', `not reached: ${notReached.join(', ')}`)]),
    ...(more === 0 ? [] : [whole('note', `${counted(more, 'more result')} found, and not listed here`)]),
  ];
};

const invocationOf = (run: CollectedRun): Invocation => {
  const { started, finished, suites } = run;
  const exit = exitOf(run);
  const words = finished?.message ?? '';
  const ended =
    started && finished ? { endTimeUtc: new Date(Date.parse(started.time) + finished.elapsed).toISOString() } : {};
  return {
    // Exit code 1 is a verdict, no failure of the tool.
    executionSuccessful: exit === 0 || exit === 1,
    exitCode: exit,
    exitCodeDescription: meaningOf(exit),
    ...(started && { arguments: started.command.map(printable), startTimeUtc: started.time }),
    ...ended,
    toolExecutionNotifications: [
      ...(exit === 2 && words !== '' ? [{ level: 'error' as const, message: message(words) }] : []),
      ...suites.flatMap((suite) => notificationsOf(suite, exit)),
    ],
  };
};

export interface SarifOptions {
  /** What paths are made relative to. */
  readonly folder: string;
}

export const sarifLog = (run: CollectedRun, { folder }: SarifOptions): Log => {
  const { started, suites } = run;
  const command = started?.command ?? [];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'assay',
            informationUri: INFORMATION,
            rules: ruleIds.map(descriptor),
            ...(started && { version: started.version, semanticVersion: started.version }),
          },
        },
        automationDetails: { id: `assay/${command[0] ?? 'run'}/` },
        invocations: [invocationOf(run)],
        columnKind: 'utf16CodeUnits',
        results: suites.flatMap(({ results, started: suite }) =>
          results.map((result) => resultFrom(result, testedFile(command, suite?.target), folder)),
        ),
      },
    ],
  };
};

export const sarifReport = (run: CollectedRun, options: SarifOptions): string =>
  JSON.stringify(sarifLog(run, options), null, 2) + '\n';
