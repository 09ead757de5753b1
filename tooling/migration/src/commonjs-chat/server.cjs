/** The chat of the first steps as a program of CommonJS, which calls what it requires. */
const { createServer } = require("node:http");

const PAGE = `<!doctype html>
<title>Chat</title>
<script src="/socket.io/socket.io.js"></script>
<script>const socket = io({ auth: { name: "page" } });</script>`;

/** Makes the chat; `listen` is the caller's. */
exports.createChat = function createChat() {
  const httpServer = createServer((_req, res) => {
    res.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  });
  const io = require("socket.io")(httpServer, { connectionStateRecovery: {} });
  const messages = [];

  io.use((socket, next) => {
    const { name } = socket.handshake.auth;
    if (!name) return next(new Error("who are you?"));
    socket.data.name = name;
    next();
  });

  io.on("connection", (socket) => {
    const { name } = socket.data;
    if (!socket.recovered) {
      for (const message of messages) socket.emit("chat message", ...message);
      socket.broadcast.emit("user joined", name);
    }

    socket.on("chat message", (text, done) => {
      messages.push([name, text]);
      io.emit("chat message", name, text);
      done(messages.length);
    });

    socket.on("picture", (bytes, done) => {
      socket.broadcast.emit("picture", name, bytes);
      done(bytes.length);
    });

    socket.on("disconnect", (reason) => {
      io.emit("user left", name, reason);
    });
  });

  return { httpServer, io };
};
