/** An evening in the chat. Ends with an error where its users do not see what they should. */
const assert = require("node:assert/strict");
const { once } = require("node:events");
const { joinChat } = require("./client.cjs");
const { createChat } = require("./server.cjs");

/** Resolves when a window has this line. */
async function shows({ socket, lines }, line) {
  while (!lines.includes(line)) {
    await new Promise((resolve) => {
      const listener = () => {
        socket.offAny(listener);
        setImmediate(resolve); // the window has its line by then
      };
      socket.onAny(listener);
    });
  }
}

/** Leaves no connection behind that keeps the process alive. */
const ONCE = { headers: { connection: "close" } };

const next = (socket, event) => new Promise((resolve) => socket.once(event, resolve));

async function join(url, name) {
  const chatter = joinChat(url, name);
  await next(chatter.socket, "connect");
  return chatter;
}

async function evening() {
  const { httpServer, io } = createChat();
  httpServer.listen(0);
  await once(httpServer, "listening");
  const url = `http://localhost:${httpServer.address().port}`;

  const nobody = joinChat(url);
  await next(nobody.socket, "connect_error");
  assert.deepEqual(nobody.lines, ["! who are you?"]);

  const ada = await join(url, "Ada");
  const bob = await join(url, "Bob");
  await shows(ada, "Bob joined");
  assert.equal(await ada.socket.emitWithAck("chat message", "hello"), 1);
  await shows(bob, "Ada: hello");
  assert.equal(await bob.socket.timeout(10_000).emitWithAck("chat message", "hi"), 2);
  await shows(ada, "Bob: hi");
  assert.deepEqual(ada.lines, ["Bob joined", "Ada: hello", "Bob: hi"]);
  assert.equal(await ada.socket.emitWithAck("picture", Buffer.from([1, 2, 255])), 3);
  await shows(bob, "Ada shows 0102ff");

  const { id } = bob.socket;
  const back = next(bob.socket, "connect");
  io.sockets.sockets.get(id).conn.close();
  await next(bob.socket, "disconnect");
  await ada.socket.emitWithAck("chat message", "meanwhile");
  await back;
  assert.deepEqual([bob.socket.id, bob.socket.recovered], [id, true]);
  assert.deepEqual(bob.lines.filter((line) => line === "Ada: meanwhile").length, 1);

  const cem = await join(url, "Cem");
  await shows(cem, "Ada: meanwhile");
  assert.deepEqual(cem.lines, ["Ada: hello", "Bob: hi", "Ada: meanwhile"]);
  cem.socket.disconnect();
  await shows(ada, "Cem left: client namespace disconnect");

  assert.ok((await (await fetch(url, ONCE)).text()).includes('<script src="/socket.io/socket.io.js">'));
  const script = await fetch(`${url}/socket.io/socket.io.js`, ONCE);
  assert.equal(script.headers.get("content-type"), "application/javascript; charset=utf-8");
  const page = { exports: {} };
  new Function("module", "exports", await script.text())(page, page.exports);
  assert.equal(typeof page.exports.io, "function");

  for (const { socket } of [nobody, ada, bob]) socket.disconnect();
  await io.close();
}

evening();
