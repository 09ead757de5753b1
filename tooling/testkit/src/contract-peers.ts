/**
 * A server and clients that share a contract, over real connections. Unless a test says otherwise, `validate` is on both
 * ways: what either side sends is checked where it is sent, so that a mistake of the test's own fails it on the spot.
 */
import { type ContractIoOptions, io as connect, type Socket as ClientSocket } from "@telsiz/client";
import type {
  AnyContract,
  AnyEvents,
  ClientEmitOf,
  ClientListenOf,
  ContractOptions,
  EventMap,
  ServerContract,
} from "@telsiz/events";
import { type NamespaceOptions, Server, type ServerOptions } from "@telsiz/server";
import { openHttpPort } from "./http-port.ts";

/** For a side that sends what does not fit, as a stranger would. */
export const SENDS_ANYTHING: ContractOptions = { validate: { outgoing: false } };

/** A server of a contract, which listens. */
export interface ContractServer<Io> {
  readonly io: Io;
  readonly url: string;
  /** Ends the server and its connections. */
  close(): Promise<void>;
}

/** What a namespace may be given beside its contract. */
type TermsBesideContract = Omit<NamespaceOptions<AnyEvents, AnyEvents, AnyEvents, unknown>, "contract">;

/** Opens a server whose main namespace has `contract`. */
export async function openContractServer<
  Listen extends EventMap<Listen>,
  Emit extends EventMap<Emit>,
  ServerSide extends EventMap<ServerSide>,
  SocketData,
>(
  contract: ServerContract<Listen, Emit, ServerSide, SocketData>,
  options: Partial<ServerOptions> & TermsBesideContract = {},
): Promise<ContractServer<Server<Listen, Emit, ServerSide, SocketData>>> {
  const port = await openHttpPort();
  const io = new Server(port.server, { ...options, contract, validate: bothWays(options) });
  const close = async (): Promise<void> => {
    await io.close();
    await port.close();
  };
  return { io, url: port.url, close };
}

/** Opens a client of its own connection, over WebSocket unless `options` say otherwise. */
export function openContractClient<C extends AnyContract>(
  url: string,
  options: ContractIoOptions<C>,
): ClientSocket<ClientListenOf<C>, ClientEmitOf<C>> {
  return connect(url, {
    transports: ["websocket"],
    forceNew: true,
    ...options,
    validate: bothWays(options),
  });
}

function bothWays({ validate }: ContractOptions): NonNullable<ContractOptions["validate"]> {
  return { incoming: true, outgoing: true, ...validate };
}
