/** A server that is drained while it broadcasts and answers; it tells what each of its clients was sent until it ended. */
import { createServer } from "node:http";
import { Server } from "@telsiz/server";
import { listenAndAnnounce } from "./announce.ts";

/** What came of draining it. */
export interface Drained {
  /** By the numbers that the clients gave themselves: how many broadcasts each was sent. */
  readonly sent: readonly number[];
  /** How many connections were closed before they were done. */
  readonly cutOff: number;
}

const BROADCAST_EVERY_MS = 200;
/** How long an answer takes. */
const ANSWER_MS = 1_000;

const httpServer = createServer();
const io = new Server(httpServer);
const sent: number[] = [];
let broadcasts = 0;

io.on("connection", (socket) => {
  socket.on("who", (number: number, answer: () => void) => {
    socket.data = number;
    setTimeout(answer, ANSWER_MS);
  });
  socket.on("disconnect", () => (sent[socket.data as number] = broadcasts));
});

async function drain(): Promise<Drained> {
  const timer = setInterval(() => io.emit("n", ++broadcasts), BROADCAST_EVERY_MS);
  const { cutOff } = await io.drain();
  clearInterval(timer);
  return { sent, cutOff: cutOff.length };
}

listenAndAnnounce(httpServer, drain);
