// The people of the tests, their posts and their talk.

const password = 'Testing123!';
export const PEOPLE = [
  { name: 'Afro Latino', email: 'afro@example.com', handle: 'AfroLatino', password },
  { name: 'Londo Mollari', email: 'londo@example.com', handle: 'londo', password },
  { name: 'Andrew Brown', email: 'andrew@example.com', handle: 'andrewbrown', password },
];

const LINES = ['Have you seen the last episode?', 'I have. One thing that really stands out is how the story was planned from the start.',
  'Exactly! Nothing is there by accident.', 'And the people change. Nobody at the end is who they were at the beginning.',
  'My favourite is the ambassador. Proud, funny, and then so very sad.', 'Definitely. I think his character is a great study of what ambition costs.'];
const MESSAGES = 104;
const POSTS = 45;

// Writes through the API of `url`, with each person's access token.
export async function fill(url, tokens) {
  const call = async (who, method, path, body) => {
    const reply = await fetch(url + path, { method, headers: { Authorization: `Bearer ${tokens[who]}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  const post = (who, message, ttl) => call(who, 'POST', '/api/activities', { message, ttl });
  for (let i = POSTS; i > 0; i -= 1) await post(i % 3, `Note ${i} of a quiet day.`, '30-days');
  const cloud = await post(0, 'Cloud is fun! @londo have you tried a table of your own yet? It took me one evening, and most of that was deciding what the sort key should be.', '7-days');
  await call(1, 'POST', `/api/activities/${cloud.uuid}/reply`, { message: 'Not yet. But there is always hope.' });
  await call(2, 'POST', `/api/activities/${cloud.uuid}/reply`, { message: 'Do it, @londo!' });
  await post(1, 'Only an idiot fights a war on two fronts. Only the heir to the throne of the kingdom of idiots would fight a war on twelve fronts.', '3-hours');
  const coffee = await post(2, 'Gone in an hour: coffee is ready in the kitchen.', '1-hour');
  await call(0, 'POST', `/api/activities/${coffee.uuid}/like`, {});
  await call(1, 'POST', `/api/activities/${coffee.uuid}/repost`, {});
  await call(0, 'PUT', '/api/profile/update', { display_name: PEOPLE[0].name, bio: 'Cloud, choirs, and long walks.\nWrites about https://example.com/cloud sometimes.' });
  await call(2, 'POST', '/api/messages', { message: 'See you on Monday.', handle: PEOPLE[0].handle });
  const { message_group_uuid: talk } = await call(0, 'POST', '/api/messages', { message: LINES[0], handle: PEOPLE[1].handle });
  for (let i = 1; i < MESSAGES; i += 1) await call(i % 2, 'POST', '/api/messages', { message: LINES[i % LINES.length], message_group_uuid: talk });
}
