/** What an example of the tour is given: connected sockets, and a way to wait for an event. */
import { io, type Socket } from "@telsiz/client";
import { randomHex } from "../random-hex.ts";
import type { TourToPage, TourToServer } from "./events.ts";

export type TourSocket = Socket<TourToPage, TourToServer>;

/** What was seen, or is expected, under a name each. */
export type Outcome = Record<string, string>;

export interface Stage {
  /** Connected to `/tour`, for this example alone. */
  socket: TourSocket;
  /** Connects another one. */
  connect: () => Promise<TourSocket>;
  /** A word that no other window uses, for rooms and announcements. */
  token: string;
}

/** How long an example may wait for one event, in milliseconds. */
const PATIENCE = 5000;

/** Gives `perform` a stage, and clears it afterwards. */
export async function onStage<T>(perform: (stage: Stage) => Promise<T>): Promise<T> {
  const sockets: TourSocket[] = [];
  const connect = async (): Promise<TourSocket> => {
    const socket: TourSocket = io("/tour", { forceNew: true });
    sockets.push(socket);
    await within(PATIENCE, new Promise((resolve) => socket.once("connect", () => resolve(true))), "connect");
    return socket;
  };
  try {
    return await perform({ socket: await connect(), connect, token: randomHex(4) });
  } finally {
    for (const socket of sockets) socket.disconnect();
  }
}

/** The arguments of the next `event`, or of the next one that `accept` likes. */
export function next<K extends keyof TourToPage>(
  socket: TourSocket,
  event: K,
  accept: (...args: Parameters<TourToPage[K]>) => boolean = () => true,
): Promise<Parameters<TourToPage[K]>> {
  const arrival = new Promise<Parameters<TourToPage[K]>>((resolve) => {
    // The map pairs this name with these arguments, which the compiler cannot follow for a generic name.
    socket.on(event, ((...args: Parameters<TourToPage[K]>) => {
      if (accept(...args)) resolve(args);
    }) as never);
  });
  return within(PATIENCE, arrival, event);
}

function within<T>(milliseconds: number, work: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`"${what}" did not come within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
