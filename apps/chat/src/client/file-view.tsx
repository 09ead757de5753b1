/** The file of a message: a picture and a sound are shown, anything else is there to be saved. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { PICTURE_TYPES } from "../contract.ts";
import type { ChatClient } from "./chat-client.ts";
import type { Entry } from "./room-log.ts";

interface FileViewProps {
  client: ChatClient;
  entry: Entry;
  onShown: () => void;
}

export function FileView({ client, entry, onShown }: FileViewProps): JSX.Element {
  const { fileUrl, id } = entry;
  const { name, type, size } = entry.file!; // the row shows it only then
  const isPicture = PICTURE_TYPES.includes(type);
  const isSound = type.startsWith("audio/");
  const isOnline = client.connection.state === "online";
  useEffect(() => {
    if (isOnline && id !== undefined && fileUrl === undefined && (isPicture || isSound))
      void client.loadFile(entry);
  }, [id, isOnline]);

  if (entry.status === "sending" || entry.status === "waiting") return <Progress entry={entry} />;
  if (fileUrl === undefined && (isPicture || isSound)) return <p class="file-missing">Loading {name}…</p>;
  if (isSound) return <audio class="sound" controls src={fileUrl} aria-label={name} />;
  if (isPicture) {
    return (
      <a class="picture" href={fileUrl} target="_blank">
        <img src={fileUrl} alt={`Picture from ${entry.from}: ${name}`} onLoad={onShown} />
      </a>
    );
  }
  if (fileUrl !== undefined) {
    return (
      <a class="file" href={fileUrl} download={name}>
        Save {name} <span class="file-size">{sizeInWords(size)}</span>
      </a>
    );
  }
  return (
    <button class="file" disabled={!isOnline} onClick={() => void client.loadFile(entry)}>
      {name} <span class="file-size">{sizeInWords(size)}, load</span>
    </button>
  );
}

function Progress({ entry }: { entry: Entry }): JSX.Element {
  const { name, size } = entry.file!;
  const percent = Math.round((entry.progress ?? 0) * 100);
  return (
    <div class="upload">
      <span>
        {name} <span class="file-size">{sizeInWords(size)}</span>
      </span>
      <progress max={100} value={percent} aria-label={`Sending ${name}`}>
        {percent} %
      </progress>
    </div>
  );
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
