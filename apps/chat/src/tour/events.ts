/** What the tour's pages and its server say to each other. A listener that takes its time returns a promise. */

import type { CheckResult } from "./surface/check.ts";

export interface Reading {
  sensor: { room: string; floor: number };
  celsius: number[];
}

export interface TourToServer {
  /** Runs the checks of the server's API. */
  "prove the server": (reply: (results: CheckResult[]) => void) => Promise<void>;
  say: (word: string) => void;
  order: (...order: unknown[]) => void;
  upload: (bytes: Blob | ArrayBuffer | ArrayBufferView) => void;
  "send bytes": () => void;
  reading: (reading: Reading) => void;
  add: (a: number, b: number, reply: (answer: { sum: number }) => void) => void;
  /** Nobody answers this one. */
  ponder: (reply: () => void) => void;
  "quiz me": () => void;
  "quiz me with promises": () => Promise<void>;
  "start a log": (direction: "incoming" | "outgoing") => void;
  wave: (hand: string) => void;
  count: (...numbers: number[]) => void;
  "read the log": (reply: (lines: string[]) => void) => void;
  "send fruit": () => void;
  announce: (text: string) => void;
  enter: (room: string, reply: (done: true) => void) => Promise<void>;
  exit: (room: string, reply: (done: true) => void) => Promise<void>;
  "tell members": (room: string, text: string) => void;
  "tell others": (room: string, text: string) => void;
}

export interface TourToPage {
  heard: (word: string) => void;
  say: (word: string) => void;
  ordered: (asTheServerSawIt: string, ...order: unknown[]) => void;
  uploaded: (asTheServerSawIt: string) => void;
  bytes: (...bytes: (ArrayBuffer | ArrayBufferView)[]) => void;
  noted: (asTheServerSawIt: string, reading: Reading) => void;
  question: (question: string, reply: (answer: { text: string }) => void) => void;
  /** No page answers this one. */
  riddle: (reply: () => void) => void;
  marked: (answer: string, riddle: string) => void;
  apple: (count: number) => void;
  pear: (first: number, second: string) => void;
  announcement: (text: string) => void;
  told: (room: string, text: string) => void;
}
