import { expect, it, vi } from "vitest";
import { ClusterRequests } from "../src/cluster-requests.ts";
import { ClusterBusyError } from "../src/index.ts";

it("takes no more requests than it may hold", () => {
  vi.useFakeTimers();
  const requests = new ClusterRequests("a", 2);
  const request = { onResponse: () => true, onServerGone: () => false, onTimeout: vi.fn() };
  const ids = [requests.add(request, 10), requests.add(request, 20)];
  expect(ids).toEqual(["a.1", "a.2"]);
  expect(() => requests.add(request, 10)).toThrow(ClusterBusyError);
  vi.advanceTimersByTime(10);
  expect(request.onTimeout).toHaveBeenCalledOnce();
  expect(requests.add(request, 10)).toBe("a.3");
  requests.close();
  expect(requests.size).toBe(0);
  expect(request.onTimeout).toHaveBeenCalledTimes(3);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
