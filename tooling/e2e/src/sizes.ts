/** Prints how much of a page the client takes, and fails above a budget: `pnpm size`. */
import { bundleClient, PROGRAMS } from "./client-bundle.ts";

for (const [name, { text, budgetBytes, goalBytes }] of Object.entries(PROGRAMS)) {
  const { code, gzippedBytes } = await bundleClient(text);
  const limits = `budget ${budgetBytes}, goal ${goalBytes}`;
  console.log(`${name}: ${gzippedBytes} bytes with gzip (${limits}), ${code.length} minified`);
  if (gzippedBytes > budgetBytes) process.exitCode = 1;
}
