/** The field to write in. A picture is pasted, dropped or chosen, and sent as the bytes it is. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_PICTURE, MAX_TEXT, PICTURE_TYPES } from "../events.ts";
import type { ChatClient } from "./chat-client.ts";

export function Composer({ client }: { client: ChatClient }): JSX.Element {
  const [text, setText] = useState("");
  const [picture, setPicture] = useState<File>();
  const [problem, setProblem] = useState("");
  const [isTarget, setTarget] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const isEmpty = text.trim() === "" && !picture;

  const attach = (list: FileList | null | undefined): boolean => {
    const file = Array.from(list ?? []).find(({ type }) => type.startsWith("image/"));
    if (!file) return false;
    const complaint = complaintAbout(file);
    setProblem(complaint);
    if (complaint === "") setPicture(file);
    field.current?.focus();
    return true;
  };
  const send = (): void => {
    if (isEmpty || client.current === "") return;
    client.send(text.trim(), picture && { type: picture.type, bytes: picture });
    setText("");
    setPicture(undefined);
  };

  return (
    <form
      class="composer"
      data-target={isTarget}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setTarget(true);
      }}
      onDragLeave={() => setTarget(false)}
      onDrop={(event) => {
        event.preventDefault();
        setTarget(false);
        attach(event.dataTransfer?.files);
      }}
    >
      {picture && <Attachment file={picture} onRemove={() => setPicture(undefined)} />}
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="composer-row">
        <input
          ref={files}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          aria-hidden="true"
          accept={PICTURE_TYPES.join(",")}
          onChange={({ currentTarget }) => {
            attach(currentTarget.files);
            currentTarget.value = "";
          }}
        />
        <button
          type="button"
          class="attach"
          aria-label="Add a picture"
          title="Add a picture"
          onClick={() => files.current?.click()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <rect x="3.5" y="5" width="17" height="14" rx="2.5" />
            <path d="m4 16 4.6-4.4 4 3.8 3-2.8L20 16.5" />
            <circle cx="15.5" cy="9.3" r="1.3" />
          </svg>
        </button>
        <textarea
          ref={field}
          rows={1}
          aria-label={`Message to ${client.current}`}
          placeholder={`Message to ${client.current}`}
          maxLength={MAX_TEXT}
          autofocus
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            if (currentTarget.value.trim() !== "") client.noteTyping();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            if (attach(event.clipboardData?.files)) event.preventDefault();
          }}
        />
        <button class="primary" disabled={isEmpty}>
          Send
        </button>
      </div>
    </form>
  );
}

function Attachment({ file, onRemove }: { file: File; onRemove: () => void }): JSX.Element {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <div class="attachment">
      {url !== undefined && <img src={url} alt="" />}
      <span>{file.name}</span>
      <button type="button" aria-label={`Remove ${file.name}`} onClick={onRemove}>
        ×
      </button>
    </div>
  );
}

function complaintAbout(file: File): string {
  if (!PICTURE_TYPES.includes(file.type)) return "A picture is a PNG, JPEG, GIF or WebP file.";
  if (file.size > MAX_PICTURE) return `A picture may have ${MAX_PICTURE / 1_000_000} MB at most.`;
  return "";
}
