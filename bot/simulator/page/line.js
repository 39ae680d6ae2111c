// The line to the stand-in: one request that waits for news, and short ones for what the person does.

const RETRY_MS = 1000;

export async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { ok: response.ok, ...(await response.json()) };
}

// Calls `show` with every new state of a chat until `signal` is aborted; `lost` hears when nobody answers.
export async function follow(chatId, { show, lost, gone, signal }) {
  let since = "";
  while (!signal.aborted) {
    try {
      const response = await fetch(`/page/chats/${chatId}?since=${since}`, { signal });
      if (response.status === 404) return gone();
      const state = await response.json();
      if (signal.aborted) return undefined;
      if (state.version !== since) show(state);
      else await pause(RETRY_MS / 10);
      since = state.version;
    } catch (error) {
      if (signal.aborted) return undefined;
      lost();
      since = "";
      await pause(RETRY_MS);
    }
  }
  return undefined;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
