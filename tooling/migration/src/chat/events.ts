/** What the chat's server and clients say to each other. */

/** From a client. */
export interface ClientToServerEvents {
  "chat message": (text: string, clientOffset: string, done: () => void) => void;
  typing: (active: boolean) => void;
  "enter room": (room: string, callback: (members: number) => void) => void;
  "leave room": (room: string, done: () => void) => void;
  "room message": (room: string, text: string, done: () => void) => void;
  picture: (name: string, bytes: Uint8Array, callback: (result: { bytes: number }) => void) => void;
}

/** From the server. */
export interface ServerToClientEvents {
  "chat message": (from: string, text: string, serverOffset: number) => void;
  "user joined": (name: string) => void;
  "user left": (name: string, reason: string) => void;
  typing: (name: string, active: boolean) => void;
  "room message": (room: string, from: string, text: string) => void;
  picture: (from: string, name: string, bytes: Buffer) => void;
  "are you there?": (answer: (name: string) => void) => void;
}

/** Between servers. */
export interface InterServerEvents {
  "count users": (answer: (users: number) => void) => void;
}

/** What is kept with a socket. */
export interface SocketData {
  name: string;
}
