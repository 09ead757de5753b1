import { describeAll } from "../describe.ts";
import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "Uint8Array sent": "Buffer de ad be ef",
  "ArrayBuffer sent": "Buffer 0a 0b",
  "Float32Array sent": "Buffer 00 00 c0 3f",
  "DataView sent": "Buffer 03 04",
  "Blob sent": "Buffer 6b 75 c5 9f",
  "Buffer, Uint16Array and ArrayBuffer received":
    "ArrayBuffer c3 a7 61 79, ArrayBuffer 01 00 02 00, ArrayBuffer 07 08 09",
};

export async function run({ socket }: Stage): Promise<Outcome> {
  const upload = async (
    bytes: Blob | ArrayBuffer | ArrayBufferView,
  ): Promise<string> => {
    const uploaded = next(socket, "uploaded");
    socket.emit("upload", bytes);
    return (await uploaded)[0];
  };
  const seen: Outcome = {
    "Uint8Array sent": await upload(
      new Uint8Array([0xde, 0xad, 0xbe, 0xef]),
    ),
    "ArrayBuffer sent": await upload(
      new Uint8Array([10, 11]).buffer,
    ),
    "Float32Array sent": await upload(new Float32Array([1.5])),
    "DataView sent": await upload(
      new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 2),
    ),
    "Blob sent": await upload(new Blob(["kuş"])),
  };

  const bytes = next(socket, "bytes");
  socket.emit("send bytes");
  return {
    ...seen,
    "Buffer, Uint16Array and ArrayBuffer received": describeAll(
      await bytes,
    ),
  };
}
