/** The browser that the tests run in: a Chromium that is on the machine already. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const CANDIDATES = [
  process.env["CHROME_PATH"],
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
];

const executablePath = CANDIDATES.find((path) => path !== undefined && existsSync(path));

/** Whether the tests of the browser must be left out. Where services are required, they run and fail instead. */
export const noChromium = executablePath === undefined && process.env["TELSIZ_REQUIRE_SERVICES"] !== "1";

if (noChromium) {
  console.warn(
    "Browser tests are skipped, there is no Chromium: apt-get install -y chromium-headless-shell, or set CHROME_PATH.",
  );
}

/** Starts a browser of its own for the caller, who closes it. */
export async function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error(
      "No Chromium on this machine: apt-get install -y chromium-headless-shell, or set CHROME_PATH.",
    );
  }
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: [
      ...(isRoot ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
