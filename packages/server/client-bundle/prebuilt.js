import { join } from "node:path";

/** The published package brings the bundles along. */
export async function clientBundleDirectory() {
  return join(import.meta.dirname, "../dist/client");
}
