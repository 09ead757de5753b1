/** The whole page: first a name, then the chat. */
import type { JSX } from "preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import { TopBar } from "../top-bar.tsx";
import { ChatClient } from "./chat-client.ts";
import { ConnectionMark } from "./connection-mark.tsx";
import { Conversation } from "./conversation.tsx";
import { recall, remember } from "./identity.ts";
import { watchIdle } from "./idle-watch.ts";
import { followAddress, roomInAddress } from "./address.ts";
import { Sidebar } from "./sidebar.tsx";
import { SignIn } from "./sign-in.tsx";
import { ToastList } from "./toast-list.tsx";
import { WireDrawer } from "./wire-drawer.tsx";

const FIRST_ROOM = "lobby";
/** From this width on the wire is shown from the start. */
const WIDE = "(min-width: 75rem)";

/** What is open beside the conversation; on a narrow screen it takes its place. */
type Aside = "rooms" | "none";

export function App(): JSX.Element {
  const [client, setClient] = useState(() => {
    const credentials = recall();
    return credentials && enter(credentials.name);
  });
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => client?.watch(() => redraw(0)), [client]);
  useEffect(() => client && followAddress(client), [client]);
  useEffect(() => client && watchIdle((isIdle) => client.setIdle(isIdle)), [client]);

  if (!client || client.connection.state === "refused") {
    const problem = client?.connection.state === "refused" ? client.connection.problem : "";
    const reenter = (name: string): void => {
      client?.close();
      setClient(enter(name));
    };
    return <SignIn problem={problem} name={client?.name} onEnter={reenter} />;
  }
  return <Chat client={client} />;
}

function Chat({ client }: { client: ChatClient }): JSX.Element {
  const [aside, setAside] = useState<Aside>("none");
  const [isWireOpen, setWireOpen] = useState(() => matchMedia(WIDE).matches);
  const isOnline = client.connection.state === "online";
  return (
    <div class="app">
      <TopBar page="chat">
        <ConnectionMark connection={client.connection} />
        <button
          class="wire-button"
          aria-expanded={isWireOpen}
          aria-controls="wire"
          onClick={() => setWireOpen(!isWireOpen)}
        >
          Wire
        </button>
      </TopBar>
      <div class="chat" data-aside={aside} data-wire={isWireOpen} data-stale={!isOnline}>
        <Sidebar client={client} onChosen={() => setAside("none")} />
        <Conversation
          key={client.current}
          client={client}
          isAsideOpen={aside === "rooms"}
          onAside={() => setAside(aside === "rooms" ? "none" : "rooms")}
        />
        {isWireOpen && <WireDrawer client={client} onClose={() => setWireOpen(false)} />}
      </div>
      <ToastList toasts={client.toasts} />
    </div>
  );
}

function enter(name: string): ChatClient {
  const client = new ChatClient(remember(name));
  const { room, invite } = roomInAddress() ?? { room: FIRST_ROOM };
  client.open(room, invite);
  client.start();
  return client;
}
