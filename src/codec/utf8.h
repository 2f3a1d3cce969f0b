/* utf8.h - strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H

#include "base/str.h"

bool utf8_valid(struct str s);
size_t utf8_put(uint32_t code_point, char out[4]); /* returns 1..4; a valid scalar value */
/* Length in UTF-16 code units, which is what size() counts.  `s` is valid. */
size_t utf8_utf16_units(struct str s);
size_t utf8_code_points(struct str s);

#endif
