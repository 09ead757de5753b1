/** A guest of the chat, for the tour: the bundled client, in one room. */
import { io } from "@telsiz/client";
import { chat, type Message } from "../contract.ts";
import { randomHex } from "../random-hex.ts";

export interface ChatGuest {
  /** The first text of this author that comes. */
  textFrom: (author: string) => Promise<string>;
  say: (text: string) => void;
  leave: () => void;
}

export async function enterChat(name: string, room: string): Promise<ChatGuest> {
  const auth = { name, secret: randomHex(16) };
  const socket = io("/", { contract: chat, forceNew: true, auth });
  await socket.timeout(3000).emitWithAck("join", room, 0);
  const messages: Message[] = [];
  let onMessage = (): void => {};
  socket.on("message", (message, received) => {
    received();
    messages.push(message);
    onMessage();
  });
  return {
    textFrom: (author) =>
      new Promise((resolve) => {
        onMessage = () => {
          const message = messages.find(({ from }) => from === author);
          if (message) resolve(message.text);
        };
        onMessage();
      }),
    say: (text) => void socket.emit("message", { room, key: randomHex(16), text }),
    leave: () => void socket.disconnect(),
  };
}
