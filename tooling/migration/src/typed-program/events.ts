/** Event maps in the forms that programs give them. */

/** What clients send: with and without acknowledgement, required or not. */
export interface ClientToServerEvents {
  hello: (name: string, age?: number) => void;
  upload: (file: Buffer | ArrayBuffer, done: (error: string | null, size?: number) => void) => void;
  add: (a: number, b: number, callback: (sum: number) => void) => void;
  maybe: (callback?: (ok: boolean) => void) => void;
  nothing: () => void;
}

/** What the server sends. */
export type ServerToClientEvents = {
  welcome: (user: { id: string; roles: readonly string[] }) => void;
  confirm: (question: string, callback: (answer: "yes" | "no") => void) => void;
  tick: (at: number) => void;
};

/** What servers tell each other. */
export interface InterServerEvents {
  ping: (from: string) => void;
  count: (room: string, callback: (size: number) => void) => void;
}

/** What a socket keeps. */
export interface SocketData {
  userId: string;
  visits?: number;
}
