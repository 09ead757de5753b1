/** The application that is measured, the same for all servers that speak Socket.IO. */

import { flood, type Flood } from "./flood.ts";

/** The part of a socket that it uses. */
export interface ApplicationSocket {
  on(event: string, listener: (message: unknown, reply: unknown) => void): unknown;
  emit(event: string, message: unknown): unknown;
  join(rooms: string | string[]): unknown;
  leave(room: string): unknown;
}

/** Where a broadcast goes. */
export interface ApplicationRooms {
  to(room: string): ApplicationRooms;
  except(room: string): ApplicationRooms;
  emit(event: string, message: unknown): unknown;
}

/** The part of a server that it uses. */
export interface ApplicationServer extends ApplicationRooms {
  on(event: "connection", listener: (socket: ApplicationSocket) => void): unknown;
}

/** How many clients are measured where there are rooms, and how many of them are in one. */
const CLIENTS = 1000;
const MEMBERS = 10;

/** The program's argument for an application of a single listener, to be measured while nobody says anything. */
export const IDLE = "--idle";

/** Echoes, acknowledges and broadcasts, to rooms too where clients ask for them. */
export function serveApplication(io: ApplicationServer): void {
  if (process.argv.includes(IDLE)) return serveEcho(io);
  io.on("connection", (socket) => {
    socket.on("echo", (message) => {
      socket.emit("echo", message);
    });
    socket.on("orders", (orders) => {
      socket.emit("orders", orders);
    });
    socket.on("ask", (message, reply) => {
      (reply as (message: unknown) => void)(message);
    });
    socket.on("broadcast", (message) => {
      io.emit("news", message);
    });
    socket.on("flood", (message) => {
      flood(socket, message as Flood);
    });
    socket.on("enter", (request, reply) => {
      socket.join(roomsOf(request as Entrance));
      (reply as () => void)();
    });
    socket.on("room", (room, message) => {
      io.to(`room-${String(room)}`).emit("news", message);
    });
    socket.on("union", (message) => {
      io.to("first").to("last").except("few").emit("news", message);
    });
    socket.on("membership", (count, reply) => {
      for (let room = 0; room < (count as number); room++) {
        socket.join(`passing-${room}`);
        socket.leave(`passing-${room}`);
      }
      (reply as (count: unknown) => void)(count);
    });
  });
}

function serveEcho(io: ApplicationServer): void {
  io.on("connection", (socket) => {
    socket.on("echo", (message) => {
      socket.emit("echo", message);
    });
  });
}

/** Who enters, and how many rooms there are. */
interface Entrance {
  readonly number: number;
  readonly rooms: number;
}

/**
 * All clients together fill the rooms with ten members each; six tenths of them are in either of two more rooms, two
 * tenths in both, and one tenth in a third.
 */
function roomsOf({ number, rooms: count }: Entrance): string[] {
  const rooms: string[] = [];
  for (let place = number; place < count * MEMBERS; place += CLIENTS) {
    rooms.push(`room-${Math.floor(place / MEMBERS)}`);
  }
  const tenth = number % 10;
  if (tenth < 6) rooms.push("first");
  if (tenth >= 4) rooms.push("last");
  if (tenth === 0) rooms.push("few");
  return rooms;
}
