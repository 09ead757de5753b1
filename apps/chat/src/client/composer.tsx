/** The field to write in. Files are pasted, dropped or chosen, notes are spoken, and both are sent as the bytes they are. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_TEXT } from "../contract.ts";
import { Attachment, complaintAbout } from "./attachment.tsx";
import type { ChatClient } from "./chat-client.ts";
import type { Entry } from "./room-log.ts";
import { useFocus } from "./use-focus.ts";
import { VoiceButton } from "./voice-button.tsx";

interface ComposerProps {
  client: ChatClient;
  /** The message that is being answered. */
  answered: Entry | undefined;
  onAnswered: () => void;
}

export function Composer({ client, answered, onAnswered }: ComposerProps): JSX.Element {
  const [text, setText] = useState("");
  const [file, setFile] = useState<File>();
  const [problem, setProblem] = useState("");
  const [isTarget, setTarget] = useState(false);
  const field = useFocus<HTMLTextAreaElement>();
  const files = useRef<HTMLInputElement>(null);
  const isEmpty = text.trim() === "" && !file;
  const title = client.titleOf(client.current);
  useEffect(() => {
    if (answered) field.current?.focus();
  }, [answered]);

  const attach = (chosen: File | undefined): boolean => {
    if (!chosen) return false;
    const complaint = complaintAbout(chosen);
    setProblem(complaint);
    if (complaint === "") setFile(chosen);
    field.current?.focus();
    return true;
  };
  const send = (): void => {
    if (isEmpty || client.current === "") return;
    client.send(text.trim(), file, answered?.id);
    setText("");
    setFile(undefined);
    onAnswered();
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
        attach(event.dataTransfer?.files[0]);
      }}
    >
      {answered && (
        <div class="answering">
          <span>
            Answering <strong>{answered.from}</strong>: {answered.text.slice(0, 80) || answered.file?.name}
          </span>
          <button type="button" aria-label="Do not answer" onClick={onAnswered}>
            ×
          </button>
        </div>
      )}
      {file && <Attachment file={file} onRemove={() => setFile(undefined)} />}
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
          onChange={({ currentTarget }) => {
            attach(currentTarget.files?.[0]);
            currentTarget.value = "";
          }}
        />
        <button
          type="button"
          class="icon"
          aria-label="Add a file"
          title="Add a file"
          onClick={() => files.current?.click()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="m20 11-8.2 8.2a5 5 0 0 1-7-7l8.6-8.7a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.6a1.7 1.7 0 0 1-2.4-2.4l7.8-7.9" />
          </svg>
        </button>
        <textarea
          ref={field}
          rows={1}
          aria-label={`Message to ${title}`}
          placeholder={`Message to ${title}`}
          maxLength={MAX_TEXT}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            if (currentTarget.value.trim() !== "") client.noteTyping();
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") onAnswered();
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            if (attach(event.clipboardData?.files[0])) event.preventDefault();
          }}
        />
        <VoiceButton onRecorded={attach} onProblem={setProblem} />
        <button class="primary" disabled={isEmpty}>
          Send
        </button>
      </div>
    </form>
  );
}
