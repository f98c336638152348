/** What the script is told by its environment. A load goes to a node on this machine, and nowhere else. */

const LOOPBACK = /^(?:http|ws):\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\/?$/;

/**
 * A URL that leads to this machine.
 * @param name of the variable it came from
 * @throws Error where it leads elsewhere, or is none
 */
export const loopback = (name: string, url: string | undefined): string => {
  if (url !== undefined && LOOPBACK.test(url)) return url;
  throw new Error(
    `${name}: expected the URL of a node on this machine, such as http://127.0.0.1:9944 or ws://localhost:9944, ` +
      `came ${url ?? 'nothing'}: a load is sent to no other`,
  );
};

/** @throws Error where the variable is not set */
export const required = (name: string, value: string | undefined, what: string): string => {
  if (value !== undefined && value !== '') return value;
  throw new Error(`${name}: expected ${what}, came nothing: set the environment variable`);
};
