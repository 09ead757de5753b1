/** Whether somebody is in front of the page: they touch it now and then, and can see it. */

/** How long a page may be left alone, in milliseconds. */
const PATIENCE = 60_000;

/** Tells of every change, until the returned function is called. */
export function watchIdle(tell: (isIdle: boolean) => void): () => void {
  let isIdle = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (now: boolean): void => {
    if (now === isIdle) return;
    isIdle = now;
    tell(now);
  };
  const onSign = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") return set(true);
    set(false);
    timer = setTimeout(() => set(true), PATIENCE);
  };
  const signs = ["pointerdown", "pointermove", "keydown", "visibilitychange", "focus"];
  for (const sign of signs) document.addEventListener(sign, onSign, { passive: true });
  onSign();
  return () => {
    clearTimeout(timer);
    for (const sign of signs) document.removeEventListener(sign, onSign);
  };
}
