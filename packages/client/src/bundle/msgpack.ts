/** What /socket.io/socket.io.msgpack.min.js defines: `io` as in umd.ts, speaking MessagePack unless told otherwise. */
import { messagePackParser } from "@telsiz/parser";
import {
  io as find,
  type IoOptions,
  Manager as BaseManager,
  type ManagerOptions,
  protocol,
  Socket,
} from "../index.ts";

const parser = messagePackParser;

class Manager extends BaseManager {
  constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
    if (typeof uri === "object") super({ parser, ...uri });
    else super(uri, { parser, ...options });
  }
}

function io(address?: string | IoOptions, options?: IoOptions): Socket {
  return typeof address === "object" ? find({ parser, ...address }) : find(address, { parser, ...options });
}

export default Object.assign(io, { io, connect: io, Manager, Socket, protocol });
