/** What one can do with a message, behind one button: so that the keyboard passes each message in one step. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { REACTIONS } from "../contract.ts";
import type { ChatClient } from "./chat-client.ts";
import type { Entry } from "./room-log.ts";

interface MessageMenuProps {
  client: ChatClient;
  entry: Entry;
  isMine: boolean;
  onAnswer: () => void;
  onEdit: () => void;
}

export function MessageMenu({ client, entry, isMine, onAnswer, onEdit }: MessageMenuProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = entry.id!; // only messages that the server has have a menu
  useEffect(() => {
    if (isOpen) box.current?.querySelector<HTMLElement>(".menu button")?.focus();
  }, [isOpen]);
  const act = (action: () => void) => (): void => {
    setOpen(false);
    button.current?.focus();
    action();
  };
  return (
    <div
      class="menu-box"
      ref={box}
      onKeyDown={({ key }) => {
        if (key === "Escape") act(() => {})();
      }}
      onFocusOut={({ relatedTarget }) => {
        if (!box.current?.contains(relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <button
        class="menu-button"
        ref={button}
        aria-expanded={isOpen}
        aria-label={`Actions for “${entry.text.slice(0, 40) || entry.file?.name}”`}
        onClick={() => setOpen(!isOpen)}
      >
        ⋯
      </button>
      {isOpen && (
        <div class="menu" role="group" aria-label="Actions">
          <div class="menu-emoji">
            {REACTIONS.map((emoji) => (
              <button
                key={emoji}
                aria-label={`React with ${emoji}`}
                onClick={act(() => client.react(id, emoji, true))}
              >
                {emoji}
              </button>
            ))}
          </div>
          <button onClick={act(onAnswer)}>Reply</button>
          {isMine && <button onClick={act(onEdit)}>Edit</button>}
          {isMine && (
            <button class="danger" onClick={act(() => client.remove(id))}>
              Delete
            </button>
          )}
        </div>
      )}
    </div>
  );
}
