// Every address of the application.

import { activity } from './pages/activity.js';
import { confirm } from './pages/confirm.js';
import { conversation } from './pages/conversation.js';
import { forgot } from './pages/forgot.js';
import { home } from './pages/home.js';
import { messages } from './pages/messages.js';
import { newConversation } from './pages/new_conversation.js';
import { notifications } from './pages/notifications.js';
import { pickPerson } from './pages/pick_person.js';
import { profile } from './pages/profile.js';
import { search } from './pages/search.js';
import { signIn } from './pages/signin.js';
import { signUp } from './pages/signup.js';

export const routes = [
  ['/', home],
  ['/search', search],
  ['/notifications', notifications],
  ['/messages', messages],
  ['/messages/new', pickPerson],
  ['/messages/new/:handle', newConversation],
  ['/messages/:group', conversation],
  ['/signin', signIn],
  ['/signup', signUp],
  ['/confirm', confirm],
  ['/forgot', forgot],
  ['/@:handle', profile],
  ['/@:handle/status/:uuid', activity],
];
