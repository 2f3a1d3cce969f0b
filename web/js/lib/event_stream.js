// Server-sent events over fetch(), which can send the token; opened again whenever they end.

import { aborted, request } from './api.js';
import { eventParser } from './event_parser.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const SILENCE_MS = 45_000; // the server says something every 15 s

// Runs until the signal.  address() gives the path to open, each time anew, and may be slow;
// f(event, data) gets every event; connected(bool) says how it stands.
export async function eventStream({ address, f, connected = () => {}, signal }) {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      await follow(await address(), (event, data) => {
        wait = FIRST_WAIT_MS;
        f(event, data);
      }, connected, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401 || error.status === 403) return;
      if (!aborted(error) && !error.codes && !(error instanceof TypeError)) console.error(error);
    }
    connected(false);
    await pause(wait * (0.5 + Math.random()), signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

// One connection, to its end.
async function follow(path, f, connected, signal) {
  const gone = new AbortController();
  const both = AbortSignal.any([signal, gone.signal]);
  let silence = 0;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => gone.abort(), SILENCE_MS);
  };
  try {
    heard();
    const reply = await request(path, { signal: both, headers: { Accept: 'text/event-stream' } });
    connected(true);
    const parse = eventParser(({ event, data }) => f(event, JSON.parse(data)));
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      heard();
      parse(step.value);
    }
  } finally {
    clearTimeout(silence);
    gone.abort();
  }
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
