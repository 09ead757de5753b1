/** Puts the focus into a field as it appears. */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function useFocus<T extends HTMLElement>(): RefObject<T> {
  const field = useRef<T>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}
