// Starts the page: the frame, the session, the first address.

import * as session from './auth/session.js';
import * as live from './lib/live.js';
import { go, reload, signInPath, start } from './lib/router.js';
import { frame } from './parts/frame.js';
import { toast } from './parts/toast.js';
import { failed, missing } from './pages/trouble.js';
import { routes } from './routes.js';
import * as me from './parts/me.js';

const { main, update } = frame(document.getElementById('app'));

function sessionChanged(reason) {
  me.forget();
  live.follow();
  update();
  if (reason === 'signed-in') return;
  if (reason === 'expired') {
    toast('You were signed out. Please sign in again.');
    go(signInPath());
  } else if (reason === 'elsewhere') {
    reload();
  } else {
    go('/');
  }
}

session.watch(sessionChanged);
live.follow();
start({ main, routes, missing, failed, signedIn: session.signedIn, arrived: update });
