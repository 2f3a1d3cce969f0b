// What the API's codes mean to a person.

const TEXTS = {
  message_blank: 'Write something first.',
  message_exceed_max_chars: 'That is too long: 280 characters at most.',
  message_exceed_max_chars_1024: 'That is too long: 1,024 characters at most.',
  ttl_blank: 'Choose when it expires.',
  ttl_invalid: 'Choose when it expires.',
  search_term_blank: 'Type what to look for.',
  search_term_exceed_max_chars: 'That is too long: 100 characters at most.',
  display_name_blank: 'A name is needed.',
  display_name_exceed_max_chars: 'That is too long: 64 characters at most.',
  bio_exceed_max_chars: 'That is too long: 280 characters at most.',
  user_receiver_handle_blank: 'Choose whom to write to.',
  user_receiver_not_found: 'There is nobody of that name.',
  user_receiver_is_sender: 'That is you. Choose somebody else.',
  message_group_uuid_blank: 'That conversation does not exist.',
  not_a_member: 'You take no part in this conversation.',
  not_yours: 'That is not yours.',
  user_unknown: 'You are signed in, but Cruddur has no account for you yet. Try again in a moment.',
  activity_not_found: 'This post does not exist, or it has expired.',
  user_not_found: 'There is nobody of that name.',
  not_found: 'There is nothing here.',
  unavailable: 'Cruddur is busy or its database does not answer. Please try again in a moment.',
  unreachable: 'Cruddur does not answer. Is the network there?',
};

const BY_STATUS = {
  401: 'Please sign in.',
  413: 'That is too long.',
  429: 'That was too often. Please wait a moment.',
};

export function textOf(error) {
  const known = (error.codes ?? []).map((code) => TEXTS[code]).filter(Boolean);
  if (known.length) return known.join(' ');
  if (error.status !== undefined) return BY_STATUS[error.status] ?? 'Something went wrong. Please try again.';
  return error.message || 'Something went wrong. Please try again.';
}
