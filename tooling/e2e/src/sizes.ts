/** Prints how much of a page the client takes: `pnpm size`. */
import { bundleClient, PROGRAMS } from "./client-bundle.ts";

for (const [name, program] of Object.entries(PROGRAMS)) {
  const { code, gzippedBytes } = await bundleClient(program);
  console.log(`${name}: ${gzippedBytes} bytes with gzip, ${code.length} minified`);
}
