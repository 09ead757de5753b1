import { enterChat } from "../chat-guest.ts";
import { PlainPage } from "../plain-page.ts";
import type { Outcome, Stage } from "../stage.ts";

export const expected: Outcome = {
  "this bundled page read": "Hello from a script tag",
  "the plain page read": "Hello from a bundle",
};

export async function run({ token }: Stage): Promise<Outcome> {
  const plainName = `Plain ${token}`;
  const bundledName = `Bundled ${token}`;
  const plain = await PlainPage.open(plainName, "tour");
  const bundled = await enterChat(bundledName, "tour");

  plain.say("Hello from a script tag");
  const atTheBundled = await bundled.textFrom(plainName);

  bundled.say("Hello from a bundle");
  const atThePlain = await plain.textFrom(bundledName);
  bundled.leave();

  return {
    "this bundled page read": atTheBundled,
    "the plain page read": atThePlain,
  };
}
