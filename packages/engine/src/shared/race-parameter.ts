/**
 * The parameter of the query that all requests have by which a client opens one session over several transports (docs/wire.md);
 * a server that knows of it says so in the field `race` of the open packet.
 */
export const RACE_PARAMETER = "telsiz-race";
