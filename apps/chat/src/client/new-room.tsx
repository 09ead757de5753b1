/** Makes a room, for everybody or by invitation. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ChatClient } from "./chat-client.ts";
import { problemOf } from "./requests.ts";

interface NewRoomProps {
  client: ChatClient;
  onCreated: () => void;
}

export function NewRoom({ client, onCreated }: NewRoomProps): JSX.Element {
  const [name, setName] = useState("");
  const [isPrivate, setPrivate] = useState(false);
  const [problem, setProblem] = useState("");
  const room = name.trim();
  const create = async (): Promise<void> => {
    try {
      await client.create(room, isPrivate);
      setName("");
      setPrivate(false);
      setProblem("");
      onCreated();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <form
      class="new-room"
      onSubmit={(event) => {
        event.preventDefault();
        if (room !== "") void create();
      }}
    >
      <div class="new-room-row">
        <input
          aria-label="Name of a new room"
          placeholder="New room"
          maxLength={32}
          value={name}
          aria-invalid={problem !== ""}
          aria-describedby="new-room-problem"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button aria-label="Create the room" disabled={room === ""}>
          +
        </button>
      </div>
      {room !== "" && (
        <label class="check">
          <input
            type="checkbox"
            checked={isPrivate}
            onChange={(event) => setPrivate(event.currentTarget.checked)}
          />
          By invitation only
        </label>
      )}
      <p class="problem" id="new-room-problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
