// People, posts and conversations for the double.

export const PEOPLE = [
  { name: 'Afro Latino', email: 'afro@example.com', handle: 'AfroLatino', password: 'Testing123!' },
  { name: 'Londo Mollari', email: 'londo@example.com', handle: 'londo', password: 'Testing123!' },
  { name: 'Andrew Brown', email: 'andrew@example.com', handle: 'andrewbrown', password: 'Testing123!' },
];

const LINES = ['Have you seen the last episode?', 'I have. One thing that really stands out is how the story was planned from the start.',
  'Exactly! Nothing is there by accident.', 'And the people change. Nobody at the end is who they were at the beginning.',
  'My favourite is the ambassador. Proud, funny, and then so very sad.', 'Definitely. I think his character is a great study of what ambition costs.'];

export function fill(pool, api) {
  const [afro, londo, andrew] = PEOPLE.map((one) => api.person(pool.add(one)));
  afro.bio = 'Cloud, choirs, and long walks.\nWrites about https://example.com/cloud sometimes.';
  for (let i = 0; i < 45; i += 1) api.post([afro, londo, andrew][i % 3], `Note ${45 - i} of a quiet day.`, '30-days', null, 3000 - i * 30);
  const cloud = api.post(afro, 'Cloud is fun! @londo have you tried a table of your own yet? It took me one evening, and most of that was deciding what the sort key should be.', '7-days', null, 190);
  api.post(londo, 'Not yet. But there is always hope.', null, cloud, 170);
  api.post(andrew, 'Do it, @londo!', null, cloud, 60);
  api.post(londo, 'Only an idiot fights a war on two fronts. Only the heir to the throne of the kingdom of idiots would fight a war on twelve fronts.', '3-hours', null, 95);
  const last = api.post(andrew, 'Gone in an hour: coffee is ready in the kitchen.', '1-hour', null, 25);
  last.likes.add(afro.uuid);
  last.reposts.add(londo.uuid);
  const talk = api.conversation(afro, londo);
  for (let i = 0; i < 104; i += 1) api.say(talk, i % 2 ? londo : afro, LINES[i % LINES.length], new Date(Date.now() - (200 - i) * 60_000 * (i < 60 ? 20 : 1)));
  api.say(api.conversation(afro, andrew), andrew, 'See you on Monday.', new Date(Date.now() - 86_400_000 * 3));
  return { afro, londo, andrew };
}
