/** One message, and for an own one how far it got. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Avatar, hueOf } from "./avatar.tsx";
import type { ChatClient } from "./chat-client.ts";
import { FileView } from "./file-view.tsx";
import { MessageEditor } from "./message-editor.tsx";
import { MessageMenu } from "./message-menu.tsx";
import { Reactions } from "./reactions.tsx";
import type { Room } from "./room.ts";
import type { Entry } from "./room-log.ts";
import { Tick } from "./tick.tsx";

interface MessageRowProps {
  client: ChatClient;
  room: Room;
  entry: Entry;
  previous: Entry | undefined;
  onAnswer: () => void;
  onPictureShown: () => void;
}

export function MessageRow(props: MessageRowProps): JSX.Element {
  const { client, room, entry, previous, onAnswer, onPictureShown } = props;
  const [isEditing, setEditing] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const isMine = client.isMine(entry);
  const isContinued = continues(entry, previous);
  const seenBy = isMine ? room.seenBy(entry).map((person) => client.nameOf(person)) : [];
  const status = seenBy.length > 0 ? "seen" : entry.status;
  const presence = room.people.includes(entry.author)
    ? (client.people.get(entry.author)?.presence ?? "online")
    : "away";

  const stopEditing = (): void => {
    setEditing(false);
    row.current?.querySelector<HTMLElement>(".menu-button")?.focus();
  };
  return (
    <>
      {entry.isCaughtUp === true && previous?.isCaughtUp !== true && (
        <li class="caught-up">
          <span>While you were away</span>
        </li>
      )}
      <li
        class="message"
        ref={row}
        data-mine={isMine}
        data-continued={isContinued}
        data-status={isMine ? status : undefined}
        data-caught-up={entry.isCaughtUp}
        data-removed={entry.isRemoved}
      >
        {!isContinued && <Avatar name={entry.from} presence={presence} />}
        <div class="message-body">
          <p class={isContinued ? "visually-hidden" : "message-head"}>
            <span class="author" style={`--hue: ${hueOf(entry.from)}`}>
              {entry.from}
            </span>{" "}
            <time dateTime={new Date(entry.sentAt).toISOString()}>{clockTime(entry.sentAt)}</time>
          </p>
          {entry.replyTo !== undefined && <Quoted room={room} id={entry.replyTo} />}
          {isEditing ? (
            <MessageEditor
              text={entry.text}
              onSave={(text) => {
                client.edit(entry.id!, text);
                stopEditing();
              }}
              onCancel={stopEditing}
            />
          ) : (
            <Words entry={entry} />
          )}
          {entry.file && <FileView client={client} entry={entry} onShown={onPictureShown} />}
          <Reactions client={client} entry={entry} />
          {entry.status === "failed" && (
            <p class="failed" role="alert">
              Not sent. {entry.problem} <button onClick={() => client.retry(entry.key)}>Try again</button>
            </p>
          )}
        </div>
        {isMine && entry.isRemoved !== true && <Tick entry={entry} seenBy={seenBy} />}
        {entry.id !== undefined && entry.isRemoved !== true && (
          <MessageMenu
            client={client}
            entry={entry}
            isMine={isMine}
            onAnswer={onAnswer}
            onEdit={() => setEditing(true)}
          />
        )}
      </li>
    </>
  );
}

function Words({ entry }: { entry: Entry }): JSX.Element | null {
  if (entry.isRemoved === true) return <p class="removed">This message was deleted.</p>;
  if (entry.text === "") return null;
  return (
    <p class="text">
      {entry.text}
      {entry.editedAt !== undefined && <span class="edited"> (edited)</span>}
    </p>
  );
}

function Quoted({ room, id }: { room: Room; id: number }): JSX.Element {
  const quote = room.log.quote(id);
  return (
    <blockquote class="quote">
      <span class="quote-from">{quote?.from ?? "An earlier message"}</span>{" "}
      {quote && (quote.text === "" ? "a file, or a message that is gone" : quote.text)}
    </blockquote>
  );
}

/** Whether a message follows one of the same author closely enough to share its heading. */
function continues(entry: Entry, previous: Entry | undefined): boolean {
  if (previous === undefined || entry.isCaughtUp !== previous.isCaughtUp) return false;
  return previous.from === entry.from && entry.sentAt - previous.sentAt < 5 * 60_000;
}

function clockTime(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
