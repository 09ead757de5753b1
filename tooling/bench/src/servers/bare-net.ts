/**
 * The least that a Node.js program can do: a `net` server that echoes frames and writes pre-built ones to all, one write
 * for each chunk that came. It checks nothing and knows no protocol above the frames: a floor, not a server.
 */
import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { listenAndAnnounce } from "./announce.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const BROADCAST = '42["broadcast"';
const MASK_LENGTH = 4;
const MAX_SHORT_LENGTH = 125;
const CLOSE = 0x88;

const sockets = new Set<Socket>();

listenAndAnnounce(
  createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", (request) => {
      const key = /^sec-websocket-key: (.*)\r$/im.exec(request.toString("latin1"))![1]!;
      const accept = createHash("sha1")
        .update(key + GUID)
        .digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      sockets.add(socket);
      socket.on("data", (chunk) => answer(socket, chunk));
    });
  }),
);

/** What is left of a chunk whose last frame was cut off waits for the next chunk. */
const rests = new WeakMap<Socket, Buffer>();

function answer(socket: Socket, chunk: Buffer): void {
  const rest = rests.get(socket);
  const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
  if (rest !== undefined) rests.delete(socket);
  const echoes: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const short = bytes.length - at > 3 ? bytes[at + 1]! & 0x7f : -1;
    const headerLength = short <= MAX_SHORT_LENGTH ? 2 : 4;
    const length = short <= MAX_SHORT_LENGTH ? short : bytes.readUInt16BE(at + 2);
    const start = at + headerLength + MASK_LENGTH;
    if (short === -1 || start + length > bytes.length) {
      rests.set(socket, Buffer.from(bytes.subarray(at)));
      break;
    }
    for (let index = 0; index < length; index++)
      bytes[start + index]! ^= bytes[start - MASK_LENGTH + (index & 3)]!;
    if (bytes[at] === CLOSE) return void socket.end(Buffer.of(CLOSE, 0));
    const header = Buffer.from(bytes.subarray(at, at + headerLength));
    header[1]! &= 0x7f;
    const frame = Buffer.concat([header, bytes.subarray(start, start + length)]);
    if (frame.includes(BROADCAST)) for (const other of sockets) other.write(frame);
    else echoes.push(frame);
    at = start + length;
  }
  if (echoes.length > 0) socket.write(echoes.length === 1 ? echoes[0]! : Buffer.concat(echoes));
}
