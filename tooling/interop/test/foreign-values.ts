/** Arguments of events that languages have in common: text, JSON and bytes. */

/** What they are, and the arguments. */
export const FOREIGN_VALUES: readonly (readonly [string, readonly unknown[]])[] = [
  ["nothing", []],
  [
    "text, numbers, lists and objects",
    ["text", 1, -1.5, true, null, ["list", [2]], { a: { b: [{ c: 1 }] } }],
  ],
  ["text of every script", ["ğ€😀", "日本語", "\u0000\u001e\u2028", '"},[', "b4AAA", { "ключ\u001e": "𝒳" }]],
  ["bytes", [Buffer.from([0, 1, 254, 255])]],
  ["no bytes", [Buffer.alloc(0), "beside"]],
  [
    "several attachments in their places",
    [{ list: [Buffer.from([1]), "between", { deep: Buffer.from([2, 2]) }] }, 3, Buffer.from([4])],
  ],
  ["ten attachments", Array.from({ length: 10 }, (_, n) => Buffer.from([n, n]))],
  // Python's server reads of a body what has come of it: one that fills more than a segment it may cut.
  ["long text and many bytes", ["0123456789".repeat(2_000), Buffer.alloc(20_000, 7)]],
  ["what looks like a packet", ['2["x"]', "/admin,", "51-", { _placeholder: false, num: 0 }]],
];
