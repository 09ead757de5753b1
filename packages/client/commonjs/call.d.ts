import type { AnyContract, AnyEvents, ClientEmitOf, ClientListenOf, EventMap } from "@telsiz/events";

/** `require("@telsiz/client")(address, options)`: as `io(address, options)`. */
declare function entry<Listen extends EventMap<Listen> = AnyEvents, Emit extends EventMap<Emit> = Listen>(
  options?: IoOptions,
): Socket<Listen, Emit>;
declare function entry<Listen extends EventMap<Listen> = AnyEvents, Emit extends EventMap<Emit> = Listen>(
  address: string | undefined,
  options?: IoOptions,
): Socket<Listen, Emit>;
declare function entry<C extends AnyContract>(
  options: ContractIoOptions<C>,
): Socket<ClientListenOf<C>, ClientEmitOf<C>>;
declare function entry<C extends AnyContract>(
  address: string | undefined,
  options: ContractIoOptions<C>,
): Socket<ClientListenOf<C>, ClientEmitOf<C>>;
