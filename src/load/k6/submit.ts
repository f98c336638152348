/** Sends the arrival whose turn it is, and tells what the pool says. */
import { check } from 'k6';
import exec from 'k6/execution';
import { arrivals, callName } from './document.js';
import { behindPlan, tellPoolAnswer, tellUnanswered } from './metrics.js';
import { ask } from './rpc-http.js';

/** One iteration. The executor may begin one more than were planned. */
export const submit = (): void => {
  const { iterationInTest: number, startTime } = exec.scenario;
  const arrival = number < arrivals.length ? arrivals[number] : undefined;
  if (arrival === undefined) return;
  const [at, call, extrinsic] = arrival;
  behindPlan.add(Date.now() - startTime - at);
  const { answer, duration } = ask('author_submitExtrinsic', [extrinsic]);
  check(answer, { 'the pool answered': (came) => came !== undefined });
  const tx = String(number);
  if (answer === undefined) tellUnanswered(tx, callName(call));
  else tellPoolAnswer(tx, callName(call), answer.kind === 'refusal' ? answer.code : null, duration);
};
