/** The reactions to a message; one's own may be taken back. */
import type { JSX } from "preact";
import type { ChatClient } from "./chat-client.ts";
import type { Entry } from "./room-log.ts";

export function Reactions({ client, entry }: { client: ChatClient; entry: Entry }): JSX.Element | null {
  const felt = Object.entries(entry.reactions);
  const { id } = entry;
  if (felt.length === 0 || id === undefined) return null;
  return (
    <ul class="reactions" aria-label="Reactions">
      {felt.map(([emoji, people]) => {
        const isOn = people.includes(client.me?.id ?? "");
        const names = people.map((person) => client.nameOf(person)).join(", ");
        return (
          <li key={emoji}>
            <button
              class="reaction"
              aria-pressed={isOn}
              title={names}
              onClick={() => client.react(id, emoji, !isOn)}
            >
              {emoji} {people.length}
              <span class="visually-hidden"> from {names}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
