// Splits a stream of text into server-sent events.

// f({id, event, data}) for every complete event; returns the function that takes the next piece.
export function eventParser(f) {
  let rest = '';
  let fields = {};

  function line(text) {
    if (text === '') {
      if (fields.data !== undefined) f({ event: 'message', ...fields });
      fields = {};
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return; // keeps the connection open
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    fields[name] = name === 'data' && fields.data !== undefined ? `${fields.data}\n${value}` : value;
  }

  return (piece) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop();
    lines.forEach(line);
  };
}
