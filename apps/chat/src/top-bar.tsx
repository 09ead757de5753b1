/** The bar on top of both pages. */
import type { ComponentChildren, JSX } from "preact";

interface TopBarProps {
  page: "chat" | "tour";
  /** What the page adds on the right. */
  children?: ComponentChildren;
}

export function TopBar({ page, children }: TopBarProps): JSX.Element {
  return (
    <header class="top-bar">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <span class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" />
          <path d="M9 21a10 10 0 0 1 0-12M23 21a10 10 0 0 0 0-12M13 18a5 5 0 0 1 0-6M19 18a5 5 0 0 0 0-6" />
          <circle cx="16" cy="15" r="1.8" />
        </svg>
        <span class="brand-name">Telsiz</span>
      </span>
      <nav aria-label="Pages">
        <a href="/" aria-current={page === "chat" ? "page" : undefined}>
          Chat
        </a>
        <a href="/tour" aria-current={page === "tour" ? "page" : undefined}>
          API tour
        </a>
      </nav>
      <div class="top-bar-end">{children}</div>
    </header>
  );
}
