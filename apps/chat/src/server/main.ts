/**
 * Starts the demo and prints its address.
 *
 * Environment: `PORT` (3000), `HOST` (127.0.0.1), `CHAT_DATABASE` (a file, or `:memory:`).
 */
import { fileURLToPath } from "node:url";
import { createChat } from "./create-chat.ts";

const { PORT, HOST, CHAT_DATABASE } = process.env;
const defaultDatabase = fileURLToPath(new URL("../../data/chat.db", import.meta.url));

const chat = await createChat({
  port: Number(PORT ?? 3000),
  ...(HOST !== undefined && { host: HOST }),
  database: CHAT_DATABASE ?? defaultDatabase,
});
console.log(`Telsiz chat: ${chat.url}   (API tour: /tour, messages in ${chat.store.name}, Ctrl+C ends)`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void chat.close());
}
