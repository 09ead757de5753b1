/** One message, and for an own one how far it got. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Avatar, hueOf } from "./avatar.tsx";
import type { ChatClient } from "./chat-client.ts";
import type { Entry } from "./room-log.ts";

interface MessageRowProps {
  client: ChatClient;
  entry: Entry;
  /** The message before is of the same author: name and avatar need not be said again. */
  isContinued: boolean;
  isOnline: boolean;
  onPictureShown: () => void;
}

export function MessageRow({
  client,
  entry,
  isContinued,
  isOnline,
  onPictureShown,
}: MessageRowProps): JSX.Element {
  const isMine = entry.from === client.name;
  const { connection, current } = client;
  useEffect(() => {
    const isMissing = entry.hasPicture && entry.pictureUrl === undefined;
    if (isMissing && connection.state === "online") void client.loadPicture(current, entry.key);
  }, [entry.key, connection.state]);

  return (
    <li
      class="message"
      data-mine={isMine}
      data-continued={isContinued}
      data-status={isMine ? entry.status : undefined}
    >
      {!isContinued && <Avatar name={entry.from} isOnline={isOnline} />}
      <div class="message-body">
        <p class={isContinued ? "visually-hidden" : "message-head"}>
          <span class="author" style={`--hue: ${hueOf(entry.from)}`}>
            {entry.from}
          </span>{" "}
          <time dateTime={new Date(entry.sentAt).toISOString()}>{clockTime(entry.sentAt)}</time>
        </p>
        {entry.text !== "" && <p class="text">{entry.text}</p>}
        {entry.hasPicture && <Picture entry={entry} onShown={onPictureShown} />}
        {entry.status === "failed" && (
          <p class="failed" role="alert">
            Not sent. {entry.problem} <button onClick={() => client.retry(entry.key)}>Try again</button>
          </p>
        )}
      </div>
      {isMine && <Tick entry={entry} />}
    </li>
  );
}

function Picture({ entry, onShown }: { entry: Entry; onShown: () => void }): JSX.Element {
  if (entry.pictureUrl === undefined) return <p class="picture-missing">Loading the picture…</p>;
  return (
    <a class="picture" href={entry.pictureUrl} target="_blank">
      <img src={entry.pictureUrl} alt={`Picture from ${entry.from}`} onLoad={onShown} />
    </a>
  );
}

function Tick({ entry }: { entry: Entry }): JSX.Element {
  const [mark, words] = tickOf(entry);
  return (
    <span class="tick" title={words}>
      <span aria-hidden="true">{mark}</span>
      <span class="visually-hidden">{words}</span>
    </span>
  );
}

function tickOf({ status, pages }: Entry): [mark: string, words: string] {
  switch (status) {
    case "waiting":
      return ["◷", "Waiting for the connection"];
    case "sending":
      return ["…", "Sending"];
    case "sent":
      return ["✓", "Kept by the server"];
    case "delivered":
      return ["✓✓", `Delivered to ${pages} ${pages === 1 ? "window" : "windows"}`];
    case "failed":
      return ["!", "Not sent"];
  }
}

function clockTime(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
