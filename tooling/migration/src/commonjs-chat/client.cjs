/** A window of the chat. */
const io = require("socket.io-client");

/** Joins; `lines` is what the window shows. */
exports.joinChat = function joinChat(url, name) {
  const socket = io(url, { forceNew: true, auth: { name }, reconnectionDelay: 5, reconnectionDelayMax: 20 });
  const lines = [];
  socket.on("connect_error", (err) => lines.push(`! ${err.message}`));
  socket.on("chat message", (from, text) => lines.push(`${from}: ${text}`));
  socket.on("user joined", (who) => lines.push(`${who} joined`));
  socket.on("user left", (who, reason) => lines.push(`${who} left: ${reason}`));
  socket.on("picture", (from, bytes) => lines.push(`${from} shows ${bytes.toString("hex")}`));
  return { socket, lines };
};
