/** Sends a client messages at a steady rate, whether it reads them or not. */
import type { ApplicationSocket } from "./application.ts";

/** How many, for how long. */
export interface Flood {
  readonly perSecond: number;
  readonly seconds: number;
  /** The argument of each. */
  readonly text: string;
}

const TICK_MS = 10;

/** Starts it. Late timers are made up for. */
export function flood(socket: ApplicationSocket, { perSecond, seconds, text }: Flood): void {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const elapsed = (performance.now() - start) / 1000;
    const due = Math.floor(Math.min(elapsed, seconds) * perSecond);
    for (; sent < due; sent++) socket.emit("flood", text);
    if (elapsed >= seconds) clearInterval(timer);
  }, TICK_MS);
}
