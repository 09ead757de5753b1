/** Finds messages in all rooms that one is in. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Message } from "../contract.ts";
import type { ChatClient } from "./chat-client.ts";
import { useFocus } from "./use-focus.ts";
import { problemOf } from "./requests.ts";

interface SearchPanelProps {
  client: ChatClient;
  onDone: () => void;
}

export function SearchPanel({ client, onDone }: SearchPanelProps): JSX.Element {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<Message[]>();
  const [problem, setProblem] = useState("");
  const field = useFocus<HTMLInputElement>();
  const search = async (): Promise<void> => {
    try {
      setFound(await client.search(words));
      setProblem("");
    } catch (error) {
      setFound(undefined);
      setProblem(problemOf(error));
    }
  };
  return (
    <section
      class="search"
      aria-label="Search"
      onKeyDown={({ key }) => {
        if (key === "Escape") onDone();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <input
          ref={field}
          type="search"
          aria-label="Words to search for"
          placeholder="Search in your rooms"
          maxLength={100}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <button class="primary">Find</button>
        <button type="button" aria-label="Close the search" onClick={onDone}>
          ×
        </button>
      </form>
      <p class="problem" role="alert">
        {problem}
      </p>
      <p class="search-count" role="status">
        {found && countInWords(found.length)}
      </p>
      <ul>
        {found?.map((message) => (
          <li key={message.id}>
            <button class="found" onClick={() => client.open(message.room)}>
              <span class="found-head">
                {message.from} in {client.titleOf(message.room)},{" "}
                {new Date(message.sentAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}
              </span>
              <span class="found-text">{message.text}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function countInWords(count: number): string {
  if (count === 0) return "Nothing found.";
  return count === 1 ? "One message found." : `${count} messages found.`;
}
