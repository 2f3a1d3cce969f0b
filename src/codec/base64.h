/* base64.h - RFC 4648 with padding. */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include "base/buf.h"

void base64_encode(struct buf *out, struct str bytes);
/* Strict: length a multiple of 4, padding only at the end, no other characters.
 * Bits beyond the last byte must be 0: "Invalid last non-pad character" means them.
 * On failure nothing is appended. */
MUST_CHECK bool base64_decode(struct buf *out, struct str text);

/* URL alphabet without padding (JWT). */
void base64url_encode(struct buf *out, struct str bytes);
MUST_CHECK bool base64url_decode(struct buf *out, struct str text);

#endif
