/** Oneself: the name, which may change at any time, and further windows. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MAX_NAME } from "../contract.ts";
import { Avatar } from "./avatar.tsx";
import type { ChatClient } from "./chat-client.ts";
import { useFocus } from "./use-focus.ts";
import { problemOf } from "./requests.ts";

export function Me({ client }: { client: ChatClient }): JSX.Element {
  const [isRenaming, setRenaming] = useState(false);
  return (
    <section class="me" aria-label="You">
      {isRenaming ? (
        <Rename client={client} onDone={() => setRenaming(false)} />
      ) : (
        <div class="me-row">
          <Avatar name={client.name} presence={client.connection.state === "online" ? "online" : "away"} />
          <strong class="me-name">{client.name}</strong>
          <button class="quiet" onClick={() => setRenaming(true)}>
            Change name
          </button>
        </div>
      )}
      <p class="me-more">
        {/* A window that this one opens starts with a copy of its session: it is the same person. */}
        <button class="link" onClick={() => open(location.href)}>
          Another window as you
        </button>
        <a href="/plain.html" target="_blank">
          The plainest page
        </a>
      </p>
    </section>
  );
}

function Rename({ client, onDone }: { client: ChatClient; onDone: () => void }): JSX.Element {
  const [name, setName] = useState(client.name);
  const [problem, setProblem] = useState("");
  const field = useFocus<HTMLInputElement>();
  const rename = async (): Promise<void> => {
    try {
      await client.rename(name);
      onDone();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}
      onKeyDown={({ key }) => {
        if (key === "Escape") onDone();
      }}
    >
      <input
        aria-label="Your new name"
        ref={field}
        maxLength={MAX_NAME}
        required
        value={name}
        aria-invalid={problem !== ""}
        aria-describedby="rename-problem"
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button class="primary">Save</button>
      <p class="problem" id="rename-problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
