/** What a page gets from `<script src="/socket.io/socket.io.js">`: the global `io`, with the package hung on it. */
import { connect, io, Manager, protocol, Socket } from "../index.ts";

export default Object.assign(io, { io, connect, Manager, Socket, protocol });
