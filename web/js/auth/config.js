// Where the user pool is: asked once, from the server that served the page.

let asked = null;

export function config() {
  asked ??= fetch('/api/config').then((reply) => {
    if (!reply.ok) throw new Error('The server does not say where its user pool is.');
    return reply.json();
  }).catch((error) => {
    asked = null;
    throw error;
  });
  return asked;
}
