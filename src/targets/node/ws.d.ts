/** What is used of `ws`, which has no types of its own: those that others wrote would be a package more. */
declare module 'ws' {
  export default class WebSocket {
    constructor(url: string);
    /** Lets go of the connection at once. */
    terminate(): void;
    close(code: number): void;
    send(text: string): void;
    on(event: 'open', heard: () => void): this;
    on(event: 'error', heard: (error: Error) => void): this;
    on(event: 'close', heard: (code: number) => void): this;
    on(event: 'message', heard: (data: Buffer) => void): this;
  }
}
