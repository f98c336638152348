/** How a target can fail at its work. None of it is a verdict on what was tested; each is one sentence for a person. */

/** Thrown where a file holds no runtime that this project can run; begins with the file's name. */
export class UnusableRuntime extends Error {
  override readonly name = 'UnusableRuntime';
}

/** Thrown where a block can't be opened or closed: there is nothing to test then. */
export class BlockError extends Error {
  override readonly name = 'BlockError';
}

/** Thrown where a node is not there, can't be used, ended, or did not answer in time. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
}

/** Thrown out of every wait that Ctrl-C ended. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}
