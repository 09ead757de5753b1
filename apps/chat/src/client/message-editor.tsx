/** Changes the text of an own message. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MAX_TEXT } from "../contract.ts";
import { useFocus } from "./use-focus.ts";

interface MessageEditorProps {
  text: string;
  onSave: (text: string) => void;
  onCancel: () => void;
}

export function MessageEditor({ text, onSave, onCancel }: MessageEditorProps): JSX.Element {
  const [draft, setDraft] = useState(text);
  const field = useFocus<HTMLTextAreaElement>();
  const isEmpty = draft.trim() === "";
  const save = (): void => {
    if (!isEmpty) onSave(draft.trim());
  };
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <textarea
        ref={field}
        aria-label="Edit the message"
        maxLength={MAX_TEXT}
        value={draft}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel();
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          save();
        }}
      />
      <div class="editor-actions">
        <button class="primary" disabled={isEmpty}>
          Save
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
