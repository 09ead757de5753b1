/**
 * The server half of the API tour. Each region is shown in the tour beside the page's half, as it stands here:
 * the code that is read is the code that runs.
 */
import type { Socket } from "@telsiz/server";
import { describe, describeAll } from "../tour/describe.ts";
import type { TourToPage, TourToServer } from "../tour/events.ts";
import { proveServer } from "../tour/surface/prove-server.ts";
import type { ChatServer } from "./chat-server.ts";

type TourSocket = Socket<TourToServer, TourToPage>;

/** Runs the tour on the namespace `/tour` of a server. */
export function serveTour(io: ChatServer): void {
  const tour = io.of<TourToServer, TourToPage>("/tour");

  tour.on("connection", (socket) => {
    socket.use((packet, next) => next(isSound(packet) ? undefined : new Error("not what the tour sends")));
    serveEvents(socket);
    serveQuestions(socket);
    serveLogs(socket);

    socket.on("prove the server", async (reply) => {
      reply(await proveServer());
    });

    // #region broadcast
    socket.on("announce", (text) => {
      tour.emit("announcement", text);
    });
    // #endregion

    // #region rooms
    socket.on("enter", async (room, reply) => {
      await socket.join(room);
      reply(true);
    });

    socket.on("exit", async (room, reply) => {
      await socket.leave(room);
      reply(true);
    });

    socket.on("tell members", (room, text) => {
      tour.to(room).emit("told", room, text);
    });

    socket.on("tell others", (room, text) => {
      tour.except(room).emit("told", room, text);
    });
    // #endregion
  });
}

function serveEvents(socket: TourSocket): void {
  // #region basic-emit
  socket.on("say", (word) => {
    socket.emit("heard", word);
    socket.emit("say", "Hoş geldin");
  });
  // #endregion

  // #region any-arguments
  socket.on("order", (...order) => {
    socket.emit("ordered", describeAll(order), ...order);
  });
  // #endregion

  // #region binary
  socket.on("upload", (bytes) => {
    socket.emit("uploaded", describe(bytes));
  });

  socket.on("send bytes", () => {
    const buffer = Buffer.from("çay");
    const array = new Uint16Array([1, 2]);
    const { buffer: raw } = new Uint8Array([7, 8, 9]);
    socket.emit("bytes", buffer, array, raw);
  });
  // #endregion

  // #region objects
  socket.on("reading", (reading) => {
    socket.emit("noted", describe(reading), { ...reading, celsius: [19, 20.5] });
  });
  // #endregion
}

function serveQuestions(socket: TourSocket): void {
  // #region acknowledgements
  socket.on("add", (a, b, reply) => {
    reply({ sum: a + b });
  });

  socket.on("ponder", () => {
    // never answers
  });
  // #endregion

  // #region callbacks
  socket.on("quiz me", () => {
    const ask = socket.timeout(2000);
    ask.emit("question", "7 × 6?", (error, answer) => {
      const text = error ? error.message : answer.text;
      socket.timeout(50).emit("riddle", (silence) => {
        socket.emit("marked", text, silence?.message ?? "solved");
      });
    });
  });
  // #endregion

  // #region promises
  socket.on("quiz me with promises", async () => {
    try {
      const answer = await socket.timeout(2000).emitWithAck("question", "9 × 9?");
      const riddle = await socket
        .timeout(50)
        .emitWithAck("riddle")
        .then(() => "solved", messageOf);
      socket.emit("marked", answer.text, riddle);
    } catch {
      // the page left before it answered
    }
  });
  // #endregion
}

function serveLogs(socket: TourSocket): void {
  // #region catch-all
  socket.on("start a log", (direction) => {
    const lines: string[] = [];
    const note = (event: string, ...args: unknown[]): void => {
      lines.push(`${event}(${describeAll(args)})`);
    };
    if (direction === "incoming") socket.onAny(note);
    else socket.onAnyOutgoing(note);
    socket.on("read the log", (reply) => reply(lines));
  });

  socket.on("send fruit", () => {
    socket.emit("apple", 1);
    socket.emit("pear", 2, "ripe");
  });
  // #endregion
}

/** What the listeners above rely on. Whatever else a client sends ends here. */
function isSound([event, ...args]: readonly unknown[]): boolean {
  const last = args.at(-1);
  if (event === "add" || event === "read the log" || event === "prove the server")
    return typeof last === "function";
  if (event === "enter" || event === "exit") return isRoom(args[0]) && typeof last === "function";
  if (event === "tell members" || event === "tell others") return isRoom(args[0]);
  return true;
}

/** A room of the tour, which no socket's own room can be mistaken for. */
function isRoom(name: unknown): boolean {
  return typeof name === "string" && /^tour [0-9a-f]{1,32}$/.test(name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
