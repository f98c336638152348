/** Lives VMs' lives: each step is sent once a block has the one before. A life that gets stuck is told with its step, and left. */
import exec from 'k6/execution';
import { clearTimeout, setTimeout } from 'k6/timers';
import { callName, head, lanes, lives, wsUrl } from './document.js';
import { isRecord } from './json-rpc.js';
import { life, stepToInclusion, tellPoolAnswer, tellUnanswered } from './metrics.js';
import { Refusal, RpcSocket } from './rpc-socket.js';
import type { K6LifeStep } from './workload.js';

const OVER = ['invalid', 'dropped', 'usurped', 'finalityTimeout'];

/** What a status of the pool says of an extrinsic: undefined where it is still on its way. */
const fateIn = (status: unknown): 'included' | 'lost' | undefined => {
  const name = isRecord(status) ? Object.keys(status)[0] : status;
  if (name === 'inBlock' || name === 'finalized') return 'included';
  return OVER.some((each) => each === name) ? 'lost' : undefined;
};

/** Sends a step and waits for its block. @returns whether one has it */
const step = async (socket: RpcSocket, tx: string, [number, extrinsic]: K6LifeStep): Promise<boolean> => {
  const call = callName(number);
  const began = Date.now();
  let tell: (isIncluded: boolean) => void = () => undefined;
  const fate = new Promise<boolean>((resolve) => {
    tell = resolve;
  });
  const timer = setTimeout(() => tell(false), head.stepLimit);
  try {
    const id = await socket.subscribe('author_submitAndWatchExtrinsic', [extrinsic], (status) => {
      const came = fateIn(status);
      if (came !== undefined) tell(came === 'included');
    });
    tellPoolAnswer(tx, call, null, Date.now() - began);
    const isIncluded = await fate;
    socket.unsubscribe('author_unwatchExtrinsic', id);
    if (isIncluded) stepToInclusion.add(Date.now() - began, { call });
    return isIncluded;
  } catch (error) {
    if (error instanceof Refusal) tellPoolAnswer(tx, call, error.code, Date.now() - began);
    else tellUnanswered(tx, call);
    return false;
  } finally {
    clearTimeout(timer);
  }
};

const live = async (socket: RpcSocket, number: number): Promise<string> => {
  for (const [at, next] of (lives[number] ?? []).entries()) {
    if (!(await step(socket, `${number}.${at}`, next))) return callName(next[0]);
  }
  return 'done';
};

/** One iteration: all lives of a lane, one after the other, as long as there is time to begin one. */
export const lifecycle = async (): Promise<void> => {
  const { iterationInTest, startTime } = exec.scenario;
  const until = startTime + 1_000 * head.duration;
  const socket = await RpcSocket.open(wsUrl);
  for (const number of lanes[iterationInTest] ?? []) {
    const outcome = Date.now() < until ? await live(socket, number) : 'not begun';
    life.add(1, { outcome });
  }
  socket.close();
};
