/** What the server and the users of the messenger say to each other. */

/** A message from one user to another. */
export interface PrivateMessage {
  content: string;
  from: string;
  to: string;
}

/** Somebody in the list of users. */
export interface UserEntry {
  userID: string;
  username: string;
  connected: boolean;
  messages: PrivateMessage[];
}

/** From a user. */
export interface ClientToServerEvents {
  "private message": (message: { content: string; to: string }) => void;
  typing: (to: string) => void;
}

/** From the server. */
export interface ServerToClientEvents {
  session: (session: { sessionID: string; userID: string }) => void;
  users: (users: UserEntry[]) => void;
  "user connected": (user: UserEntry) => void;
  "user disconnected": (userID: string) => void;
  "private message": (message: PrivateMessage) => void;
  typing: (from: string) => void;
}

/** What is kept with a socket. */
export interface SocketData {
  sessionID: string;
  userID: string;
  username: string;
}
