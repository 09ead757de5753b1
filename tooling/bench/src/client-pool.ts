/** Opens many clients, a few at a time, so that no server's backlog overflows. */
import { Client, type ClientOwner, type ClientSettings } from "./client.ts";

const OPENING_AT_ONCE = 50;

/** Resolves with `count` clients that are ready. Their messages and their ends go to `owner`. */
export function openClients(
  count: number,
  settings: ClientSettings,
  owner: Omit<ClientOwner, "onReady">,
): Promise<readonly Client[]> {
  return new Promise((resolve) => {
    const clients: Client[] = [];
    let ready = 0;
    const openOne = (): void => {
      if (clients.length < count) clients.push(new Client(opener, settings));
    };
    const opener: ClientOwner = {
      onReady: () => {
        if (++ready === count) resolve(clients);
        else openOne();
      },
      onMessages: (client, messages, bytes) => owner.onMessages(client, messages, bytes),
      onClosed: (client) => owner.onClosed(client),
    };
    for (let opened = 0; opened < OPENING_AT_ONCE; opened++) openOne();
  });
}
