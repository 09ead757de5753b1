/** Prints how much of a page the client takes, and fails above a budget: `pnpm size`. */
import { bundleClient, PROGRAMS } from "./client-bundle.ts";

const sizes = new Map<string, number>();
for (const [name, { text, budgetBytes, goalBytes }] of Object.entries(PROGRAMS)) {
  const { code, gzippedBytes } = await bundleClient(text);
  sizes.set(name, gzippedBytes);
  const limits = `budget ${budgetBytes}, goal ${goalBytes}`;
  console.log(`${name}: ${gzippedBytes} bytes with gzip (${limits}), ${code.length} minified`);
  if (gzippedBytes > budgetBytes) process.exitCode = 1;
}
const [plain, withContract] = ["every transport", "every transport and a contract"].map((name) =>
  sizes.get(name)!,
) as [number, number];
console.log(`a contract adds ${withContract - plain} bytes with gzip, and its validators come on top`);
