/** Who is in the room, who was, and when they were here last. */
import type { JSX } from "preact";
import type { Person, Presence } from "../contract.ts";
import { Avatar } from "./avatar.tsx";
import type { ChatClient } from "./chat-client.ts";

interface PeopleListProps {
  client: ChatClient;
  onWrite: (person: string) => void;
}

export function PeopleList({ client, onWrite }: PeopleListProps): JSX.Element {
  const room = client.rooms.get(client.current);
  const ids = new Set([...(room?.people ?? []), ...(room?.seen.keys() ?? [])]);
  const people = [...ids].flatMap((id) => client.people.get(id) ?? []);
  const shown = people.map((person) => ({ ...person, presence: presenceIn(room?.people ?? [], person) }));
  shown.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  return (
    <section class="people" aria-labelledby="people-heading">
      <h2 id="people-heading">People</h2>
      <ul>
        {shown.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            isMe={person.id === client.me?.id}
            onWrite={() => onWrite(person.id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface PersonRowProps {
  person: Person;
  isMe: boolean;
  onWrite: () => void;
}

function PersonRow({ person, isMe, onWrite }: PersonRowProps): JSX.Element {
  const { name, presence } = person;
  const inside = (
    <>
      <Avatar name={name} presence={presence} />
      <span class="person-name">
        {name}
        <span class="person-mark">{isMe ? "you" : presenceInWords(person)}</span>
      </span>
    </>
  );
  return (
    <li data-person={name} data-presence={presence}>
      {isMe ? (
        <span class="person">{inside}</span>
      ) : (
        <button class="person" title={`Write to ${name}`} onClick={onWrite}>
          {inside}
        </button>
      )}
    </li>
  );
}

/** Somebody who is here may still be in other rooms only. */
function presenceIn(ids: readonly string[], { id, presence }: Person): Presence {
  return ids.includes(id) ? presence : "away";
}

function rank({ presence }: Person): number {
  return ["online", "idle", "away"].indexOf(presence);
}

function presenceInWords({ presence, seenAt }: Person): string {
  if (presence !== "away") return presence;
  const minutes = Math.floor((Date.now() - seenAt) / 60_000);
  if (minutes < 1) return "was here just now";
  if (minutes < 60) return `was here ${minutes} min ago`;
  if (minutes < 24 * 60) return `was here ${Math.floor(minutes / 60)} h ago`;
  return `was here ${new Date(seenAt).toLocaleDateString()}`;
}
